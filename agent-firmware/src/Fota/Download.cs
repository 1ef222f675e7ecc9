// One download: 34, 36 …, 37 to the staging slot or to the secondary bank.
// A transfer to the bank starts at the first byte that is needed, in a fresh list of checkpoints; DID FD02 names that byte.
// What arrives goes straight to BankWriter, or to TransferDecoder where the image is encoded, and from there to BankWriter.
// Invariant: a transfer to the bank needs a trusted slot and state RECEIVING; the staging slot needs neither.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The transfer that is under way.</summary>
public sealed class Download
{
    private enum Phase : byte
    {
        None,
        Prepare,
        OpenLog,
        AwaitLog,
        Receiving,
        Finished,
    }

    private readonly Fls _fls;
    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly CheckpointLog _checkpoints;
    private readonly BankWriter _writer;
    private readonly TransferDecoder _decoder;
    private Phase _phase;
    private bool _isStaging;
    private bool _isEncoded;
    private uint _firstChunk;
    private uint _size;

    /// <summary>Makes it; <paramref name="decoder"/> is null where only plain images are taken.</summary>
    public Download(Fls fls, Banks banks, SecondarySlot slot, CheckpointLog checkpoints, BankWriter writer, TransferDecoder decoder)
    {
        _fls = fls;
        _banks = banks;
        _slot = slot;
        _checkpoints = checkpoints;
        _writer = writer;
        _decoder = decoder;
    }

    /// <summary>Why it was refused or has ended.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Chunk, offset or address that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>Length of the envelope that was staged completely since reset; 0 is none.</summary>
    public uint StagedLength { get; private set; }

    /// <summary>True from an accepted RequestDownload to the end of the transfer.</summary>
    public bool IsActive
    {
        get { return _phase == Phase.Receiving; }
    }

    /// <summary>Bytes still to come.</summary>
    public uint Remaining
    {
        get { return _phase != Phase.Receiving ? 0 : _isEncoded ? _decoder.Remaining : _writer.Remaining; }
    }

    /// <summary>First transferred byte that is needed to go on (DID FD02).</summary>
    public uint ResumeOffset
    {
        get
        {
            uint chunk = ResumeChunk;
            uint length = _slot.Header.TransferLength;
            if (chunk == 0 || chunk == _slot.Header.ChunkCount)
            {
                return chunk == 0 ? 0 : length;
            }

            return IsDecoded ? TransferStart.ResumeOffset(_checkpoints.State, length) : chunk * BankWriter.ChunkLength;
        }
    }

    /// <summary>
    /// Chunks of the image that are in the secondary bank and stay there when the transfer goes on: those before the sector that
    /// holds the first unrecorded one, which is erased as a whole.
    /// </summary>
    public uint ResumeChunk
    {
        get
        {
            if (!_slot.IsTrusted || !_checkpoints.Matches(_slot.Header.Digest))
            {
                return 0;
            }

            uint recorded = _checkpoints.RecordedChunks;
            if (recorded >= _slot.Header.ChunkCount)
            {
                return _slot.Header.ChunkCount;
            }

            if (IsDecoded)
            {
                return _checkpoints.State.Length > 0 ? recorded : 0;
            }

            uint start = _banks.ImageArea(_banks.Secondary).Start;
            uint sectorStart = _fls.SectorStart(start + (recorded * BankWriter.ChunkLength));
            return (sectorStart - start) / BankWriter.ChunkLength;
        }
    }

    // An image that is encrypted only is cut into pieces as it is cut into chunks: it is resumed as a plain one.
    private bool IsDecoded
    {
        get { return TransferEncoding.Compression(_slot.Header.Encoding) != TransferEncoding.Plain; }
    }

    /// <summary>Starts, or goes on starting, a download; call until it is not Pending.</summary>
    public StdReturn Start(byte encoding, uint address, uint count)
    {
        if (_phase == Phase.Prepare || _phase == Phase.OpenLog || _phase == Phase.AwaitLog)
        {
            return AdvanceStart();
        }

        if (!_writer.IsIdle || (_decoder != null && !_decoder.IsIdle))
        {
            return StdReturn.Pending;
        }

        Error = FotaError.None;
        ErrorDetail = 0;
        _size = count;
        return address == Fota.StagingAddress ? StartStaging(encoding) : StartBank(encoding, address);
    }

    /// <summary>Takes the next bytes; Pending: the same again later.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        if (!_isEncoded)
        {
            return Note(_writer.Accept(data, offset, count));
        }

        // A chunk that did not reach the flash ends the transfer as well, though its pieces were good.
        return _writer.Error != FotaError.None ? Note(StdReturn.NotOk) : NoteDecoder(_decoder.Accept(data, offset, count));
    }

    /// <summary>Ends the transfer; repeated after a good end it is Ok again.</summary>
    public StdReturn Finish()
    {
        if (_phase == Phase.Finished)
        {
            return StdReturn.Ok;
        }

        StdReturn result = _isEncoded && _writer.Error == FotaError.None ? NoteDecoder(_decoder.Finish()) : StdReturn.Ok;
        if (result == StdReturn.Ok)
        {
            result = Note(_writer.Finish());
        }

        if (result == StdReturn.Ok)
        {
            _phase = Phase.Finished;
            StagedLength = _isStaging ? _size : StagedLength;
        }

        return result;
    }

    /// <summary>Drops the transfer; what is recorded stays.</summary>
    public void Abort()
    {
        _phase = Phase.None;
        _writer.Abort();
        if (_isEncoded)
        {
            _decoder.Abort();
        }
    }

    /// <summary>True while there is something to decode of what has arrived of an encoded image.</summary>
    public bool IsDecoding
    {
        get { return _isEncoded && _phase == Phase.Receiving && _decoder.HasWork; }
    }

    /// <summary>Decodes what has arrived of an encoded image.</summary>
    public void MainFunction()
    {
        if (IsDecoding)
        {
            _decoder.MainFunction();
        }
    }

    private StdReturn StartStaging(byte encoding)
    {
        FlsArea staging = _fls.Map.Staging;
        uint longest = _fls.Map.ManifestA.Length - ManifestSlot.Overhead;
        if (encoding != 0)
        {
            return Fail(FotaError.EncodingUnsupported, encoding);
        }

        if (_size == 0 || _size > longest || _size > staging.Length)
        {
            return Fail(FotaError.EnvelopeTooLong, _size);
        }

        if (_banks.IsSecondaryInUse)
        {
            return Fail(FotaError.TrialRunning, 0);
        }

        _isStaging = true;
        _isEncoded = false;
        StagedLength = 0;
        _writer.BeginStaging(staging, _size);
        _phase = Phase.Receiving;
        return StdReturn.Ok;
    }

    private StdReturn StartBank(byte encoding, uint address)
    {
        if (_banks.IsSecondaryInUse)
        {
            return Fail(FotaError.TrialRunning, 0);
        }

        bool isPrepared = _slot.IsTrusted && _banks.Record.State[_banks.Secondary] == BankState.Receiving
            && _checkpoints.Matches(_slot.Header.Digest);
        if (!isPrepared)
        {
            return Fail(FotaError.NoManifest, 0);
        }

        if (encoding != _slot.Header.Encoding || (encoding != 0 && _decoder == null))
        {
            return Fail(FotaError.EncodingUnsupported, encoding);
        }

        if (TransferEncoding.Compression(encoding) == TransferEncoding.Delta && !BaseImage.IsBase(_banks, _slot.Header.Header, ManifestSlot.BaseDigestOffset))
        {
            return Fail(FotaError.WrongBase, 0);
        }

        uint offset = ResumeOffset;
        if (address != Fota.BankAddress + offset || _size == 0 || _size != _slot.Header.TransferLength - offset)
        {
            return Fail(FotaError.TransferOutOfRange, offset);
        }

        _isStaging = false;
        _isEncoded = encoding != 0;
        _firstChunk = ResumeChunk;
        _phase = Phase.OpenLog;
        if (_isEncoded)
        {
            _decoder.Begin(_slot.Header, _firstChunk, _checkpoints.State);
            _phase = Phase.Prepare;
        }

        return AdvanceStart();
    }

    // After a reset, an unprogrammed record of the list cannot be told from a half-programmed one; and sectors that
    // are going to be erased must no longer count as recorded. A fresh list settles both.
    private StdReturn AdvanceStart()
    {
        if (_phase == Phase.Prepare)
        {
            StdReturn prepared = NoteDecoder(_decoder.Prepare());
            if (prepared != StdReturn.Ok)
            {
                return prepared;
            }

            _phase = Phase.OpenLog;
        }

        if (_phase == Phase.OpenLog)
        {
            if (_checkpoints.IsFreshAt(_firstChunk) || _checkpoints.Open(_slot.Header.Digest, _firstChunk))
            {
                _phase = Phase.AwaitLog;
            }

            return StdReturn.Pending;
        }

        StdReturn result = _checkpoints.Result;
        if (result == StdReturn.NotOk)
        {
            return Fail(FotaError.FlashFailed, 0);
        }

        if (result == StdReturn.Ok)
        {
            int bank = _banks.Secondary;
            _writer.BeginBank(_banks.ImageArea(bank), _banks.SlotArea(bank), _slot.Header, _firstChunk, IsDecoded);
            _phase = Phase.Receiving;
        }

        return result;
    }

    private StdReturn NoteDecoder(StdReturn result)
    {
        return result == StdReturn.NotOk ? Fail(_decoder.Error, _decoder.ErrorDetail) : result;
    }

    private StdReturn Note(StdReturn result)
    {
        return result == StdReturn.NotOk ? Fail(_writer.Error, _writer.ErrorDetail) : result;
    }

    private StdReturn Fail(FotaError error, uint detail)
    {
        _phase = Phase.None;
        Error = error;
        ErrorDetail = detail;
        return StdReturn.NotOk;
    }
}
