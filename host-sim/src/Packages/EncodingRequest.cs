// Which forms of an image a package shall hold besides the full one, for whom they are encrypted, and what the ECU takes of them.
// Tests: tests/host-sim/Packages/PackagePlanTests.cs.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Forms of an image.</summary>
public sealed record EncodingRequest
{
    /// <summary>All encodings that there are, as DID FD05 gives them.</summary>
    public const ushort AllEncodings = 0x0707;

    /// <summary>The largest window, as a power of two, unless nf.config says otherwise.</summary>
    public static int WindowBitsDefault { get; } = new FotaConfig().WindowBitsMax;

    /// <summary>True: the compressed image.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Older versions to make patches from.</summary>
    public IReadOnlyList<DeltaBase> Bases { get; init; } = [];

    /// <summary>Largest window as a power of two, 4 to 12.</summary>
    public int WindowBitsMax { get; init; } = WindowBitsDefault;

    /// <summary>What the ECU takes, as DID FD05 gives it.</summary>
    public ushort Encodings { get; init; } = AllEncodings;

    /// <summary>Devices that everything is encrypted for, at most 32; none: nothing is.</summary>
    public IReadOnlyList<DeviceFile> Recipients { get; init; } = [];

    /// <summary>Where content keys and first counter blocks come from; anything but true chance is for demonstrations that repeat themselves.</summary>
    public Func<int, byte[]> Entropy { get; init; } = RandomNumberGenerator.GetBytes;

    /// <summary>Low nibble of dataFormatIdentifier in all entries.</summary>
    public byte Encryption => Recipients.Count > 0 ? PayloadEncoding.Encrypted : (byte)0;

    /// <summary>True when the full image alone is wanted.</summary>
    public bool IsEmpty => !IsCompressed && Bases.Count == 0;
}
