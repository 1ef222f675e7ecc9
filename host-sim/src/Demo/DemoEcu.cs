// One ECU of the demo: the ECU on the bench, its secret, its application and its packages.
// Tests: tests/host-sim/Demo.
using System.Buffers.Binary;
using System.Globalization;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;

namespace EsyncSim.Demo;

/// <summary>An ECU of the demo.</summary>
public sealed class DemoEcu
{
    private readonly DemoKeys _keys;
    private readonly string _application;
    private readonly Func<int, byte[]> _contentEntropy;
    private uint _sequence;

    /// <summary>Makes it; the secret follows from <paramref name="entropy"/>, the keys of encrypted packages from <paramref name="contentEntropy"/>.</summary>
    public DemoEcu(BenchEcu bench, string application, DemoKeys keys, Func<int, byte[]> entropy, Func<int, byte[]> contentEntropy, TransferMeter meter)
    {
        Bench = bench;
        Meter = meter;
        _application = application;
        _keys = keys;
        _contentEntropy = contentEntropy;
        Credentials = new DeviceCredentials(entropy(DeviceFile.DeviceIdLength), entropy(DeviceFile.DeviceSecretLength));
        Client = bench.Connect(Credentials);
    }

    /// <summary>Name in nf.config.</summary>
    public string Name => Bench.Name;

    /// <summary>The ECU on the bench.</summary>
    public BenchEcu Bench { get; }

    /// <summary>Its identity and secret.</summary>
    public DeviceCredentials Credentials { get; }

    /// <summary>Conversation with it.</summary>
    public EcuClient Client { get; }

    /// <summary>Meter of its transfers.</summary>
    public TransferMeter Meter { get; }

    /// <summary>Option record that provisions it.</summary>
    public byte[] ProvisioningRecord => Signing.ProvisioningRecord.Build(Credentials.DeviceId, Credentials.Secret, _keys.Anchors);

    /// <summary>Packages that it was updated with, by release; what patches are made from.</summary>
    public Dictionary<string, Package> Releases { get; } = [];

    /// <summary>The next request in order for a release: everything but the signatures.</summary>
    public PackageRequest Request(string release, uint securityVersion) => new()
    {
        Name = $"{Name}-{release}",
        Hardware = Name,
        Image = BuiltInApplications.Image(_application, release),
        Sequence = ++_sequence,
        SecurityVersion = securityVersion,
        VendorId = Bench.Definition.Config.Fota.VendorId,
        ClassId = Bench.Definition.Config.Fota.ClassId,
    };

    /// <summary>Signs a request in both roles.</summary>
    public Package Sign(PackageRequest request) => PackageBuilder.Build(request, [_keys.Author, _keys.Oem]);

    /// <summary>The small forms of a release beside its full image, made for what the ECU takes.</summary>
    /// <param name="release">The release.</param>
    /// <param name="limits">What the ECU takes.</param>
    /// <param name="bases">What it may run; patches are made from it.</param>
    /// <param name="isEncrypted">True: everything is encrypted for this ECU.</param>
    /// <param name="isCompressed">True: the compressed image as well.</param>
    public PackagePlan Plan(string release, UpdateLimits limits, IReadOnlyList<DeltaBase> bases, bool isEncrypted = false, bool isCompressed = true)
    {
        EncodingRequest encodings = new()
        {
            IsCompressed = isCompressed,
            Bases = bases,
            Encodings = limits.Encodings,
            WindowBitsMax = limits.WindowBitsMax > 0 ? limits.WindowBitsMax : EncodingRequest.WindowBitsDefault,
            Recipients = isEncrypted ? [new DeviceFile(Credentials.DeviceId, Credentials.Secret)] : [],
            Entropy = _contentEntropy,
        };
        PackagePlan plan = PackagePlan.Make(Request(release, 2), encodings);
        _sequence++; // the full image beside small forms has the next number
        return plan;
    }

    /// <summary>What patches from a release are made from.</summary>
    public DeltaBase BaseOf(string release) => DeltaBase.Of(Releases[release], $"{Name}-{release}");

    /// <summary>Signs a plan in both roles.</summary>
    public Package Sign(PackagePlan plan) => plan.Sign([_keys.Author, _keys.Oem]);

    /// <summary>Signs a list of new keys in both roles.</summary>
    public TrustFile Sign(TrustList list) => TrustFile.Build(list, [_keys.Author, _keys.Oem], PackageVerifier.DefaultRoles);

    /// <summary>Signs a request as the author only.</summary>
    public Package SignAsAuthorOnly(PackageRequest request) => PackageBuilder.Build(request, [_keys.Author]);

    /// <summary>DID 0102, which depends on the tables, in words.</summary>
    public string Words(byte[] value) => value.Length < 2 ? "unknown" : FormattableString.Invariant(
        _application == BuiltInApplications.MotorControl
            ? (FormattableString)$"{BinaryPrimitives.ReadInt16BigEndian(value) / 10.0:F1} Nm at most at 6,000 rpm"
            : $"{BinaryPrimitives.ReadInt16BigEndian(value) / 10.0:F1} A at most at 25 °C and 50 %");

    /// <summary>DID 0103, which release 2 brings, in words.</summary>
    public string NewWords(byte[] value) => value.Length < 4 ? "unknown" : FormattableString.Invariant(
        _application == BuiltInApplications.MotorControl
            ? (FormattableString)$"{BinaryPrimitives.ReadInt16BigEndian(value)} W of losses"
            : $"{BinaryPrimitives.ReadInt16BigEndian(value) / 100.0:F1} kWh left, {BinaryPrimitives.ReadInt16BigEndian(value.AsSpan(2)) / 10.0:F1} min to 80 %");

    /// <summary>A package as the target of a campaign.</summary>
    public CampaignTarget Target(Package package, string release)
    {
        Meter.Version = release;
        return new CampaignTarget { Ecu = Name, PackageName = package.Name, Version = release, File = package.Encode() };
    }
}
