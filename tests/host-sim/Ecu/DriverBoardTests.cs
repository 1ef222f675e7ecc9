// Boards with drivers: what a reset and a power cut leave of their chips, what their drivers cost, and that a small program
// sees the bus and the flash through them.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class DriverBoardTests
{
    // NativeCrypto compares itself with the managed driver first: some 15 ms of the processor.
    private const long StartNs = 100 * VirtualTime.NsPerMs;

    public static TheoryData<string> Boards => ["esp32-mcp2515", "nucleo-f767zi", "stm32f429i-discovery", "stm32f769i-discovery"];

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_request_is_answered_through_the_boards_drivers(string board)
    {
        BoardBench bench = new(board, BoardBench.Echo());
        bench.Ecu.PowerOn();
        bench.Time.RunFor(StartNs);
        bench.Bus.Send(bench.Tester, bench.RequestId, 2, 0x3E, 0, 0, 0, 0, 0, 0);
        bench.Time.RunFor(5 * VirtualTime.NsPerMs);
        Assert.Equal([$"{bench.ResponseId:X3}#023E000000000000"], bench.Bus.Drain(bench.Tester));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Flash_jobs_reach_the_cells_that_a_flash_file_holds(string board)
    {
        byte[] data = [1, 2, 3, 4];
        int step = 0;
        FlsStatus last = FlsStatus.Busy;
        BoardBench bench = new(board, (ports, nowMs) =>
        {
            FlsStatus status = ports.Flash.Poll();
            if (status == FlsStatus.Busy)
            {
                return;
            }

            last = status;
            bool isStarted = step++ switch
            {
                0 => ports.Flash.StartErase(0x1000),
                1 => ports.Flash.StartProgram(0x1000, data, 0, 4),
                2 => ports.Flash.StartCompare(0x1000, data, 0, 4),
                _ => true,
            };
            Assert.True(isStarted);
        });
        bench.Ecu.PowerOn();
        bench.Time.RunFor(400 * VirtualTime.NsPerMs);
        Assert.Equal(FlsStatus.Ok, last);
        Assert.True(step > 3);
        Assert.Equal(data, bench.Ecu.Flash.Memory.ToBytes()[0x1000..0x1004]);
        Assert.True(bench.Ecu.Flash.OperationCount >= 2);
    }

    [Theory]
    [InlineData("esp32-mcp2515", true)]
    [InlineData("stm32f769i-discovery", false)]
    public void A_chip_of_its_own_stays_on_the_bus_while_the_processor_restarts_and_a_controller_inside_does_not(string board, bool isOnline)
    {
        BoardBench bench = new(board, BoardBench.Idle());
        bench.Ecu.PowerOn();
        bench.Time.RunFor(StartNs);
        Assert.True(bench.Ecu.Can.IsOnline);
        bench.Ecu.Reset(McuResetCause.Software);
        Assert.Equal(isOnline, bench.Ecu.Can.IsOnline);
        bench.Time.RunFor(StartNs);
        Assert.True(bench.Ecu.Can.IsOnline);
        Assert.Equal(2, bench.Ecu.StartCount);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_power_cut_takes_the_controller_off_the_bus_and_power_brings_it_back(string board)
    {
        BoardBench bench = new(board, BoardBench.Echo());
        bench.Ecu.PowerOn();
        bench.Time.RunFor(StartNs);
        bench.Ecu.PowerCut(CutModel.Before);
        Assert.False(bench.Ecu.Can.IsOnline);
        bench.Ecu.PowerOn();
        bench.Time.RunFor(StartNs);
        bench.Bus.Send(bench.Tester, bench.RequestId, 1, 0x55, 0, 0, 0, 0, 0, 0);
        bench.Time.RunFor(5 * VirtualTime.NsPerMs);
        Assert.Single(bench.Bus.Drain(bench.Tester));
        Assert.Equal(2, bench.Ecu.StartCount);
    }

    [Fact]
    public void Beside_an_MCP2515_a_compare_of_a_chunk_costs_half_a_page_in_each_turn()
    {
        byte[] erased = new byte[4096];
        Array.Fill(erased, (byte)0xFF);
        List<FlsStatus> answers = [];
        BoardBench bench = new("esp32-mcp2515", (ports, _) =>
        {
            if (answers.Count == 0)
            {
                Assert.True(ports.Flash.StartCompare(0x1000, erased, 0, erased.Length));
            }

            answers.Add(ports.Flash.Poll());
        });
        List<long> compared = [];
        bench.Ecu.TurnEnded = ecu => compared.Add(ecu.Meter.CountOf(IlOperation.CompareByte) - compared.Sum());
        bench.Ecu.PowerOn();
        bench.Time.RunFor(StartNs);

        Assert.Equal(FlsStatus.Ok, answers[^1]);
        Assert.Equal(Enumerable.Repeat(128L, 32), compared.Where(count => count != 0));
    }

    [Fact]
    public void Managed_cryptography_costs_its_instructions_and_native_its_time()
    {
        long native = HmacNs("stm32f769i-discovery"), managed = HmacNs("nucleo-f767zi");
        Assert.InRange(native, 500_000, 2_000_000); // 4 KiB at 200 ns a byte, and the call
        Assert.InRange(managed, 150_000_000, 220_000_000); // 67 compressions of some 6,300 instructions
    }

    private static long HmacNs(string board)
    {
        byte[] mac = new byte[32], expected = System.Security.Cryptography.HMACSHA256.HashData(new byte[32], new byte[4096]);
        long longest = 0;
        int turn = 0;
        BoardBench bench = new(board, (ports, _) =>
        {
            // The first turn pays for the driver's own start.
            if (++turn == 2)
            {
                ports.Crypto.HmacSha256(new byte[32], new byte[4096], mac);
            }
        });
        long before = 0;
        bench.Ecu.TurnEnded = ecu =>
        {
            longest = turn > 1 ? Math.Max(longest, ecu.Meter.NsTotal - before) : 0;
            before = ecu.Meter.NsTotal;
        };
        bench.Ecu.PowerOn();
        bench.Time.RunFor(600 * VirtualTime.NsPerMs);
        Assert.Equal(expected, mac);
        return longest;
    }

    /// <summary>The ECU `motor` on a board, with a small program instead of the agent, and a tester.</summary>
    private sealed class BoardBench
    {
        internal readonly BusBench Bus = new();
        internal readonly VirtualCan Tester;
        internal readonly VirtualEcu Ecu;
        private readonly EcuDefinition _definition;

        internal BoardBench(string board, Action<EcuPorts, uint> turn)
        {
            _definition = NfConfig.Load(Repository.PathOf("nf.config"), new BoardOverride(board, ["motor"])).Ecu("motor");
            Tester = Bus.Node("tester");
            Ecu = VirtualEcu.Create(Bus.Bus, _definition, new VirtualEcuOptions
            {
                RebootNs = 10 * VirtualTime.NsPerMs,
                Program = (_, ports) => new Program(ports, turn),
            });
        }

        internal VirtualTime Time => Bus.Time;

        internal uint RequestId => _definition.Config.CanIf.PhysicalRxId;

        internal uint ResponseId => _definition.Config.CanIf.TxId;

        internal static Action<EcuPorts, uint> Idle()
        {
            CanFrame frame = new();
            return (ports, _) => ports.Can.TryReceive(frame);
        }

        internal static Action<EcuPorts, uint> Echo()
        {
            CanFrame frame = new();
            return (ports, _) =>
            {
                if (ports.Can.TryReceive(frame))
                {
                    frame.Identifier = 0x7E8;
                    frame.Length = 8;
                    ports.Can.TrySend(frame);
                }
            };
        }

        private sealed class Program(EcuPorts ports, Action<EcuPorts, uint> turn) : IAgent
        {
            public bool IsServing => true;

            public uint CompressionCount => 0;

            public void MainFunction(uint nowMs) => turn(ports, nowMs);
        }
    }
}
