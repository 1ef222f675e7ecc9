// Many mutants in one assembly, of which at the most one is at work: each faulty method holds its healthy body and its faulty
// ones, and a static number chooses. Where a mutant is a run of milliseconds, compiling and warming up a program for each
// would be all that a test does.
// Invariant: with number 0 every method does what the product's does. A mutant changes one body of a method, constructor or
// accessor and nothing outside of it.
// Tests: tests/Mutants/MutatedProgramTests.cs.
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EsyncTests.Mutants;

/// <summary>Writes sources that hold several mutants behind a switch.</summary>
internal static class MutantSwitch
{
    /// <summary>Full name of the type that <see cref="Source"/> declares.</summary>
    public const string TypeName = "EsyncTests.Mutants.ActiveMutant";

    /// <summary>Its field: 0 for none, else one more than the mutant's index.</summary>
    public const string FieldName = "Number";

    /// <summary>The switch itself, one more source of the assembly.</summary>
    public const string Source = "namespace EsyncTests.Mutants { public static class ActiveMutant { public static int Number; } }";

    /// <summary>Each file that has mutants, with all of them in it.</summary>
    public static IEnumerable<(string File, string Text)> Sources(IReadOnlyList<Mutant> mutants) =>
        mutants.Select((mutant, index) => (mutant, index)).GroupBy(m => m.mutant.File).Select(file => (file.Key, Switched(file.Key, [.. file])));

    private static string Switched(string file, IReadOnlyList<(Mutant Mutant, int Index)> mutants)
    {
        string healthy = Repository.Read(file);
        BlockSyntax[] bodies = Bodies(healthy);
        Dictionary<BlockSyntax, List<(int Index, string Faulty)>> faults = [];
        foreach ((Mutant mutant, int index) in mutants)
        {
            string faulty = mutant.Apply(healthy);
            BlockSyntax[] changed = Bodies(faulty);
            int at = Enumerable.Range(0, Math.Min(bodies.Length, changed.Length)).FirstOrDefault(i => bodies[i].ToString() != changed[i].ToString(), -1);
            if (at < 0 || healthy.Remove(bodies[at].SpanStart, bodies[at].Span.Length) != faulty.Remove(changed[at].SpanStart, changed[at].Span.Length))
            {
                throw new InvalidOperationException($"mutant '{mutant.Name}' changes more of {file} than one body; it cannot stand behind a switch");
            }

            (faults.TryGetValue(bodies[at], out var others) ? others : faults[bodies[at]] = []).Add((index, changed[at].ToString()));
        }

        string text = healthy;
        foreach ((BlockSyntax body, List<(int Index, string Faulty)> choices) in faults.OrderByDescending(fault => fault.Key.SpanStart))
        {
            string chosen = string.Concat(choices.Select(choice => string.Create(
                CultureInfo.InvariantCulture, $"if (global::{TypeName}.{FieldName} == {choice.Index + 1}) {choice.Faulty} else ")));
            text = text.Remove(body.SpanStart, body.Span.Length).Insert(body.SpanStart, $"{{ {chosen}{body} }}");
        }

        return text;
    }

    private static BlockSyntax[] Bodies(string text) => [.. CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes()
        .Select(node => node is BaseMethodDeclarationSyntax method ? method.Body : (node as AccessorDeclarationSyntax)?.Body)
        .OfType<BlockSyntax>()];
}
