// The keys of one demo: made from the seed in a temporary folder, and gone with it. They protect nothing, and no ECU but
// the demo's own knows them.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using EsyncSim.Signing;

namespace EsyncSim.Demo;

/// <summary>Signing keys of author and vehicle maker.</summary>
public sealed class DemoKeys : IDisposable
{
    // 32 signatures are enough for a demo, and the tree is ready at once; a bench uses H10 (SigningParameters.Default).
    private static readonly SigningParameters Parameters = new(1, 5, 4);

    private readonly string _folder = Directory.CreateTempSubdirectory("esync-demo-").FullName;

    /// <summary>Makes the keys.</summary>
    /// <param name="seed">What they are made from.</param>
    /// <param name="parameters">How many signatures they give; null is 32, which a demo needs.</param>
    public DemoKeys(ulong seed, SigningParameters? parameters = null)
    {
        parameters ??= Parameters;
        Author = Create(SigningRole.Author, seed, parameters);
        Oem = Create(SigningRole.Oem, seed, parameters);
    }

    /// <summary>Signs as the maker of the image.</summary>
    public FileSigner Author { get; }

    /// <summary>Signs as the maker of the vehicle.</summary>
    public FileSigner Oem { get; }

    /// <summary>What the ECUs are to trust.</summary>
    public IReadOnlyList<TrustAnchor> Anchors =>
        [new TrustAnchor(Author.Role, Author.PublicKey), new TrustAnchor(Oem.Role, Oem.PublicKey)];

    /// <summary>Removes the keys from the disk.</summary>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FileSigner Create(SigningRole role, ulong seed, SigningParameters parameters)
    {
        string path = Path.Combine(_folder, $"{role.Name()}.key");
        string text = string.Create(CultureInfo.InvariantCulture, $"esync demo {seed} {role.Name()}");
        SigningKeyStore.Disk.Create(path, SigningKey.FromSeedText(role, parameters, text));
        return FileSigner.Open(path);
    }
}
