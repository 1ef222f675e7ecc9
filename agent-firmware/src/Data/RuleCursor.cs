// A CBOR reader over a set of collection rules, together with the first reason for a refusal: what RuleReader reads with.
// Invariant: once there is a reason, nothing more is read and nothing takes its place.
// Must not know the structure of a rule.
// Tests: tests/agent-firmware/Data/RuleReaderTests.
namespace EsyncAgent;

/// <summary>Reader and verdict.</summary>
internal sealed class RuleCursor
{
    private readonly SignalTable _signals;

    internal RuleCursor(SignalTable signals)
    {
        _signals = signals;
        Reader = new CanonicalCborReader();
    }

    /// <summary>The reader.</summary>
    internal CanonicalCborReader Reader { get; }

    /// <summary>The first reason for a refusal; None when there is none.</summary>
    internal RuleError Error { get; private set; }

    /// <summary>Detail of <see cref="Error"/>.</summary>
    internal uint ErrorDetail { get; private set; }

    /// <summary>Takes bytes; the first has the number <paramref name="position"/>.</summary>
    internal void Open(byte[] data, int offset, int count, uint position)
    {
        Reader.Attach(data, offset, count, position);
        Error = RuleError.None;
        ErrorDetail = 0;
    }

    /// <summary>Keeps a reason, unless there is one already, and stops the reader.</summary>
    internal void Refuse(RuleError error, uint detail)
    {
        if (Error == RuleError.None && !Reader.IsFailed)
        {
            Error = error;
            ErrorDetail = detail;
        }

        Reader.Fail(0);
    }

    /// <summary>Keeps as the reason that a bound (a value of <see cref="RuleBound"/>) is exceeded, by a rule or by the whole (0).</summary>
    internal void RefuseBound(byte bound, byte rule)
    {
        Refuse(RuleError.BoundExceeded, (uint)bound << 24 | (uint)rule << 16);
    }

    /// <summary>Ends a step: a fault that the reader found becomes a refusal. True when all is well.</summary>
    internal bool IsGood()
    {
        if (Error == RuleError.None && Reader.IsFailed)
        {
            Error = RuleError.Malformed;
            ErrorDetail = Reader.FailPosition;
        }

        return Error == RuleError.None;
    }

    /// <summary>Index of the signal whose DID comes next.</summary>
    internal ushort ReadSignal()
    {
        uint dataIdentifier = Reader.ReadUnsigned(0xFFFF);
        int index = Reader.IsFailed ? 0 : _signals.IndexOf((ushort)dataIdentifier);
        if (index < 0)
        {
            Refuse(RuleError.SignalUnknown, dataIdentifier);
            return 0;
        }

        return (ushort)index;
    }

    /// <summary>A number as the signal has it: 0 to 2^32 − 1, or −2^31 to 2^31 − 1.</summary>
    internal int ReadRaw(ushort signal)
    {
        return !Reader.IsFailed && _signals.IsUnsigned(signal) ? (int)Reader.ReadUnsigned(uint.MaxValue) : Reader.ReadKey();
    }
}
