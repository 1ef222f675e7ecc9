// Builds SUIT envelopes for tests piece by piece, so that any single piece can be wrong: each property is the encoded
// bytes of one part, made from the parts below it unless a test sets it.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EsyncTests.AgentFirmware.Csm;

namespace EsyncTests.AgentFirmware.Fota;

/// <summary>CBOR items as byte arrays. Nothing is checked: what is wrong is wrong on purpose.</summary>
public static class Cbor
{
    public static byte[] Uint(ulong value) => Head(0, value);

    public static byte[] Int(long value) => value >= 0 ? Head(0, (ulong)value) : Head(1, (ulong)(-1 - value));

    public static byte[] Bytes(params byte[] contents) => [.. Head(2, (ulong)contents.Length), .. contents];

    public static byte[] Text(string text) => [.. Head(3, (ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Array(params byte[][] items) => [.. Head(4, (ulong)items.Length), .. items.SelectMany(item => item)];

    public static byte[] Map(params (long Key, byte[] Value)[] pairs) => [.. Head(5, (ulong)pairs.Length), .. pairs.SelectMany(pair => (byte[])[.. Int(pair.Key), .. pair.Value])];

    public static byte[] Tag(ulong tag, byte[] item) => [.. Head(6, tag), .. item];

    public static byte[] Null => [0xF6];

    /// <summary>A command sequence: integers stand for themselves.</summary>
    public static byte[] Sequence(params object[] items) => Array([.. items.Select(item => item as byte[] ?? Int((int)item))]);

    public static byte[] Head(int major, ulong argument)
    {
        byte first = (byte)(major << 5);
        byte[] wide = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(wide, argument);
        return argument switch
        {
            < 24 => [(byte)(first | argument)],
            <= 0xFF => [(byte)(first | 24), wide[7]],
            <= 0xFFFF => [(byte)(first | 25), .. wide[6..]],
            <= 0xFFFFFFFF => [(byte)(first | 26), .. wide[4..]],
            _ => [(byte)(first | 27), .. wide],
        };
    }
}

/// <summary>One envelope.</summary>
public sealed class EnvelopeForge
{
    public static readonly byte[] VendorId = [.. Enumerable.Repeat((byte)0x11, 16)];
    public static readonly byte[] ClassId = [.. Enumerable.Repeat((byte)0x22, 16)];
    public static readonly byte[] DeviceId = [.. Enumerable.Repeat((byte)0x33, 16)];

    private byte[]? _common, _shared, _validate, _invoke, _install, _manifest, _digest, _authentication;
    private List<(long, byte[])>? _installParameters;
    private List<(long, byte[])>? _sharedParameters;

    public uint Sequence { get; set; } = 7;

    public uint ImageLength { get; set; } = 3 * 4096 + 1;

    public byte[] Vendor { get; set; } = VendorId;

    public byte[] Class { get; set; } = ClassId;

    public byte[]? Device { get; set; }

    public byte[] Slots { get; set; } = Cbor.Array(Slot(0), Slot(1));

    public List<LmsForge> Signers { get; } = [];

    public List<byte[]> ExtraSignatures { get; } = [];

    public byte[] ChunkTable => [.. Enumerable.Range(0, 4 * 32).Select(i => (byte)i)];

    public byte[] Salt => [.. Enumerable.Repeat((byte)0x5A, 32)];

    public byte[] ImageDigest => [.. Enumerable.Repeat((byte)0x77, 32)];

    public List<(long Key, byte[] Value)> SharedParameters => _sharedParameters ??=
    [
        (1, Cbor.Bytes(Vendor)),
        (2, Cbor.Bytes(Class)),
        (3, Cbor.Bytes(Digest(ImageDigest))),
        (14, Cbor.Uint(ImageLength)),
        .. Device is null ? System.Array.Empty<(long, byte[])>() : [(24, Cbor.Bytes(Device))],
    ];

    public List<(long Key, byte[] Value)> InstallParameters => _installParameters ??=
    [
        (21, Cbor.Text("#app")),
        (-257, Cbor.Bytes(Salt)),
        (-258, Cbor.Bytes(ChunkTable)),
        (-259, Cbor.Uint(3)),
        (-260, Cbor.Text("2.1.0")),
        (-261, Cbor.Uint(1)),
        (-262, Cbor.Uint(1)),
    ];

    public byte[] Shared
    {
        get
        {
            object[] items = [20, Cbor.Map([.. SharedParameters]), 15, Slots, 1, 15, 2, 15];
            return _shared ?? Cbor.Sequence(Device is null ? items : [.. items, 24, 15]);
        }
        set => _shared = value;
    }

    public byte[] Common
    {
        get => _common ?? Cbor.Map((2, Cbor.Array(Cbor.Array(Cbor.Bytes(0x61, 0x70, 0x70)))), (4, Cbor.Bytes(Shared)));
        set => _common = value;
    }

    public byte[] Validate
    {
        get => _validate ?? Cbor.Sequence(3, 15);
        set => _validate = value;
    }

    public byte[] Invoke
    {
        get => _invoke ?? Cbor.Sequence(23, 2);
        set => _invoke = value;
    }

    public byte[] Install
    {
        get => _install ?? Cbor.Sequence(20, Cbor.Map([.. InstallParameters]), 21, 2, 3, 15);
        set => _install = value;
    }

    public byte[] Manifest
    {
        get => _manifest ?? Cbor.Map(Members);
        set => _manifest = value;
    }

    public (long Key, byte[] Value)[] Members =>
    [
        (1, Cbor.Uint(1)),
        (2, Cbor.Uint(Sequence)),
        (3, Cbor.Bytes(Common)),
        (7, Cbor.Bytes(Validate)),
        (9, Cbor.Bytes(Invoke)),
        (20, Cbor.Bytes(Install)),
    ];

    /// <summary>[−16, digest] as it is signed; set it to sign something else.</summary>
    public byte[] SignedDigest
    {
        get => _digest ?? Digest(SHA256.HashData(Cbor.Bytes(Manifest)));
        set => _digest = value;
    }

    public byte[] ToBeSigned => Cbor.Array(Cbor.Text("Signature1"), Cbor.Bytes(ProtectedHeader), Cbor.Bytes(), Cbor.Bytes(SignedDigest));

    public byte[] Authentication
    {
        get => _authentication ?? Cbor.Array([Cbor.Bytes(SignedDigest), .. Signers.Select(signer => Cbor.Bytes(Sign1(signer))), .. ExtraSignatures.Select(block => Cbor.Bytes(block))]);
        set => _authentication = value;
    }

    public static byte[] ProtectedHeader => [0xA1, 0x01, 0x38, 0x2D];

    public byte[] Build() => Cbor.Tag(107, Cbor.Map((2, Cbor.Bytes(Authentication)), (3, Cbor.Bytes(Manifest))));

    public byte[] Sign1(LmsForge signer) => Sign1(LmsForge.OneLevel(signer, ToBeSigned));

    public static byte[] Sign1((byte[] Key, byte[] Signature) signed)
        => Cbor.Tag(18, Cbor.Array(Cbor.Bytes(ProtectedHeader), Cbor.Map((4, Cbor.Bytes(signed.Key[12..28]))), Cbor.Null, Cbor.Bytes(signed.Signature)));

    public static byte[] Digest(byte[] sha256) => Cbor.Array(Cbor.Int(-16), Cbor.Bytes(sha256));

    public static byte[] Slot(int slot) => Cbor.Bytes(Cbor.Sequence(20, Cbor.Map((5, Cbor.Uint((ulong)slot))), 5, 15));

    /// <summary>The order of keys (RFC 8949 §4.2.1, for integers): not negative first, then by size.</summary>
    public static int InOrder((long Key, byte[]) a, (long Key, byte[]) b)
        => (a.Key < 0) != (b.Key < 0) ? b.Key.CompareTo(a.Key) : Math.Abs(a.Key).CompareTo(Math.Abs(b.Key));

    /// <summary>Gives a shared parameter that is there another value.</summary>
    public void SetShared(long key, byte[] value) => SharedParameters[SharedParameters.FindIndex(pair => pair.Key == key)] = (key, value);

    /// <summary>Gives an install parameter that is there another value.</summary>
    public void SetInstall(long key, byte[] value) => InstallParameters[InstallParameters.FindIndex(pair => pair.Key == key)] = (key, value);

    public static byte[] Iv => [.. Enumerable.Range(0xF0, 16).Select(i => (byte)i)];

    public static byte[] WrappedKey => [.. Enumerable.Range(0x40, 40).Select(i => (byte)i)];

    /// <summary>The value of parameter 19: a byte string around a COSE_Encrypt.</summary>
    public static byte[] Encryption(params byte[][] recipients)
        => Cbor.Bytes(Cbor.Tag(96, Cbor.Array(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-65532)), (5, Cbor.Bytes(Iv))), Cbor.Null, Cbor.Array(recipients))));

    public static byte[] Recipient(byte[] kid, byte[]? wrappedKey = null)
        => Cbor.Array(Cbor.Bytes(), Cbor.Map((1, Cbor.Int(-5)), (4, Cbor.Bytes(kid))), Cbor.Bytes(wrappedKey ?? WrappedKey));

    /// <summary>Adds the parameters of an encoding; an encrypted one has a content key for <see cref="DeviceId"/>.</summary>
    public EnvelopeForge Encoded(byte encoding, uint transferLength, byte[]? baseDigest = null)
    {
        if ((encoding & 15) == 1)
        {
            InstallParameters.Insert(0, (19, Encryption(Recipient(DeviceId))));
        }

        InstallParameters.AddRange([(-263, Cbor.Uint(encoding)), (-264, Cbor.Uint(transferLength)), (-265, Cbor.Bytes(new byte[(transferLength + 4095) / 4096 * 32]))]);
        if (baseDigest is not null)
        {
            InstallParameters.Add((-266, Cbor.Bytes(baseDigest)));
        }

        return this;
    }
}
