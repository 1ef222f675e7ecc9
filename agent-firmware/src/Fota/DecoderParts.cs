// The parts that take an encoded transfer apart, made once: pieces, bits, decompressor, base, patch, content key. What the
// configuration does not ask for takes no memory and is null.
// Tests: tests/agent-firmware/EcuM/EncodedInstallTests.
namespace EsyncAgent;

/// <summary>Decoders of an ECU.</summary>
internal sealed class DecoderParts
{
    /// <summary>Receives, checks and decrypts.</summary>
    internal readonly PieceReceiver Pieces;

    /// <summary>The pieces as bits.</summary>
    internal readonly PieceBits Bits;

    /// <summary>Decompresses; null where nothing compressed is taken.</summary>
    internal readonly HeatshrinkReader Stream;

    /// <summary>The running image; null where no deltas are taken.</summary>
    internal readonly BaseImage Base;

    /// <summary>Applies patches; null where no deltas are taken.</summary>
    internal readonly PatchReader Patch;

    /// <summary>Unwraps content keys; null where nothing encrypted is taken.</summary>
    internal readonly ContentKey Key;

    internal DecoderParts(FotaConfig config, Fls fls, Csm csm, KeyStore keys, Banks banks)
    {
        AesCtr cipher = TransferEncoding.HasEncryption(config.Encodings) ? new AesCtr(csm.Crypto) : null;
        Key = cipher != null ? new ContentKey(fls, csm, keys, cipher) : null;
        Pieces = new PieceReceiver(fls, csm, cipher, new byte[ChunkBuffers.Length], new byte[ChunkBuffers.Length]);
        Bits = new PieceBits(Pieces);
        bool hasDelta = TransferEncoding.HasCompression(config.Encodings, TransferEncoding.Delta);
        if (hasDelta || TransferEncoding.HasCompression(config.Encodings, TransferEncoding.Heatshrink))
        {
            Stream = new HeatshrinkReader(Bits, config.WindowBitsMax);
        }

        if (hasDelta)
        {
            Base = new BaseImage(fls, csm, banks, new byte[BankWriter.ChunkLength]);
            Patch = new PatchReader(Stream, Base);
        }
    }
}
