// Where the record of a data identifier comes from: a signal or an output (0200 to 10FF, F200 to F2FF), the server itself
// (F186, F15A), nf.config (F18x, F19x, F1EF), the running application (0100 to 01FF), data gathering and the update target
// (FDxx and the rest). Dynamically defined identifiers are DspReader's. PROTOCOL.md, "Data identifiers".
// Invariants: a record never passes the end of the buffer; the application gets a buffer of its own, since it is code that
// this agent did not write.
// Tests: tests/agent-firmware/Dcm/Sid22ReadDataByIdentifierTests.cs, Sid2CDynamicallyDefineDataIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Reads records and parts of records.</summary>
public sealed class DspRecords
{
    /// <summary>In place of a length: this ECU does not have the record.</summary>
    public const int NotThere = ApplicationAnswer.Unknown;

    /// <summary>In place of a length: to be asked for again in the next cycle.</summary>
    public const int NotYet = ApplicationAnswer.NotYet;

    /// <summary>Identifier of the fingerprint, the one record that can be written.</summary>
    public const ushort Fingerprint = 0xF15A;

    /// <summary>Length of the fingerprint: date (3) and tester serial number (6).</summary>
    public const int FingerprintLength = 9;

    /// <summary>Room that another module needs for a record which it writes unmeasured: sixteen security events and their header.</summary>
    public const int UnmeasuredLengthMax = 288;

    private const ushort ActiveSession = 0xF186;
    private const ushort ApplicationFirst = 0x0100;
    private const ushort ApplicationLast = 0x01FF;
    private const byte NeverWritten = 0xFF;

    private readonly DcmParts _parts;
    private readonly SignalTable _signals;
    private readonly OutputTable _outputs;
    private readonly byte[] _whole = new byte[UnmeasuredLengthMax];

    /// <summary>Makes the register of records.</summary>
    public DspRecords(DcmParts parts)
    {
        _parts = parts;
        _signals = parts.Data.Signals;
        _outputs = parts.Data.Outputs;
        Questions = new DspQuestions(parts.Application);
    }

    /// <summary>What is asked of the application.</summary>
    public DspQuestions Questions { get; }

    /// <summary>True for the identifiers that belong to the running application.</summary>
    public static bool IsOfApplication(ushort identifier)
    {
        return identifier >= ApplicationFirst && identifier <= ApplicationLast;
    }

    /// <summary>
    /// Writes the record, without its identifier, and returns its length, <see cref="NotThere"/> or <see cref="NotYet"/>. A constant
    /// record longer than the room that <paramref name="into"/> has is not written; its length is returned all the same.
    /// </summary>
    public int Read(ushort identifier, byte[] into, int offset, DspAsker asker)
    {
        if (IsOfApplication(identifier))
        {
            return Questions.Ask(asker, identifier, into, offset);
        }

        int index = _signals.IndexOf(identifier);
        if (index >= 0)
        {
            return _signals.WriteRecord(index, into, offset);
        }

        index = _outputs.IndexOf(identifier);
        if (index >= 0)
        {
            return SignalType.Write(_outputs.TypeOf(index), _outputs.Value(index), into, offset);
        }

        return ReadOther(identifier, into, offset);
    }

    /// <summary>
    /// Writes <paramref name="size"/> bytes of the record from the byte <paramref name="position"/> on, which counts from 1, and returns their
    /// number; <see cref="NotThere"/> also when the record is shorter than that.
    /// </summary>
    public int ReadPart(ushort identifier, int position, int size, byte[] into, int offset, DspAsker asker)
    {
        byte[] whole = ConstantOf(identifier);
        int length = whole == null ? Read(identifier, _whole, 0, asker) : whole.Length;
        if (length < 0)
        {
            return length;
        }

        if (position - 1 + size > length)
        {
            return NotThere;
        }

        System.Array.Copy(whole ?? _whole, position - 1, into, offset, size);
        return size;
    }

    /// <summary>Length of the record: of one of the application the longest that it may have; <see cref="NotThere"/> when there is none.</summary>
    public int LengthOf(ushort identifier)
    {
        if (IsOfApplication(identifier))
        {
            return DspQuestions.AnswerLengthMax;
        }

        byte[] constant = ConstantOf(identifier);
        return constant != null ? constant.Length : Read(identifier, _whole, 0, DspAsker.Request);
    }

    private int ReadOther(ushort identifier, byte[] into, int offset)
    {
        if (identifier == ActiveSession)
        {
            into[offset] = _parts.Session.Active;
            return 1;
        }

        if (identifier == Fingerprint)
        {
            return ReadFingerprint(into, offset);
        }

        byte[] constant = ConstantOf(identifier);
        if (constant == null)
        {
            int length = _parts.Data.State.Read(identifier, into, offset);
            return length >= 0 ? length : _parts.Target.ReadDid(identifier, into, offset);
        }

        if (constant.Length <= into.Length - offset)
        {
            System.Array.Copy(constant, 0, into, offset, constant.Length);
        }

        return constant.Length;
    }

    private int ReadFingerprint(byte[] into, int offset)
    {
        if (_parts.NvM.Length(NvMBlock.Fingerprint) == FingerprintLength)
        {
            System.Array.Copy(_parts.NvM.Data(NvMBlock.Fingerprint), 0, into, offset, FingerprintLength);
        }
        else
        {
            Bytes.Fill(into, offset, FingerprintLength, NeverWritten);
        }

        return FingerprintLength;
    }

    // Null when nf.config has no record of this identifier.
    private byte[] ConstantOf(ushort identifier)
    {
        int index = Ascending.IndexOf(_parts.Config.ConstantIds, identifier);
        return index < 0 ? null : _parts.Config.ConstantRecords[index];
    }
}
