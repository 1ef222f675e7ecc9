// The file form of a private signing key: one JSON object, documented in host-sim/README.md ("Keys").
// It carries a SHA-256 over everything else in it: a flipped bit in nextIndex would use an index twice, and so would a
// helpful hand. The nodes are a cache that saves computing the trees at each start.
// Must not touch the disk (SigningKeyStore does).
// Tests: tests/host-sim/Signing.
namespace EsyncSim.Signing;

/// <summary>Serialises and parses private key files.</summary>
internal static class SigningKeyFile
{
    /// <summary>First value of the file, with its version.</summary>
    public const string Format = "esync-signing-key/1";

    /// <summary>Longest file that can be one: two trees of 64 KiB in base64, and the rest.</summary>
    public const int LengthMax = 256 * 1024;

    private const string What = "signing key";

    /// <summary>The key as a file.</summary>
    public static byte[] Write(SigningKey key)
    {
        FileForm form = new()
        {
            Format = Format,
            Role = key.Role.Name(),
            Levels = key.Parameters.Levels,
            Height = key.Parameters.Height,
            Winternitz = key.Parameters.Winternitz,
            KeyId = Convert.ToHexStringLower(key.KeyId),
            Seed = Convert.ToHexStringLower(key.Seed),
            NextIndex = key.NextIndex,
            PublicKey = Convert.ToHexStringLower(key.PublicKey),
            TopNodes = Convert.ToBase64String(key.TopNodes),
            LowerNodes = key.LowerNodes is null ? null : Convert.ToBase64String(key.LowerNodes),
            Demonstration = key.IsDemonstration ? true : null,
        };
        return KeyJson.WriteChecked(form);
    }

    /// <summary>The key in a file.</summary>
    /// <exception cref="UserErrorException">It is not a signing key, or it was changed.</exception>
    public static SigningKey Parse(byte[] text, string path)
    {
        FileForm form = KeyJson.Parse<FileForm>(text, path, What, Format, form => form.Format);
        if (!KeyJson.IsIntact(form))
        {
            throw KeyJson.Malformed(path, What, "its checksum is wrong, so it was damaged or edited; an index might be used twice. Make a new key");
        }

        if (!SigningRoles.TryParse(form.Role, out SigningRole role))
        {
            throw KeyJson.Malformed(path, What, $"the role \"{form.Role}\" is none of {string.Join(", ", SigningRoles.Names)}");
        }

        SigningParameters parameters = new(form.Levels, form.Height, form.Winternitz);
        if (!SigningParameters.AreValid(form.Levels, form.Height, form.Winternitz) || form.NextIndex < 0 || form.NextIndex > parameters.SignatureCount)
        {
            throw KeyJson.Malformed(path, What, "parameters or nextIndex are out of range");
        }

        byte[] keyId = KeyJson.Hex(form.KeyId, SigningParameters.KeyIdLength, path, What, "keyId");
        byte[] seed = KeyJson.Hex(form.Seed, SigningParameters.HashLength, path, What, "seed");
        byte[] topNodes = Nodes(form.TopNodes, parameters, path, "topNodes");
        byte[]? lowerNodes = parameters.Levels == 2 ? Nodes(form.LowerNodes ?? string.Empty, parameters, path, "lowerNodes") : null;
        return SigningKey.Restore(role, parameters, seed, keyId, form.NextIndex, topNodes, lowerNodes, form.Demonstration == true);
    }

    private static byte[] Nodes(string base64, SigningParameters parameters, string path, string field)
    {
        byte[] nodes = new byte[LmsTree.NodesLength(parameters)];
        return Convert.TryFromBase64String(base64, nodes, out int written) && written == nodes.Length
            ? nodes
            : throw KeyJson.Malformed(path, What, $"{field} is not {nodes.Length} bytes in base64");
    }

    private sealed class FileForm : ICheckedForm
    {
        public required string Format { get; init; }

        public required string Role { get; init; }

        public required int Levels { get; init; }

        public required int Height { get; init; }

        public required int Winternitz { get; init; }

        public required string KeyId { get; init; }

        public required string Seed { get; init; }

        public required long NextIndex { get; init; }

        public required string PublicKey { get; init; }

        public required string TopNodes { get; init; }

        public string? LowerNodes { get; init; }

        public bool? Demonstration { get; init; }

        public string Checksum { get; set; } = string.Empty;
    }
}
