// From checked pieces of an encoded transfer to the image: decompressed, and patched where it is a delta, into the chunk
// that BankWriter fills. With each full chunk goes what the decoders need to go on after it.
// MainFunction decodes some hundred bytes a turn.
// Invariants: reads only what PieceReceiver has checked; makes exactly the image's length; a transfer that is over and says
// more, or less, is malformed.
// PROTOCOL.md "Encoded transfers". Tests: tests/agent-firmware/Fota, tests/agent-firmware/EcuM (whole updates, cut everywhere).
namespace EsyncAgent;

/// <summary>Decoders of one transfer.</summary>
public sealed class TransferDecoder
{
    // Decoded bytes in one turn: some 10 ms of an interpreter's time.
    private const int BytesPerTurn = 256;
    private const int StepsPerTurn = 16;

    private const byte PatchType = 0x04;

    private enum Step : byte
    {
        Idle,
        Start,
        PatchHead,
        ImageLength,
        StreamHead,
        Decode,
        Done,
    }

    private readonly BankWriter _writer;
    private readonly DecoderParts _parts;
    private readonly TransferStart _start;
    private readonly PieceReceiver _pieces;
    private readonly PatchNumber _imageLength = new PatchNumber();
    private ManifestSlot _slot;
    private int _compression;
    private bool _isChunkMade;
    private Step _step;
    private bool _isStarved;

    /// <summary>Makes the decoders that the configuration asks for.</summary>
    public TransferDecoder(FotaConfig config, Fls fls, Csm csm, KeyStore keys, Banks banks, BankWriter writer)
    {
        _writer = writer;
        _parts = new DecoderParts(config, fls, csm, keys, banks);
        _start = new TransferStart(fls, banks, _parts);
        _pieces = _parts.Pieces;
    }

    /// <summary>Why decoding ended; None while all is well.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Byte of the transfer, piece or window that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>Transferred bytes still to come.</summary>
    public uint Remaining
    {
        get { return _pieces.Remaining; }
    }

    /// <summary>Bits that were decompressed since the agent's start; wraps.</summary>
    public uint TakenBitCount
    {
        get { return _parts.Bits.TakenCount; }
    }

    /// <summary>Bytes that came out of them; wraps.</summary>
    public uint MadeByteCount
    {
        get { return _parts.Stream != null ? _parts.Stream.MadeCount : 0; }
    }

    /// <summary>False while a flash job of an ended transfer still runs; a new one has to wait for it.</summary>
    public bool IsIdle
    {
        get { return _start.IsIdle; }
    }

    /// <summary>Begins a transfer for the slot of the secondary bank, of which <paramref name="firstChunk"/> chunks are there; <paramref name="state"/> belongs to them.</summary>
    public void Begin(ManifestSlot slot, uint firstChunk, DecoderCheckpoint state)
    {
        _slot = slot;
        _compression = TransferEncoding.Compression(slot.Encoding);
        Error = FotaError.None;
        ErrorDetail = 0;
        _isChunkMade = false;
        _step = Step.Start;
        _isStarved = false;
        _start.Begin(slot, firstChunk, state);
    }

    /// <summary>Goes on making ready. Ok: pieces may come. NotOk: <see cref="Error"/> says why.</summary>
    public StdReturn Prepare()
    {
        StdReturn result = _start.Advance();
        if (result == StdReturn.NotOk)
        {
            return Fail(_start.Error, 0);
        }

        if (result == StdReturn.Ok)
        {
            bool isAtHead = _start.IsFromStart && _compression != TransferEncoding.Plain;
            _step = !isAtHead ? Step.Decode : _compression == TransferEncoding.Delta ? Step.PatchHead : Step.StreamHead;
        }

        return result;
    }

    /// <summary>Takes transferred bytes. Pending: offer the same again. NotOk: the transfer has ended.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        if (Error != FotaError.None)
        {
            return StdReturn.NotOk;
        }

        StdReturn result = _pieces.Accept(data, offset, count);
        return result == StdReturn.NotOk ? Fail(_pieces.Error, _pieces.ErrorDetail) : result;
    }

    /// <summary>Ok when all has arrived and is decoded; call until it is not Pending. NotOk: the transfer has ended.</summary>
    public StdReturn Finish()
    {
        if (Error != FotaError.None)
        {
            return StdReturn.NotOk;
        }

        if (_pieces.Remaining != 0)
        {
            return Fail(FotaError.TransferIncomplete, _slot.TransferLength - _pieces.Remaining);
        }

        return _step == Step.Done ? StdReturn.Ok : StdReturn.Pending;
    }

    /// <summary>Gives up what has not reached the writer.</summary>
    public void Abort()
    {
        _step = Step.Idle;
        _pieces.Abort();
    }

    /// <summary>False when <see cref="MainFunction"/> would find nothing to do before more has arrived.</summary>
    public bool HasWork
    {
        get { return _step >= Step.PatchHead && _step != Step.Done && (!_isStarved || _pieces.HasFull); }
    }

    /// <summary>Decodes a little.</summary>
    public void MainFunction()
    {
        if (!HasWork)
        {
            return;
        }

        _isStarved = false;
        int budget = BytesPerTurn;
        for (int i = 0; i < StepsPerTurn && budget > 0 && Error == FotaError.None; i++)
        {
            _pieces.MainFunction();
            if (_pieces.Error != FotaError.None)
            {
                Fail(_pieces.Error, _pieces.ErrorDetail);
                return;
            }

            if (_step != Step.Decode)
            {
                if (!ReadHead())
                {
                    Starve();
                    return;
                }

                continue;
            }

            SaveState();
            int room = _writer.Room;
            if (room == 0 && _writer.Remaining != 0)
            {
                // Both chunks wait for the flash.
                return;
            }

            int made = Decode(room < budget ? room : budget);
            if (made == 0)
            {
                Conclude();
                return;
            }

            Pass(made);
            budget -= made;
        }
    }

    // A patch's head: 04 for a sequential one with heatshrink, the image's length, and the stream's own head.
    private bool ReadHead()
    {
        int next = _parts.Bits.TakeByte();
        if (next < 0)
        {
            return false;
        }

        switch (_step)
        {
            case Step.PatchHead:
                _imageLength.Begin();
                _step = Step.ImageLength;
                return next == PatchType || FailMalformed();
            case Step.ImageLength:
                if (_imageLength.Take((byte)next))
                {
                    _step = Step.StreamHead;
                    return (!_imageLength.IsTooLong && (uint)_imageLength.Value == _slot.ImageLength) || FailMalformed();
                }

                return true;
            default:
                _step = Step.Decode;
                if (!_parts.Stream.Begin((byte)next))
                {
                    Fail(FotaError.EncodingUnsupported, (uint)next);
                    return false;
                }

                if (_compression == TransferEncoding.Delta)
                {
                    _parts.Patch.Begin(_slot.ImageLength);
                }

                return true;
        }
    }

    private int Decode(int room)
    {
        switch (_compression)
        {
            case TransferEncoding.Plain:
                return Copy(room);
            case TransferEncoding.Heatshrink:
                return _parts.Stream.Read(_writer.Filling, _writer.FillCount, room);
            default:
                int made = _parts.Patch.Read(_writer.Filling, _writer.FillCount, room);
                if (_parts.Patch.Error != FotaError.None)
                {
                    Fail(_parts.Patch.Error, _parts.Patch.Error == FotaError.BaseDamaged ? _parts.Base.FailedChunk : _parts.Bits.Position / 8);
                    return 0;
                }

                return made;
        }
    }

    private int Copy(int room)
    {
        if (!_pieces.IsReady || room == 0)
        {
            return 0;
        }

        int from = _writer.FillCount;
        int left = _pieces.PieceLength - from;
        int count = left < room ? left : room;
        System.Array.Copy(_pieces.Piece, from, _writer.Filling, from, count);
        if (count == left)
        {
            _pieces.Release();
        }

        return count;
    }

    // The writer has room for the state of one chunk: as soon as the chunk before is in the flash, and this one its next.
    private void SaveState()
    {
        if (_isChunkMade && _writer.FillCount == 0)
        {
            TransferStart.Save(_parts, _compression, _writer.State);
            _isChunkMade = false;
        }
    }

    private void Pass(int made)
    {
        _isChunkMade = _writer.Room == made;
        _writer.Filled(made);
    }

    // Nothing came out: there is nothing to read yet, no room, or no more to make.
    private void Conclude()
    {
        if (Error != FotaError.None || _writer.Remaining != 0)
        {
            if (Error == FotaError.None && _writer.Room > 0 && !IsBaseAwaited)
            {
                Starve();
            }

            return;
        }

        bool isWhole = _compression == TransferEncoding.Plain || (_parts.Bits.IsAtEnd && _parts.Stream.MatchLeft == 0);
        bool isPatchRead = _compression != TransferEncoding.Delta || _parts.Patch.IsAtEnd;
        if (isWhole && isPatchRead)
        {
            _step = Step.Done;
        }
        else if (_pieces.IsReady || _pieces.IsAtEnd)
        {
            FailMalformed();
        }
    }

    // All that has arrived is used up: until the next piece is whole there is nothing to do, and most turns of a transfer are
    // such. When all pieces were in, the image is not whole and never will be.
    private void Starve()
    {
        if (Error == FotaError.None && _pieces.IsAtEnd)
        {
            FailMalformed();
        }

        _isStarved = !_pieces.HasFull;
    }

    private bool IsBaseAwaited
    {
        get { return _compression == TransferEncoding.Delta && _parts.Patch.IsBaseAwaited; }
    }

    private bool FailMalformed()
    {
        Fail(FotaError.StreamMalformed, _parts.Bits.Position / 8);
        return false;
    }

    private StdReturn Fail(FotaError error, uint detail)
    {
        Error = error;
        ErrorDetail = detail;
        Abort();
        return StdReturn.NotOk;
    }
}
