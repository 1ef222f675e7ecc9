// Takes transferred bytes, cuts them into chunks, and brings each chunk into the flash:
//   fill → tag checked against the signed table → sector erased → programmed → read back → recorded.
// Two buffers: one fills while the other is checked and programmed; erase runs a little ahead of the bus.
// Invariants: with a table, no byte reaches the flash before its chunk's tag was right; a chunk is recorded only
// after its read-back; everything from the first unrecorded chunk on is erased again before it is programmed.
// The staging slot uses the same path without table and record: the only flash that unauthenticated bytes may reach.
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
    private readonly ChunkTags _tags;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private readonly byte[][] _buffers;

    private uint _areaStart;
    private uint _areaEnd;
    private bool _hasTable;

    private uint _length;
    private uint _received;
    private int _fillBuffer;
    private int _fillCount;
    private int _blockConsumed;

    private Step _step;
    private int _fullBuffer = -1;
    private bool _isChecked;
    private uint _chunkIndex;
    private uint _erasedEnd;
    private uint _eraseLength;
    private bool _isActive;

    /// <summary>Makes the writer on two buffers of <see cref="ChunkLength"/> bytes each.</summary>
    public BankWriter(Fls fls, Csm csm, CheckpointLog checkpoints, byte[] bufferA, byte[] bufferB)
    {
        _fls = fls;
        _checkpoints = checkpoints;
        _tags = new ChunkTags(fls, csm);
        _buffers = new byte[][] { bufferA, bufferB };
    }

    /// <summary>Why the transfer ended; None while all is well.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Chunk index or flash address that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>Bytes still to come, counting a block that was taken in part as not taken.</summary>
    public uint Remaining
    {
        get { return _length - _received + (uint)_blockConsumed; }
    }

    /// <summary>False while a flash job of an ended transfer still runs; a new one has to wait for it.</summary>
    public bool IsIdle
    {
        get { return _step == Step.Idle && _fullBuffer < 0; }
    }

    /// <summary>Starts a transfer to the staging slot: no table, no record.</summary>
    public void BeginStaging(FlsArea area, uint envelopeLength)
    {
        _hasTable = false;
        Begin(area, envelopeLength, 0);
    }

    /// <summary>Starts or resumes a transfer to a bank, whose slot was checked; the checkpoint log is open.</summary>
    public void BeginBank(FlsArea bank, FlsArea slotArea, ManifestSlot slot, uint firstChunk)
    {
        _hasTable = true;
        _tags.Open(slotArea, slot);
        Begin(bank, slot.ImageLength, firstChunk);
    }

    /// <summary>Takes the next bytes. Pending: no buffer is free, offer the same bytes again. NotOk: the transfer has ended.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        if (Error != FotaError.None || !_isActive)
        {
            return StdReturn.NotOk;
        }

        if ((uint)count > Remaining)
        {
            return Fail(FotaError.TransferOutOfRange, _received);
        }

        while (_blockConsumed < count)
        {
            if (_fillCount == ChunkLength && !TryHandOver())
            {
                return StdReturn.Pending;
            }

            int room = ChunkLength - _fillCount;
            int part = count - _blockConsumed < room ? count - _blockConsumed : room;
            System.Array.Copy(data, offset + _blockConsumed, _buffers[_fillBuffer], _fillCount, part);
            _fillCount += part;
            _blockConsumed += part;
            _received += (uint)part;
        }

        _blockConsumed = 0;
        if (_fillCount == ChunkLength)
        {
            TryHandOver();
        }

        return StdReturn.Ok;
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
            return Fail(FotaError.TransferIncomplete, _received);
        }

        if (_fillCount > 0)
        {
            Bytes.Fill(_buffers[_fillBuffer], _fillCount, ChunkLength - _fillCount, 0xFF);
            _fillCount = ChunkLength;
            if (!TryHandOver())
            {
                return StdReturn.Pending;
            }
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
        _fillCount = 0;
        _blockConsumed = 0;
        if (_step == Step.Idle || _step == Step.Check)
        {
            _step = Step.Idle;
            _fullBuffer = -1;
        }
    }

    /// <summary>Brings the full buffer forward.</summary>
    public void MainFunction(uint nowMs)
    {
        if (!_isActive && IsIdle)
        {
            return;
        }

        for (int i = 0; i < StepsPerCycleMax; i++)
        {
            if (!Advance())
            {
                return;
            }
        }
    }

    private void Begin(FlsArea area, uint total, uint firstChunk)
    {
        _areaStart = area.Start;
        _areaEnd = area.Start + (((total + ChunkLength - 1) / ChunkLength) * ChunkLength);
        _length = total;
        _received = firstChunk * ChunkLength;
        _chunkIndex = firstChunk;
        _erasedEnd = area.Start + _received;
        _fillBuffer = 0;
        _fillCount = 0;
        _blockConsumed = 0;
        _fullBuffer = -1;
        _step = Step.Idle;
        Error = FotaError.None;
        ErrorDetail = 0;
        _isActive = true;
    }

    private bool TryHandOver()
    {
        if (_fullBuffer >= 0)
        {
            return false;
        }

        _fullBuffer = _fillBuffer;
        _isChecked = !_hasTable;
        _fillBuffer ^= 1;
        _fillCount = 0;
        return true;
    }

    // One transition; false when there is nothing to do or something to wait for.
    private bool Advance()
    {
        switch (_step)
        {
            case Step.Idle:
                return Choose();
            case Step.Check:
                return CheckTag();
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
                return _fls.Compare(_job, ChunkAddress, _buffers[_fullBuffer], 0, ChunkLength);
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

        if (_fullBuffer >= 0)
        {
            if (!_isChecked)
            {
                _step = Step.Check;
                return true;
            }

            if ((int)(ChunkAddress + ChunkLength - _erasedEnd) <= 0)
            {
                _step = Step.Program;
                return _fls.Program(_job, ChunkAddress, _buffers[_fullBuffer], 0, ChunkLength);
            }

            return BeginErase();
        }

        // One sector ahead of the chunk that is arriving: the bus never waits, and an interrupted transfer has not
        // worn out sectors that it never reached.
        return (int)(ChunkAddress + ChunkLength - _erasedEnd) > 0 && ChunkAddress < _areaEnd && BeginErase();
    }

    private bool BeginErase()
    {
        _eraseLength = _fls.SectorLength(_erasedEnd);
        _step = Step.Erase;
        return _fls.Erase(_job, _erasedEnd, _eraseLength);
    }

    private bool CheckTag()
    {
        StdReturn result = _tags.Check(_chunkIndex, _buffers[_fullBuffer]);
        if (result == StdReturn.NotOk)
        {
            Fail(_tags.IsMismatch ? FotaError.ChunkMismatch : FotaError.FlashFailed, _chunkIndex);
        }
        else if (result == StdReturn.Ok)
        {
            _step = Step.Idle;
            _isChecked = true;
        }

        return result == StdReturn.Ok;
    }

    private bool BeginRecord()
    {
        if (!_hasTable)
        {
            FinishChunk();
            return true;
        }

        _step = Step.Record;
        if (!_checkpoints.Append(_chunkIndex))
        {
            Fail(FotaError.FlashFailed, ChunkAddress);
            return false;
        }

        return true;
    }

    private bool AwaitRecord()
    {
        StdReturn result = _checkpoints.Result;
        if (result == StdReturn.Pending)
        {
            return false;
        }

        if (result == StdReturn.NotOk)
        {
            Fail(FotaError.FlashFailed, ChunkAddress);
            return false;
        }

        FinishChunk();
        return true;
    }

    private void FinishChunk()
    {
        _fullBuffer = -1;
        _chunkIndex++;
        _step = Step.Idle;
        if (_fillCount == ChunkLength)
        {
            TryHandOver();
        }
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
        _fullBuffer = -1;
        _step = Step.Idle;
        return StdReturn.NotOk;
    }
}
