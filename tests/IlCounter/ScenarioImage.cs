// An image of the measured run and the form in which it is sent: as it is, compressed, as a patch of the image before it,
// encrypted or not.
// Invariant: nothing is drawn; the same bytes give the same payload, a content key that is always the same included.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncSim.Bus;
using EsyncSim.Delta;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.IlCounting;

/// <summary>One image and its form.</summary>
/// <param name="Bundle">The application bundle, as it is installed.</param>
/// <param name="Compression">High nibble of dataFormatIdentifier, of <see cref="PayloadEncoding"/>.</param>
/// <param name="Compressed">What is sent, before it is encrypted.</param>
internal sealed record ScenarioImage(byte[] Bundle, byte Compression, byte[] Compressed)
{
    /// <summary>True: encrypted on its way.</summary>
    internal bool IsEncrypted { get; init; }

    /// <summary>dataFormatIdentifier.</summary>
    internal byte Encoding => (byte)((Compression << 4) | (IsEncrypted ? PayloadEncoding.Encrypted : 0));

    /// <summary>An application with some code, as it is.</summary>
    internal static ScenarioImage Plain(byte[] code) => PlainBundle(BundleOf(code));

    /// <summary>A bundle, as it is.</summary>
    internal static ScenarioImage PlainBundle(byte[] bundle) => new(bundle, PayloadEncoding.Plain, bundle);

    /// <summary>The same, compressed with these parameters.</summary>
    internal static ScenarioImage Heatshrink(byte[] code, HeatshrinkParameters parameters)
    {
        byte[] bundle = BundleOf(code);
        return new ScenarioImage(bundle, PayloadEncoding.Heatshrink, [parameters.Header, .. new HeatshrinkEncoder(bundle).Encode(parameters)]);
    }

    /// <summary>The same as a patch.</summary>
    internal static ScenarioImage Delta(byte[] oldCode, byte[] code, int windowBitsMax)
    {
        byte[] bundle = BundleOf(code);
        return new ScenarioImage(bundle, PayloadEncoding.Delta, DeltaMaker.Make(BundleOf(oldCode), bundle, windowBitsMax).Bytes);
    }

    /// <summary>Code that compresses somewhat, as an application's does: lines of 16 bytes, ten of them much like those around.</summary>
    internal static byte[] Code(int length)
    {
        byte[] code = new SeededRandom(1, "code").Bytes(length);
        for (int i = 0; i < length; i++)
        {
            if (i % 16 < 10)
            {
                code[i] = (byte)(i / 256);
            }
        }

        return code;
    }

    /// <summary>Code that consists of 16 words of 16 bytes each: a decompressor copies nearly all of it, a word at a time.</summary>
    internal static byte[] Words(int length)
    {
        SeededRandom random = new(3, "words");
        byte[] words = random.Bytes(16 * 16);
        byte[] code = new byte[length];
        for (int i = 0; i < length; i += 16)
        {
            Array.Copy(words, 16 * random.Next(16), code, i, Math.Min(16, length - i));
        }

        return code;
    }

    /// <summary>The next release of some code: a byte in some eight hundred is another, and here and there something is inserted.</summary>
    internal static byte[] NextRelease(byte[] code)
    {
        SeededRandom random = new(2, "release");
        List<byte> next = [.. code];
        for (int i = random.Next(800); i < next.Count; i += 1 + random.Next(1600))
        {
            next[i] = (byte)random.Next(256);
            if (random.Chance(0.1))
            {
                next.InsertRange(i, random.Bytes(random.Next(24)));
            }
        }

        return [.. next];
    }

    /// <summary>What is sent, and the manifest that says so.</summary>
    internal (SuitManifest Manifest, byte[] Payload) Describe(SuitManifest plain, byte[]? baseDigest, DeviceFile device)
    {
        if (Encoding == 0)
        {
            return (plain, Compressed);
        }

        EncryptedContent? content = IsEncrypted ? ContentEncryption.Encrypt(Compressed, [device], [.. Enumerable.Repeat((byte)7, ContentEncryption.KeyLength)], new byte[EncryptionInfo.IvLength]) : null;
        byte[] payload = content?.Payload ?? Compressed;
        SuitManifest manifest = plain with
        {
            Encoding = Encoding,
            TransferLength = (uint)payload.Length,
            TransferTable = ChunkTable.Build(plain.Salt, payload),
            BaseDigest = Compression == PayloadEncoding.Delta ? baseDigest : null,
            EncryptionInfo = content?.Info,
        };
        return (manifest, payload);
    }

    /// <summary>A bundle around some code.</summary>
    internal static byte[] BundleOf(byte[] code) => new ApplicationBundle
    {
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
        Version = "1.0.0",
        EntryClass = "Counter.Application",
        Assemblies = [code],
    }.Build();
}
