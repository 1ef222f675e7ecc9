// Brings the next stretch of an envelope from the flash before a CBOR reader, and keeps the first reason for a refusal.
// Each step of a parser prepares one stretch, long enough for everything that the step reads except the contents of
// tables and signatures, which are stepped over.
// Invariants: nothing outside the opened range is read; after the first refusal nothing more is believed.
// Clause: PROTOCOL.md, "Manifest".
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests.
namespace EsyncAgent;

/// <summary>An envelope in flash, with a CBOR reader on the part that is being read.</summary>
internal sealed class ManifestCursor
{
    /// <summary>Bytes that a step may read from the position that it prepared.</summary>
    internal const int LookAhead = 192;

    // Four bits: record success or failure, each with system information or without.
    private const uint ReportingPolicyMax = 15;

    private readonly FlsWindow _window;
    private readonly CanonicalCborReader _reader = new CanonicalCborReader();
    private uint _address;
    private uint _length;
    private FotaError _error;
    private uint _errorDetail;

    internal ManifestCursor(FlsWindow window)
    {
        _window = window;
    }

    /// <summary>The reader on what <see cref="Prepare"/> brought.</summary>
    internal CanonicalCborReader Reader
    {
        get { return _reader; }
    }

    /// <summary>The window, for what is not CBOR: hashing and signatures.</summary>
    internal FlsWindow Window
    {
        get { return _window; }
    }

    /// <summary>Length of the envelope in bytes.</summary>
    internal uint Length
    {
        get { return _length; }
    }

    /// <summary>The first reason for a refusal; None when there is none.</summary>
    internal FotaError Error
    {
        get { return _error; }
    }

    /// <summary>Detail of <see cref="Error"/>.</summary>
    internal uint ErrorDetail
    {
        get { return _errorDetail; }
    }

    /// <summary>Takes the envelope at a flash address and forgets the former one.</summary>
    internal void Open(uint address, uint length)
    {
        _window.Open(address, length);
        _address = address;
        _length = length;
        _error = FotaError.None;
        _errorDetail = 0;
    }

    /// <summary>Keeps a reason, unless there is one already, and stops the reader.</summary>
    internal void Refuse(FotaError error, uint detail)
    {
        if (_error == FotaError.None)
        {
            _error = error;
            _errorDetail = detail;
        }

        _reader.Fail(detail);
    }

    /// <summary>Keeps as the reason that the flash could not be read at a position.</summary>
    internal void RefuseRead(uint position)
    {
        Refuse(FotaError.FlashFailed, _address + position);
    }

    /// <summary>Asks for bytes as <see cref="FlsWindow.Ensure"/> does; false: not yet, or refused for the flash's sake.</summary>
    internal bool Ensure(uint position, int count)
    {
        StdReturn result = _window.Ensure(position, count);
        if (result == StdReturn.NotOk)
        {
            RefuseRead(position);
        }

        return result == StdReturn.Ok;
    }

    /// <summary>Puts the reader at a position, with <see cref="LookAhead"/> bytes or what is left; false as for <see cref="Ensure"/>.</summary>
    internal bool Prepare(uint position)
    {
        uint left = position < _length ? _length - position : 0;
        int count = left < LookAhead ? (int)left : LookAhead;
        if (count == 0)
        {
            _reader.Attach(_window.Buffer, 0, 0, position);
            return true;
        }

        if (!Ensure(position, count))
        {
            return false;
        }

        _reader.Attach(_window.Buffer, _window.IndexOf(position), count, position);
        return true;
    }

    /// <summary>Ends a step: a fault that the reader found becomes a refusal for <paramref name="malformed"/>. True when all is well.</summary>
    internal bool IsGood(FotaError malformed)
    {
        if (_error == FotaError.None && _reader.IsFailed)
        {
            Refuse(malformed, _reader.FailPosition);
        }

        return _error == FotaError.None;
    }

    /// <summary>Reads a SUIT digest [−16, 32 bytes] that is wrapped in a byte string.</summary>
    internal void ReadDigest(byte[] into, uint limit)
    {
        uint end = _reader.EnterByteString(limit);
        _reader.ExpectArray(2);
        _reader.ExpectKey(SuitKey.Sha256);
        _reader.ReadBytes(into, into.Length);
        _reader.ExpectEnd(end);
    }

    /// <summary>
    /// Reads a key of a map, or a command, that must be <paramref name="expected"/>, after <paramref name="previous"/>. One
    /// that could stand between the two is something unknown; any other is out of order or shows that one is missing.
    /// </summary>
    internal void ExpectKey(int previous, int expected)
    {
        uint start = _reader.Position;
        int key = _reader.ReadKey();
        if (_reader.IsFailed || key == expected)
        {
            return;
        }

        bool isBetween = CanonicalCborReader.IsInOrder(previous, key) && CanonicalCborReader.IsInOrder(key, expected);
        Refuse(isBetween ? FotaError.ManifestUnsupported : FotaError.ManifestMalformed, start);
    }

    /// <summary>Reads a command that must be <paramref name="command"/>.</summary>
    internal void ExpectCommand(int command)
    {
        uint start = _reader.Position;
        int found = _reader.ReadKey();
        if (!_reader.IsFailed && found != command)
        {
            Refuse(FotaError.ManifestUnsupported, start);
        }
    }

    /// <summary>Reads a command and its reporting policy, 0 to 15.</summary>
    internal void ExpectReported(int command)
    {
        ExpectCommand(command);
        uint start = _reader.Position;
        if (_reader.ReadUnsigned(uint.MaxValue) > ReportingPolicyMax)
        {
            Refuse(FotaError.ManifestUnsupported, start);
        }
    }

    /// <summary>Reads the head of a command sequence of <paramref name="length"/> items.</summary>
    internal void ExpectSequence(uint length)
    {
        uint start = _reader.Position;
        uint found = _reader.ReadArray();
        if (!_reader.IsFailed && found != length)
        {
            Refuse(FotaError.ManifestUnsupported, start);
        }
    }
}
