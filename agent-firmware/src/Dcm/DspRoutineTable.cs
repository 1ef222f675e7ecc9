// What service 31 checks before a routine sees its option record: a row for each routine, packed into bytes, since an object costs
// the runtime twelve bytes for each of its fields.
// Invariants: each routine identifier once; nothing changes after construction.
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs.
namespace EsyncAgent;

/// <summary>Routine identifiers, their conditions and who runs them.</summary>
public sealed class DspRoutineTable
{
    /// <summary>Length of an option record that the routine itself judges.</summary>
    public const byte AnyLength = 0xFF;

    /// <summary>In place of a row: there is no such routine.</summary>
    public const int None = -1;

    // A row: identifier, sessions with the bit for access, length of the option record.
    private const int SessionsOffset = 2;
    private const int LengthOffset = 3;
    private const int RowLength = 4;
    private const byte AccessBit = 0x80;

    private readonly byte[] _rows;
    private readonly DspService[] _services;
    private int _count;

    /// <summary>An empty table with room for <paramref name="count"/> routines, each of which is added.</summary>
    public DspRoutineTable(int count)
    {
        _rows = new byte[count * RowLength];
        _services = new DspService[count];
    }

    /// <summary>Adds a routine: sessions in which it may be started are a mask of <see cref="DcmSession"/>; its option record has so many bytes, or <see cref="AnyLength"/>.</summary>
    public void Add(ushort identifier, byte sessions, bool isAccessNeeded, byte optionLength, DspService service)
    {
        int at = _count * RowLength;
        BigEndian.WriteU16(_rows, at, identifier);
        _rows[at + SessionsOffset] = (byte)(isAccessNeeded ? sessions | AccessBit : sessions);
        _rows[at + LengthOffset] = optionLength;
        _services[_count] = service;
        _count++;
    }

    /// <summary>The row of a routine identifier, or <see cref="None"/>.</summary>
    public int Find(ushort identifier)
    {
        for (int row = 0; row < _count; row++)
        {
            if (BigEndian.ReadU16(_rows, row * RowLength) == identifier)
            {
                return row;
            }
        }

        return None;
    }

    /// <summary>Sessions in which it may be started, a mask of <see cref="DcmSession"/>.</summary>
    public byte Sessions(int row)
    {
        return (byte)(_rows[(row * RowLength) + SessionsOffset] & ~AccessBit);
    }

    /// <summary>True when it needs access.</summary>
    public bool IsAccessNeeded(int row)
    {
        return (_rows[(row * RowLength) + SessionsOffset] & AccessBit) != 0;
    }

    /// <summary>Length of routineControlOptionRecord in bytes, or <see cref="AnyLength"/>.</summary>
    public byte OptionLength(int row)
    {
        return _rows[(row * RowLength) + LengthOffset];
    }

    /// <summary>Who runs it; the response already holds sub-function and identifier.</summary>
    public DspService Service(int row)
    {
        return _services[row];
    }
}
