// Makes the decoders ready for a transfer, at its start or at a checkpoint: base opened, content key unwrapped, pieces begun,
// window and patch reader made anew from the checkpoint and the banks. A checkpoint's form is here alone.
// Invariants: nothing but reads; nothing is decoded before all is ready.
// PROTOCOL.md "Checkpoints of decoders". Tests: tests/agent-firmware/EcuM/EncodedInstallTests.
namespace EsyncAgent;

/// <summary>Start of an encoded transfer, step by step; nothing blocks.</summary>
public sealed class TransferStart
{
    private const int HeadLength = 9;
    private const int PatchHeadLength = HeadLength + 4;

    private enum Step : byte
    {
        OpenBase,
        Key,
        Window,
        Segments,
    }

    private readonly Fls _fls;
    private readonly Banks _banks;
    private readonly DecoderParts _parts;
    private readonly PatchRestorer _restorer;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Fota);
    private ManifestSlot _slot;
    private DecoderCheckpoint _state;
    private int _compression;
    private uint _firstChunk;
    private Step _step;

    /// <summary>The start of transfers with these decoders.</summary>
    public TransferStart(Fls fls, Banks banks, DecoderParts parts)
    {
        _fls = fls;
        _banks = banks;
        _parts = parts;
        _restorer = parts.Patch != null ? new PatchRestorer(fls, parts.Stream, parts.Base, parts.Patch) : null;
    }

    /// <summary>Why <see cref="Advance"/> said NotOk.</summary>
    public FotaError Error { get; private set; }

    /// <summary>False while a flash job of an ended transfer still runs.</summary>
    public bool IsIdle
    {
        get { return _job.IsIdle && (_parts.Base == null || _parts.Base.IsIdle) && (_parts.Key == null || _parts.Key.IsIdle); }
    }

    /// <summary>True when decoding begins with the transfer's first byte, false when it goes on at a checkpoint.</summary>
    public bool IsFromStart
    {
        get { return _firstChunk == 0; }
    }

    /// <summary>Longest checkpoint of an ECU that takes these encodings, in bytes.</summary>
    public static int StateLengthMax(ushort encodings)
    {
        if (TransferEncoding.HasCompression(encodings, TransferEncoding.Delta))
        {
            return PatchHeadLength + PatchHistory.HeadLength + PatchHistory.Capacity;
        }

        return TransferEncoding.HasCompression(encodings, TransferEncoding.Heatshrink) ? HeadLength : 0;
    }

    /// <summary>First byte to be transferred when decoding goes on at a checkpoint: the start of the piece that holds its next bit.</summary>
    public static uint ResumeOffset(DecoderCheckpoint state, uint transferLength)
    {
        uint next = BigEndian.ReadU32(state.Data, 0) / 8;
        uint last = transferLength - 1;
        return (next < last ? next : last) / ChunkBuffers.Length * ChunkBuffers.Length;
    }

    /// <summary>Writes the checkpoint of decoders that have just made the last byte of a chunk.</summary>
    public static void Save(DecoderParts parts, int compression, DecoderCheckpoint state)
    {
        state.Length = 0;
        if (compression == TransferEncoding.Plain)
        {
            return;
        }

        HeatshrinkReader stream = parts.Stream;
        byte[] data = state.Data;
        BigEndian.WriteU32(data, 0, parts.Bits.Position);
        data[4] = stream.Header;
        BigEndian.WriteU16(data, 5, (ushort)stream.MatchLeft);
        BigEndian.WriteU16(data, 7, (ushort)stream.Distance);
        state.Length = HeadLength;
        if (compression != TransferEncoding.Delta)
        {
            return;
        }

        // What stands before the first segment, and before the stream's beginning, is zero in the window.
        PatchHistory history = parts.Patch.History;
        uint position = stream.Position;
        uint windowStart = position > stream.WindowLength ? position - stream.WindowLength : 1;
        BigEndian.WriteU32(data, HeadLength, position);
        history.DropBefore(windowStart);
        state.Length = history.Stream <= windowStart ? PatchHeadLength + history.Save(data, PatchHeadLength) : DecoderCheckpoint.NotHere;
    }

    /// <summary>Begins for the slot of the secondary bank, of which <paramref name="firstChunk"/> chunks are there; <paramref name="state"/> belongs to them.</summary>
    public void Begin(ManifestSlot slot, uint firstChunk, DecoderCheckpoint state)
    {
        _slot = slot;
        _state = state;
        _firstChunk = firstChunk;
        _compression = TransferEncoding.Compression(slot.Encoding);
        _step = Step.OpenBase;
        if (_compression == TransferEncoding.Delta)
        {
            _parts.Base.Begin();
        }
    }

    /// <summary>Goes on. Ok: pieces may come. NotOk: <see cref="Error"/> says why.</summary>
    public StdReturn Advance()
    {
        StdReturn result;
        switch (_step)
        {
            case Step.OpenBase:
                result = _compression == TransferEncoding.Delta ? _parts.Base.Open() : StdReturn.Ok;
                return result == StdReturn.Ok ? BeginKey() : Check(result, FotaError.WrongBase);
            case Step.Key:
                result = TransferEncoding.IsEncrypted(_slot.Encoding) ? _parts.Key.Step() : StdReturn.Ok;
                return result == StdReturn.Ok ? BeginPieces() : Check(result, _parts.Key.Error);
            case Step.Window:
                return Check(_job.Result, FotaError.FlashFailed);
            default:
                return Check(_restorer.Step(), FotaError.BaseDamaged);
        }
    }

    private StdReturn BeginKey()
    {
        if (TransferEncoding.IsEncrypted(_slot.Encoding))
        {
            _parts.Key.Begin(_banks.SlotArea(_banks.Secondary), _slot);
        }

        _step = Step.Key;
        return StdReturn.Pending;
    }

    private StdReturn BeginPieces()
    {
        bool isPlain = _compression == TransferEncoding.Plain;
        uint firstPiece = isPlain ? _firstChunk : IsFromStart ? 0 : ResumeOffset(_state, _slot.TransferLength) / ChunkBuffers.Length;
        _parts.Pieces.Begin(_banks.SlotArea(_banks.Secondary), _slot, firstPiece);
        if (isPlain)
        {
            return StdReturn.Ok;
        }

        _parts.Bits.Begin(IsFromStart ? 0 : BigEndian.ReadU32(_state.Data, 0));
        return IsFromStart ? StdReturn.Ok : BeginRestoring();
    }

    // Checkpoint: next bit of the transfer (4) ‖ stream header ‖ rest of a match (2) ‖ its distance (2), and for a patch
    // ‖ position in its stream (4) ‖ history.
    private StdReturn BeginRestoring()
    {
        HeatshrinkReader stream = _parts.Stream;
        byte[] data = _state.Data;
        uint made = _firstChunk * BankWriter.ChunkLength;
        if (!stream.Begin(data[4]))
        {
            return Check(StdReturn.NotOk, FotaError.StreamMalformed);
        }

        FlsArea bank = _banks.ImageArea(_banks.Secondary);
        bool isDelta = _compression == TransferEncoding.Delta;
        stream.Resume(isDelta ? BigEndian.ReadU32(data, HeadLength) : made, BigEndian.ReadU16(data, 5), BigEndian.ReadU16(data, 7));
        if (!isDelta)
        {
            // The image so far is the stream so far, and a chunk's end is a whole number of windows.
            int length = (int)stream.WindowLength;
            _step = Step.Window;
            return _fls.Read(_job, bank.Start + made - (uint)length, stream.Window, 0, length) ? StdReturn.Pending : Check(StdReturn.NotOk, FotaError.FlashFailed);
        }

        if (!_parts.Patch.History.Load(data, PatchHeadLength, _state.Length - PatchHeadLength))
        {
            return Check(StdReturn.NotOk, FotaError.StreamMalformed);
        }

        _restorer.Begin(bank, _slot.ImageLength, made);
        _step = Step.Segments;
        return StdReturn.Pending;
    }

    private StdReturn Check(StdReturn result, FotaError error)
    {
        Error = result == StdReturn.NotOk ? error : FotaError.None;
        return result;
    }
}
