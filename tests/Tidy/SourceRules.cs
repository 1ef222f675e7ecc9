// Rules over one C# file: its header, its size, names and constructs that have no place in agent-firmware.
// A rule takes a path and a text, so that a test can show it a bad example.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EsyncTests.Tidy;

/// <summary>Findings are lines of the form file(line): what.</summary>
internal static partial class SourceRules
{
    /// <summary>Lines that a file may have.</summary>
    public const int FileLinesMax = 400;

    /// <summary>Lines that a method may have, its signature and braces included.</summary>
    public const int MethodLinesMax = 60;

    /// <summary>Lines that a header of the agent has at least.</summary>
    public const int AgentHeaderLinesMin = 3;

    /// <summary>Lines that a header of host-sim has at least: plain data needs one sentence, and where its tests are.</summary>
    public const int HostHeaderLinesMin = 2;

    private const int HeaderLinesMax = 10;

    // Time, chance, threads and terminals reach the agent through its ports only.
    private static readonly HashSet<string> BannedNames = ["Thread", "Timer", "Task", "DateTime", "Stopwatch", "Random", "Console", "Environment", "Debug", "GC"];

    /// <summary>The comment at the top: up to 10 lines, one of which says where the tests are.</summary>
    public static IEnumerable<string> Header(string path, string text, int linesMin)
    {
        string[] lines = HeaderOf(text);
        if (lines.Length < linesMin || lines.Length > HeaderLinesMax)
        {
            yield return $"{path}(1): the header has {lines.Length} lines, not {linesMin} to {HeaderLinesMax}: what the file does, its invariants, what it must not know, the clause, where its tests are";
        }

        if (!lines.Any(l => l.Contains("Tests:", StringComparison.Ordinal)))
        {
            yield return $"{path}(1): the header does not say where the tests are (`// Tests: tests/…`)";
        }
    }

    /// <summary>The comment at the top of a test: what the tests prove.</summary>
    public static IEnumerable<string> TestHeader(string path, string text)
    {
        if (HeaderOf(text).Length is 0 or > HeaderLinesMax)
        {
            yield return $"{path}(1): a test file opens with 1 to {HeaderLinesMax} lines that say what it proves";
        }
    }

    /// <summary>Paths `tests/…` in the header that lead nowhere.</summary>
    public static IEnumerable<string> TestsThatAreNamed(string path, string text, Func<string, bool> exists) =>
        HeaderOf(text)
            .SelectMany(l => TestPath().Matches(l))
            .Select(m => m.Value)
            .Where(p => !exists(p))
            .Select(p => $"{path}(1): the header names {p}, which is not there");

    /// <summary>A file and its methods fit a screen or two. Keys of <paramref name="allowed"/> are paths and path:method.</summary>
    public static IEnumerable<string> Size(string path, string text, IReadOnlyDictionary<string, int> allowed)
    {
        int lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        if (lines > allowed.GetValueOrDefault(path, FileLinesMax))
        {
            yield return $"{path}(1): {lines} lines; past {FileLinesMax} a file wants another room";
        }

        foreach (SyntaxNode method in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().Where(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax))
        {
            FileLinePositionSpan span = method.GetLocation().GetLineSpan();
            int length = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (length > allowed.GetValueOrDefault($"{path}:{NameOf(method)}", MethodLinesMax))
            {
                yield return $"{path}({span.StartLinePosition.Line + 1}): {NameOf(method)} has {length} lines; past {MethodLinesMax} a method wants to be two";
            }
        }
    }

    /// <summary>What has no place in the agent: clocks, chance, threads, terminals, generics, conditional compilation, static mutable state.</summary>
    public static IEnumerable<string> NotInTheAgent(string path, string text)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(text).GetRoot();
        foreach (SyntaxNode node in root.DescendantNodes(descendIntoTrivia: true))
        {
            string? finding = node switch
            {
                IdentifierNameSyntax name when BannedNames.Contains(name.Identifier.Text) && !IsMemberOfOurs(name) => $"{name.Identifier.Text} is not for the agent; its ports give what it needs",
                GenericNameSyntax or TypeParameterListSyntax => "generics do not survive on the target",
                IfDirectiveTriviaSyntax => "#if: the same sources serve every board",
                FieldDeclarationSyntax field when IsStaticMutable(field) => "static mutable state: two agents in one process would share it",
                _ => null,
            };
            if (finding is not null)
            {
                yield return $"{path}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {finding}";
            }
        }
    }

    /// <summary>Notes to oneself.</summary>
    public static IEnumerable<string> Leftovers(string path, string text) =>
        text.Split('\n').Select((line, i) => (line, i)).Where(l => Leftover().IsMatch(l.line)).Select(l => $"{path}({l.i + 1}): a note to oneself; do it, or make it an issue");

    private static string[] HeaderOf(string text) => [.. text.Split('\n').TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal))];

    // `banner.Task` of a type of our own is another matter than System.Threading.Tasks.Task.
    private static bool IsMemberOfOurs(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name && !access.Expression.ToString().StartsWith("System", StringComparison.Ordinal);

    private static bool IsStaticMutable(FieldDeclarationSyntax field) =>
        field.Modifiers.Any(SyntaxKind.StaticKeyword) && !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword);

    private static string NameOf(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax m => m.Identifier.Text,
        ConstructorDeclarationSyntax c => c.Identifier.Text,
        LocalFunctionStatementSyntax l => l.Identifier.Text,
        AccessorDeclarationSyntax a => a.Keyword.Text,
        _ => method.Kind().ToString(),
    };

    [GeneratedRegex(@"tests/[\w./-]*\w")]
    private static partial Regex TestPath();

    [GeneratedRegex(@"\b(TO" + @"DO|HA" + @"CK|FIX" + @"ME|XX" + @"X)\b")]
    private static partial Regex Leftover();
}
