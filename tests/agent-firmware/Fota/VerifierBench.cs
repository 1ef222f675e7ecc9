// A provisioned ManifestVerifier with an envelope in flash, driven the way Fota drives it, within bounds.
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class VerifierBench
{
    public const uint Address = 0x1003;
    public const byte RecipientCountMax = 32;

    // LMS_SHA256_M32_H5 with LMOTS W2: short chains, so that many verifications cost little.
    public static readonly LmsForge Author = new(101, 5, 2, 3);
    public static readonly LmsForge Oem = new(102, 5, 2, 30);
    public static readonly LmsForge SecondOem = new(103, 5, 2, 0);
    public static readonly LmsForge Fleet = new(104, 5, 2, 31);
    public static readonly LmsForge Stranger = new(105, 5, 2, 1);
    private static readonly (byte Role, byte[] Key)[] Anchors =
    [
        (TrustRole.Author, Hss(Author)), (TrustRole.Oem, Hss(Oem)), (TrustRole.Oem, Hss(SecondOem)), (TrustRole.Fleet, Hss(Fleet)),
    ];

    private readonly EsyncAgent.Csm _csm = new(new HostCrypto());
    private readonly FlashShelf _shelf = new();

    public VerifierBench(bool isProvisioned = true, params byte[] requiredRoles)
        : this(isProvisioned ? Anchors : [], requiredRoles)
    {
    }

    /// <summary>A bench with other anchors; without any it is not provisioned.</summary>
    public VerifierBench((byte Role, byte[] Key)[] anchors, params byte[] requiredRoles)
        : this(anchors, requiredRoles.Length == 0 ? [TrustRole.Author, TrustRole.Oem] : requiredRoles, RecipientCountMax)
    {
    }

    private VerifierBench((byte Role, byte[] Key)[] anchors, byte[] requiredRoles, byte recipientCountMax)
    {
        NvM nvm = new(new NvMConfig(), _shelf.Fls);
        Keys = new KeyStore(_csm, nvm);
        for (int i = 0; i < 1000 && !nvm.IsReady; i++)
        {
            nvm.MainFunction(0);
            _shelf.Fls.MainFunction(0);
        }

        if (anchors.Length != 0)
        {
            byte[] record = Record(EnvelopeForge.DeviceId, anchors);
            Assert.Equal(FotaError.None, Keys.Provision(record, 0, record.Length));
            for (int i = 0; i < 1000 && nvm.WriteResult(NvMBlock.Provisioning) == StdReturn.Pending; i++)
            {
                nvm.MainFunction(0);
                _shelf.Fls.MainFunction(0);
            }
        }

        FotaConfig config = new()
        {
            VendorId = EnvelopeForge.VendorId,
            ClassId = EnvelopeForge.ClassId,
            RequiredRoles = requiredRoles,
            RecipientCountMax = recipientCountMax,
        };
        Verifier = new ManifestVerifier(config, _shelf.Fls, _csm, Keys, new byte[BankWriter.ChunkLength]);
    }

    /// <summary>A bench that takes so many recipients; with 0 no encryption.</summary>
    public static VerifierBench Taking(byte recipientCountMax) => new(Anchors, [TrustRole.Author, TrustRole.Oem], recipientCountMax);

    public KeyStore Keys { get; }

    public ManifestVerifier Verifier { get; }

    public FlashShelf Shelf => _shelf;

    public uint CompressionCount => _csm.CompressionCount;

    /// <summary>Calls of the last verification.</summary>
    public int Cycles { get; private set; }

    public static byte[] Record(byte[] deviceId, params (byte Role, byte[] Key)[] anchors)
        => [.. deviceId, .. Enumerable.Range(0, 32).Select(i => (byte)(0xC0 + i)), (byte)anchors.Length, .. anchors.SelectMany(anchor => (byte[])[anchor.Role, .. anchor.Key])];

    /// <summary>An envelope that the bench accepts.</summary>
    public static EnvelopeForge Good()
    {
        EnvelopeForge forge = new();
        forge.Signers.Add(Author);
        forge.Signers.Add(Oem);
        return forge;
    }

    public StdReturn Run(byte[] envelope)
    {
        // Behind the envelope stands what could pass for more of it.
        _shelf.Put(Address, [.. envelope, 0x00, 0xF6, 0xA0]);
        Verifier.Begin(Address, (uint)envelope.Length);
        StdReturn result = StdReturn.Pending;
        int cyclesMax = 400 + (int)(4 * 2 * 700) + (envelope.Length / 16);
        for (Cycles = 0; result == StdReturn.Pending; Cycles++)
        {
            Assert.True(Cycles < cyclesMax, "no end");
            uint before = _csm.CompressionCount;
            result = Verifier.MainFunction((uint)Cycles);
            Assert.True(_csm.CompressionCount - before <= 8, "a cycle did too much");
            _shelf.Fls.MainFunction((uint)Cycles);
        }

        Assert.Equal(result, Verifier.MainFunction(0));
        Assert.Equal(result == StdReturn.Ok, Verifier.Error == FotaError.None);
        return result;
    }

    public void Accepts(EnvelopeForge forge)
    {
        StdReturn result = Run(forge.Build());
        Assert.True(result == StdReturn.Ok, $"refused: {Verifier.Error} at {Verifier.ErrorDetail}");
    }

    /// <summary>Accepts a good envelope that was changed, and signed after that.</summary>
    public void Accepts(Action<EnvelopeForge> change) => Accepts(Changed(change));

    /// <summary>Refuses a good envelope that was changed, and signed after that.</summary>
    public void Refuses(FotaError error, Action<EnvelopeForge> change) => Refuses(error, Changed(change));

    public void Refuses(FotaError error, EnvelopeForge forge) => Refuses(error, forge.Build());

    public void Refuses(FotaError error, byte[] envelope)
    {
        Assert.Equal(StdReturn.NotOk, Run(envelope));
        Assert.Equal(error, Verifier.Error);
    }

    private static EnvelopeForge Changed(Action<EnvelopeForge> change)
    {
        EnvelopeForge forge = Good();
        change(forge);
        return forge;
    }

    private static byte[] Hss(LmsForge tree) => LmsForge.OneLevel(tree, []).Key;
}
