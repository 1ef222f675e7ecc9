// A key file as a signer. It keeps no secret and no state in memory between signatures: each one goes through the store.
// Invariant: what signs is the store; a copy of this object signs nothing twice.
// Tests: tests/host-sim/Signing.
namespace EsyncSim.Signing;

/// <summary>Signs with a key file.</summary>
public sealed class FileSigner : ISigner
{
    private readonly SigningKeyStore _store;
    private readonly string _path;

    private FileSigner(SigningKeyStore store, string path, TrustAnchor anchor)
    {
        _store = store;
        _path = path;
        Role = anchor.Role;
        PublicKey = anchor.PublicKey;
    }

    /// <inheritdoc/>
    public SigningRole Role { get; }

    /// <inheritdoc/>
    public byte[] PublicKey { get; }

    /// <summary>Opens a key file on the disk.</summary>
    /// <exception cref="UserErrorException">Missing, unreadable or changed.</exception>
    public static FileSigner Open(string path) => Open(SigningKeyStore.Disk, path);

    /// <summary>Opens a key file of a store.</summary>
    /// <exception cref="UserErrorException">Missing, unreadable or changed.</exception>
    public static FileSigner Open(SigningKeyStore store, string path) => new(store, path, store.Load(path).Anchor);

    /// <inheritdoc/>
    public byte[] Sign(byte[] message) => _store.Sign(_path, message);
}
