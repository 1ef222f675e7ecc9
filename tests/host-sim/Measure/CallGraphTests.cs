// The deepest chain of calls is found: through virtual calls and interfaces, by the receiver's type; and rings are named.
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class CallGraphTests
{
    private const string Source = """
        public interface IPort { int Ask(); }

        public interface IPart { int Work(); }

        public abstract class Service
        {
            public abstract int Start();
        }

        public sealed class Shallow : Service, IPart
        {
            public override int Start() { return 1; }
            public int Work() { return 2; }
        }

        public sealed class Deep : Service
        {
            private readonly IPort _port;
            public Deep(IPort port) { _port = port; }
            public override int Start() { return One() + 1; }
            private int One() { return Two() + 1; }
            private int Two() { return _port.Ask() /*planted*/; }
            public static int Planted() { return PlantedBelow(); }
            private static int PlantedBelow() { return 7; }
        }

        public sealed class Root
        {
            private readonly Service _service;
            private readonly Shallow _shallow;
            private readonly IPart _part;
            public Root(Service service, Shallow shallow, IPart part) { _service = service; _shallow = shallow; _part = part; }
            public int Any() { return _service.Start(); }
            public int Known() { return _shallow.Start(); }
            public int Part() { return _part.Work(); }
            public int Again(int n) { return n == 0 ? 0 : There(n - 1); }
            private int There(int n) { return Again(n) + Big(n); }
            private static int Big(int n) { long a = n; long b = a * n; long c = b + a; Use(ref a); Use(ref b); Use(ref c); return (int)(a + b + c); }
            private static void Use(ref long value) { value++; }
        }
        """;

    private static readonly CallGraph Graph = Read(Source);

    [Theory]
    [InlineData("Root.Any", "Root.Any Deep.Start Deep.One Deep.Two")]
    [InlineData("Root.Known", "Root.Known Shallow.Start")]
    [InlineData("Root.Part", "Root.Part Shallow.Work")]
    public void The_deepest_chain_is_named(string from, string chain) => Assert.Equal(chain.Split(' '), Graph.Deepest(from).Methods);

    [Fact]
    public void A_planted_deep_call_is_found() =>
        Assert.Equal(["Root.Any", "Deep.Start", "Deep.One", "Deep.Two", "Deep.Planted", "Deep.PlantedBelow"], Read(Source.Replace("/*planted*/", "+ Planted()")).Deepest("Root.Any").Methods);

    [Fact]
    public void A_ring_is_named_and_counts_each_of_its_methods_once()
    {
        Assert.Equal("Root.Again ↔ Root.There", Assert.Single(Graph.Recursions));
        Assert.Equal(4, Graph.Deepest("Root.Again").Weight);
        Assert.Empty(Read("public static class A { public static int F() { return 1; } }").Recursions);
    }

    [Fact]
    public void The_largest_chain_is_the_sum_of_its_frames() => Assert.Equal(2 * (84 + 132), Graph.Largest("Root.Known").Weight);

    private static CallGraph Read(string source) => new(AgentCompiler.Compile("EsyncAgent", [("source.cs", source)]));
}
