// Many mutants in one assembly, of which those are at work that are chosen: each faulty method holds its healthy body and its
// faulty ones, and a static flag for each chooses. Where a mutant is a run of milliseconds, compiling and warming up a program
// for each would be all that a test does.
// Invariant: with no flag set every method does what the product's does. A mutant changes one body of a method, constructor or
// accessor, block or expression, and nothing outside of it.
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

    /// <summary>Its field: a flag for each mutant, by the mutant's index.</summary>
    public const string FieldName = "IsOn";

    /// <summary>The switch itself, one more source of the assembly.</summary>
    public static string Source(int count) => string.Create(
        CultureInfo.InvariantCulture, $"namespace EsyncTests.Mutants {{ public static class ActiveMutant {{ public static readonly bool[] IsOn = new bool[{count}]; }} }}");

    /// <summary>The body that a mutant changes, as text that is the same for two mutants of one body.</summary>
    public static string PlaceOf(Mutant mutant)
    {
        string healthy = Repository.Read(mutant.File);
        Body[] bodies = Bodies(healthy);
        return string.Create(CultureInfo.InvariantCulture, $"{mutant.File}: {bodies[ChangedBody(mutant, healthy, bodies, Bodies(mutant.Apply(healthy)))].Start}");
    }

    /// <summary>Each file that has mutants, with all of them in it.</summary>
    public static IEnumerable<(string File, string Text)> Sources(IReadOnlyList<Mutant> mutants) =>
        mutants.Select((mutant, index) => (mutant, index)).GroupBy(m => m.mutant.File).Select(file => (file.Key, Switched(file.Key, [.. file])));

    private static string Switched(string file, IReadOnlyList<(Mutant Mutant, int Index)> mutants)
    {
        string healthy = Repository.Read(file);
        Body[] bodies = Bodies(healthy);
        Dictionary<Body, List<(int Index, string Faulty)>> faults = [];
        foreach ((Mutant mutant, int index) in mutants)
        {
            Body[] changed = Bodies(mutant.Apply(healthy));
            int at = ChangedBody(mutant, healthy, bodies, changed);
            (faults.TryGetValue(bodies[at], out var others) ? others : faults[bodies[at]] = []).Add((index, changed[at].Text));
        }

        string text = healthy;
        foreach ((Body body, List<(int Index, string Faulty)> choices) in faults.OrderByDescending(fault => fault.Key.Start))
        {
            string chosen = body.IsValue
                ? $"{string.Concat(choices.Select(choice => $"{Flag(choice.Index)} ? ({choice.Faulty}) : "))}({body.Text})"
                : $"{{ {string.Concat(choices.Select(choice => $"if ({Flag(choice.Index)}) {choice.Faulty} else "))}{body.Text} }}";
            text = body.Without(text).Insert(body.Start, chosen);
        }

        return text;
    }

    private static string Flag(int index) => string.Create(CultureInfo.InvariantCulture, $"global::{TypeName}.{FieldName}[{index}]");

    private static int ChangedBody(Mutant mutant, string healthy, Body[] bodies, Body[] changed)
    {
        int at = Enumerable.Range(0, Math.Min(bodies.Length, changed.Length)).FirstOrDefault(i => bodies[i].Text != changed[i].Text, -1);
        return at >= 0 && bodies[at].Without(healthy) == changed[at].Without(mutant.Apply(healthy))
            ? at
            : throw new InvalidOperationException($"mutant '{mutant.Name}' changes more of {mutant.File} than one body; it cannot stand behind a switch");
    }

    private static Body[] Bodies(string text) => [.. CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().Select(BodyOf).OfType<Body>()];

    private static Body? BodyOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax { ReturnType: not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } } method => Body.Of(method.Body, method.ExpressionBody, isValue: true),
        BaseMethodDeclarationSyntax method => Body.Of(method.Body, method.ExpressionBody, isValue: method is OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax),
        AccessorDeclarationSyntax accessor => Body.Of(accessor.Body, accessor.ExpressionBody, accessor.IsKind(SyntaxKind.GetAccessorDeclaration)),
        PropertyDeclarationSyntax property => Body.Of(null, property.ExpressionBody, isValue: true),
        _ => null,
    };

    // Where a body stands, and what it is: a block, or an expression whose value is returned. One without value is a block too,
    // in place of its arrow, its expression and the semicolon behind it.
    private sealed record Body(int Start, int Length, string Text, bool IsValue)
    {
        public static Body? Of(BlockSyntax? block, ArrowExpressionClauseSyntax? arrow, bool isValue)
        {
            if (block is not null || arrow is null)
            {
                return block is null ? null : new Body(block.SpanStart, block.Span.Length, block.ToString(), false);
            }

            int end = arrow.GetLastToken().GetNextToken().Span.End;
            return isValue
                ? new Body(arrow.Expression.SpanStart, arrow.Expression.Span.Length, arrow.Expression.ToString(), true)
                : new Body(arrow.SpanStart, end - arrow.SpanStart, $"{{ {arrow.Expression}; }}", false);
        }

        public string Without(string text) => text.Remove(Start, Length);
    }
}
