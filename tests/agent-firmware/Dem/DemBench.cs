// A Dem over the real NvM and Fls on a flash in memory, with starts, power cuts, a listener that remembers and snapshots
// that the test gives.
using EsyncAgent;
using EsyncTests.AgentFirmware.DcmServer;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

/// <summary>A change of status as the listener heard it.</summary>
internal sealed record Told(byte Event, uint Dtc, byte Before, byte Now, string Capture);

internal sealed class DemBench : IDemListener, ISnapshotSource
{
    private readonly Func<DemConfig> configure;
    private EsyncAgent.Fls fls = null!;
    private uint nowMs;

    /// <summary>An ECU at its first start, its memory read.</summary>
    public DemBench(Func<DemConfig> configure, uint sparingDelayMs = 0)
    {
        this.configure = configure;
        SparingDelayMs = sparingDelayMs;
        Restart();
    }

    public ScriptedFlash Flash { get; } = new();

    public uint SparingDelayMs { get; }

    public DemConfig Config { get; private set; } = null!;

    public EsyncAgent.NvM NvM { get; private set; } = null!;

    public EsyncAgent.Dem Dem { get; private set; } = null!;

    /// <summary>All that the listener heard, over all starts.</summary>
    public List<Told> Heard { get; } = [];

    /// <summary>Records that a snapshot finds, by data identifier.</summary>
    public Dictionary<ushort, byte[]> Records { get; } = [];

    /// <summary>Events 4 and 16 with nothing but their DTCs.</summary>
    public static DemConfig TwoEvents() => new() { Events = [4, 16], Dtcs = [0x5A0400, 0x5A1000] };

    /// <summary>The RAM is lost, and a new operation cycle begins with what is in flash.</summary>
    public void Restart()
    {
        while (Flash.Poll() == FlsStatus.Busy)
        {
        }

        Config = configure();
        fls = new EsyncAgent.Fls(DcmBench.Map(), Flash);
        NvM = new EsyncAgent.NvM(new NvMConfig { SparingDelayMs = SparingDelayMs, LengthMax = [560, 16, 16, 1200, 260, 0] }, fls);
        Dem = new EsyncAgent.Dem(Config, NvM);
        Dem.Attach(this);
        Dem.AttachSnapshots(this);
        for (int i = 0; !NvM.IsReady; i++)
        {
            Assert.True(i < 1000);
            Run(1);
        }

        Run(1);
    }

    /// <summary>One cycle of the memory stack.</summary>
    public void Run(int cycles)
    {
        for (int i = 0; i < cycles; i++)
        {
            nowMs++;
            NvM.MainFunction(nowMs);
            Dem.MainFunction(nowMs);
            fls.MainFunction(nowMs);
        }
    }

    /// <summary>Lets time pass in one cycle.</summary>
    public void Skip(uint ms)
    {
        nowMs += ms;
        Run(1);
    }

    /// <summary>Until nothing is left to be written.</summary>
    public void Settle()
    {
        Run(2);
        for (int i = 0; !NvM.IsIdle || !Dem.IsStored; i++)
        {
            Assert.True(i < 5000, "never settled");
            Run(1);
        }

        Run(2);
    }

    /// <summary>Reports, and lets the cyclic function act.</summary>
    public void Report(byte number, bool isFailed)
    {
        Dem.SetEvent(number, isFailed);
        Run(1);
    }

    /// <summary>Stores everything, then begins a new operation cycle.</summary>
    public void NextCycle()
    {
        Settle();
        Restart();
    }

    /// <summary>A whole cycle in which the event has this outcome, and the start of the next.</summary>
    public void Cycle(byte number, bool isFailed)
    {
        Report(number, isFailed);
        NextCycle();
    }

    public int Status(byte number) => Dem.StatusOf(number);

    public int IndexOf(byte number) => Array.IndexOf(Config.Events, number);

    /// <summary>The first or latest snapshot as hexadecimal: number of identifiers, identifiers, records; empty when none is kept.</summary>
    public string Snapshot(byte number, bool isFirst)
    {
        byte[] into = new byte[100];
        int length = Dem.CopySnapshot(IndexOf(number), isFirst, into, 0);
        return DcmBench.Hex(into.Take(length));
    }

    public void StatusChanged(byte eventNumber, uint dtc, byte before, byte now)
    {
        byte[] into = new byte[100];
        int length = Dem.CopyCapture(into, 0);
        Heard.Add(new Told(eventNumber, dtc, before, now, DcmBench.Hex(into.Take(length))));
    }

    public int AppendRecord(ushort did, byte[] into, int offset)
    {
        if (!Records.TryGetValue(did, out byte[]? record))
        {
            return -1;
        }

        record.CopyTo(into, offset);
        return record.Length;
    }
}
