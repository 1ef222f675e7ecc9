// The notation: what is written comes back, and what contradicts the listing is seen.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.Surface;

public sealed class ApiFactsTests
{
    // Every form that the notation has, over the facts that any program needs.
    private const string Forms = """
        System.Action = delegate () -> System.Void
        System.Char . const MaxValue -> System.Char = '\uffff'
        System.Comparer = delegate (System.Object a, System.Object b) -> System.Int32
        System.DayOfWeek . Friday = 5
        System.DayOfWeek . Sunday = 0
        System.DayOfWeek = enum System.Int32
        System.ICloneable . Clone() -> System.Object
        System.ICloneable = interface
        System.Thing . Count {get set} -> System.Int32
        System.Thing . Item {get} -> System.Byte[]
        System.Thing . event Changed -> System.Action
        System.Thing . new(System.Int32 size, params System.Object[] rest)
        System.Thing . override ToString() -> System.String
        System.Thing . protected new()
        System.Thing . protected virtual Grow(System.Int32 by = 10) -> System.Void
        System.Thing . readonly Limit -> System.UInt32
        System.Thing . static Copy(System.Array from, System.Array to) -> System.Void
        System.Thing . static TryParse(System.String s, out System.Int32 value, ref System.Int32 state) -> System.Boolean
        System.Thing . static operator !=(System.Thing a, System.Thing b) -> System.Boolean
        System.Thing . static operator ==(System.Thing a, System.Thing b) -> System.Boolean
        System.Thing . static readonly Empty -> System.Thing
        System.Thing . this[System.Int32 index] {get} -> System.Char
        System.Thing < System.ICloneable
        System.Thing . Clone() -> System.Object
        System.Thing = class
        System.Tools . const Pi -> System.Int64 = -3
        System.Tools = static class
        """;

    // A piece in the form of the full listings: declarations without bodies.
    private const string Listing = """
        namespace System {
          public class Object { }
          public struct Void { }
          public struct Int32 { }
          public abstract class Array {
            public static void Copy(global::System.Array sourceArray, global::System.Array destinationArray, int length);
            public int Length { get; } // native
            protected Array();
          }
        }
        """;

    [Fact]
    public void Each_form_of_a_fact_comes_back_from_the_C_sharp_that_is_made_of_it()
    {
        IReadOnlySet<string> back = ApiListings.FactsOf(Library(Forms));
        Assert.Empty(ApiFacts.Parse("mscorlib", Forms).Lines.Except(back));
    }

    [Theory]
    [InlineData("System.Array . Length {get} -> System.Int64")]
    [InlineData("System.Array . static Copy(System.Array sourceArray, System.Array destinationArray) -> System.Void")]
    [InlineData("System.Array . Copy(System.Array sourceArray, System.Array destinationArray, System.Int32 length) -> System.Void")]
    [InlineData("System.Array = class")]
    [InlineData("System.Array . Length {get set} -> System.Int32")]
    [InlineData("System.Array . static Resize(System.Array array) -> System.Void")]
    public void A_fact_that_the_target_does_not_have_is_not_in_its_listing(string fact)
    {
        IReadOnlySet<string> facts = ApiListings.FactsOf(SurfaceCompiler.Reference("mscorlib", Listing));
        Assert.Contains("System.Array . static Copy(System.Array sourceArray, System.Array destinationArray, System.Int32 length) -> System.Void", facts);
        Assert.DoesNotContain(fact, facts);
    }

    [Theory]
    [InlineData("System.Thing . Clone() System.Object\nSystem.Thing = class")]
    [InlineData("System.Thing . Clone() -> System.Object")]
    public void A_line_of_no_known_form_is_refused(string text)
    {
        Assert.Throws<FormatException>(() => ApiFacts.Parse("mscorlib", text).ToCSharp());
    }

    [Fact]
    public void A_class_without_a_constructor_among_its_facts_cannot_be_made()
    {
        CSharpCompilation library = Library("System.Sealed = class");
        SurfaceBuild build = SurfaceCompiler.Build("A", [SurfaceCompiler.ParseText("class A { object M() { return new System.Sealed(); } }")], library);
        Assert.Contains(build.Problems, p => p.Id == "CS1729" || p.Id == "CS0122");
    }

    private static CSharpCompilation Library(string facts) =>
        SurfaceCompiler.Reference("mscorlib", ApiFacts.Parse("mscorlib", Repository.Read(ApiFacts.FileOf("mscorlib")) + facts).ToCSharp());
}
