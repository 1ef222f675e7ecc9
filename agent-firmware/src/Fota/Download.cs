// One download: 34, 36 …, 37 to the staging slot or to the secondary bank.
// A transfer to the bank starts at the first byte that is not recorded, in a fresh list of checkpoints; DID FD02
// names that byte. What arrives goes straight to BankWriter.
// Invariant: a transfer to the bank needs a trusted slot and state RECEIVING; the staging slot needs neither.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The transfer that is under way.</summary>
public sealed class Download
{
    private enum Phase : byte
    {
        None,
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
    private Phase _phase;
    private bool _isStaging;
    private uint _firstChunk;
    private uint _size;

    /// <summary>Makes it.</summary>
    public Download(Fls fls, Banks banks, SecondarySlot slot, CheckpointLog checkpoints, BankWriter writer)
    {
        _fls = fls;
        _banks = banks;
        _slot = slot;
        _checkpoints = checkpoints;
        _writer = writer;
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
        get { return _phase == Phase.Receiving ? _writer.Remaining : 0; }
    }

    /// <summary>First transferred byte that is not recorded in the secondary bank (DID FD02).</summary>
    public uint ResumeOffset
    {
        get
        {
            uint offset = ResumeChunk() * BankWriter.ChunkLength;
            uint length = _slot.Header.TransferLength;
            return offset < length ? offset : length;
        }
    }

    /// <summary>Starts, or goes on starting, a download; call until it is not Pending.</summary>
    public StdReturn Start(byte encoding, uint address, uint count)
    {
        if (_phase == Phase.OpenLog || _phase == Phase.AwaitLog)
        {
            return AdvanceStart();
        }

        if (!_writer.IsIdle)
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
        return Note(_writer.Accept(data, offset, count));
    }

    /// <summary>Ends the transfer; repeated after a good end it is Ok again.</summary>
    public StdReturn Finish()
    {
        if (_phase == Phase.Finished)
        {
            return StdReturn.Ok;
        }

        StdReturn result = Note(_writer.Finish());
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

        if (encoding != _slot.Header.Encoding)
        {
            return Fail(FotaError.EncodingUnsupported, encoding);
        }

        uint offset = ResumeOffset;
        if (address != Fota.BankAddress + offset || _size == 0 || _size != _slot.Header.TransferLength - offset)
        {
            return Fail(FotaError.TransferOutOfRange, offset);
        }

        _isStaging = false;
        _firstChunk = ResumeChunk();
        _phase = Phase.OpenLog;
        return AdvanceStart();
    }

    // After a reset, an unprogrammed record of the list cannot be told from a half-programmed one; and sectors that
    // are going to be erased must no longer count as recorded. A fresh list settles both.
    private StdReturn AdvanceStart()
    {
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
            _writer.BeginBank(_banks.ImageArea(bank), _banks.SlotArea(bank), _slot.Header, _firstChunk);
            _phase = Phase.Receiving;
        }

        return result;
    }

    // The sector that holds the first unrecorded chunk is erased as a whole, so the transfer starts at its start.
    private uint ResumeChunk()
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

        uint start = _banks.ImageArea(_banks.Secondary).Start;
        uint sectorStart = _fls.SectorStart(start + (recorded * BankWriter.ChunkLength));
        return (sectorStart - start) / BankWriter.ChunkLength;
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
