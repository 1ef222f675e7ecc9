// A public key with its role: what an ECU is provisioned with and what a package is verified against. The file form is for
// exchange between people and tools; it holds nothing secret.
// Tests: tests/host-sim/Signing.
using System.Buffers.Binary;
using System.Text.Json;

namespace EsyncSim.Signing;

/// <summary>One trust anchor.</summary>
/// <param name="Role">What its signatures stand for.</param>
/// <param name="PublicKey">HSS public key, 60 bytes.</param>
public sealed record TrustAnchor(SigningRole Role, byte[] PublicKey)
{
    /// <summary>First value of the file form, with its version.</summary>
    public const string Format = "esync-public-key/1";

    private const int FileLengthMax = 4096;

    /// <summary>I of the top tree, 16 bytes; the COSE kid.</summary>
    public byte[] KeyId => KeyIdOf(PublicKey);

    /// <summary>I of the top tree of an HSS public key.</summary>
    public static byte[] KeyIdOf(byte[] publicKey) => publicKey.AsSpan(12, SigningParameters.KeyIdLength).ToArray();

    /// <summary>True for 60 bytes with one or two levels and types that the ECU verifies.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> key) =>
        key.Length == SigningParameters.PublicKeyLength
        && BinaryPrimitives.ReadUInt32BigEndian(key) is 1 or 2
        && SigningParameters.AreTypesKnown(BinaryPrimitives.ReadUInt32BigEndian(key[4..]), BinaryPrimitives.ReadUInt32BigEndian(key[8..]));

    /// <summary>Reads the file form.</summary>
    /// <exception cref="UserErrorException">Missing, or not a public key file.</exception>
    public static TrustAnchor Load(string path)
    {
        byte[] text = Files.AtomicFile.ReadInput(path, "public key", FileLengthMax);
        FileForm form = KeyJson.Parse<FileForm>(text, path, "public key", Format, form => form.Format);
        if (!SigningRoles.TryParse(form.Role, out SigningRole role))
        {
            throw KeyJson.Malformed(path, "public key", $"the role \"{form.Role}\" is none of {string.Join(", ", SigningRoles.Names)}");
        }

        byte[] key = KeyJson.Hex(form.PublicKey, SigningParameters.PublicKeyLength, path, "public key", "publicKey");
        return IsPublicKey(key) ? new TrustAnchor(role, key) : throw KeyJson.Malformed(path, "public key", "publicKey is no HSS key of SHA-256, H5 to H15");
    }

    /// <summary>The file form.</summary>
    public byte[] ToFile() => KeyJson.Write(new FileForm { Format = Format, Role = Role.Name(), PublicKey = Convert.ToHexStringLower(PublicKey) });

    private sealed class FileForm
    {
        public required string Format { get; init; }

        public required string Role { get; init; }

        public required string PublicKey { get; init; }
    }
}
