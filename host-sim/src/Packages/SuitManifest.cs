// What a manifest says, as values. ManifestEncoder and ManifestDecoder turn it into CBOR and back.
// Clause: PROTOCOL.md, "Manifest".
// Tests: tests/host-sim/Packages.
namespace EsyncSim.Packages;

/// <summary>Content of a SUIT manifest of our device profile.</summary>
public sealed record SuitManifest
{
    /// <summary>Both banks.</summary>
    public const byte BothSlots = 3;

    /// <summary>Longest URI, in bytes.</summary>
    public const int UriLengthMax = 128;

    /// <summary>SUIT sequence number; orders manifests.</summary>
    public required uint Sequence { get; init; }

    /// <summary>Vendor identifier, 16 bytes.</summary>
    public required byte[] VendorId { get; init; }

    /// <summary>Class identifier, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>Device identifier, 16 bytes, when the package is for one device only.</summary>
    public byte[]? DeviceId { get; init; }

    /// <summary>SHA-256 of the installed image.</summary>
    public required byte[] ImageDigest { get; init; }

    /// <summary>Bytes of the installed image.</summary>
    public required uint ImageLength { get; init; }

    /// <summary>Banks in which the image may lie: bit 0 A, bit 1 B.</summary>
    public byte SlotMask { get; init; } = BothSlots;

    /// <summary>Where the payload is from, 1 to 128 printable ASCII characters; a name for people, nothing fetches it.</summary>
    public required string Uri { get; init; }

    /// <summary>Salt of both tables, 32 bytes.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>Tags of the installed image.</summary>
    public required byte[] ChunkTable { get; init; }

    /// <summary>Compared with the ECU's floor, so that fixed weaknesses do not come back.</summary>
    public required uint SecurityVersion { get; init; }

    /// <summary>Application version, 1 to 24 printable ASCII characters.</summary>
    public required string Version { get; init; }

    /// <summary>What runs the image.</summary>
    public required BundleRuntime Runtime { get; init; }

    /// <summary>Application contract version.</summary>
    public required ushort ContractVersion { get; init; }

    /// <summary>dataFormatIdentifier of the transfer; 00 is the plain image.</summary>
    public byte Encoding { get; init; }

    /// <summary>Bytes transferred; with an encoding only.</summary>
    public uint? TransferLength { get; init; }

    /// <summary>Tags of the transferred bytes; with an encoding only.</summary>
    public byte[]? TransferTable { get; init; }

    /// <summary>Manifest digest of the delta's base; with compression 2 only.</summary>
    public byte[]? BaseDigest { get; init; }

    /// <summary>How the transferred bytes are encrypted; with encryption 1 only.</summary>
    public EncryptionInfo? EncryptionInfo { get; init; }
}
