// Makes LMS and HSS signatures for tests (RFC 8554 §4, §5, §6) without building a tree: only the leaf that signs has an
// LM-OTS key, the other nodes on its path are random bytes, and the public key is the root that follows. To a verifier
// that is a signature like any other, and the tallest tree costs as little as the smallest.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class LmsForge
{
    private readonly Random _random;
    private readonly int _lmsType;
    private readonly int _otsType;
    private readonly uint _leaf;
    private readonly byte[] _identifier = new byte[16];
    private readonly byte[][] _starts;
    private readonly byte[][] _path;

    public LmsForge(int seed, int lmsType, int otsType, uint leaf)
    {
        _random = new Random(seed);
        (_lmsType, _otsType, _leaf) = (lmsType, otsType, leaf);
        Height = 5 * (lmsType - 4);
        Width = 1 << (otsType - 1);
        ChainCount = otsType switch { 1 => 265, 2 => 133, 3 => 67, _ => 34 };
        _random.NextBytes(_identifier);
        _starts = [.. Enumerable.Range(0, ChainCount).Select(_ => Bytes32())];
        _path = [.. Enumerable.Range(0, Height).Select(_ => Bytes32())];
    }

    public int Height { get; }

    public int Width { get; }

    public int ChainCount { get; }

    private int DigitMax => (1 << Width) - 1;

    /// <summary>The LMS public key: both types, I, T[1].</summary>
    public byte[] PublicKey()
    {
        byte[] ends = [.. _starts.SelectMany((start, i) => Chain(i, 0, DigitMax, start))];
        byte[] node = Hash(_leaf + (1u << Height), 0x8282, Hash(_leaf, 0x8080, ends));
        uint number = _leaf + (1u << Height);
        foreach (byte[] sibling in _path)
        {
            node = (number & 1) != 0 ? Hash(number >> 1, 0x8383, [.. sibling, .. node]) : Hash(number >> 1, 0x8383, [.. node, .. sibling]);
            number >>= 1;
        }

        return [.. U32((uint)_lmsType), .. U32((uint)_otsType), .. _identifier, .. node];
    }

    /// <summary>The LMS signature of a message.</summary>
    public byte[] Sign(byte[] message)
    {
        byte[] randomizer = Bytes32();
        byte[] digits = Hash(_leaf, 0x8181, [.. randomizer, .. message]);
        int sum = Enumerable.Range(0, 256 / Width).Sum(i => DigitMax - Digit(digits, i));
        int shift = _otsType switch { 1 => 7, 2 => 6, 3 => 4, _ => 0 };
        byte[] all = [.. digits, (byte)((sum << shift) >> 8), (byte)(sum << shift)];
        byte[] chains = [.. _starts.SelectMany((start, i) => Chain(i, 0, Digit(all, i), start))];
        return [.. U32(_leaf), .. U32((uint)_otsType), .. randomizer, .. chains, .. U32((uint)_lmsType), .. _path.SelectMany(node => node)];
    }

    /// <summary>One level: HSS public key and signature.</summary>
    public static (byte[] Key, byte[] Signature) OneLevel(LmsForge tree, byte[] message)
        => ([.. U32(1), .. tree.PublicKey()], [.. U32(0), .. tree.Sign(message)]);

    /// <summary>Two levels: HSS public key and signature.</summary>
    public static (byte[] Key, byte[] Signature) TwoLevels(LmsForge top, LmsForge bottom, byte[] message)
    {
        byte[] signed = bottom.PublicKey();
        return ([.. U32(2), .. top.PublicKey()], [.. U32(1), .. top.Sign(signed), .. signed, .. bottom.Sign(message)]);
    }

    private static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private byte[] Bytes32()
    {
        byte[] bytes = new byte[32];
        _random.NextBytes(bytes);
        return bytes;
    }

    private int Digit(byte[] from, int index) => (from[index * Width / 8] >> (8 - Width - (index * Width % 8))) & DigitMax;

    private byte[] Chain(int chain, int from, int to, byte[] start)
    {
        byte[] value = start;
        for (int link = from; link < to; link++)
        {
            value = SHA256.HashData([.. _identifier, .. U32(_leaf), (byte)(chain >> 8), (byte)chain, (byte)link, .. value]);
        }

        return value;
    }

    private byte[] Hash(uint number, ushort domain, byte[] rest)
        => SHA256.HashData((byte[])[.. _identifier, .. U32(number), (byte)(domain >> 8), (byte)domain, .. rest]);
}
