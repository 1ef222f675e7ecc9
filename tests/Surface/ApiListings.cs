// The full listings of the target's packages, where the reference data is there.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EsyncTests.Surface;

/// <summary>Listings: one declaration a line, C# without bodies.</summary>
internal static class ApiListings
{
    private const string Folder = "nanoframework-api";

    /// <summary>True when the listings are there.</summary>
    public static bool Exist => ReferenceData.Find(Folder) is not null;

    /// <summary>The listing of an assembly without references as a reference assembly; skips the calling test when it is absent.</summary>
    public static CSharpCompilation Require(string assembly) => SurfaceCompiler.Reference(assembly, RequireText(assembly));

    /// <summary>The listing of an assembly; skips the calling test when it is absent.</summary>
    public static string RequireText(string assembly) => File.ReadAllText(ReferenceData.Require($"{Folder}/{assembly}.txt"));

    /// <summary>All facts of a reference assembly.</summary>
    public static IReadOnlySet<string> FactsOf(CSharpCompilation library)
    {
        var facts = new HashSet<string>();
        AddNamespace(library.Assembly.GlobalNamespace, facts);
        return facts;
    }

    private static void AddNamespace(INamespaceSymbol space, HashSet<string> facts)
    {
        foreach (INamedTypeSymbol type in space.GetTypeMembers().Where(t => !t.IsGenericType))
        {
            facts.UnionWith(ApiNotation.FactsOf(type));
        }

        foreach (INamespaceSymbol inner in space.GetNamespaceMembers())
        {
            AddNamespace(inner, facts);
        }
    }
}
