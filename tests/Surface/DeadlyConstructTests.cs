// The surface test can fail: a source that breaks each rule is refused, and its harmless neighbour is not.
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.Surface;

public sealed class DeadlyConstructTests
{
    // The deadly constructs compile against the target's own library; this one is just large enough for them.
    private const string ToStringFact = "System.Object . virtual ToString() -> System.String";

    private static readonly Lazy<CSharpCompilation> Library = new(() => SurfaceCompiler.Reference("mscorlib", ApiFacts.Parse("mscorlib", Repository.Read(ApiFacts.FileOf("mscorlib")) + ToStringFact).ToCSharp() + """
        namespace System
        {
            public delegate R Func<R>();
            public delegate R Func<T, R>(T a);
            public delegate void Action();
            public class Exotic { public static T[] Make<T>(int n) { throw null; } }
        }
        """));

    [Theory]
    [InlineData("class A<T> { }", "generic type or method of our own")]
    [InlineData("class A { void M<T>(T t) { } }", "generic type or method of our own")]
    [InlineData("class A { void M() { void L<T>(T t) { } L(1); } }", "generic type or method of our own")]
    [InlineData("delegate T D<T>();", "generic type or method of our own")]
    [InlineData("struct S<T> { }", "generic type or method of our own")]
    [InlineData("interface I<T> { }", "generic type or method of our own")]
    [InlineData("class A { System.Func<int> f; }", "generic Func<>")]
    [InlineData("class A { void M() { var f = () => 1; } }", "generic Func<>")]
    [InlineData("class A { int N(int a) { return a; } void M() { var f = N; } }", "generic Func<>")]
    [InlineData("class A { void M() { int[] a = System.Exotic.Make<int>(3); } }", "generic Make<>")]
    [InlineData("class A { int[,] a; }", "multi-dimensional array")]
    [InlineData("class A { void M() { object a = new int[2, 3]; } }", "multi-dimensional array")]
    [InlineData("class A { void M() { object a = new[,] { { 1 }, { 2 } }; } }", "multi-dimensional array")]
    [InlineData("class A { unsafe void M() { int* p = stackalloc int[3]; } }", "stackalloc")]
    [InlineData("interface I { int M() { return 1; } }", "default interface method")]
    [InlineData("interface I { int P => 1; }", "default interface method")]
    [InlineData("interface I { int P { get { return 1; } } }", "default interface method")]
    [InlineData("interface I { static int M() { return 1; } }", "default interface method")]
    [InlineData("interface I { const int C = 1; static int f; }", "default interface method")]
    [InlineData("class A { int M(int a) { return checked(a + 1); } }", "checked")]
    [InlineData("class A { int M(int a) { checked { return a + 1; } } }", "checked")]
    [InlineData("class A { void M() { var a = new { X = 1 }; } }", "anonymous type")]
    [InlineData("enum E { X } class A { object M(E e) { return e.ToString(); } }", "Enum.ToString()")]
    public void What_the_target_does_not_survive_is_found_with_its_line(string source, string construct)
    {
        IReadOnlyList<string> found = DeadlyConstructs.Find(Build("// first line\n" + source));
        Assert.Contains(found, f => f.StartsWith("test.cs(2): ", StringComparison.Ordinal) && f.Contains(construct, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("delegate int D(int a); class A { D d = a => a; int[][] j = new int[2][]; }")]
    [InlineData("interface I { int M(); int P { get; set; } int this[int i] { get; } }")]
    [InlineData("class A { uint M(uint a) { unchecked { return a + 1; } } }")]
    [InlineData("class A { int[] a = { 1, 2, 3, 4, 5 }; int M() { return a.Length; } }")]
    [InlineData("enum E { X } class A { int M(E e) { return (int)e; } }")]
    public void What_the_target_runs_is_let_through(string source)
    {
        SurfaceBuild build = Build(source);
        Assert.DoesNotContain(build.Problems, p => p.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Empty(DeadlyConstructs.Find(build));
    }

    [Fact]
    public void A_generic_that_no_source_shows_is_found_in_the_image()
    {
        // Only the image of this source is looked at: the walk over an empty text finds nothing.
        byte[] image = Build("class A<T> { }").Image;
        SurfaceBuild silent = Build("class A { }") with { Image = image };
        Assert.Equal("image: generic type A`1, made by the compiler", Assert.Single(DeadlyConstructs.Find(silent)));
    }

    [Theory]
    [InlineData("class A { int? a; }")]
    [InlineData("class A { (int, int) M() { return (1, 2); } }")]
    [InlineData("class A { volatile int a; }")]
    [InlineData("record R(int A);")]
    [InlineData("class A { int M(int[] a) { return a[^1]; } }")]
    [InlineData("class A { object M(int[] a) { return a[1..]; } }")]
    [InlineData("class A { object M() { return \"a\"u8; } }")]
    [InlineData("class A { System.Collections.IEnumerable M() { yield return 1; } }")]
    [InlineData("class A { async void M() { } }")]
    [InlineData("class A { decimal a = 1; }")]
    [InlineData("class A { dynamic a; void M() { a.M(); } }")]
    [InlineData("class A { void M() { System.Threading.Tasks.Task.Delay(1); } }")]
    [InlineData("class A { void M(byte[] a) { System.Array.Resize(ref a, 2); } }")]
    [InlineData("class A { string? a; }")]
    public void What_the_target_does_not_have_does_not_compile(string source)
    {
        Assert.NotEmpty(Build(source).Problems);
    }

    private static SurfaceBuild Build(string source) => SurfaceCompiler.Build("Bad", [SurfaceCompiler.ParseText(source)], Library.Value);
}
