// Signals and outputs of nf.config: beside what a signal is (Data.SignalDefinition) which raw values are valid, and where it
// comes from. The agent has this raw side only (DataConfig).
// Invariant: whoever holds one of an EcuDefinition holds a checked one: its raw range lies within its type and its bits.
// Tests: tests/host-sim/Config/SignalRuleTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>Bits of a CAN frame, counted as in a DBC file.</summary>
/// <param name="StartBit">0 to 63: lowest bit of a little-endian field, highest of a big-endian one; bit n is bit n mod 8 of byte n / 8.</param>
/// <param name="Length">Bits, 1 to 32.</param>
/// <param name="IsBigEndian">True for Motorola order.</param>
public sealed record CanBits(byte StartBit, byte Length, bool IsBigEndian)
{
    private const int FrameBits = 64;

    /// <summary>True when the field lies within eight bytes.</summary>
    public bool IsInside => Length is >= 1 and <= 32 && (IsBigEndian ? FirstOfBigEndian : StartBit) + Length <= FrameBits && StartBit < FrameBits;

    /// <summary>Bytes that a frame needs for it.</summary>
    public int BytesNeeded => (((IsBigEndian ? FirstOfBigEndian : StartBit) + Length - 1) / 8) + 1;

    /// <summary>The bits that it covers: bit n of the mask is bit n of the frame. Only for a field that is inside.</summary>
    public ulong Mask
    {
        get
        {
            ulong mask = 0;
            for (int i = 0; i < Length; i++)
            {
                int big = FirstOfBigEndian + i;
                mask |= 1UL << (IsBigEndian ? (big & ~7) + 7 - (big & 7) : StartBit + i);
            }

            return mask;
        }
    }

    // Position of the highest bit, counted from the highest bit of the first byte.
    private int FirstOfBigEndian => (StartBit & ~7) + 7 - (StartBit & 7);
}

/// <summary>The field whose value says whether a signal is in the frame.</summary>
/// <param name="Bits">Where it is.</param>
/// <param name="Value">Its unsigned value with which the signal is there.</param>
public sealed record SignalMultiplexor(CanBits Bits, uint Value);

/// <summary>A CAN frame that a signal is read from.</summary>
/// <param name="Identifier">11 or 29 bits.</param>
/// <param name="IsExtended">True for an identifier of 29 bits.</param>
/// <param name="Bits">The signal's bits.</param>
/// <param name="Multiplexor">Null for a signal that is in every frame.</param>
/// <param name="TimeoutMs">The signal is timed out when no such frame has come for so long; 0 is never.</param>
public sealed record CanSource(uint Identifier, bool IsExtended, CanBits Bits, SignalMultiplexor? Multiplexor, ushort TimeoutMs)
{
    private const uint ExtendedBit = 0x80000000;

    /// <summary>The identifier as the agent and DBC files have it, with bit 31 set for 29 bits.</summary>
    public uint MarkedIdentifier => IsExtended ? Identifier | ExtendedBit : Identifier;
}

/// <summary>A signal of nf.config: what it is, which raw values are valid, and where it comes from.</summary>
/// <param name="Definition">Path, identifier, type and scaling.</param>
/// <param name="RawMin">Smallest valid raw value.</param>
/// <param name="RawMax">Largest valid raw value.</param>
/// <param name="Can">The frame that it is read from; null when the application publishes it.</param>
public sealed record ConfiguredSignal(SignalDefinition Definition, long RawMin, long RawMax, CanSource? Can);

/// <summary>An output that service 2F controls; all values are raw.</summary>
/// <param name="Did">Data identifier, 1000 to 10FF.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Type">Type of its value.</param>
/// <param name="Min">Smallest value that a tester may set.</param>
/// <param name="Max">Largest value that a tester may set.</param>
/// <param name="Default">What resetToDefault sets.</param>
public sealed record OutputDefinition(ushort Did, string Name, SignalType Type, long Min, long Max, long Default);
