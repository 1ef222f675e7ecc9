// Takes the bytes of an image, cut into chunks, and brings each chunk into the flash:
//   fill → tag checked against the signed table → sector erased → programmed → read back → recorded.
// Two buffers: one fills while the other is checked and programmed; erase runs a little ahead of the bus.
// Invariants: with a table, no byte reaches the flash before its chunk's tag was right; a chunk is recorded only
// after its read-back; everything from the first unrecorded chunk on is erased again before it is programmed.
// The staging slot uses the same path without table and record: the only flash that unauthenticated bytes may reach.
// Must not know how the bytes came: as they are (Accept), or out of a decoder (Filling), whose state goes with each chunk.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Streaming writer of one bank or of the staging slot.</summary>
public sealed class BankWriter
{
    /// <summary>Length of a chunk in bytes.</summary>
    public const int ChunkLength = 4096;

    // Transitions without waiting that one cycle may take; a chunk needs six.
    private const int StepsPerCycleMax = 8;

    private enum Step : byte
    {
        Idle,
        Check,
        Erase,
        Program,
        ReadBack,
        Record,
    }

    private readonly Fls _fls;
    private readonly CheckpointLog _checkpoints;
    private readonly ChunkCheck _check;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private readonly ChunkBuffers _buffers;
    private readonly DecoderCheckpoint _state;

    private uint _areaStart;
    private uint _areaEnd;
    private bool _hasTable;
    private bool _isDecoded;

    private Step _step;
    private bool _isChecked;
    private uint _chunkIndex;
    private uint _erasedEnd;
    private uint _eraseLength;
    private bool _isActive;
    private bool _isLull;
    private uint _nowMs;

    /// <summary>Makes the writer on two buffers of <see cref="ChunkLength"/> bytes each; a decoder's state at the end of a chunk has at most <paramref name="stateLengthMax"/> bytes.</summary>
    public BankWriter(Fls fls, ChunkTags tags, CheckpointLog checkpoints, byte[] bufferA, byte[] bufferB, int stateLengthMax)
    {
        _fls = fls;
        _checkpoints = checkpoints;
        _check = new ChunkCheck(tags);
        _buffers = new ChunkBuffers(bufferA, bufferB);
        _state = new DecoderCheckpoint(stateLengthMax);
    }

    /// <summary>Why the transfer ended; None while all is well.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Chunk index or flash address that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>Bytes still to come, counting a block that was taken in part as not taken.</summary>
    public uint Remaining
    {
        get { return _buffers.Remaining; }
    }

    /// <summary>False while a flash job of an ended transfer still runs; a new one has to wait for it.</summary>
    public bool IsIdle
    {
        get { return _step == Step.Idle && !_buffers.HasFull; }
    }

    /// <summary>For a decoder: the chunk that it fills, from <see cref="FillCount"/> on.</summary>
    public byte[] Filling
    {
        get { return _buffers.Filling; }
    }

    /// <summary>For a decoder: bytes in <see cref="Filling"/>.</summary>
    public int FillCount
    {
        get { return _buffers.FillCount; }
    }

    /// <summary>For a decoder: bytes that it may put into <see cref="Filling"/>; 0 when it has to wait, or has made the whole image.</summary>
    public int Room
    {
        get { return _isActive ? _buffers.Room : 0; }
    }

    /// <summary>For a decoder: where it puts its state at the end of a chunk that it has made, once that chunk has left <see cref="Filling"/>, before it makes more.</summary>
    public DecoderCheckpoint State
    {
        get { return _state; }
    }

    /// <summary>Starts a transfer to the staging slot: no table, no record.</summary>
    public void BeginStaging(FlsArea area, uint envelopeLength)
    {
        _hasTable = false;
        _isDecoded = false;
        Begin(area, envelopeLength, 0);
    }

    /// <summary>
    /// Starts or resumes a transfer to a bank, whose slot was checked; the checkpoint log is open. What a decoder makes is
    /// recorded at the end of each sector only, with the decoder's state.
    /// </summary>
    public void BeginBank(FlsArea bank, FlsArea slotArea, ManifestSlot slot, uint firstChunk, bool isDecoded)
    {
        _hasTable = true;
        _isDecoded = isDecoded;
        _check.Open(slotArea, slot);
        Begin(bank, slot.ImageLength, firstChunk);
    }

    /// <summary>Takes the next bytes. Pending: no buffer is free, offer the same bytes again. NotOk: the transfer has ended.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        if (Error != FotaError.None || !_isActive)
        {
            return StdReturn.NotOk;
        }

        return (uint)count > Remaining ? Fail(FotaError.TransferOutOfRange, _buffers.Position) : _buffers.Accept(data, offset, count);
    }

    /// <summary>For a decoder: <paramref name="count"/> bytes, at most <see cref="Room"/>, were put into <see cref="Filling"/>.</summary>
    public void Filled(int count)
    {
        _buffers.Filled(count);
    }

    /// <summary>Ends the transfer: Ok when every byte is programmed, read back and recorded. Call until it is not Pending.</summary>
    public StdReturn Finish()
    {
        if (Error != FotaError.None || !_isActive)
        {
            return StdReturn.NotOk;
        }

        if (Remaining != 0)
        {
            return Fail(FotaError.TransferIncomplete, _buffers.Position);
        }

        if (!IsIdle)
        {
            return StdReturn.Pending;
        }

        _isActive = false;
        return StdReturn.Ok;
    }

    /// <summary>Gives up what is in the buffers; a flash job that runs is left to its end.</summary>
    public void Abort()
    {
        _isActive = false;
        _buffers.DropFilling();
        if (_step <= Step.Check)
        {
            _step = Step.Idle;
            _buffers.Drop();
        }
    }

    /// <summary>
    /// Brings the full buffer forward; <paramref name="isLull"/>: a flow control has just left, and no frame comes for a while. True when
    /// there is more to do that does not wait for the flash.
    /// </summary>
    public bool MainFunction(uint nowMs, bool isLull)
    {
        if (!_isActive && IsIdle)
        {
            return false;
        }

        _nowMs = nowMs;
        _isLull = isLull;
        for (int i = 0; i < StepsPerCycleMax; i++)
        {
            if (!Advance())
            {
                return _step == Step.Check ? _check.IsWaiting : _step == Step.Idle && _isChecked;
            }
        }

        return true;
    }

    private void Begin(FlsArea area, uint total, uint firstChunk)
    {
        _areaStart = area.Start;
        _areaEnd = area.Start + (((total + ChunkLength - 1) / ChunkLength) * ChunkLength);
        _chunkIndex = firstChunk;
        _erasedEnd = area.Start + (firstChunk * ChunkLength);
        _buffers.Begin(firstChunk * ChunkLength, total);
        _isChecked = false;
        _step = Step.Idle;
        Error = FotaError.None;
        ErrorDetail = 0;
        _isActive = true;
    }

    // One transition; false when there is nothing to do or something to wait for.
    private bool Advance()
    {
        switch (_step)
        {
            case Step.Idle:
                return Choose();
            case Step.Check:
                CheckTag();
                return false;
            case Step.Erase:
                if (!Await(FotaError.FlashFailed))
                {
                    return false;
                }

                _erasedEnd += _eraseLength;
                _step = Step.Idle;
                return true;
            case Step.Program:
                if (!Await(FotaError.FlashFailed))
                {
                    return false;
                }

                _step = Step.ReadBack;
                return _fls.Compare(_job, ChunkAddress, _buffers.Full, 0, ChunkLength);
            case Step.ReadBack:
                if (!Await(FotaError.ReadBackMismatch))
                {
                    return false;
                }

                return BeginRecord();
            default:
                return AwaitRecord();
        }
    }

    private uint ChunkAddress
    {
        get { return _areaStart + (_chunkIndex * ChunkLength); }
    }

    private bool Choose()
    {
        if (!_isActive)
        {
            return false;
        }

        if (_buffers.HasFull)
        {
            if (_hasTable && !_isChecked)
            {
                _step = Step.Check;
                _check.Begin(_nowMs);
                return true;
            }

            if ((int)(ChunkAddress + ChunkLength - _erasedEnd) <= 0)
            {
                _step = Step.Program;
                return _fls.Program(_job, ChunkAddress, _buffers.Full, 0, ChunkLength);
            }

            return BeginErase();
        }

        // One sector beyond the chunk that arrives, for the last one may be short; no sector wears out that a transfer never came near.
        return _erasedEnd < _areaEnd && (int)(ChunkAddress + (2 * ChunkLength) - _erasedEnd) > 0 && BeginErase();
    }

    private bool BeginErase()
    {
        _eraseLength = _fls.SectorLength(_erasedEnd);
        _step = Step.Erase;
        return _fls.Erase(_job, _erasedEnd, _eraseLength);
    }

    // What a decoder makes is announced by no flow control, and it stands still meanwhile; after the last chunk no frames come.
    private void CheckTag()
    {
        StdReturn result = _check.Advance(_chunkIndex, _buffers.Full, _nowMs, _isLull || _isDecoded || Remaining == 0);
        if (result == StdReturn.NotOk)
        {
            Fail(_check.IsMismatch ? FotaError.ChunkMismatch : FotaError.FlashFailed, _chunkIndex);
        }
        else if (result == StdReturn.Ok)
        {
            _step = Step.Idle;
            _isChecked = true;
        }
    }

    private bool BeginRecord()
    {
        if (!_hasTable || !IsRecordable())
        {
            FinishChunk();
            return true;
        }

        _step = Step.Record;
        if (!_checkpoints.Append(_chunkIndex, _state))
        {
            Fail(FotaError.FlashFailed, ChunkAddress);
            return false;
        }

        return true;
    }

    // A transfer is resumed at the start of a sector, since that is erased again; a decoder can do so only with its state of
    // that very place. The image's end needs none.
    private bool IsRecordable()
    {
        uint end = ChunkAddress + ChunkLength;
        if (!_isDecoded || end == _areaEnd)
        {
            _state.Length = 0;
            return true;
        }

        return _state.Length > 0 && _fls.SectorStart(end) == end;
    }

    private bool AwaitRecord()
    {
        StdReturn result = _checkpoints.Result;
        if (result == StdReturn.NotOk)
        {
            Fail(FotaError.FlashFailed, ChunkAddress);
        }
        else if (result == StdReturn.Ok)
        {
            FinishChunk();
        }

        return result == StdReturn.Ok;
    }

    private void FinishChunk()
    {
        _isChecked = false;
        _chunkIndex++;
        _step = Step.Idle;
        _buffers.Release();
    }

    // True when the flash job ended well; false while it runs, or after its failure was noted.
    private bool Await(FotaError onMismatch)
    {
        StdReturn result = _job.Result;
        if (result == StdReturn.Ok)
        {
            return true;
        }

        if (result == StdReturn.NotOk)
        {
            Fail(_job.IsMismatch ? onMismatch : FotaError.FlashFailed, _job.FailedAddress);
        }

        return false;
    }

    private StdReturn Fail(FotaError error, uint detail)
    {
        if (Error == FotaError.None)
        {
            Error = error;
            ErrorDetail = detail;
        }

        _isActive = false;
        _buffers.Drop();
        _step = Step.Idle;
        return StdReturn.NotOk;
    }
}
