// The diagnostic events of one ECU, their DTCs, and how each is debounced, confirmed, aged and photographed. From nf.config.
// Invariants: Events ascending, each once; every array about events is as long as Events, once Complete has given the
// events of those left empty the default; the block that they need (BlockLength) fits into NvM block Dem: nf.config's
// reader sees to it.
// Tests: tests/agent-firmware/Dem, tests/host-sim/Config/EventRuleTests.cs.
namespace EsyncAgent;

/// <summary>Events and what belongs to each, by index; lengths in bytes.</summary>
public sealed class DemConfig
{
    /// <summary>Most events that one ECU may have.</summary>
    public const int CountMax = 32;

    /// <summary>Most faults whose snapshots may be kept.</summary>
    public const int EntryCountMax = 16;

    /// <summary>Most data identifiers in one snapshot.</summary>
    public const int SnapshotDidsMax = 8;

    /// <summary>Longest record of one data identifier in a snapshot: quality and value of a signal.</summary>
    public const int RecordLengthMax = 5;

    /// <summary>Event numbers, ascending, each once.</summary>
    public byte[] Events = new byte[0];

    /// <summary>DTC of each event: three bytes as ISO 15031-6 / SAE J2012-DA code them.</summary>
    public uint[] Dtcs = new uint[0];

    /// <summary>Step of the fault detection counter with each failure, 1 to 127.</summary>
    public byte[] FailSteps = new byte[0];

    /// <summary>Step down with each pass, 1 to 128.</summary>
    public byte[] PassSteps = new byte[0];

    /// <summary>A failure counts from here when the counter is below; −128 is no jump.</summary>
    public sbyte[] FailJumps = new sbyte[0];

    /// <summary>A pass counts from here when the counter is above; 127 is no jump.</summary>
    public sbyte[] PassJumps = new sbyte[0];

    /// <summary>Cycles with a failure until confirmedDTC, 1 to 255.</summary>
    public byte[] ConfirmCycles = new byte[0];

    /// <summary>Tested cycles without failure until confirmedDTC goes, 1 to 255; 0: it never does by itself.</summary>
    public byte[] AgeingCycles = new byte[0];

    /// <summary>Whose snapshots stay when there is no room for all: 1 the most important, 255 the least.</summary>
    public byte[] Priorities = new byte[0];

    /// <summary>Events whose DTC becomes permanent when confirmed, by number.</summary>
    public byte[] PermanentEvents = new byte[0];

    /// <summary>Number of data identifiers in the snapshot of each event, 0 to <see cref="SnapshotDidsMax"/>.</summary>
    public byte[] SnapshotCounts = new byte[0];

    /// <summary>Data identifiers of all snapshots, one event after the other.</summary>
    public ushort[] SnapshotDids = new ushort[0];

    /// <summary>Faults whose snapshots are kept, 0 to <see cref="EntryCountMax"/>.</summary>
    public byte EntryCount;

    /// <summary>
    /// Gives the events of each array that was left empty its default: qualified by one report, confirmed by one cycle,
    /// aged by 40, priority 128, no snapshot.
    /// </summary>
    public void Complete()
    {
        int count = Events.Length;
        FailSteps = FailSteps.Length == count ? FailSteps : Filled(count, 127);
        PassSteps = PassSteps.Length == count ? PassSteps : Filled(count, 128);
        FailJumps = FailJumps.Length == count ? FailJumps : new sbyte[count];
        PassJumps = PassJumps.Length == count ? PassJumps : new sbyte[count];
        ConfirmCycles = ConfirmCycles.Length == count ? ConfirmCycles : Filled(count, 1);
        AgeingCycles = AgeingCycles.Length == count ? AgeingCycles : Filled(count, 40);
        Priorities = Priorities.Length == count ? Priorities : Filled(count, 128);
        SnapshotCounts = SnapshotCounts.Length == count ? SnapshotCounts : new byte[count];
    }

    /// <summary>True when the DTC of an event becomes permanent.</summary>
    public bool IsPermanent(byte eventNumber)
    {
        for (int i = 0; i < PermanentEvents.Length; i++)
        {
            if (PermanentEvents[i] == eventNumber)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Longest snapshot of any event: its identifiers and their records.</summary>
    public int SnapshotLengthMax()
    {
        int most = 0;
        for (int i = 0; i < SnapshotCounts.Length; i++)
        {
            most = SnapshotCounts[i] > most ? SnapshotCounts[i] : most;
        }

        return most * (2 + RecordLengthMax);
    }

    /// <summary>Longest data of NvM block Dem.</summary>
    public int BlockLength()
    {
        return DemEvents.HeaderLength + (Events.Length * DemEvents.RecordLength) + (EntryCount * DemMemory.EntryLengthMax(SnapshotLengthMax()));
    }

    private static byte[] Filled(int count, byte value)
    {
        byte[] all = new byte[count];
        Bytes.Fill(all, 0, count, value);
        return all;
    }
}
