// One sector's cells, and a part's contents at one moment as sectors that are shared until they are changed.
// Invariant: a sector that a snapshot holds never changes; its owner alone changes it, and forgets its digest then.
// Tests: tests/host-sim/Flash.
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EsyncSim.Flash;

/// <summary>Contents of a part at one moment; immutable, shared with the memory it was taken from.</summary>
public sealed class FlashSnapshot
{
    internal FlashSnapshot(FlashSector[] sectors)
    {
        Sectors = sectors;
    }

    internal FlashSector[] Sectors { get; }
}

/// <summary>One sector. Data is null while every byte is FF.</summary>
internal sealed class FlashSector
{
    private const int UnitsPerWord = 64;

    internal object? Owner;
    internal byte[]? Data;
    internal byte[]? Unstable;

    // A bit for each write unit that was programmed since the erase: a flag in a byte would take as much memory as the cells.
    internal ulong[]? Programmed;

    internal bool IsSuspect;
    internal int EraseCount;

    // Of what stands here; null once it was changed.
    internal byte[]? Digest;

    internal bool IsErased => Data is null && Unstable is null && Programmed is null && !IsSuspect;

    /// <summary>Notes that write units are programmed.</summary>
    internal void SetProgrammed(int first, int count, int unitCount)
    {
        Programmed ??= new ulong[(unitCount + UnitsPerWord - 1) / UnitsPerWord];
        for (int unit = first; unit < first + count;)
        {
            int within = unit % UnitsPerWord;
            int inWord = Math.Min(UnitsPerWord - within, first + count - unit);
            Programmed[unit / UnitsPerWord] |= (ulong.MaxValue >> (UnitsPerWord - inWord)) << within;
            unit += inWord;
        }
    }

    /// <summary>The first of these write units that is programmed; -1 when none is.</summary>
    internal int FirstProgrammed(int first, int count)
    {
        for (int unit = first; Programmed is not null && unit < first + count;)
        {
            ulong word = Programmed[unit / UnitsPerWord] >> (unit % UnitsPerWord);
            unit += word == 0 ? UnitsPerWord - (unit % UnitsPerWord) : BitOperations.TrailingZeroCount(word);
            if (word != 0)
            {
                return unit < first + count ? unit : -1;
            }
        }

        return -1;
    }

    internal byte[] TakeDigest()
    {
        byte[]? digest = Digest;
        if (digest is null)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            ReadOnlySpan<byte> kind = [IsSuspect ? (byte)1 : (byte)0, Data is null ? (byte)0 : (byte)1, Unstable is null ? (byte)0 : (byte)1, Programmed is null ? (byte)0 : (byte)1];
            hash.AppendData(kind);
            hash.AppendData(Data ?? []);
            hash.AppendData(Unstable ?? []);
            hash.AppendData(MemoryMarshal.AsBytes<ulong>(Programmed ?? []));
            digest = hash.GetHashAndReset();
            Digest = digest;
        }

        return digest;
    }

    internal FlashSector Clone(object owner) => new()
    {
        Owner = owner,
        Data = (byte[]?)Data?.Clone(),
        Unstable = (byte[]?)Unstable?.Clone(),
        Programmed = (ulong[]?)Programmed?.Clone(),
        IsSuspect = IsSuspect,
        EraseCount = EraseCount,
    };
}
