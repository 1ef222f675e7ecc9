// Parameters of heatshrink, the LZSS of Atomic Object: how far back a match may point and how long it may be.
// In detools' patches they stand in the stream's first byte: window bits − 4 in the high nibble, lookahead bits − 3 in
// the low one.
// Tests: tests/host-sim/Delta/HeatshrinkTests.cs.
namespace EsyncSim.Delta;

/// <summary>Window and lookahead.</summary>
/// <param name="WindowBits">Matches point at most 2^this bytes back; 4 to 15 in the agent's reach, 19 in the header's.</param>
/// <param name="LookaheadBits">Matches are at most 2^this bytes long; 3 to WindowBits − 1.</param>
public readonly record struct HeatshrinkParameters(int WindowBits, int LookaheadBits)
{
    /// <summary>Bits of a byte that is given as it is.</summary>
    public const int LiteralBits = 9;

    /// <summary>Smallest window of heatshrink, as a power of two.</summary>
    public const int WindowBitsMin = 4;

    /// <summary>Largest window of heatshrink, as a power of two.</summary>
    public const int WindowBitsMax = 15;

    /// <summary>Largest distance of a match in bytes.</summary>
    public int Window => 1 << WindowBits;

    /// <summary>Longest match in bytes.</summary>
    public int MatchMax => 1 << LookaheadBits;

    /// <summary>Bits of a match.</summary>
    public int MatchBits => 1 + WindowBits + LookaheadBits;

    /// <summary>The stream's first byte.</summary>
    public byte Header => (byte)(((WindowBits - 4) << 4) | (LookaheadBits - 3));

    /// <summary>True when heatshrink knows them; a header's byte may say others.</summary>
    public bool AreValid => WindowBits is >= WindowBitsMin and <= WindowBitsMax && LookaheadBits >= 3 && LookaheadBits < WindowBits;

    /// <summary>What a stream's first byte says.</summary>
    public static HeatshrinkParameters FromHeader(byte header) => new((header >> 4) + 4, (header & 15) + 3);

    /// <summary>All with windows of 2^4 bytes up to a bound.</summary>
    public static IEnumerable<HeatshrinkParameters> UpTo(int windowBitsMax)
    {
        for (int window = WindowBitsMin; window <= windowBitsMax; window++)
        {
            for (int lookahead = 3; lookahead < window; lookahead++)
            {
                yield return new HeatshrinkParameters(window, lookahead);
            }
        }
    }

    /// <summary>As heatshrink's own tool names them: window/lookahead.</summary>
    public override string ToString() => $"{WindowBits}/{LookaheadBits}";
}
