// All targets by name.
// Tests: tests/Fuzz/Checks.
using EsyncTests.Fuzzing.Targets;

namespace EsyncTests.Fuzzing;

/// <summary>The list of targets.</summary>
public static class FuzzTargets
{
    private static readonly OrderedDictionary<string, Func<FuzzTarget>> Makers = new()
    {
        ["cbor"] = () => new CborTarget(),
        ["manifest"] = () => new ManifestTarget(),
        ["trust"] = () => new TrustTarget(),
        ["rules"] = () => new RulesTarget(),
        ["vehicle"] = () => new VehicleManifestTarget(),
        ["envelope"] = () => new EnvelopeTarget(),
        ["signature"] = () => new SignatureTarget(),
        ["cantp"] = () => new CanTpTarget(),
        ["requests"] = () => new RequestTarget(),
        ["frames"] = () => new FrameTarget(),
        ["provisioning"] = () => new ProvisioningTarget(),
        ["bundle"] = () => new BundleTarget(),
        ["assembly"] = () => new AssemblyTarget(),
        ["decoder"] = () => new DecoderTarget(),
        ["package"] = () => new PackageTarget(),
        ["config"] = () => new ConfigTarget(),
        ["json"] = () => new JsonTarget(),
        ["responses"] = () => new ResponseTarget(),
        ["keyfile"] = () => new KeyFileTarget(),
        ["reports"] = () => new ReportTarget(),
        ["texts"] = () => new TextTarget(),
    };

    /// <summary>Names on the command line.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys];

    /// <summary>A new target.</summary>
    public static FuzzTarget Make(string name) => Makers[name]();
}
