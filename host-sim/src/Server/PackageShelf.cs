// Package files that a server hands out, taken apart once whatever vehicles they are for.
// Invariant: what is asked for by its SHA-256 is what was put here under it.
// Tests: tests/host-sim/Server/CampaignServerTests.cs.
namespace EsyncSim.Server;

/// <summary>Packages in memory.</summary>
public sealed class PackageShelf
{
    private readonly HashSet<byte[]> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, PackageForms> _packages = [];
    private readonly Dictionary<string, byte[]> _files = [];

    /// <summary>Puts a file here, with its forms.</summary>
    public void Put(byte[] file)
    {
        if (!_known.Add(file))
        {
            return;
        }

        PackageForms forms = PackageForms.Of(file);
        _packages[forms.Sha256] = forms;
        _files[forms.Sha256] = file;
        foreach (PackageForm form in forms.All)
        {
            _files[form.Sha256] = form.File;
        }
    }

    /// <summary>Forms of a package; null when it is not here.</summary>
    public PackageForms? FormsOf(string? sha256) => sha256 is null ? null : _packages.GetValueOrDefault(sha256);

    /// <summary>A package file or a form of one; null when it is not here.</summary>
    public byte[]? FileOf(string sha256) => _files.GetValueOrDefault(sha256);
}
