// The target's assemblies for a compiler, from one of two places: the parts that are kept in tests/Surface/*.api, or the full
// listings. An assembly's own references come with it: both forms name them in their head.
using Microsoft.CodeAnalysis.CSharp;

namespace EsyncTests.Surface;

/// <summary>Assemblies by name.</summary>
internal sealed class SurfaceLibraries
{
    private const string ReferencesMark = "references:";

    private readonly Func<string, string> _sourceOf;
    private readonly Func<string, string> _textOf;
    private readonly Dictionary<string, CSharpCompilation> _made = [];

    private SurfaceLibraries(Func<string, string> textOf, Func<string, string> sourceOf)
    {
        _textOf = textOf;
        _sourceOf = sourceOf;
    }

    /// <summary>The parts that are kept here.</summary>
    public static SurfaceLibraries Kept { get; } = new(a => Repository.Read(ApiFacts.FileOf(a)), a => ApiFacts.Load(a).ToCSharp());

    /// <summary>Names of the assemblies of which a part is kept.</summary>
    public static IReadOnlyList<string> Names =>
        [.. Repository.Files("tests/Surface", ".api").Select(f => Path.GetFileNameWithoutExtension(f))];

    /// <summary>The full listings; skips the calling test when they are absent.</summary>
    public static SurfaceLibraries RequireListings() => new(ApiListings.RequireText, ApiListings.RequireText);

    /// <summary>The full listings; null when they are absent.</summary>
    public static SurfaceLibraries? FindListings() => ApiListings.Exist ? RequireListings() : null;

    /// <summary>What an assembly refers to.</summary>
    public IReadOnlyList<string> ReferencesOf(string assembly)
    {
        string line = _textOf(assembly).Split('\n').First(l => l.Contains(ReferencesMark, StringComparison.Ordinal));
        return [.. line[(line.IndexOf(ReferencesMark, StringComparison.Ordinal) + ReferencesMark.Length)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>An assembly as a reference for the compiler.</summary>
    public CSharpCompilation Get(string assembly)
    {
        if (!_made.TryGetValue(assembly, out CSharpCompilation? library))
        {
            library = SurfaceCompiler.Reference(assembly, _sourceOf(assembly), [.. Closure(assembly).Select(Get)]);
            _made.Add(assembly, library);
        }

        return library;
    }

    /// <summary>The assemblies that an assembly needs, directly or not, without itself.</summary>
    public IReadOnlyList<string> Closure(string assembly)
    {
        var all = new List<string>();
        foreach (string reference in ReferencesOf(assembly))
        {
            all.AddRange(Closure(reference).Append(reference).Except(all).ToList());
        }

        return all;
    }
}
