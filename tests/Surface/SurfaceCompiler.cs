// Compiles sources as the device build would: C# 13, no nullable context, and no base library but the one it is given.
// Emit is called, not only the binder: iterators, `volatile` and records miss their types only there.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace EsyncTests.Surface;

/// <summary>A compiled program and what the compiler said.</summary>
internal sealed record SurfaceBuild(CSharpCompilation Compilation, IReadOnlyList<Diagnostic> Problems, byte[] Image);

/// <summary>The compiler, set as for the target.</summary>
internal static class SurfaceCompiler
{
    private static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp13, DocumentationMode.Parse);

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Disable,
        allowUnsafe: false,
        deterministic: true);

    public static IEnumerable<SyntaxTree> ParseFiles(IEnumerable<string> files, LanguageVersion language = LanguageVersion.CSharp13) =>
        files.Select(f => ParseText(Repository.Read(f), f, language));

    public static SyntaxTree ParseText(string text, string path = "test.cs", LanguageVersion language = LanguageVersion.CSharp13) =>
        CSharpSyntaxTree.ParseText(text, Parse.WithLanguageVersion(language), path);

    /// <summary>A reference assembly from source; its methods may lack bodies.</summary>
    public static CSharpCompilation Reference(string assembly, string source, params CSharpCompilation[] references) =>
        CSharpCompilation.Create(assembly, [ParseText(source, assembly + ".cs")], references.Select(r => r.ToMetadataReference()), Options);

    /// <summary>Compiles against the given assemblies only; problems are errors and warnings.</summary>
    public static SurfaceBuild Build(string assembly, IEnumerable<SyntaxTree> trees, params CSharpCompilation[] references)
    {
        var compilation = CSharpCompilation.Create(assembly, trees, references.Select(r => r.ToMetadataReference()), Options);
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image, options: new EmitOptions(runtimeMetadataVersion: "v4.0.30319"));
        return new SurfaceBuild(compilation, [.. result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning)], image.ToArray());
    }
}
