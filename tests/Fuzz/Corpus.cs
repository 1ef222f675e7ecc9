// Inputs of former runs in a folder: one file each, named by its hash. A run without a folder begins from the target's seeds.
// Invariant: files are read in the order of their names, so that the same folder gives the same run.
// Tests: tests/Fuzz/Checks.
using System.Security.Cryptography;

namespace EsyncTests.Fuzzing;

/// <summary>Inputs worth keeping.</summary>
/// <param name="folder">Where they are; null for nowhere.</param>
public sealed class Corpus(string? folder)
{
    /// <summary>The inputs of the folder, as far as they are not too long.</summary>
    public IEnumerable<byte[]> Load(int lengthMax)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return [];
        }

        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(input => input.Length <= lengthMax)];
    }

    /// <summary>Adds inputs to the folder.</summary>
    public void Save(IReadOnlyList<byte[]> inputs)
    {
        if (folder is null)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (byte[] input in inputs)
        {
            File.WriteAllBytes(Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]), input);
        }
    }
}
