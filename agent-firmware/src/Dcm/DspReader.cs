// Reads a record whatever it is made of: as it stands, or put together from the parts of a dynamically defined identifier; over
// several cycles where the application answers late. Each who reads has a reader of his own.
// Invariants: while a record is not complete, the same identifier, buffer and offset come with every call, or Restart; a
// definition that changed meanwhile is read from its beginning; a record never passes the end of the buffer.
// Tests: tests/agent-firmware/Dcm/Sid22ReadDataByIdentifierTests.cs, Sid2CDynamicallyDefineDataIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Reads one record at a time.</summary>
public sealed class DspReader
{
    private readonly DspRecords _records;
    private readonly DspDynamics _dynamics;
    private readonly DspAsker _asker;
    private int _part;
    private int _length;
    private uint _revision;

    /// <summary>A reader for one who asks.</summary>
    public DspReader(DcmParts parts, DspAsker asker)
    {
        _records = parts.Records;
        _dynamics = parts.Dynamics;
        _asker = asker;
    }

    /// <summary>Gives up what was being read.</summary>
    public void Restart()
    {
        Forget();
        _records.Questions.GiveUp(_asker);
    }

    /// <summary>
    /// Writes the record, without its identifier, and returns its length, <see cref="DspRecords.NotThere"/> or <see cref="DspRecords.NotYet"/>: then to
    /// be called again in the next cycle. A record longer than the room is not written, but its length is returned.
    /// </summary>
    public int Read(ushort identifier, byte[] into, int offset)
    {
        return _dynamics.IsDefined(identifier) ? ReadDefined(identifier, into, offset) : _records.Read(identifier, into, offset, _asker);
    }

    private int ReadDefined(ushort identifier, byte[] into, int offset)
    {
        int whole = _dynamics.LengthOf(identifier);
        if (whole > into.Length - offset)
        {
            return whole;
        }

        if (_revision != _dynamics.Revision)
        {
            _revision = _dynamics.Revision;
            Restart();
        }

        for (_part = _dynamics.NextPart(identifier, _part); _part < _dynamics.PartCount; _part = _dynamics.NextPart(identifier, _part + 1))
        {
            int got = _records.ReadPart(_dynamics.SourceOf(_part), _dynamics.PositionOf(_part), _dynamics.SizeOf(_part), into, offset + _length, _asker);
            if (got == DspRecords.NotYet)
            {
                return got;
            }

            if (got < 0)
            {
                Forget();
                return got;
            }

            _length += got;
        }

        Forget();
        return whole;
    }

    private void Forget()
    {
        _part = 0;
        _length = 0;
    }
}
