// A board's main loop: what it tells, and what becomes of an agent that throws.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Crypto;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class AgentLoopTests
{
    private readonly LogScript _log = new();
    private readonly MachineScript _machine = new();
    private readonly CanScript _can = new();
    private readonly FaultScript _fault = new();
    private readonly AgentLoop _loop;

    public AgentLoopTests()
    {
        EcuConfig config = RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);
        BoardMcu mcu = new(_machine, [1, 2, 3], new Entropy(new Sha256(new Sha256Compression()), [1, 2, 3], []));
        PeLoader loader = new(new ScriptedAssemblies(), new HandDrivenThread());
        EcuM agent = new(config, _can, new FlashModel(FlashGeometries.W25Q32), new HostCrypto(), mcu, loader);
        _loop = new AgentLoop(agent, mcu, _log, new AgentWatch(_log, agent, loader, _can, [_fault]));
    }

    [Fact]
    public void An_agent_without_an_image_says_that_it_waits_for_one()
    {
        Run(200);
        Assert.Equal(["agent: no image can be started; waiting for an update"], _log.Lines);
        Assert.Equal(0, _machine.Reboots);
    }

    [Fact]
    public void Lost_frames_and_bus_off_are_told_once_a_second()
    {
        Run(1000);
        _log.Lines.Clear();
        for (int i = 0; i < 900; i++)
        {
            _can.OverrunCount++;
            Run(1);
        }

        _can.BusOffCount++;
        Run(1000);
        Assert.Equal(3, _log.Lines.Count);
        Assert.Equal(900, _log.Lines.Where(l => l.EndsWith("received frames were lost", StringComparison.Ordinal)).Sum(l => int.Parse(l.Split(' ')[1])));
        Assert.Contains("CAN: bus-off; check bit rate, termination and wiring", _log.Lines);
    }

    [Fact]
    public void A_drivers_fault_is_told_when_it_comes_and_when_it_goes()
    {
        Run(200);
        _log.Lines.Clear();
        _fault.Fault = "the wire is loose";
        Run(200);
        _fault.Fault = null;
        Run(200);
        Assert.Equal(["the wire is loose", "mended: the wire is loose"], _log.Lines);
    }

    [Fact]
    public void An_agent_that_throws_is_told_and_resets_by_itself()
    {
        Run(200);
        _log.Lines.Clear();
        _can.IsThrowing = true;
        Run(2100);
        Assert.Equal(["agent: it threw System.InvalidOperationException (torn wire) and will reset", "agent: going down for a reset"], _log.Lines);
        Assert.Equal(1, _machine.Reboots);
    }

    [Fact]
    public void An_agent_that_throws_on_and_on_is_reset_after_five_seconds()
    {
        FlashThatThrows flash = new();
        EcuConfig config = RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);
        BoardMcu mcu = new(_machine, [], new Entropy(new Sha256(new Sha256Compression()), [], []));
        PeLoader loader = new(new ScriptedAssemblies(), new HandDrivenThread());
        EcuM agent = new(config, _can, flash, new HostCrypto(), mcu, loader);
        AgentLoop loop = new(agent, mcu, _log, new AgentWatch(_log, agent, loader, _can, []));
        for (int i = 0; i < 5000; i++)
        {
            _machine.NowMs++;
            loop.Turn();
        }

        Assert.Equal(0, _machine.Reboots);
        for (int i = 0; i < 5000; i++)
        {
            _machine.NowMs++;
            loop.Turn();
        }

        Assert.Equal(1, _machine.Reboots);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void A_turn_with_nothing_to_tell_allocates_nothing()
    {
        Run(2000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(2000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void The_chips_identifier_is_given_as_far_as_there_is_room()
    {
        BoardMcu mcu = new(_machine, [1, 2, 3], new Entropy(new Sha256(new Sha256Compression()), [], []));
        byte[] two = new byte[2], four = new byte[4];
        Assert.Equal((2, 3), (mcu.ReadUniqueId(two), mcu.ReadUniqueId(four)));
        Assert.Equal([1, 2, 3, 0], four);
        Assert.Equal(McuResetCause.Unknown, mcu.ResetCause);
    }

    [Fact]
    public void Each_fault_of_an_MCP2515_says_where_to_look()
    {
        string[] words = [.. Enum.GetValues<Mcp2515Fault>().Skip(1).Select(Mcp2515Words.Of)];
        Assert.Null(Mcp2515Words.Of(Mcp2515Fault.None));
        Assert.Equal(words.Length, words.Distinct().Count());
        Assert.All(words, w => Assert.Contains("check ", w));
    }

    [Fact]
    public void A_flash_part_that_does_not_answer_is_told_in_words()
    {
        BoardMcu mcu = new(_machine, [], new Entropy(new Sha256(new Sha256Compression()), [], []));
        SpiNorFls flash = new(new DeadSpi(), mcu, new SpiNorConfig { Size = 4 << 20 });
        SpiNorWords words = new(flash);
        Assert.Null(words.Fault);
        Assert.True(flash.StartRead(0, new byte[4], 0, 4));
        for (int i = 0; i < 1000 && flash.Poll() == FlsStatus.Busy; i++)
        {
            _machine.NowMs++;
        }

        Assert.Equal(FlsStatus.Failed, flash.Poll());
        Assert.StartsWith("the SPI flash does not answer", words.Fault);
    }

    private void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            _machine.NowMs++;
            _loop.Turn();
        }
    }

    private sealed class LogScript : IBoardLog
    {
        public List<string> Lines { get; } = [];

        public void Write(string line) => Lines.Add(line);
    }

    private sealed class FaultScript : IFaultSource
    {
        public string? Fault { get; set; }
    }

    private sealed class DeadSpi : ISpiPort
    {
        public void Transfer(byte[] write, byte[] read, int count)
        {
            if (read is not null)
            {
                Array.Clear(read, 0, count);
            }
        }
    }

    private sealed class CanScript : ICan
    {
        public bool IsThrowing { get; set; }

        public byte BlockSizeMax => 0;

        public byte SeparationTimeMin => 0;

        public uint OverrunCount { get; set; }

        public uint BusOffCount { get; set; }

        public bool TryReceive(CanFrame into) => IsThrowing ? throw new InvalidOperationException("torn wire") : false;

        public bool TrySend(CanFrame frame) => true;
    }

    private sealed class FlashThatThrows : IFls
    {
        public uint Size => 4 << 20;

        public int PageSize => 256;

        public int WriteUnit => 1;

        public byte ErasedValue => 0xFF;

        public uint SectorStart(uint address) => address & ~4095u;

        public uint SectorLength(uint address) => 4096;

        public bool StartErase(uint address) => true;

        public bool StartProgram(uint address, byte[] data, int offset, int count) => true;

        public bool StartRead(uint address, byte[] into, int offset, int count) => true;

        public bool StartCompare(uint address, byte[] data, int offset, int count) => true;

        public FlsStatus Poll() => throw new InvalidOperationException("no part");
    }
}
