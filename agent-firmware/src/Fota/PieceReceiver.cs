// Takes the transferred bytes of an encoded image, piece by piece:
//   fill → tag checked against the signed transfer table → decrypted → handed to the decoder.
// Two buffers: one fills while the other is checked and decoded.
// Invariant: no decoder ever reads a byte whose piece did not have the signed tag.
// Must not know what is decoded, nor where it goes.
// PROTOCOL.md "Encoded transfers". Tests: tests/agent-firmware/Fota/DecoderPartTests, DecoderRefusalTests.
namespace EsyncAgent;

/// <summary>Authenticates and decrypts pieces of 4,096 transferred bytes.</summary>
public sealed class PieceReceiver
{
    // Decrypted in one turn: the interpreter counts and XORs each byte.
    private const int BytesPerTurn = 256;

    private readonly ChunkBuffers _buffers;
    private readonly ChunkTags _tags;
    private readonly AesCtr _cipher;
    private uint _length;
    private uint _index;
    private bool _isEncrypted;
    private bool _isChecked;
    private int _decrypted;
    private bool _isActive;

    /// <summary>Makes it on two buffers of 4,096 bytes each; without <paramref name="cipher"/> nothing encrypted is taken.</summary>
    public PieceReceiver(Fls fls, Csm csm, AesCtr cipher, byte[] bufferA, byte[] bufferB)
    {
        _buffers = new ChunkBuffers(bufferA, bufferB);
        _tags = new ChunkTags(fls, csm, ChunkTags.WindowAnyOrder);
        _cipher = cipher;
    }

    /// <summary>Why the transfer ended; None while all is well.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Index of the piece that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>Transferred bytes still to come, counting a block that was taken in part as not taken.</summary>
    public uint Remaining
    {
        get { return _buffers.Remaining; }
    }

    /// <summary>True when <see cref="Piece"/> may be read.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True when a piece has arrived as a whole, checked or not yet.</summary>
    public bool HasFull
    {
        get { return _buffers.HasFull; }
    }

    /// <summary>The piece, checked and decrypted; its first <see cref="PieceLength"/> bytes count.</summary>
    public byte[] Piece
    {
        get { return _buffers.Full; }
    }

    /// <summary>Position of the piece's first byte in the transfer.</summary>
    public uint PieceStart
    {
        get { return _index * ChunkBuffers.Length; }
    }

    /// <summary>Bytes in the piece: 4,096, fewer in the last one.</summary>
    public int PieceLength
    {
        get
        {
            uint left = _length - PieceStart;
            return left < ChunkBuffers.Length ? (int)left : ChunkBuffers.Length;
        }
    }

    /// <summary>True when everything has arrived and was released.</summary>
    public bool IsAtEnd
    {
        get { return _buffers.Remaining == 0 && !_buffers.HasFull; }
    }

    /// <summary>Starts at a piece of the transfer that the slot describes; a cipher has its key and counter block already.</summary>
    public void Begin(FlsArea slotArea, ManifestSlot slot, uint firstPiece)
    {
        _tags.Open(slotArea, slot.Salt, slot.TransferTableOffset);
        _length = slot.TransferLength;
        _index = firstPiece;
        _isEncrypted = TransferEncoding.IsEncrypted(slot.Encoding);
        _buffers.Begin(firstPiece * ChunkBuffers.Length, slot.TransferLength);
        BeginPiece();
        Error = FotaError.None;
        ErrorDetail = 0;
        _isActive = true;
    }

    /// <summary>Takes the next bytes. Pending: no buffer is free, offer the same bytes again. NotOk: the transfer has ended.</summary>
    public StdReturn Accept(byte[] data, int offset, int count)
    {
        if (!_isActive)
        {
            return StdReturn.NotOk;
        }

        return (uint)count > Remaining ? Fail(FotaError.TransferOutOfRange, _buffers.Position) : _buffers.Accept(data, offset, count);
    }

    /// <summary>The piece has been decoded.</summary>
    public void Release()
    {
        BeginPiece();
        _index++;
        _buffers.Release();
    }

    /// <summary>Gives up what is in the buffers.</summary>
    public void Abort()
    {
        _isActive = false;
        IsReady = false;
        _buffers.Drop();
    }

    /// <summary>Checks the piece that is full, then decrypts a part of it.</summary>
    public void MainFunction()
    {
        if (!_isActive || IsReady || !_buffers.HasFull)
        {
            return;
        }

        if (!_isChecked)
        {
            StdReturn result = _tags.Check(_index, _buffers.Full);
            if (result == StdReturn.NotOk)
            {
                Fail(_tags.IsMismatch ? FotaError.PieceMismatch : FotaError.FlashFailed, _index);
            }

            _isChecked = result == StdReturn.Ok;
            IsReady = _isChecked && !_isEncrypted;
            return;
        }

        int left = PieceLength - _decrypted;
        int count = left < BytesPerTurn ? left : BytesPerTurn;
        _cipher.Apply(_buffers.Full, _decrypted, count, PieceStart + (uint)_decrypted);
        _decrypted += count;
        IsReady = count == left;
    }

    private void BeginPiece()
    {
        IsReady = false;
        _isChecked = false;
        _decrypted = 0;
    }

    private StdReturn Fail(FotaError error, uint detail)
    {
        Error = error;
        ErrorDetail = detail;
        Abort();
        return StdReturn.NotOk;
    }
}
