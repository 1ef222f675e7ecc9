// Changes an input a little: bits, bytes, numbers of 1 to 4 bytes in either order, blocks taken out, doubled, moved or taken
// from another input, and words of the target's format. One to 32 changes at a time, few of them more often.
// Tests: tests/Fuzz/Checks.
using System.Buffers.Binary;

namespace EsyncTests.Fuzzing;

/// <summary>Makes new inputs of old ones.</summary>
public sealed class Mutator(FuzzRandom random, IReadOnlyList<byte[]> words, int lengthMax)
{
    private static readonly uint[] Numbers =
        [0, 1, 2, 7, 8, 15, 16, 23, 24, 31, 32, 63, 64, 127, 128, 255, 256, 4095, 4096, 32767, 32768, 65535, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    private readonly byte[] _work = new byte[2 * lengthMax];
    private int _length;

    /// <summary>A changed copy; <paramref name="other"/> lends blocks.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        _length = Math.Min(input.Length, lengthMax);
        input.AsSpan(0, _length).CopyTo(_work);
        int changes = 1 << random.Below(6);
        for (int i = 0; i < changes; i++)
        {
            ChangeOnce(other);
        }

        return _work.AsSpan(0, Math.Min(_length, lengthMax)).ToArray();
    }

    private void ChangeOnce(byte[] other)
    {
        if (_length == 0)
        {
            Insert(0, [random.NextByte()]);
            return;
        }

        int at = random.Below(_length);
        switch (random.Below(words.Count == 0 ? 9 : 12))
        {
            case 0:
                _work[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1:
                _work[at] = random.NextByte();
                break;
            case 2:
                _work[at] += (byte)(random.Below(35) - 17);
                break;
            case 3:
                SetNumber(at, Numbers[random.Below(Numbers.Length)]);
                break;
            case 4:
                AddToNumber(at, random.Below(35) - 17);
                break;
            case 5:
                Remove(at, BlockLength(_length - at));
                break;
            case 6:
                Insert(random.Below(_length + 1), _work.AsSpan(at, BlockLength(_length - at)).ToArray());
                break;
            case 7:
                Borrow(other, at);
                break;
            case 8:
                _work.AsSpan(at, BlockLength(_length - at)).Fill(random.NextByte());
                break;
            case 9:
                Insert(at, words[random.Below(words.Count)]);
                break;
            default:
                byte[] word = words[random.Below(words.Count)];
                word.AsSpan(0, Math.Min(word.Length, _length - at)).CopyTo(_work.AsSpan(at));
                break;
        }
    }

    private int BlockLength(int max) => Math.Max(1, random.Below(random.Below(4) == 0 ? Math.Max(1, max) : Math.Min(max, 32)));

    private void SetNumber(int at, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (random.Below(2) == 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        }

        int width = Math.Min(1 << random.Below(3), _length - at);
        (random.Below(2) == 0 ? bytes[^width..] : bytes[..width]).CopyTo(_work.AsSpan(at));
    }

    private void AddToNumber(int at, int difference)
    {
        if (_length - at < 4)
        {
            return;
        }

        Span<byte> place = _work.AsSpan(at, 4);
        if (random.Below(2) == 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(place, BinaryPrimitives.ReadInt32BigEndian(place) + difference);
        }
        else
        {
            BinaryPrimitives.WriteInt16BigEndian(place, (short)(BinaryPrimitives.ReadInt16BigEndian(place) + difference));
        }
    }

    private void Remove(int at, int count)
    {
        Array.Copy(_work, at + count, _work, at, _length - at - count);
        _length -= count;
    }

    private void Insert(int at, ReadOnlySpan<byte> block)
    {
        int count = Math.Min(block.Length, _work.Length - _length);
        Array.Copy(_work, at, _work, at + count, _length - at);
        block[..count].CopyTo(_work.AsSpan(at));
        _length += count;
    }

    private void Borrow(byte[] other, int at)
    {
        if (other.Length == 0)
        {
            return;
        }

        int from = random.Below(other.Length);
        ReadOnlySpan<byte> block = other.AsSpan(from, BlockLength(other.Length - from));
        if (random.Below(2) == 0)
        {
            Insert(at, block);
        }
        else
        {
            block[..Math.Min(block.Length, _length - at)].CopyTo(_work.AsSpan(at));
        }
    }
}
