// What the report log carries from sector to sector: its life's name, the next number, what is acknowledged, what was lost.
// Invariant: within one life each of them but the openings only grows, so that of several copies in flash the largest is the
// newest; of the openings the newest header's count.
// Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Counters of the report log.</summary>
public sealed class ReportState
{
    /// <summary>Length of the counters of records that were lost, in bytes.</summary>
    public const int CountersLength = (ReportPriority.Count + 1) * 4;

    /// <summary>Name of this life of the log.</summary>
    public uint Epoch;

    /// <summary>Number of the next record; every lower one stands in flash or never will.</summary>
    public uint Next = 1;

    /// <summary>The client has everything up to this number.</summary>
    public uint AcknowledgedUpTo;

    /// <summary>Number of this start.</summary>
    public ushort BootNumber;

    /// <summary>Records that were given up or found no room, by priority.</summary>
    public readonly uint[] Dropped = new uint[ReportPriority.Count];

    /// <summary>Records that had expired before anybody fetched them.</summary>
    public uint Expired;

    /// <summary>First openings of a sector in a start that no minute has made good yet, as far as the flash can tell (<see cref="MinuteBudget"/>).</summary>
    public byte Openings;

    private uint _skipped;
    private uint _skippedUpTo;

    /// <summary>Sum of what is carried on: it differs whenever there is something to write down.</summary>
    public uint Sum
    {
        get { return AcknowledgedUpTo + Expired + Dropped[ReportPriority.Low] + Dropped[ReportPriority.Normal] + Dropped[ReportPriority.High]; }
    }

    /// <summary>Notes that a reader was not given this record, for it has expired; it is counted when the reader acknowledges what is beyond it.</summary>
    public void Skip(uint number)
    {
        if (number > _skippedUpTo)
        {
            _skippedUpTo = number;
            _skipped++;
        }
    }

    /// <summary>True when a reader was not given this record.</summary>
    public bool IsSkipped(uint number)
    {
        return number <= _skippedUpTo;
    }

    /// <summary>Takes an acknowledgement; what was skipped on the way is counted.</summary>
    public void Acknowledge(uint upTo)
    {
        AcknowledgedUpTo = upTo;
        if (upTo >= _skippedUpTo)
        {
            Expired += _skipped;
            _skipped = 0;
        }
    }

    /// <summary>Writes the counters.</summary>
    public void WriteCounters(byte[] into, int offset)
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            BigEndian.WriteU32(into, offset + (4 * priority), Dropped[priority]);
        }

        BigEndian.WriteU32(into, offset + (4 * ReportPriority.Count), Expired);
    }

    /// <summary>Takes counters from flash, where they are larger.</summary>
    public void TakeCounters(byte[] from, int offset)
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            Dropped[priority] = Larger(Dropped[priority], BigEndian.ReadU32(from, offset + (4 * priority)));
        }

        Expired = Larger(Expired, BigEndian.ReadU32(from, offset + (4 * ReportPriority.Count)));
    }

    /// <summary>The larger of two numbers.</summary>
    public static uint Larger(uint a, uint b)
    {
        return a > b ? a : b;
    }
}
