// A transfer's pieces without the rest of the agent: the signed table in a small flash, the receiver, and bytes that arrive.
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Packages;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

/// <summary>Feeds one transfer to a receiver.</summary>
internal sealed class PieceFeed
{
    private const uint TableAddress = 0x400;
    private readonly FlashShelf _shelf = new();
    private readonly byte[] _transfer;
    private int _sent;

    /// <summary>Begins with the piece that holds a byte; the table is made over <paramref name="signed"/>, or over what is transferred.</summary>
    public PieceFeed(byte[] transfer, int from = 0, byte[]? signed = null)
    {
        _transfer = transfer;
        Pieces = new PieceReceiver(_shelf.Fls, new EsyncAgent.Csm(new HostCrypto()), null, new byte[ChunkBuffers.Length], new byte[ChunkBuffers.Length]);
        Manifest manifest = new()
        {
            TransferLength = (uint)transfer.Length,
            TransferTablePosition = TableAddress - ManifestSlot.EnvelopeOffset,
            TransferPieceCount = 1,
            Encoding = DecoderBench.Compressed,
        };
        byte[] header = new byte[ManifestSlot.HeaderLength];
        ManifestSlot.WriteHeader(manifest, 0, header);
        ManifestSlot slot = new(header);
        slot.Parse();
        _shelf.Put(TableAddress, ChunkTable.Build(slot.Salt, signed ?? transfer));
        uint piece = (uint)from / ChunkBuffers.Length;
        _sent = (int)piece * ChunkBuffers.Length;
        Pieces.Begin(new FlsArea { Start = 0, Length = 0x2000 }, slot, piece);
    }

    public PieceReceiver Pieces { get; }

    /// <summary>Sends a block if there is room for it, then a turn.</summary>
    public void Turn(int blockLength = 1000)
    {
        int count = Math.Min(blockLength, _transfer.Length - _sent);
        if (count > 0 && Pieces.Error == FotaError.None && Pieces.Accept(_transfer, _sent, count) == StdReturn.Ok)
        {
            _sent += count;
        }

        Pieces.MainFunction();
        _shelf.Fls.MainFunction(0);
    }

    /// <summary>All that a decoder reads, in portions of at most so many bytes, over as many turns as it takes.</summary>
    public byte[] Drain(HeatshrinkReader reader, int length, int portionMax)
    {
        byte[] data = new byte[length];
        int made = 0;
        for (int turns = 0; made < length; turns++)
        {
            Assert.True(turns < 10_000, $"{made} bytes of {length} came out");
            Turn();
            made += reader.Read(data, made, Math.Min(portionMax, length - made));
        }

        return data;
    }
}
