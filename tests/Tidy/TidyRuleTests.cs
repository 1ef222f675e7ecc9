// Each tidy rule can fail: it finds a bad example, with its place, and lets the good one next to it pass.
using EsyncTests.Surface;
using Microsoft.CodeAnalysis;
using Xunit;

namespace EsyncTests.Tidy;

public sealed class TidyRuleTests
{
    private const string Table = """
        # Page
        | folder | job | may see |
        | --- | --- | --- |
        | `Std` | a | – |
        | `Mcal` | b | `Std` |
        | `CanIf` | c | `Mcal` |
        | `Fls` | d | `Mcal` |
        | `EcuM` | e | everything |

        | not | this | one |
        """;

    [Theory]
    [InlineData("CanIf", "Mcal", true)]
    [InlineData("CanIf", "Std", true)]
    [InlineData("CanIf", "CanIf", true)]
    [InlineData("CanIf", "Fls", false)]
    [InlineData("Std", "Mcal", false)]
    [InlineData("EcuM", "CanIf", true)]
    [InlineData("CanIf", "EcuM", false)]
    [InlineData("Unknown", "Std", false)]
    public void A_folder_sees_downwards_only(string from, string to, bool maySee)
    {
        Assert.Equal(maySee, FolderOrder.Parse(Table).MaySee(from, to));
    }

    [Theory]
    [InlineData("class A { B b; }", "CanIf uses B of Fls")]
    [InlineData("class A { void M() { object o = new B(); } }", "CanIf uses B of Fls")]
    [InlineData("class A { int M() { return C.Make().Value; } }", "CanIf uses B of Fls")]
    [InlineData("class A : I { }", "CanIf uses I of Fls")]
    [InlineData("class A { int M() { return (int)E.X; } }", "CanIf uses E of Fls")]
    public void A_use_of_a_folder_that_may_not_be_seen_is_found_with_its_line(string source, string finding)
    {
        Compilation compilation = Compile(("CanIf/A.cs", "// header\n" + source), ("Fls/B.cs", "public class B { public int Value; } public interface I { } public enum E { X }"), ("Mcal/C.cs", "public class C { public static B Make() { return null; } }"));
        string[] found = [.. FolderOrder.Parse(Table).Find(compilation, FolderOf)];
        Assert.Contains(found, f => f.StartsWith("CanIf/A.cs(2): " + finding, StringComparison.Ordinal));
    }

    [Fact]
    public void A_use_of_what_may_be_seen_is_not_found()
    {
        Compilation compilation = Compile(("CanIf/A.cs", "class A { D d; int[] a; int M() { return a.Length; } }"), ("Std/D.cs", "public class D { }"), ("EcuM/E.cs", "class E { A a; D d; }"));
        Assert.Empty(FolderOrder.Parse(Table).Find(compilation, FolderOf));
    }

    [Fact]
    public void A_circle_is_found_instead_of_being_followed()
    {
        Assert.Empty(FolderOrder.Parse(Table).Circles());
        Assert.Equal(["Mcal", "CanIf"], FolderOrder.Parse(Table.Replace("| b | `Std` |", "| b | `CanIf` |")).Circles());
    }

    [Theory]
    [InlineData("// One.\n// Two.\nnamespace A;", "has 2 lines")]
    [InlineData("// One.\n// Two.\n// Three.\nnamespace A;", "does not say where the tests are")]
    [InlineData("namespace A;\n// Tests: tests/x.", "has 0 lines")]
    [InlineData("//1\n//2\n//3\n//4\n//5\n//6\n//7\n//8\n//9\n//10\n// Tests: x\nnamespace A;", "has 11 lines")]
    public void A_header_that_is_missing_short_long_or_without_tests_is_found(string text, string finding)
    {
        Assert.Contains(finding, string.Join('\n', SourceRules.Header("a.cs", text, 3)));
    }

    [Fact]
    public void A_header_of_three_lines_with_its_tests_is_enough()
    {
        Assert.Empty(SourceRules.Header("a.cs", "// One.\n// Two.\n// Tests: tests/x.\nnamespace A;", 3));
    }

    [Fact]
    public void A_header_that_names_absent_tests_is_found()
    {
        const string Text = "// One.\n// Tests: tests/a/B, tests/c/D.cs.\nnamespace A;";
        Assert.Empty(SourceRules.TestsThatAreNamed("a.cs", Text, p => p is "tests/a/B" or "tests/c/D.cs"));
        Assert.Equal(["a.cs(1): the header names tests/c/D.cs, which is not there"], SourceRules.TestsThatAreNamed("a.cs", Text, p => p == "tests/a/B"));
    }

    [Fact]
    public void A_test_file_says_what_it_proves()
    {
        Assert.NotEmpty(SourceRules.TestHeader("a.cs", "using X;\n"));
        Assert.Empty(SourceRules.TestHeader("a.cs", "// What.\nusing X;\n"));
    }

    [Fact]
    public void A_file_and_a_method_past_the_limit_are_found_unless_they_are_allowed()
    {
        string Method(int lines) => "class A\n{\n    void M()\n    {\n" + new string('\n', lines - 3) + "    }\n}\n";
        Dictionary<string, int> none = [];
        Assert.Empty(SourceRules.Size("a.cs", Method(60), none));
        Assert.Equal(["a.cs(3): M has 61 lines; past 60 a method wants to be two"], SourceRules.Size("a.cs", Method(61), none));
        Assert.Empty(SourceRules.Size("a.cs", Method(61), new Dictionary<string, int> { ["a.cs:M"] = 61 }));
        Assert.Empty(SourceRules.Size("a.cs", new string('\n', 400), none));
        Assert.Equal(["a.cs(1): 401 lines; past 400 a file wants another room"], SourceRules.Size("a.cs", new string('\n', 400) + "//\n", none));
        Assert.Empty(SourceRules.Size("a.cs", new string('\n', 400) + "//\n", new Dictionary<string, int> { ["a.cs"] = 401 }));
    }

    [Theory]
    [InlineData("class A { System.Threading.Thread t; }", "Thread is not for the agent")]
    [InlineData("class A { long M() { return DateTime.UtcNow.Ticks; } }", "DateTime is not for the agent")]
    [InlineData("class A { object r = new System.Random(); }", "Random is not for the agent")]
    [InlineData("class A { void M() { Console.WriteLine(); } }", "Console is not for the agent")]
    [InlineData("class A { void M() { System.Diagnostics.Debug.WriteLine(\"\"); } }", "Debug is not for the agent")]
    [InlineData("class A<T> { }", "generics")]
    [InlineData("class A { List<int> a; }", "generics")]
    [InlineData("#if X\n#endif\nclass A { }", "#if")]
    [InlineData("class A { static int count; }", "static mutable state")]
    public void What_has_no_place_in_the_agent_is_found(string text, string finding)
    {
        Assert.Contains(finding, string.Join('\n', SourceRules.NotInTheAgent("a.cs", text)));
    }

    [Theory]
    [InlineData("class A { static readonly int[] Table = { 1 }; const int N = 3; int field; static int M() { return N; } }")]
    [InlineData("class A { B b; int M() { return b.Random; } }")]
    public void What_has_its_place_there_is_not_found(string text)
    {
        Assert.Empty(SourceRules.NotInTheAgent("a.cs", text));
    }

    [Theory]
    [InlineData("TO" + "DO: later")]
    [InlineData("x; // HA" + "CK")]
    public void A_note_to_oneself_is_found(string line)
    {
        Assert.Equal(["a.cs(2): a note to oneself; do it, or make it an issue"], SourceRules.Leftovers("a.cs", "x\n" + line));
    }

    private static Compilation Compile(params (string Path, string Text)[] files) =>
        SurfaceCompiler.Build("Bad", files.Select(f => SurfaceCompiler.ParseText(f.Text, f.Path)), SurfaceCompiler.Reference("mscorlib", ApiFacts.Load("mscorlib").ToCSharp())).Compilation;

    private static string FolderOf(string path) => path.Split('/')[0];
}
