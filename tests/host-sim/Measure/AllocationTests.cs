// What allocates is seen, whichever way it does, and what does not is not.
using System.Reflection;
using System.Runtime.Loader;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class AllocationTests
{
    private const string Source = """
        public sealed class Thing { public int Value; }

        public static class Planted
        {
            private static readonly byte[] Kept = new byte[8];

            public static int Nothing(int n) { Kept[0] = (byte)n; int sum = 0; for (int i = 0; i < n; i++) { sum += i; } return sum; }
            public static int Literal(int n) { return "text".Length + n; }
            public static int Array(int n) { return new byte[n].Length; }
            public static int Object(int n) { Thing thing = new Thing(); thing.Value = n; return thing.Value; }
            public static int Boxed(int n) { object boxed = n; return (int)boxed; }
            public static int Library(int n) { return string.Concat("abc", n == 0 ? "def" : "gh").Length; }
            public static int InLoop(int n) { int sum = 0; for (int i = 0; i < n; i++) { sum += new byte[1].Length; } return sum; }
            public static int Caught(int n) { try { return new byte[n].Length; } finally { Kept[0]++; } }
        }
        """;

    private static readonly Lazy<Instrumented> Assembled = new(() => Instrumenter.Instrument(AgentCompiler.Compile("Planted", [("planted.cs", Source)])));

    [Theory]
    [InlineData("Nothing", 7, 0)]
    [InlineData("Array", 10, 36)]
    [InlineData("Object", 3, 24)]
    [InlineData("Boxed", 3, 24)]
    [InlineData("Library", 0, 24 + (2 * 12))]
    [InlineData("Literal", 0, 12)]
    [InlineData("InLoop", 5, 5 * 24)]
    [InlineData("Caught", 10, 36)]
    public void A_planted_allocation_is_counted(string method, int argument, int bytes)
    {
        (long counted, string[] makers, _) = Run(method, argument);
        Assert.Equal(bytes, counted);
        Assert.All(makers, maker => Assert.Equal($"Planted.{method}", maker));
    }

    [Fact]
    public void Showing_allocations_is_not_counted_as_instructions()
    {
        // newarr, ldlen and conv between loading the argument and returning: five.
        Assert.Equal(5, Run("Array", 10).Il);
    }

    [Fact]
    public void The_collector_counts_nothing_either_where_nothing_is_counted()
    {
        IReadOnlyDictionary<string, double> figures = IlFigureTests.Figures.Value;
        Assert.Equal(0, figures["allocated-idle-loop"]);
        Assert.Equal(0, figures["allocated-idle-loop, by the collector"]);
    }

    private static (long Bytes, string[] Makers, long Il) Run(string method, int argument)
    {
        var context = new AssemblyLoadContext("planted", isCollectible: true);
        Assembly assembly = context.LoadFromStream(new MemoryStream(Assembled.Value.Image));
        Type counter = assembly.GetType(Instrumenter.CounterType)!;
        long[] counts = new long[Assembled.Value.Methods.Count];
        counter.GetField(Instrumenter.CounterField)!.SetValue(null, counts);
        MethodInfo info = assembly.GetType("Planted")!.GetMethod(method)!;
        info.Invoke(null, [argument]); // static fields are made now
        Array.Clear(counts);
        long bytes = 0;
        List<string> makers = [];
        counter.GetField(Instrumenter.AllocatedField)!.SetValue(null, (Action<int, object?>)((index, item) =>
        {
            bytes += Allocations.LengthOf(item);
            makers.Add(Assembled.Value.Methods[index]);
        }));
        info.Invoke(null, [argument]);
        long il = counts.Sum();
        context.Unload();
        return (bytes, [.. makers], il);
    }
}
