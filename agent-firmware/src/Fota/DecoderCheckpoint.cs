// What a decoder needs to go on after a reset at the end of a chunk: a few numbers, no copy of its window, which is made
// anew from the banks (PROTOCOL.md, "Checkpoints of decoders").
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>State of a decoder at the end of a chunk.</summary>
public sealed class DecoderCheckpoint
{
    /// <summary>Value of <see cref="Length"/> when one cannot go on here: the patch says too much in too few bytes.</summary>
    public const int NotHere = -1;

    /// <summary>The state; its first <see cref="Length"/> bytes count.</summary>
    public readonly byte[] Data;

    /// <summary>Bytes in <see cref="Data"/>; 0 when nothing needs to be known, <see cref="NotHere"/> when one cannot go on here.</summary>
    public int Length;

    /// <summary>One of at most <paramref name="lengthMax"/> bytes.</summary>
    public DecoderCheckpoint(int lengthMax)
    {
        Data = new byte[lengthMax];
    }

    /// <summary>Takes over what another one, no longer than this one can be, holds.</summary>
    public void CopyFrom(DecoderCheckpoint other)
    {
        Length = other.Length;
        if (Length > 0)
        {
            System.Array.Copy(other.Data, 0, Data, 0, Length);
        }
    }
}
