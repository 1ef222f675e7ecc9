// Images of a sweep, in classes of length: what runs before, an update that resembles it, the same update compressed, as a
// delta and as an encrypted delta, one that fails, and a later one.
// Invariants: a class is made when it is first asked for, with keys of its own, always in one order: the same image has the
// same bytes in every run. All forms of the update install the same bytes.
// Tests: tests/host-sim/Sweep.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Delta;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Sweep;

/// <summary>Images of one length class.</summary>
public sealed class SweepImages
{
    /// <summary>Encrypted envelopes are for so many devices.</summary>
    public const byte RecipientCount = 2;

    private const int K = 1024;
    private const int WindowBits = 9;
    private const int OwnLength = 6000;
    private const byte Compression = PayloadEncoding.Heatshrink << 4;
    private const byte Patch = PayloadEncoding.Delta << 4;

    // Images are longer by odd amounts, so that the last chunk is not whole.
    private const int LongestExtra = 5123;
    private static readonly int[] Lengths = [36 * K, 68 * K, 132 * K, 256 * K];
    private static readonly Lazy<SweepImages>[] Classes = [.. Lengths.Select(length => new Lazy<SweepImages>(() => new SweepImages(length)))];

    private readonly SigningKey[] _keys;
    private readonly Dictionary<SignedImage, int[]> _places = [];

    private SweepImages(int length)
    {
        _keys = SignedImage.MakeKeys($"sweep {length}");
        byte[] assembly = EncodedImages.Assembly(length, length + 123);
        One = SignedImage.MakeBy(_keys, "1.0.0", 1, assembly);
        Two = SignedImage.MakeBy(_keys, "2.0.0", 2, Next(assembly, length + LongestExtra));
        Bad = SignedImage.MakeBy(_keys, "2.1.0", 3, length + 1001, "selftest");
        Three = SignedImage.MakeBy(_keys, "3.0.0", 4, length + 2002);

        byte[] compressed = EncodedImages.Compress(Two.Payload, WindowBits);
        byte[] patch = DeltaMaker.Make(One.Payload, Two.Payload, WindowBits).Bytes;
        EncryptedContent encrypted = Encrypt(patch, length);
        Compressed = Two.EncodedBy(_keys, 2, Compression, compressed, null, null);
        Delta = Two.EncodedBy(_keys, 2, Patch, patch, One.Digest, null);
        EncryptedDelta = Two.EncodedBy(_keys, 2, Patch | PayloadEncoding.Encrypted, encrypted.Payload, One.Digest, encrypted.Info);
        _places[Compressed] = ChunkPlaces.OfCompressed(compressed);
        _places[Delta] = ChunkPlaces.OfPatch(patch);
        _places[EncryptedDelta] = _places[Delta];
        foreach (SignedImage plain in (SignedImage[])[One, Two, Bad, Three])
        {
            _places[plain] = ChunkPlaces.OfPlain(plain.Payload.Length);
        }

        Provisioning = ProvisioningRecord.Build(SignedImage.DeviceId, SignedImage.DeviceSecret, [.. _keys.Select(key => key.Anchor)]);
        ProvisioningForRules = ProvisioningRecord.Build(SignedImage.DeviceId, SignedImage.DeviceSecret, [.. _keys.Select(key => key.Anchor), SweepRules.Anchor]);
        NewKeys = MakeNewKeys(length);
    }

    /// <summary>What runs before.</summary>
    public SignedImage One { get; }

    /// <summary>The update.</summary>
    public SignedImage Two { get; }

    /// <summary>The update, compressed.</summary>
    public SignedImage Compressed { get; }

    /// <summary>The update as a patch of <see cref="One"/>.</summary>
    public SignedImage Delta { get; }

    /// <summary>The same patch, encrypted for two devices.</summary>
    public SignedImage EncryptedDelta { get; }

    /// <summary>An update whose self-test fails.</summary>
    public SignedImage Bad { get; }

    /// <summary>An update after all of those.</summary>
    public SignedImage Three { get; }

    /// <summary>Provisioning record with the anchors of these images.</summary>
    public byte[] Provisioning { get; }

    /// <summary>The same with the anchor of <see cref="SweepRules"/>.</summary>
    public byte[] ProvisioningForRules { get; }

    /// <summary>A trust manifest, signed by the anchors of <see cref="Provisioning"/>, that replaces them.</summary>
    public byte[] NewKeys { get; }

    /// <summary>The length class for images longer than <paramref name="length"/> bytes.</summary>
    public static int ClassOf(int length) => Lengths.First(one => one >= length);

    /// <summary>Length that a bank must have for a class.</summary>
    public static int BankLengthOf(int lengthClass) => lengthClass + LongestExtra + (4 * K);

    /// <summary>The images of a class.</summary>
    public static SweepImages Of(int lengthClass) => Classes[Array.IndexOf(Lengths, lengthClass)].Value;

    /// <summary>The image with this manifest digest; null when it is none of these.</summary>
    public SignedImage? Find(byte[] digest) => _places.Keys.FirstOrDefault(image => image.Digest.AsSpan().SequenceEqual(digest));

    /// <summary>For each number of chunks the byte of the image's transfer with which decoding goes on after them.</summary>
    public int[] PlacesOf(SignedImage image) => _places[image];

    // As a compiler would make it of changed sources: a byte here and there, pieces moved, and a module that is new.
    private static byte[] Next(byte[] assembly, int length)
    {
        byte[] next = [.. assembly];
        for (int at = 50; at < next.Length; at += 41)
        {
            next[at] += (byte)(at % 7);
        }

        byte[] own = new byte[OwnLength];
        new Random(length).NextBytes(own);
        own.CopyTo(next, (next.Length / 2) - OwnLength);
        next = EncodedImages.Changed(next);
        return [.. next, .. EncodedImages.Assembly(length, length - next.Length)];
    }

    private static EncryptedContent Encrypt(byte[] patch, int length)
    {
        byte[] key = SHA256.HashData(BitConverter.GetBytes(length));
        byte[] iv = new byte[EncryptionInfo.IvLength];
        Array.Fill(iv, (byte)0xFF);
        DeviceFile[] devices = [new(SignedImage.DeviceId, SignedImage.DeviceSecret), new(SignedImage.VendorId, SignedImage.DeviceSecret)];
        return ContentEncryption.Encrypt(patch, devices, key, iv);
    }

    private byte[] MakeNewKeys(int length)
    {
        TrustList list = new()
        {
            Sequence = 1,
            VendorId = SignedImage.VendorId,
            ClassId = SignedImage.ClassId,
            Anchors = [.. SignedImage.MakeKeys($"sweep {length}, later").Select(key => key.Anchor)],
        };
        return SuitEnvelope.Sign(list.Encode(), [.. _keys.Select(key => new MemorySigner(key))], SignedDocument.TrustManifest).Encode();
    }
}
