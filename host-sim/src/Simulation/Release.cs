// One release of the simulated fleet's software: the signed package, and what its application does once it runs.
// Plain data, made once and shared by all seeds; it is what checkers hold the ECUs to.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Vehicle;

namespace EsyncSim.Simulation;

/// <summary>What an application does. The number is the first byte of its assembly.</summary>
public enum ReleaseBehaviour : byte
{
    /// <summary>It works.</summary>
    Good = 0,

    /// <summary>Its self-test says no.</summary>
    FailsSelfTest = 1,

    /// <summary>Its self-test never ends.</summary>
    HangsInSelfTest = 2,

    /// <summary>It cannot be started.</summary>
    Throws = 3,

    /// <summary>It starts, passes its self-test and gives no sign of life.</summary>
    Stalls = 4,
}

/// <summary>One release for one ECU.</summary>
public sealed class Release
{
    /// <summary>Takes a signed package apart.</summary>
    public Release(int index, Package package, ReleaseBehaviour behaviour)
    {
        Index = index;
        Package = package;
        Behaviour = behaviour;
        File = package.Encode();
        Images = PackageImages.Of(package);
        Manifest = PackageImages.ManifestOf(package);
        Package tampered = PackageTampering.FlipEncodedBit(package, 8 * 200);
        TamperedFile = PackageTampering.FlipImageBit(tampered, 8 * 5_000).Encode();
        FormsTamperedFile = package.Entries.Count > 1 ? tampered.Encode() : null;
    }

    /// <summary>Place in the order of releases, from 0.</summary>
    public int Index { get; }

    /// <summary>The package.</summary>
    public Package Package { get; }

    /// <summary>The package file.</summary>
    public byte[] File { get; }

    /// <summary>The package file with one wrong bit in the second chunk of its image, and one in each other form of it.</summary>
    public byte[] TamperedFile { get; }

    /// <summary>The package file with one wrong bit in each form but the whole image, which must get through; null when there is none.</summary>
    public byte[]? FormsTamperedFile { get; }

    /// <summary>What the application does.</summary>
    public ReleaseBehaviour Behaviour { get; }

    /// <summary>The forms in which it can come; each has a manifest of its own, and all install the same image.</summary>
    public UpdateImages Images { get; }

    /// <summary>Digest of the manifest of the whole image.</summary>
    public byte[] Digest => Images.Whole!.ManifestDigest;

    /// <summary>What is signed of the whole image.</summary>
    public SuitManifest Manifest { get; }

    /// <summary>The installed image.</summary>
    public byte[] Image => Package.Full!.Payload;

    /// <summary>Application version.</summary>
    public string Version => Manifest.Version;

    /// <summary>SUIT sequence number.</summary>
    public uint Sequence => Manifest.Sequence;

    /// <summary>securityVersion.</summary>
    public uint SecurityVersion => Manifest.SecurityVersion;

    /// <inheritdoc/>
    public override string ToString() => $"{Version} ({Behaviour}, sequence {Sequence}, securityVersion {SecurityVersion})";
}
