// What the bus knows of one identifier: prepared frame heads, receivers, figures.
// A cache: everything in it follows from the identifier and the nodes; it changes nothing on the wire.
// Tests: tests/host-sim/Bus/VirtualBusTests.cs.
namespace EsyncSim.Bus;

/// <summary>Figures of one identifier; all of them grow only.</summary>
public sealed class IdentifierStatistics
{
    internal IdentifierStatistics(uint identifier, bool isExtended)
    {
        Identifier = identifier;
        IsExtended = isExtended;
    }

    /// <summary>11 or 29 bits.</summary>
    public uint Identifier { get; }

    /// <summary>True for 29 bits.</summary>
    public bool IsExtended { get; }

    /// <summary>Frames that ended well on the wire, those included that a fault then lost.</summary>
    public long Frames { get; internal set; }

    /// <summary>Data bytes of these frames.</summary>
    public long DataBytes { get; internal set; }

    /// <summary>Bits of these frames, stuff bits and interframe space included.</summary>
    public long Bits { get; internal set; }

    /// <summary>Attempts that ended as an error frame.</summary>
    public long ErrorFrames { get; internal set; }

    /// <summary>Bits of these attempts, error flag, delimiter and interframe space included.</summary>
    public long ErrorBits { get; internal set; }

    /// <summary>Frames that a fault lost for all receivers.</summary>
    public long Dropped { get; internal set; }
}

/// <summary>The bus's working data of one identifier.</summary>
internal sealed class IdentifierEntry(uint identifier, bool isExtended)
{
    private readonly FrameHead[] _heads = new FrameHead[9];
    private int _known;

    internal readonly IdentifierStatistics Statistics = new(identifier, isExtended);

    /// <summary>Nodes whose filters let the identifier through; null when not asked yet.</summary>
    internal BusNode[]? Receivers;

    /// <summary>Moment of the latest delivery that was put off; later frames do not overtake it.</summary>
    internal long DelayedUntilNs = -1;

    internal bool Is(in BusFrame frame) => Statistics.Identifier == frame.Identifier && Statistics.IsExtended == frame.IsExtended;

    internal int Bits(in BusFrame frame)
    {
        int length = frame.Length;
        if ((_known & (1 << length)) == 0)
        {
            _heads[length] = FrameHead.Of(frame.Identifier, frame.IsExtended, length);
            _known |= 1 << length;
        }

        return _heads[length].Count(frame.Data);
    }
}
