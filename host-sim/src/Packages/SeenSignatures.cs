// What packages and trust files tell of the keys that signed them: which index was used. One that carries a signature which
// the key file knows nothing of shows that the file is an old copy.
// Invariant: only a signature that verifies counts, so that nobody's file can put a key out of use.
// Tests: tests/host-sim/Packages.
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Finds out what keys have signed.</summary>
public static class SeenSignatures
{
    private static readonly string[] Extensions = [".esp", ".trust", ".rules"];

    /// <summary>Tells a store what packages and trust files say of a key; returns those that carry a signature of it, with the index.</summary>
    /// <param name="store">Store that learns.</param>
    /// <param name="keyPath">Key file.</param>
    /// <param name="packages">The files by name.</param>
    /// <exception cref="UserErrorException">The key file or the register cannot be used.</exception>
    public static IReadOnlyList<(string Path, long Index)> Learn(SigningKeyStore store, string keyPath, IEnumerable<(string Path, byte[] File)> packages)
    {
        TrustAnchor anchor = store.Load(keyPath).Anchor;
        List<(string Path, long Index)> seen = [];
        foreach ((string path, byte[] file) in packages)
        {
            long[] indices = [.. TryEnvelopes(file, path).SelectMany(envelope => IndicesOf(envelope, anchor))];
            seen.AddRange(indices.Select(index => (path, index)));
        }

        if (seen.Count > 0)
        {
            (string path, long index) = seen.MaxBy(signature => signature.Index);
            store.Learn(keyPath, index, Path.GetFullPath(path));
        }

        return seen;
    }

    /// <summary>The packages and trust files that lie in a directory.</summary>
    public static IEnumerable<(string Path, byte[] File)> In(IFileSystem files, string directory) =>
        files.List(directory).Where(path => Extensions.Contains(Path.GetExtension(path))).Select(path => (path, files.Read(path)));

    private static IEnumerable<long> IndicesOf(SuitEnvelope envelope, TrustAnchor anchor) => envelope.Signatures
        .Where(block => block.KeyId.AsSpan().SequenceEqual(anchor.KeyId) && HssSignatures.Verify(anchor.PublicKey, envelope.ToBeSigned, block.Signature))
        .Select(block => HssSignatures.IndexOf(anchor.PublicKey, block.Signature));

    /// <summary>Envelopes of a package, or the one of a trust file.</summary>
    /// <exception cref="UserErrorException">It is neither, or damaged.</exception>
    public static IReadOnlyList<SuitEnvelope> Envelopes(byte[] file, string path)
    {
        try
        {
            return Rules.RulesFile.IsRulesFile(file) ? [Rules.RulesFile.Decode(file, path).Envelope]
                : TrustFile.IsTrustFile(file) ? [TrustFile.Decode(file, path).Envelope]
                : [.. Package.Decode(file, path).Entries.Select(entry => SuitEnvelope.Decode(entry.Envelope))];
        }
        catch (SuitException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is damaged: {error.Message}");
        }
    }

    // What lies about and is neither, or is damaged, tells nothing.
    private static IReadOnlyList<SuitEnvelope> TryEnvelopes(byte[] file, string path)
    {
        try
        {
            return Envelopes(file, path);
        }
        catch (UserErrorException)
        {
            return [];
        }
    }
}
