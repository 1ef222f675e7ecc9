// What packages tell of the keys that signed them: which index was used. A package that carries a signature which the key
// file knows nothing of shows that the file is an old copy.
// Invariant: only a signature that verifies counts, so that nobody's file can put a key out of use.
// Tests: tests/host-sim/Packages.
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Finds out what keys have signed.</summary>
public static class SeenSignatures
{
    /// <summary>Ending of package files.</summary>
    public const string Extension = ".esp";

    /// <summary>Tells a store what packages say of a key; returns those that carry a signature of it, with the index.</summary>
    /// <param name="store">Store that learns.</param>
    /// <param name="keyPath">Key file.</param>
    /// <param name="packages">Package files by name.</param>
    /// <exception cref="UserErrorException">The key file or the register cannot be used.</exception>
    public static IReadOnlyList<(string Path, long Index)> Learn(SigningKeyStore store, string keyPath, IEnumerable<(string Path, byte[] File)> packages)
    {
        TrustAnchor anchor = store.Load(keyPath).Anchor;
        List<(string Path, long Index)> seen = [];
        foreach ((string path, byte[] file) in packages)
        {
            long[] indices = [.. Envelopes(file, path).SelectMany(envelope => IndicesOf(envelope, anchor))];
            seen.AddRange(indices.Select(index => (path, index)));
        }

        if (seen.Count > 0)
        {
            (string path, long index) = seen.MaxBy(signature => signature.Index);
            store.Learn(keyPath, index, Path.GetFullPath(path));
        }

        return seen;
    }

    /// <summary>The packages that lie in a directory.</summary>
    public static IEnumerable<(string Path, byte[] File)> In(IFileSystem files, string directory) =>
        files.List(directory).Where(path => Path.GetExtension(path) == Extension).Select(path => (path, files.Read(path)));

    private static IEnumerable<long> IndicesOf(SuitEnvelope envelope, TrustAnchor anchor) => envelope.Signatures
        .Where(block => block.KeyId.AsSpan().SequenceEqual(anchor.KeyId) && HssSignatures.Verify(anchor.PublicKey, envelope.ToBeSigned, block.Signature))
        .Select(block => HssSignatures.IndexOf(anchor.PublicKey, block.Signature));

    // What is no package, or a damaged one, tells nothing.
    private static IEnumerable<SuitEnvelope> Envelopes(byte[] file, string path)
    {
        List<SuitEnvelope> envelopes = [];
        try
        {
            foreach (PackageEntry entry in Package.Decode(file, path).Entries)
            {
                envelopes.Add(SuitEnvelope.Decode(entry.Envelope));
            }
        }
        catch (Exception error) when (error is UserErrorException or SuitException)
        {
            return envelopes;
        }

        return envelopes;
    }
}
