// One release of the simulated fleet's software: the signed package, and what its application does once it runs.
// Plain data, made once and shared by all seeds; it is what checkers hold the ECUs to.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Packages;

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
        SuitEnvelope envelope = SuitEnvelope.Decode(package.Full!.Envelope);
        Digest = envelope.Digest;
        Manifest = ManifestDecoder.Decode(envelope.ManifestBytes);
        TamperedFile = PackageTampering.FlipImageBit(package, 8 * 5_000).Encode();
    }

    /// <summary>Place in the order of releases, from 0.</summary>
    public int Index { get; }

    /// <summary>The package.</summary>
    public Package Package { get; }

    /// <summary>The package file.</summary>
    public byte[] File { get; }

    /// <summary>The package file with one wrong bit in the second chunk of its image.</summary>
    public byte[] TamperedFile { get; }

    /// <summary>What the application does.</summary>
    public ReleaseBehaviour Behaviour { get; }

    /// <summary>Digest of the manifest.</summary>
    public byte[] Digest { get; }

    /// <summary>What is signed.</summary>
    public SuitManifest Manifest { get; }

    /// <summary>The installed image.</summary>
    public byte[] Image => Package.Full!.Payload;

    /// <summary>The envelope, as the ECU gets it.</summary>
    public byte[] Envelope => Package.Full!.Envelope;

    /// <summary>Application version.</summary>
    public string Version => Manifest.Version;

    /// <summary>SUIT sequence number.</summary>
    public uint Sequence => Manifest.Sequence;

    /// <summary>securityVersion.</summary>
    public uint SecurityVersion => Manifest.SecurityVersion;

    /// <inheritdoc/>
    public override string ToString() => $"{Version} ({Behaviour}, sequence {Sequence}, securityVersion {SecurityVersion})";
}
