// A second world in the same process, in which the code under test carries probes.
// What is compiled against it is loaded once more in here, this program with it; all else is shared. What crosses the border
// are types of the base library only.
// Invariant: the files on the disk stay as they were built; the copies with probes exist in memory alone.
// Tests: tests/Fuzz/Checks.
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace EsyncTests.Fuzzing;

/// <summary>Loads the code under test with probes, and what uses it.</summary>
public sealed class FuzzContext : AssemblyLoadContext
{
    private const int FindingsMax = 20;

    private static readonly string[] Probed = ["EsyncAgent", "EsyncAgent.Drivers", "esync", "System.Formats.Cbor", "System.Text.Json", "YamlDotNet"];
    private static readonly string[] Reloaded = ["Fuzz", "EsyncAgent.App"];
    private static readonly Lazy<Images> Product = new(MakeProduct);

    private readonly Images _images;

    private FuzzContext(Images images)
        : base("fuzz") => _images = images;

    /// <summary>Runs one target and gives its report.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="inputs">How many inputs to try.</param>
    /// <param name="seed">What decides them.</param>
    /// <param name="corpus">Folder with inputs of former runs; null for none.</param>
    public static FuzzReport Run(string target, long inputs, ulong seed, string? corpus = null) => Run(Product.Value, target, inputs, seed, corpus, FindingsMax);

    /// <summary>The same with another image in the place of one of the assemblies: a fault that a run shall find; the first finding ends it.</summary>
    public static FuzzReport RunWith(string assembly, byte[] image, string target, long inputs, ulong seed) => Run(With(assembly, image), target, inputs, seed, null, 1);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (_images.ByName.TryGetValue(name, out byte[]? image))
        {
            return LoadFromStream(new MemoryStream(image));
        }

        return Reloaded.Contains(name) ? LoadFromAssemblyPath(PathOf(name)) : null;
    }

    private static FuzzReport Run(Images images, string target, long inputs, ulong seed, string? corpus, int findingsMax)
    {
        Assembly fuzz = new FuzzContext(images).LoadFromAssemblyName(typeof(FuzzRun).Assembly.GetName());
        MethodInfo start = fuzz.GetType(typeof(FuzzRun).FullName!)!.GetMethod(nameof(FuzzRun.Start))!;
        object report = start.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [images.Lines, target, inputs, seed, corpus, findingsMax], null)!;
        return JsonSerializer.Deserialize<FuzzReport>((string)report)!;
    }

    private static Images MakeProduct()
    {
        List<ProbeSite> sites = [];
        Dictionary<string, byte[]> images = Probed.ToDictionary(name => name, name => ProbeInserter.Insert(File.ReadAllBytes(PathOf(name)), sites));
        return new Images(images, sites);
    }

    // The probes of all other assemblies are where they are; those of the replacement are counted on behind them.
    private static Images With(string replaced, byte[] replacement)
    {
        List<ProbeSite> sites = [.. Product.Value.Sites];
        byte[] image = ProbeInserter.Insert(replacement, sites);
        return new Images(new Dictionary<string, byte[]>(Product.Value.ByName) { [replaced] = image }, sites);
    }

    // What is not beside the program is of one of the frameworks that it runs on.
    private static string PathOf(string name)
    {
        string file = name + ".dll", beside = Path.Combine(AppContext.BaseDirectory, file);
        return File.Exists(beside) ? beside : ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).First(path => Path.GetFileName(path) == file);
    }

    private sealed record Images(Dictionary<string, byte[]> ByName, IReadOnlyList<ProbeSite> Sites)
    {
        public string[] Lines { get; } = [.. Sites.Select(site => $"{site.Type}\t{site.Method}\t{(site.IsOutcome ? 1 : 0)}")];
    }
}
