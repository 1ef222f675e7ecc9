// The three assemblies that can be mutated: where their sources lie and how they are compiled.
// Must agree with host-sim/EsyncAgent, host-sim/EsyncAgent.Drivers and host-sim/esync.csproj in what changes meaning:
// language version, implicit usings, resources, optimisation.
// Tests: tests/Mutants/MutatedProgramTests.cs.
using System.Collections.Concurrent;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace EsyncTests.Mutants;

/// <summary>An assembly of the program.</summary>
/// <param name="Name">Simple name.</param>
/// <param name="Folder">Where its sources lie, from the repository's root.</param>
/// <param name="IsForDevice">True: C# as for a board; false: C# of the host, with implicit usings.</param>
/// <param name="Resources">Embedded files: logical name and path.</param>
public sealed record MutantAssembly(string Name, string Folder, bool IsForDevice, params (string Name, string Path)[] Resources)
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; " +
        "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly ConcurrentDictionary<string, Lazy<CSharpCompilation>> Products = new();

    /// <summary>All of them; each sees only those before it.</summary>
    public static IReadOnlyList<MutantAssembly> All { get; } =
    [
        new("EsyncAgent", "agent-firmware/src", true),
        new("EsyncAgent.Drivers", "boards/drivers/src", true),
        new("esync", "host-sim/src", false, ("il-costs.json", "host-sim/src/Ecu/il-costs.json")),
    ];

    /// <summary>True when a source file is one of this assembly.</summary>
    public bool Owns(string file) => file.StartsWith(Folder + "/", StringComparison.Ordinal);

    /// <summary>The assembly with the fault in it.</summary>
    public byte[] Compile(Mutant mutant) => Compile([mutant]);

    /// <summary>The assembly with all the faults in it.</summary>
    public byte[] Compile(IReadOnlyList<Mutant> mutants)
    {
        string names = string.Join("', '", mutants.Select(mutant => mutant.Name));
        return Compile(names, mutants.GroupBy(mutant => mutant.File)
            .Select(file => (file.Key, file.Aggregate(Repository.Read(file.Key), (text, mutant) => mutant.Apply(text)))));
    }

    /// <summary>The assembly with all the faults in it, of which those are at work that are chosen; see <see cref="MutantSwitch"/>.</summary>
    public byte[] CompileSwitched(IReadOnlyList<Mutant> mutants) =>
        Compile("of a switch", MutantSwitch.Sources(mutants), Parse(MutantSwitch.Source(mutants.Count), "MutantSwitch.cs"));

    private byte[] Compile(string names, IEnumerable<(string File, string Text)> faulty, params SyntaxTree[] added)
    {
        CSharpCompilation compilation = Products.GetOrAdd(Name, _ => new Lazy<CSharpCompilation>(CreateProduct)).Value.AddSyntaxTrees(added);
        foreach ((string file, string text) in faulty)
        {
            SyntaxTree healthy = compilation.SyntaxTrees.FirstOrDefault(tree => tree.FilePath == file)
                ?? throw new InvalidOperationException($"mutant '{names}': there is no source {file}");
            compilation = compilation.ReplaceSyntaxTree(healthy, Parse(text, file));
        }

        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image, manifestResources: Resources.Select(Resource));
        if (!result.Success)
        {
            IEnumerable<Diagnostic> errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error);
            throw new InvalidOperationException($"mutant '{names}' is no program: {string.Join(Environment.NewLine, errors)}");
        }

        return image.ToArray();
    }

    private static ResourceDescription Resource((string Name, string Path) resource) =>
        new(resource.Name, () => File.OpenRead(Repository.PathOf(resource.Path)), isPublic: true);

    private CSharpCompilation CreateProduct()
    {
        IEnumerable<SyntaxTree> trees = Repository.Files(Folder, ".cs").Concat(IsForDevice ? [] : GeneratedFiles()).Select(file => Parse(Repository.Read(file), file));
        CSharpCompilationOptions options = new(
            IsForDevice ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication,
            optimizationLevel: OptimizationLevel.Release,
            nullableContextOptions: IsForDevice ? NullableContextOptions.Disable : NullableContextOptions.Enable,
            deterministic: true);
        return CSharpCompilation.Create(Name, IsForDevice ? trees : trees.Append(Parse(ImplicitUsings, "ImplicitUsings.cs")), References(), options);
    }

    // What source generators wrote when the program was built in the configuration that runs here: bin/Release/net10.0.
    private static IReadOnlyList<string> GeneratedFiles()
    {
        string built = Path.GetRelativePath(Repository.PathOf("tests/bin"), AppContext.BaseDirectory).Replace('\\', '/').TrimEnd('/');
        return Repository.Files($"host-sim/obj/{built}/generated", ".cs");
    }

    private SyntaxTree Parse(string text, string file) => CSharpSyntaxTree.ParseText(
        SourceText.From(text, Encoding.UTF8),
        CSharpParseOptions.Default.WithLanguageVersion(IsForDevice ? LanguageVersion.CSharp13 : LanguageVersion.Latest),
        file);

    private IEnumerable<MetadataReference> References()
    {
        string all = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? string.Empty;
        HashSet<string> notSeen = [.. All.SkipWhile(assembly => assembly != this).Select(assembly => assembly.Name), "EsyncTests"];
        return all.Split(Path.PathSeparator)
            .Where(path => !notSeen.Contains(Path.GetFileNameWithoutExtension(path)))
            .Select(path => MetadataReference.CreateFromFile(path));
    }
}
