// Compiles the sources of agent-firmware and of the drivers in memory, Release, with the pinned compiler package: the IL that is counted is the
// same on every machine, whatever SDK is installed there.
// References are the runtime's own assemblies; which of its members the agent may use is tests/Surface's business.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace EsyncTests.IlCounting;

/// <summary>C# for boards to IL.</summary>
public static class AgentCompiler
{
    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp13);

    /// <summary>Folder of the repository that the program was built from.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The agent as an assembly named EsyncAgent.</summary>
    public static byte[] CompileAgent() => Compile("EsyncAgent", SourcesIn("agent-firmware", "src"));

    /// <summary>The agent with a text replaced that stands once in the file of this name.</summary>
    public static byte[] CompileAgent(string fileName, string find, string replace)
    {
        (string Path, string Text)[] sources = [.. SourcesIn("agent-firmware", "src")];
        int at = Array.FindIndex(sources, source => Path.GetFileName(source.Path) == fileName);
        string[] parts = at < 0 ? [] : sources[at].Text.Split(find);
        if (parts.Length != 2)
        {
            throw new InvalidOperationException($"{fileName} does not hold exactly once: {find}");
        }

        sources[at].Text = string.Join(replace, parts);
        return Compile("EsyncAgent", sources);
    }

    /// <summary>The drivers as an assembly named EsyncAgent.Drivers, over an agent.</summary>
    public static byte[] CompileDrivers(byte[] agent) =>
        Compile("EsyncAgent.Drivers", SourcesIn("boards", "drivers", "src"), MetadataReference.CreateFromImage(agent));

    /// <summary>Any sources as an assembly; throws <see cref="InvalidOperationException"/> with the compiler's words.</summary>
    public static byte[] Compile(string name, IEnumerable<(string Path, string Text)> sources, params MetadataReference[] references)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, ParseOptions, source.Path)),
            References().Concat(references),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        using MemoryStream stream = new();
        EmitResult result = compilation.Emit(stream);
        if (!result.Success)
        {
            IEnumerable<Diagnostic> errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error);
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        }

        return stream.ToArray();
    }

    internal static IEnumerable<(string Path, string Text)> SourcesIn(params string[] folders) =>
        Directory.GetFiles(Path.Combine([RepositoryRoot, .. folders]), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(path)));

    private static IEnumerable<MetadataReference> References()
    {
        string all = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? string.Empty;
        return all.Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) == "EsyncAgent.App.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EsyncAgent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No EsyncAgent.sln above {AppContext.BaseDirectory}.");
    }
}
