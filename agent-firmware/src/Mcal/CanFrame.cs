// One classic CAN frame in a buffer that is made once and used again.
// Invariant: Data has eight bytes, always; Length says how many of them count on the wire.
// Tests: through CanIf and CanTp.
namespace EsyncAgent;

/// <summary>A classic CAN data frame (ISO 11898-1) with an identifier of 11 or 29 bits.</summary>
public sealed class CanFrame
{
    /// <summary>Identifier, 0 to 7FF, or 0 to 1FFFFFFF when <see cref="IsExtended"/>.</summary>
    public uint Identifier;

    /// <summary>True for a 29-bit identifier.</summary>
    public bool IsExtended;

    /// <summary>Number of data bytes, 0 to 8. Some drivers lose the received one and always report 8.</summary>
    public byte Length;

    /// <summary>Eight bytes; those from <see cref="Length"/> on are not on the wire.</summary>
    public readonly byte[] Data = new byte[8];
}
