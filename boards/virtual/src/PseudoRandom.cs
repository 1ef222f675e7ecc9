// Bytes that look random and are the same in every run: xorshift of 32 bits (Marsaglia, 2003).
// It protects nothing: the emulator's secrets, challenges and fillers are no secrets.
// Tests: tests/boards/virtual/EmulatorImageTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>A small deterministic generator.</summary>
public sealed class PseudoRandom
{
    private uint _state;

    /// <summary>A generator; <paramref name="seed"/> is not 0.</summary>
    public PseudoRandom(uint seed)
    {
        _state = seed;
    }

    /// <summary>The next 32 bits; never 0.</summary>
    public uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }

    /// <summary>Writes <paramref name="count"/> bytes; a rest of less than four takes as much of the sequence as four.</summary>
    public void Fill(byte[] into, int offset, int count)
    {
        int end = offset + count;
        while (offset < end)
        {
            uint next = Next();
            for (int i = 0; i < 4 && offset < end; i++)
            {
                into[offset++] = (byte)next;
                next >>= 8;
            }
        }
    }
}
