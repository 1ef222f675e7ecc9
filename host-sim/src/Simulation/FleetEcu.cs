// One ECU of the simulated fleet as all seeds share it: configuration, secret, releases in their order, packages that it
// must refuse, and the flash of an ECU that was provisioned and runs the first release.
// Invariant: nothing here changes once it is made; several seeds run at the same time.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncSim.Sweep;

namespace EsyncSim.Simulation;

/// <summary>A package that an ECU must refuse, and why, in words.</summary>
public sealed record RefusedPackage(string Reason, string Version, Package Package)
{
    /// <summary>The package file.</summary>
    public byte[] File { get; } = Package.Encode();
}

/// <summary>One ECU with its software.</summary>
public sealed class FleetEcu
{
    private const int ImageFillLength = 13_000;
    private const int OwnLength = 3_500;
    private const int WindowBitsMax = 8;

    // Each base takes a signature for every manifest that an ECU may have it under. 32 are enough for all releases of one ECU,
    // and the tree is ready at once.
    private static readonly SigningParameters Parameters = new(1, 5, 4);

    // The order of releases: application version, securityVersion, behaviour, whether there is a compressed form, and the
    // releases that there are patches of. The last one is where every ECU must end.
    private static readonly (string Version, uint SecurityVersion, ReleaseBehaviour Behaviour, bool IsCompressed, int[] Bases)[] Order =
    [
        ("1.0.0", 1, ReleaseBehaviour.Good, false, []),
        ("1.1.0", 1, ReleaseBehaviour.Good, true, [0]),
        ("1.2.0", 1, ReleaseBehaviour.FailsSelfTest, false, [0]),
        ("2.0.0", 2, ReleaseBehaviour.Good, true, [0, 1]),
        ("2.1.0", 2, ReleaseBehaviour.Stalls, false, []),
        ("2.2.0", 2, ReleaseBehaviour.Good, true, []),
        ("2.3.0", 3, ReleaseBehaviour.Throws, false, [5]),
        ("2.0.0", 2, ReleaseBehaviour.Good, false, []), // an older image in a new envelope: the other way to order a rollback
        ("2.4.0", 2, ReleaseBehaviour.HangsInSelfTest, false, []),
        ("3.0.0", 3, ReleaseBehaviour.Good, true, [5, 7]),
        ("4.0.0", 3, ReleaseBehaviour.Good, true, []),
    ];

    private readonly MemorySigner _author;
    private readonly MemorySigner _oem;

    /// <summary>Makes keys and packages.</summary>
    public FleetEcu(EcuDefinition definition)
    {
        Definition = definition;
        Signals = definition.Signals;
        _author = NewSigner(SigningRole.Author);
        _oem = NewSigner(SigningRole.Oem);
        SeededRandom secret = new(1, $"device {definition.Name}");
        Credentials = new DeviceCredentials(secret.Bytes(DeviceFile.DeviceIdLength), secret.Bytes(DeviceFile.DeviceSecretLength));
        Releases = MakeReleases();
        Refused = [.. ForgeAll()];
        MemorySigner rules = NewSigner(SigningRole.Rules);
        Rules = FleetRules.IsFor(definition) ? new FleetRules(definition, rules) : null;
        ProvisioningRecord = Signing.ProvisioningRecord.Build(Credentials.DeviceId, Credentials.Secret, [.. Anchors, new(rules.Role, rules.PublicKey)]);
    }

    /// <summary>Name in nf.config.</summary>
    public string Name => Definition.Name;

    /// <summary>Its part of nf.config.</summary>
    public EcuDefinition Definition { get; }

    /// <summary>Its signals.</summary>
    public Data.SignalCatalogue Signals { get; }

    /// <summary>Identity and secret.</summary>
    public DeviceCredentials Credentials { get; }

    /// <summary>Signed releases, oldest first.</summary>
    public IReadOnlyList<Release> Releases { get; }

    /// <summary>The newest release.</summary>
    public Release Last => Releases[^1];

    /// <summary>Packages that it must refuse whatever it runs.</summary>
    public IReadOnlyList<RefusedPackage> Refused { get; }

    /// <summary>Its collection rules; null when it collects nothing.</summary>
    public FleetRules? Rules { get; }

    /// <summary>Option record that provisions it.</summary>
    public byte[] ProvisioningRecord { get; }

    /// <summary>Flash of an ECU that was provisioned and runs the first release, confirmed; null until it was made.</summary>
    public FlashSnapshot? FirstFlash { get; set; }

    /// <summary>The release of a manifest digest; null when no signed one has it.</summary>
    public Release? Find(ReadOnlySpan<byte> digest)
    {
        foreach (Release release in Releases)
        {
            if (release.Images.Has(digest))
            {
                return release;
            }
        }

        return null;
    }

    private TrustAnchor[] Anchors => [new(_author.Role, _author.PublicKey), new(_oem.Role, _oem.PublicKey)];

    private MemorySigner NewSigner(SigningRole role) =>
        new(SigningKey.FromSeedText(role, Parameters, $"esync sim {Definition.Name} {role.Name()}"));

    private static uint SequenceOf(int index) => (2 * (uint)index) + 1;

    private Package Build(PackageRequest request) => PackageBuilder.Build(request, [_author, _oem]);

    private List<Release> MakeReleases()
    {
        List<Release> releases = [];
        for (int index = 0; index < Order.Length; index++)
        {
            (string version, uint securityVersion, ReleaseBehaviour behaviour, bool isCompressed, int[] bases) = Order[index];
            EncodingRequest encodings = new()
            {
                IsCompressed = isCompressed,
                Bases = [.. bases.Select(older => DeltaBase.Of(releases[older].Package, releases[older].Version))],
                WindowBitsMax = Math.Min(WindowBitsMax, (int)Definition.Config.Fota.WindowBitsMax),
                Encodings = Definition.Config.Fota.Encodings,
            };
            Package package = PackagePlan.Make(Request(index, version, securityVersion, behaviour), encodings).Sign([_author, _oem]);
            releases.Add(new Release(index, package, behaviour));
        }

        return releases;
    }

    // As compilers make them: alike but for a byte here and there and a part that is the version's own.
    private byte[] Assembly(string version, ReleaseBehaviour behaviour)
    {
        byte[] assembly = EncodedImages.Assembly(Name.Length, ImageFillLength);
        SeededRandom random = new(1, $"image {Name} {version}");
        for (int at = random.Next(100); at < assembly.Length; at += 50 + random.Next(100))
        {
            assembly[at] ^= (byte)(1 + random.Next(255));
        }

        random.Fill(assembly.AsSpan(random.Next(assembly.Length - OwnLength), OwnLength));
        assembly[0] = (byte)behaviour;
        return assembly;
    }

    // A package with several forms takes two sequence numbers.
    private PackageRequest Request(int index, string version, uint securityVersion, ReleaseBehaviour behaviour)
    {
        ApplicationBundle bundle = new()
        {
            Runtime = BundleRuntime.Net10,
            ContractVersion = ScriptedApplication.ResidentContractVersion,
            Version = version,
            EntryClass = "Simulated.Application",
            Assemblies = [Assembly(version, behaviour)],
        };
        return new PackageRequest
        {
            Name = $"{Name}-{version}",
            Hardware = Name,
            Image = bundle.Build(),
            Sequence = SequenceOf(index),
            SecurityVersion = securityVersion,
            VendorId = Definition.Config.Fota.VendorId,
            ClassId = Definition.Config.Fota.ClassId,
        };
    }

    // What a thief of one key, a stranger on the way and a server with old packages can make. They carry sequence numbers of
    // their own, above all releases, so that none of them is refused for its age alone.
    private IEnumerable<RefusedPackage> ForgeAll()
    {
        int next = Order.Length;
        PackageRequest request = Request(next, "9.0.0", 9, ReleaseBehaviour.Good);
        Package good = Build(request);
        yield return new RefusedPackage("signed by the author only", "9.0.0", PackageTampering.KeepOneRole(good, Anchors, SigningRole.Author));
        yield return new RefusedPackage("signed by the vehicle maker only", "9.0.0", PackageTampering.KeepOneRole(good, Anchors, SigningRole.Oem));
        yield return new RefusedPackage("a bit of the manifest is wrong", "9.0.0", PackageTampering.FlipManifestBit(good, 8 * 200));
        yield return new RefusedPackage("a bit of a signature is wrong", "9.0.0", PackageTampering.FlipSignatureBit(good, 1, 8 * 900));
        yield return new RefusedPackage("securityVersion below the floor", "9.0.1", Build(PackageTampering.WithSecurityVersion(Request(next, "9.0.1", 1, ReleaseBehaviour.Good), SequenceOf(next), 0)));
        yield return new RefusedPackage("for another class", "9.0.2", Build(PackageTampering.ForOtherClass(Request(next, "9.0.2", 9, ReleaseBehaviour.Good))));
    }
}
