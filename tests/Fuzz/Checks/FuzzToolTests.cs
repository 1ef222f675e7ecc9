// The parts of the fuzzer: what counts as a broken rule, how inputs are changed and shortened, what probes see.
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.Fuzzing.Checks;

public sealed class FuzzToolTests
{
    private static readonly byte[] Input = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void An_exception_that_leaves_a_broken_rule_and_too_much_memory_are_told_by_name()
    {
        Assert.Null(Check(_ => { }));
        Assert.StartsWith("FormatException leaves", Check(_ => throw new FormatException("x")));
        Assert.Equal("this must hold", Check(_ => throw new BrokenRuleException("this must hold")));
        Assert.StartsWith("more memory", Check(input => GC.KeepAlive(new byte[100_000 + input.Length])));
        Assert.Equal("the thing allocates", Check(_ => throw new AllocatedException("the thing")));
    }

    [Fact]
    public void Memory_that_is_needed_once_only_is_no_fault()
    {
        byte[]? once = null;
        Assert.Null(Check(_ => once ??= new byte[100_000]));
        int calls = 0;
        Assert.Null(Check(_ => Assert.True(calls++ > 0 ? true : throw new AllocatedException("the thing"))));
    }

    [Fact]
    public void An_input_without_an_end_is_stopped_by_its_steps()
    {
        Probe.Prepare(1);
        string? broken = Check(_ =>
        {
            while (true)
            {
                Probe.Hit(0);
            }
        });
        Assert.StartsWith("StepsExceededException leaves", broken);
    }

    [Fact]
    public void Shrinking_keeps_the_bytes_that_matter_and_nothing_else()
    {
        byte[] input = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        byte[] shortest = Shrinker.Shrink(input, candidate => candidate.Contains((byte)77) && candidate.Length >= 3);
        Assert.Equal(3, shortest.Length);
        Assert.Contains((byte)77, shortest);
        Assert.Equal(2, shortest.Count(value => value == 0));
    }

    [Fact]
    public void Changes_follow_from_the_seed_stay_within_the_length_and_are_of_every_kind()
    {
        static byte[][] Make(ulong seed)
        {
            Mutator mutator = new(new FuzzRandom(seed), ["word"u8.ToArray()], 64);
            return [.. Enumerable.Range(0, 3000).Select(i => mutator.Mutate(Input, [9, 9, 9]))];
        }

        byte[][] made = Make(5);
        Assert.Equal(made, Make(5));
        Assert.NotEqual(made, Make(6));
        Assert.All(made, changed => Assert.InRange(changed.Length, 0, 64));
        Assert.Contains(made, changed => changed.Length < Input.Length);
        Assert.Contains(made, changed => changed.AsSpan().IndexOf("word"u8) >= 0);
        Assert.Contains(made, changed => changed.AsSpan().IndexOf(new byte[] { 9, 9 }) >= 0);
        Assert.Contains(made, changed => changed.Length == Input.Length && changed.Zip(Input).Count(pair => pair.First != pair.Second) == 1);
    }

    [Theory]
    [InlineData("if (x > 3) { return 1; } return 0;", 2)]
    [InlineData("return x > 3 && x < 9 ? 1 : 0;", 4)]
    [InlineData("int s = 0; for (int i = 0; i < x; i++) { s += i; } return s;", 2)]
    [InlineData("switch (x) { case 0: return 5; case 1: return 6; case 2: return 7; default: return 8; }", 4)]
    [InlineData("try { if (x == 2) { throw new System.Exception(); } return x; } catch { return 9; }", 2)]
    public void Each_outcome_of_a_branch_has_a_probe_and_the_method_does_what_it_did(string body, int outcomes)
    {
        byte[] image = AgentCompiler.Compile("Sample", [("Sample.cs", $"public static class Sample {{ public static int Run(int x) {{ {body} }} }}")]);
        List<ProbeSite> sites = [];
        byte[] probed = ProbeInserter.Insert(image, sites);
        Assert.Equal(outcomes, sites.Count(site => site.IsOutcome));
        Assert.Equal(1, sites.Count(site => !site.IsOutcome));
        Probe.Prepare(sites.Count);
        Probe.Begin(1_000_000);
        Func<int, int> product = Load(image), copy = Load(probed);
        for (int x = -2; x < 12; x++)
        {
            Assert.Equal(product(x), copy(x));
        }

        Assert.Equal(sites.Count, Probe.TouchedCount);
    }

    private static string? Check(Action<byte[]> run) => new InputChecker(new ScriptedTarget(run)).Check(Input);

    private static Func<int, int> Load(byte[] image)
    {
        System.Runtime.Loader.AssemblyLoadContext context = new("sample", isCollectible: true);
        context.Resolving += (_, name) => name.Name == "Fuzz" ? typeof(Probe).Assembly : null;
        return context.LoadFromStream(new MemoryStream(image)).GetType("Sample")!.GetMethod("Run")!.CreateDelegate<Func<int, int>>();
    }

    private sealed class ScriptedTarget(Action<byte[]> run) : FuzzTarget
    {
        public override string What => "what a test says";

        public override IReadOnlyList<string> Parsers => [];

        public override IReadOnlyList<byte[]> Seeds() => [Input];

        public override long StepsMax(int length) => 1000;

        public override long AllocationMax(int length) => 10_000;

        public override void Run(byte[] input) => run(input);
    }
}
