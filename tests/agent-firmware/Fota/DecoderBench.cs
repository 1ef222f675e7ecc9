// A whole agent that takes any image: its base lies in the bank byte for byte, and whatever is transferred was signed, however
// malformed it is, so that nothing but the decoders stands between it and the bank.
// Invariant: tables are made over the bytes that are transferred, unless a test asks for others.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

/// <summary>An ECU with a confirmed base image, its signer and its client.</summary>
internal sealed class DecoderBench
{
    /// <summary>dataFormatIdentifier of a compressed image.</summary>
    public const byte Compressed = 0x10;

    /// <summary>dataFormatIdentifier of a delta.</summary>
    public const byte Delta = 0x20;

    /// <summary>Added to one of these: encrypted.</summary>
    public const byte Encrypted = 0x01;

    /// <summary>All that an agent can take.</summary>
    public const ushort AllEncodings = 0x0707;

    /// <summary>Bank that holds the largest of the reference images.</summary>
    public const uint LargeBank = 320 * 1024;

    private const uint SmallBank = 32 * 1024;
    private const uint SlotLength = 16 * 1024;
    private const int BlockLengthMax = 4093;

    private static readonly SigningKey Key = SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 5, 4), "decoder bench");
    private readonly byte[] _baseImage;
    private AnyImageLoader _loader = new();
    private uint _sequence;

    public DecoderBench(byte[] baseImage, FlashGeometry? geometry = null, ushort encodings = AllEncodings, byte windowBitsMax = 12, uint bankLength = SmallBank)
    {
        _baseImage = baseImage;
        geometry ??= FlashGeometries.W25Q32;
        EcuConfig config = RigConfig.Make(geometry, bankLength, SlotLength);
        config.Fota.Encodings = encodings;
        config.Fota.WindowBitsMax = windowBitsMax;
        config.Fota.RecipientCountMax = 4;
        config.Fota.RequiredRoles = [TrustRole.Author];
        Rig = new AgentRig(config, new FlashModel(geometry), makeLoader: () => _loader = new AnyImageLoader());
        Rig.PowerOn();
        Rig.Provision(ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [Key.Anchor]));
        Base = Sign(baseImage);
        Assert.Equal(FotaError.None, Rig.Update(Base));
        Rig.Settle();
    }

    /// <summary>The device that content keys are wrapped for.</summary>
    public static DeviceFile Device { get; } = new(TestImage.DeviceId, TestImage.DeviceSecret);

    public AgentRig Rig { get; }

    /// <summary>What runs.</summary>
    public TestImage Base { get; private set; }

    /// <summary>Detail of the last error (DID FD03).</summary>
    public uint Detail => Rig.Agent.Fota.LastErrorDetail;

    /// <summary>What the application's loader was given.</summary>
    public byte[] Running => _loader.Image;

    /// <summary>Signs an image with the next sequence number.</summary>
    /// <param name="image">What the chunk table is made of.</param>
    /// <param name="encoding">dataFormatIdentifier.</param>
    /// <param name="transfer">What is transferred; the image when left out.</param>
    /// <param name="change">What the manifest says otherwise.</param>
    public TestImage Sign(byte[] image, byte encoding = 0, byte[]? transfer = null, Func<SuitManifest, SuitManifest>? change = null)
    {
        byte[] salt = SHA256.HashData(image);
        SuitManifest manifest = new()
        {
            Sequence = ++_sequence,
            VendorId = TestImage.VendorId,
            ClassId = TestImage.ClassId,
            ImageDigest = SHA256.HashData(image),
            ImageLength = (uint)image.Length,
            Uri = "bench",
            Salt = salt,
            ChunkTable = ChunkTable.Build(salt, image),
            SecurityVersion = 1,
            Version = "1",
            Runtime = BundleRuntime.Net10,
            ContractVersion = 1,
            Encoding = encoding,
            TransferLength = transfer is null ? null : (uint)transfer.Length,
            TransferTable = transfer is null ? null : ChunkTable.Build(salt, transfer),
            BaseDigest = TransferEncoding.Compression(encoding) == TransferEncoding.Delta ? Base.Digest : null,
        };
        manifest = change?.Invoke(manifest) ?? manifest;
        SuitEnvelope envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), [new TirelessSigner()]);
        return new TestImage("1", envelope.Encode(), image, envelope.ManifestDigest) { Encoding = encoding, Transfer = transfer ?? image };
    }

    /// <summary>Signs an image whose transfer is encrypted for these devices, by default for this one.</summary>
    public TestImage SignEncrypted(byte[] image, byte encoding, byte[] transfer, params DeviceFile[] devices)
    {
        EncryptedContent content = ContentEncryption.Encrypt(
            transfer, devices.Length == 0 ? [Device] : devices, SHA256.HashData(transfer), [.. Enumerable.Repeat((byte)0xFF, EncryptionInfo.IvLength)]);
        return Sign(image, encoding, content.Payload, manifest => manifest with { EncryptionInfo = content.Info });
    }

    /// <summary>Manifest, FF00 and the whole transfer.</summary>
    public FotaError Send(TestImage image)
    {
        FotaError error = Bind(image);
        return error == FotaError.None ? Transfer(image) : error;
    }

    /// <summary>Manifest and FF00.</summary>
    public FotaError Bind(TestImage image)
    {
        FotaError error = Rig.SendManifest(image);
        return error == FotaError.None ? Rig.Routine(0xFF00) : error;
    }

    /// <summary>34, 36 …, 37 from where the ECU says on, in blocks of random lengths where there is a random; broken off at a place.</summary>
    public FotaError Transfer(TestImage image, Random? random = null, int stopAt = int.MaxValue)
    {
        EsyncAgent.Fota fota = Rig.Agent.Fota;
        byte[] all = image.Transfer;
        int at = Rig.ResumeOffset();
        if (at == all.Length)
        {
            return FotaError.None;
        }

        StdReturn result = StdReturn.Pending;
        uint address = EsyncAgent.Fota.BankAddress + (uint)at, size = (uint)(all.Length - at);
        Rig.TurnUntil(() => (result = fota.StartDownload(image.Encoding, address, size)) != StdReturn.Pending, "request download");
        int blockLengthMax = random is null ? BlockLengthMax : random.Next(2) == 0 ? BlockLengthMax : 40;
        while (result == StdReturn.Ok && at < all.Length && at < stopAt)
        {
            int count = Math.Min(random?.Next(1, blockLengthMax + 1) ?? blockLengthMax, Math.Min(all.Length, stopAt) - at);
            Rig.TurnUntil(() => (result = fota.TransferData(all, at, count)) != StdReturn.Pending, "transfer data");
            at += count;
        }

        if (result == StdReturn.Ok && at == all.Length)
        {
            Rig.TurnUntil(() => (result = fota.TransferExit()) != StdReturn.Pending, "transfer exit");
        }

        return result == StdReturn.Ok ? FotaError.None : fota.LastError;
    }

    /// <summary>The whole transfer and FF01; then the secondary bank holds the image.</summary>
    public void Install(TestImage image)
    {
        Assert.Equal(FotaError.None, Send(image));
        Assert.Equal(FotaError.None, Rig.Routine(0xFF01));
        Assert.Equal(image.Payload, Secondary(image.Payload.Length));
    }

    /// <summary>First bytes of the secondary bank.</summary>
    public byte[] Secondary(int length) => Bank(Rig.Banks.Secondary, length);

    /// <summary>First bytes of a bank.</summary>
    public byte[] Bank(int bank, int length)
    {
        byte[] content = new byte[length];
        Assert.True(Rig.Flash.Memory.Peek(Rig.Banks.ImageArea(bank).Start, content), "a bank holds unstable bits");
        return content;
    }

    /// <summary>From here on counts how often each chunk of the secondary bank is programmed.</summary>
    public Dictionary<int, int> CountPrograms()
    {
        Dictionary<int, int> counts = [];
        FlsArea bank = Rig.Banks.ImageArea(Rig.Banks.Secondary);
        Rig.Flash.Observer = operation =>
        {
            uint offset = operation.Address - bank.Start;
            if (operation.Kind == FlashOperationKind.Program && offset < bank.Length && offset % ChunkBuffers.Length == 0)
            {
                int chunk = (int)offset / ChunkBuffers.Length;
                counts[chunk] = counts.GetValueOrDefault(chunk) + 1;
            }
        };
        return counts;
    }

    /// <summary>After a refusal: the base lies where it did and runs after a reset; the next good delta is taken, and the next full image.</summary>
    public void RequireGoodAfterwards()
    {
        Assert.Equal(_baseImage, Bank(Rig.Banks.Record.ActiveBank, _baseImage.Length));
        Assert.Equal(_baseImage, Running);
        Rig.PowerOn();
        Assert.Equal(_baseImage, Running);
        byte[] next = [.. _baseImage.Reverse()];
        TestImage delta = Sign(next, Delta, DecoderStreams.PatchOf(_baseImage, next, [new(0, 0, next.Length)]));
        Assert.Equal(FotaError.None, Rig.Update(delta));
        Assert.Equal(next, Running);
        Assert.Equal(FotaError.None, Rig.Update(Sign(_baseImage)));
        Assert.Equal(_baseImage, Running);
    }

    // Signs all with one leaf of its tree, which is allowed nowhere but where nobody else trusts the key: there is no end of manifests here.
    private sealed class TirelessSigner : ISigner
    {
        public SigningRole Role => Key.Role;

        public byte[] PublicKey => Key.PublicKey;

        public byte[] Sign(byte[] message) => Key.Sign(0, message);
    }

    private sealed class AnyImageLoader : IApplicationLoader
    {
        private int _length;

        public byte[] Image { get; private set; } = [];

        public byte Runtime => 1;

        public ushort ContractVersion => 1;

        public ApplicationState State { get; private set; }

        public uint AliveCounter { get; private set; }

        public bool IsUpdateAllowed => true;

        public void Attach(IApplicationData data)
        {
        }

        public StdReturn Begin(uint imageLength)
        {
            Image = new byte[imageLength];
            _length = 0;
            return StdReturn.Ok;
        }

        public StdReturn Append(byte[] data, int offset, int count)
        {
            Array.Copy(data, offset, Image, _length, count);
            _length += count;
            return StdReturn.Ok;
        }

        public StdReturn Start()
        {
            State = ApplicationState.Running;
            return StdReturn.Ok;
        }

        public void MainFunction(uint nowMs) => AliveCounter++;

        public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => ApplicationAnswer.Unknown;

        public int TakeEvent() => -1;
    }
}
