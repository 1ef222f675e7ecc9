// A number of a sequential patch: sign in bit 6 of its first byte, 6 bits of value there and 7 in each further one, the
// lowest first; bit 7 says that one more follows.
// Clause: detools' documentation, "Sequential". Tests: tests/agent-firmware/Fota/DecoderPartTests.
namespace EsyncAgent;

/// <summary>Reads a number byte by byte.</summary>
public sealed class PatchNumber
{
    private const int FirstBits = 6;
    private const int FurtherBits = 7;
    private const int ShiftMax = FirstBits + (3 * FurtherBits);

    private uint _value;
    private int _shift;
    private bool _isNegative;

    /// <summary>The number, once <see cref="Take"/> said that it is whole.</summary>
    public int Value
    {
        get { return _isNegative ? -(int)_value : (int)_value; }
    }

    /// <summary>True when the number is longer than five bytes or does not fit 31 bits.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Begins with the next number.</summary>
    public void Begin()
    {
        _value = 0;
        _shift = 0;
        _isNegative = false;
        IsTooLong = false;
    }

    /// <summary>Takes a byte; true when it was the last one.</summary>
    public bool Take(byte value)
    {
        if (_shift == 0)
        {
            _isNegative = (value & 0x40) != 0;
            _value = (uint)value & 0x3F;
            _shift = FirstBits;
        }
        else
        {
            uint part = (uint)value & 0x7F;
            IsTooLong |= _shift > ShiftMax || (_shift == ShiftMax && part > 0x0F);
            _value |= IsTooLong ? 0 : part << _shift;
            _shift += FurtherBits;
        }

        return (value & 0x80) == 0 || IsTooLong;
    }
}
