// Writes the value of a data identifier, big-endian.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications;

/// <summary>A cursor over the bytes of one answer.</summary>
public sealed class Record
{
    private byte[] _into;
    private int _start;
    private int _position;

    /// <summary>Number of bytes written.</summary>
    public int Length
    {
        get { return _position - _start; }
    }

    /// <summary>Starts an answer in <paramref name="into"/> at <paramref name="offset"/>.</summary>
    public void Open(byte[] into, int offset)
    {
        _into = into;
        _start = offset;
        _position = offset;
    }

    /// <summary>Writes 16 bits; a value outside them is written as the nearest one inside.</summary>
    public void Signed16(int value)
    {
        int bounded = value > short.MaxValue ? short.MaxValue : value < short.MinValue ? short.MinValue : value;
        _into[_position++] = (byte)(bounded >> 8);
        _into[_position++] = (byte)bounded;
    }

    /// <summary>Writes 32 bits.</summary>
    public void Unsigned32(uint value)
    {
        _into[_position++] = (byte)(value >> 24);
        _into[_position++] = (byte)(value >> 16);
        _into[_position++] = (byte)(value >> 8);
        _into[_position++] = (byte)value;
    }
}
