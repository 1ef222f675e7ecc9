// Brings tests/Surface/*.api up to date: computed from builds of all programs against the full listings, never written by
// hand. An assembly's needs are those of the programs and of the parts that are kept of assemblies above it.
namespace EsyncTests.Surface;

/// <summary>The kept parts as they should be.</summary>
internal static class SurfaceProposal
{
    // Its part is what the stand-in of tests/device has, and kept there.
    private const string TestFramework = "nanoFramework.TestFramework";

    private const string Folder = "artifacts/surface";

    /// <summary>Writes the files that differ to artifacts and says what to do with them.</summary>
    public static IEnumerable<string> Write()
    {
        if (SurfaceLibraries.FindListings() is not { } listings)
        {
            return ["", "What the target does not have must go. What it has is to be added to tests/Surface/*.api, for which the full listings are needed (tests/ReferenceData.cs)."];
        }

        var said = new List<string>();
        foreach ((string assembly, string text) in Compute(listings))
        {
            string file = ApiFacts.FileOf(assembly);
            bool isKept = File.Exists(Repository.PathOf(file));
            string[] missing = [.. ApiFacts.Parse(assembly, text).Lines.Except(isKept ? ApiFacts.Load(assembly).Lines : [])];
            if (missing.Length > 0 || !isKept)
            {
                Directory.CreateDirectory(Repository.PathOf(Folder));
                File.WriteAllText(Repository.PathOf($"{Folder}/{assembly}.api"), text);
                said.AddRange([.. missing.Select(l => $"{file}: {l}")]);
            }
        }

        return said.Count == 0
            ? ["", "The target has no such thing: say it otherwise."]
            : ["", $"The target has what these lines say. Add them, or take the whole files: cp {Folder}/*.api tests/Surface/", .. said];
    }

    private static IEnumerable<(string Assembly, string Text)> Compute(SurfaceLibraries listings)
    {
        var programs = new SurfacePrograms(listings);
        List<SurfaceBuild> builds = [.. NfProject.Paths.Select(programs.Build)];
        string[] used = [.. NfProject.Paths.SelectMany(p => NfProject.Read(p).Assemblies).Concat(SurfaceLibraries.Names).Append("mscorlib").Distinct()];

        // Those that nobody refers to come first: what is kept of them is a program for those below.
        foreach (string assembly in used.OrderByDescending(a => listings.Closure(a).Count).ThenBy(a => a, StringComparer.Ordinal).ToList())
        {
            var needs = new SurfaceNeeds(listings.Get(assembly).Assembly);
            foreach (SurfaceBuild build in builds)
            {
                needs.Add(build);
            }

            string text = assembly == TestFramework ? Repository.Read(ApiFacts.FileOf(assembly)) : Head(assembly, listings) + string.Join('\n', needs.Facts) + "\n";
            builds.Add(SurfaceCompiler.Build(assembly, [SurfaceCompiler.ParseText(ApiFacts.Parse(assembly, text).ToCSharp())], [.. listings.Closure(assembly).Select(listings.Get)]));
            yield return (assembly, text);
        }
    }

    private static string Head(string assembly, SurfaceLibraries listings)
    {
        string file = Repository.PathOf(ApiFacts.FileOf(assembly));
        if (File.Exists(file))
        {
            return string.Concat(File.ReadLines(file).TakeWhile(l => l.StartsWith('#')).Select(l => l + "\n"));
        }

        return $"# The part of {assembly} that boards, emulator and device tests use. tests/Surface/ApiNotation.cs has the notation,\n"
            + "# tests/Surface/SurfaceTests.cs says how the file is brought up to date. Lines are sorted by code point.\n"
            + $"# references: {string.Join(", ", listings.ReferencesOf(assembly))}\n";
    }
}
