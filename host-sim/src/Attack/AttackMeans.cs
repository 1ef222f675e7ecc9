// What an attacker holds: an insider's knowledge, since a defence that only holds against the ignorant is none.
// Invariant: keys made here sign for one run on an ECU that was made for it, and for nobody else.
// Tests: tests/host-sim/Attack.
using System.Globalization;
using EsyncSim.Applications;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Attack;

/// <summary>Means of one run.</summary>
/// <param name="Entropy">Random bytes: challenges, nonces, rubbish.</param>
/// <param name="Secret">Identity and secret of the ECU; null when they are not known.</param>
/// <param name="Keys">The keys that it trusts; null when they are not at hand.</param>
internal sealed record AttackMeans(Func<int, byte[]> Entropy, DeviceCredentials? Secret, AttackKeys? Keys);

/// <summary>Signing keys of both roles, one of a stranger, and what is signed with them.</summary>
internal sealed class AttackKeys
{
    /// <summary>Sequence number of the image that runs when an attack begins.</summary>
    public const uint RunningSequence = 2;

    /// <summary>securityVersion of the image that runs, and the ECU's floor with it.</summary>
    public const uint Floor = 2;

    /// <summary>Version of the image that runs.</summary>
    public const string RunningVersion = "1.0.0";

    /// <summary>Version of the image that an honest update brings.</summary>
    public const string NextVersion = "2.0.0";

    // Two levels of H5: ready at once, and 1,024 signatures are enough for all attacks of a run.
    private static readonly SigningParameters Parameters = new(2, 5, 4);
    private readonly EcuDefinition _ecu;
    private readonly DeviceCredentials _secret;
    private readonly ulong _seed;

    /// <summary>Makes the keys for an ECU.</summary>
    public AttackKeys(EcuDefinition ecu, DeviceCredentials secret, ulong seed)
    {
        _ecu = ecu;
        _secret = secret;
        _seed = seed;
        Author = Signer(SigningRole.Author, seed, "owner");
        Oem = Signer(SigningRole.Oem, seed, "owner");
        Stranger = Signer(SigningRole.Author, seed, "stranger");
    }

    /// <summary>The maker of the image.</summary>
    public MemorySigner Author { get; }

    /// <summary>The maker of the vehicle.</summary>
    public MemorySigner Oem { get; }

    /// <summary>Somebody whom the ECU does not know.</summary>
    public MemorySigner Stranger { get; }

    /// <summary>Length of a bank of the ECU in bytes.</summary>
    public uint BankLength => _ecu.Config.Fls.BankA.Length;

    /// <summary>Both roles.</summary>
    public IReadOnlyList<ISigner> Both => [Author, Oem];

    /// <summary>What the ECU is to trust.</summary>
    public IReadOnlyList<TrustAnchor> Anchors => [new(Author.Role, Author.PublicKey), new(Oem.Role, Oem.PublicKey)];

    /// <summary>What would make the stranger the one whom the ECU trusts.</summary>
    public TrustList StrangersTrust => new()
    {
        Sequence = 1,
        VendorId = _ecu.Config.Fota.VendorId,
        ClassId = _ecu.Config.Fota.ClassId,
        Anchors = [new(SigningRole.Author, Stranger.PublicKey), new(SigningRole.Oem, Oem.PublicKey)],
    };

    /// <summary>The first image, older than the one that runs and below its floor; it was installed before it.</summary>
    public Package First => field ??= Package(RunningVersion, 1, 1);

    /// <summary>The image that runs.</summary>
    public Package Running => field ??= Package(RunningVersion, RunningSequence, Floor);

    /// <summary>The same keys as they were before their first signature: what a thief of an old backup has.</summary>
    public AttackKeys Copy() => new(_ecu, _secret, _seed);

    /// <summary>Option record that provisions the ECU.</summary>
    public byte[] ProvisioningRecord => Signing.ProvisioningRecord.Build(_secret.DeviceId, _secret.Secret, Anchors);

    /// <summary>A package of a release, signed in both roles.</summary>
    public Package Package(string release, uint sequence, uint securityVersion) =>
        PackageBuilder.Build(Request(release, sequence, securityVersion), Both);

    /// <summary>The manifest of a release that the ECU would take next, for an attacker to change.</summary>
    public SuitManifest NextManifest(uint sequence = RunningSequence + 1, uint securityVersion = Floor) =>
        PackageBuilder.ToManifest(Request(NextVersion, sequence, securityVersion));

    /// <summary>A manifest, signed in both roles.</summary>
    public byte[] Sign(SuitManifest manifest) => Sign(ManifestEncoder.Encode(manifest), Both);

    /// <summary>Bytes that are called a manifest, signed.</summary>
    public byte[] Sign(byte[] manifestBytes, IReadOnlyList<ISigner> signers) => SuitEnvelope.Sign(manifestBytes, signers).Encode();

    /// <summary>The image of a release.</summary>
    public byte[] Image(string release) => BuiltInApplications.Image(BuiltInApplications.MotorControl, release);

    private PackageRequest Request(string release, uint sequence, uint securityVersion) => new()
    {
        Name = $"attack-{release}",
        Hardware = _ecu.Name,
        Image = Image(release),
        Sequence = sequence,
        SecurityVersion = securityVersion,
        VendorId = _ecu.Config.Fota.VendorId,
        ClassId = _ecu.Config.Fota.ClassId,
    };

    private static MemorySigner Signer(SigningRole role, ulong seed, string whose) => new(SigningKey.FromSeedText(
        role, Parameters, string.Create(CultureInfo.InvariantCulture, $"esync attack {seed} {whose} {role.Name()}")));
}
