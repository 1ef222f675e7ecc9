// The identifiers by which data gathering tells how it stands: FD10 what is collected, FD11 the report log, FD12 the time.
// Invariant: a record has the same length always; what there is not is zeros. Layouts: PROTOCOL.md, "Data identifiers".
// Must not know services.
// Tests: tests/agent-firmware/Dcm/DataStateTests.cs.
namespace EsyncAgent;

/// <summary>Reads FD10 to FD12.</summary>
public sealed class DataState
{
    private const ushort CollectedIdentifier = 0xFD10;
    private const ushort LogIdentifier = 0xFD11;
    private const ushort TimeIdentifier = 0xFD12;
    private const int CollectedLength = 27;
    private const int DigestOffset = 10;
    private const int RuleCountOffset = 26;
    private const int LogLength = 28;
    private const int DroppedOffset = 12;
    private const int ExpiredOffset = 24;
    private const int TimeLength = 14;

    private readonly SignalTable _signals;
    private readonly RuleStore _rules;
    private readonly ReportLog _log;
    private readonly DataClock _clock;

    /// <summary>Makes it over what it tells of; <paramref name="rules"/> is null where there are none.</summary>
    public DataState(SignalTable signals, RuleStore rules, ReportLog log, DataClock clock)
    {
        _signals = signals;
        _rules = rules;
        _log = log;
        _clock = clock;
    }

    /// <summary>Writes the record and returns its length; −1 when there is no such identifier.</summary>
    public int Read(ushort identifier, byte[] into, int offset)
    {
        switch (identifier)
        {
            case CollectedIdentifier:
                return ReadCollected(into, offset);
            case LogIdentifier:
                return ReadLog(into, offset);
            case TimeIdentifier:
                BigEndian.WriteU16(into, offset, BootNumber);
                BigEndian.WriteU32(into, offset + 2, _clock.NowMs);
                BigEndian.WriteI64(into, offset + 6, _clock.UtcMs);
                return TimeLength;
            default:
                return -1;
        }
    }

    private ushort BootNumber
    {
        get { return _log.IsReady ? _log.BootNumber : (ushort)0; }
    }

    private int ReadCollected(byte[] into, int offset)
    {
        Bytes.Fill(into, offset, CollectedLength, 0);
        BigEndian.WriteU32(into, offset, _signals.Id);
        BigEndian.WriteU16(into, offset + 4, (ushort)_signals.Count);
        if (_rules != null)
        {
            RuleSet inForce = _rules.InForce;
            BigEndian.WriteU32(into, offset + 6, inForce.SequenceNumber);
            System.Array.Copy(_rules.Digest, 0, into, offset + DigestOffset, RuleStore.DigestLength);
            into[offset + RuleCountOffset] = (byte)inForce.Count;
        }

        return CollectedLength;
    }

    private int ReadLog(byte[] into, int offset)
    {
        Bytes.Fill(into, offset, LogLength, 0);
        if (_log.IsReady)
        {
            BigEndian.WriteU32(into, offset, _log.Epoch);
            BigEndian.WriteU32(into, offset + 4, _log.NextSequence);
            BigEndian.WriteU32(into, offset + 8, _log.AcknowledgedUpTo);
            for (byte priority = 0; priority < ReportPriority.Count; priority++)
            {
                BigEndian.WriteU32(into, offset + DroppedOffset + (priority * 4), _log.DroppedOf(priority));
            }

            BigEndian.WriteU32(into, offset + ExpiredOffset, _log.ExpiredCount);
        }

        return LogLength;
    }
}
