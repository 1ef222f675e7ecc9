// The parts that take an encoded transfer apart, made once: pieces, bits, decompressor, base, patch, content key. What the
// configuration does not ask for takes no memory and is null.
// Tests: tests/agent-firmware/EcuM/EncodedInstallTests.
namespace EsyncAgent;

/// <summary>Decoders of an ECU.</summary>
public sealed class DecoderParts
{
    /// <summary>Receives, checks and decrypts.</summary>
    public readonly PieceReceiver Pieces;

    /// <summary>The pieces as bits.</summary>
    public readonly PieceBits Bits;

    /// <summary>Decompresses; null where nothing compressed is taken.</summary>
    public readonly HeatshrinkReader Stream;

    /// <summary>The running image; null where no deltas are taken.</summary>
    public readonly BaseImage Base;

    /// <summary>Applies patches; null where no deltas are taken.</summary>
    public readonly PatchReader Patch;

    /// <summary>Unwraps content keys; null where nothing encrypted is taken.</summary>
    public readonly ContentKey Key;

    /// <summary>Makes what the configuration asks for.</summary>
    public DecoderParts(FotaConfig config, Fls fls, Csm csm, KeyStore keys, Banks banks)
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
