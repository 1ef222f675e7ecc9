// Which module of the agent a type belongs to: the folder of agent-firmware/src that its source lies in.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EsyncTests.IlCounting;

/// <summary>Modules by type.</summary>
internal static class AgentModules
{
    private static readonly Lazy<Dictionary<string, string>> ByType = new(Read);

    /// <summary>The module of a type, by its name without namespace.</summary>
    internal static string Of(string type) =>
        ByType.Value.TryGetValue(type, out string? module) ? module : throw new InvalidOperationException($"No source of the agent declares {type}.");

    private static Dictionary<string, string> Read() =>
        AgentCompiler.SourcesIn("agent-firmware", "src")
            .SelectMany(source => CSharpSyntaxTree.ParseText(source.Text).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                .Select(type => (type.Identifier.Text, Module: Path.GetFileName(Path.GetDirectoryName(source.Path))!)))
            .DistinctBy(item => item.Text)
            .ToDictionary(item => item.Text, item => item.Module);
}
