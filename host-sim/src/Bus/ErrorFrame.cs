// The price of an error, in bits (ISO 11898-1:2015 §10.4.4, §10.11).
// A sender sees a destroyed bit at once and sends six dominant bits. Receivers notice at the sixth equal bit in a row,
// and answer with six of their own. Then come eight recessive bits and the interframe space.
// Tests: tests/host-sim/Bus/FrameBitsTests.cs.
namespace EsyncSim.Bus;

/// <summary>Bit counts of error frames.</summary>
public static class ErrorFrame
{
    private const int FlagBits = 6;
    private const int DelimiterBits = 8;

    /// <summary>Bits after EOF when its last bit is destroyed: the flags of both sides start together.</summary>
    public const int AfterLastBitOfEof = FlagBits + DelimiterBits;

    /// <summary>Bits after the moment at which the sender left the bus: six recessive bits are noticed by the others.</summary>
    public const int AfterTear = FlagBits + FlagBits + DelimiterBits;

    /// <summary>Bits from SOF to the end of the error delimiter when the bit at this index of the stuffed part is destroyed.</summary>
    public static int Count(ReadOnlySpan<byte> bits, int index)
    {
        int seen = bits[index] ^ 1;
        int run = 1;
        while (run < FlagBits && index - run >= 0 && bits[index - run] == seen)
        {
            run++;
        }

        // What the receivers see goes on with dominant flag bits; a run of dominant bits before them counts.
        int untilNoticed = run == FlagBits ? 0 : seen == 0 ? FlagBits - run : FlagBits;
        return index + 1 + untilNoticed + FlagBits + DelimiterBits;
    }
}
