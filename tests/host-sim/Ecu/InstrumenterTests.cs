// The counter counts what was executed: small programs whose instructions are counted by hand.
using System.Reflection;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class InstrumenterTests
{
    private const string Source = """
        public static class Sample
        {
            public static int Add(int a, int b) { return a + b; }

            public static int Sum(int[] values)
            {
                int sum = 0;
                for (int i = 0; i < values.Length; i++) { sum += values[i]; }
                return sum;
            }

            public static int Pick(int value)
            {
                switch (value) { case 0: return 5; case 1: return 6; case 2: return 7; default: return 8; }
            }

            public static int Catch(int divisor)
            {
                try { return 10 / divisor; }
                catch (System.Exception) when (divisor == 0) { return -1; }
            }
        }
        """;

    private readonly long[] _counts;
    private readonly Type _sample;

    public InstrumenterTests()
    {
        Instrumented instrumented = Instrumenter.Instrument(AgentCompiler.Compile("Sample", [("Sample.cs", Source)]));
        Assembly assembly = Assembly.Load(instrumented.Image);
        _counts = new long[instrumented.Methods.Count];
        assembly.GetType(Instrumenter.CounterType)!.GetField(Instrumenter.CounterField)!.SetValue(null, _counts);
        _sample = assembly.GetType("Sample")!;
    }

    [Fact]
    public void Straight_code_counts_its_instructions()
    {
        // ldarg.0, ldarg.1, add, ret
        Assert.Equal((5, 4), Run("Add", 2, 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_loop_counts_each_pass(int length)
    {
        // Before: ldc, stloc, ldc, stloc, br (5). Each pass: ldloc, ldarg, ldloc, ldelem, add, stloc, ldloc, ldc, add,
        // stloc (10). Each test: ldloc, ldarg, ldlen, conv.i4, blt (5). After: ldloc, ret (2).
        (int result, long il) = Run("Sum", [Enumerable.Range(1, length).ToArray()]);
        Assert.Equal(length * (length + 1) / 2, result);
        Assert.Equal(5 + (10 * length) + (5 * (length + 1)) + 2, il);
    }

    [Theory]
    [InlineData(0, 5, 4)]
    [InlineData(2, 7, 4)]
    [InlineData(9, 8, 5)] // the branch to the default after the switch
    public void A_switch_counts_the_way_that_was_taken(int value, int expected, int il)
    {
        // ldarg, switch, (br,) ldc, ret
        Assert.Equal((expected, il), Run("Pick", value));
    }

    [Fact]
    public void Handlers_and_filters_still_work_and_are_counted()
    {
        // try: ldc, ldarg, div, stloc, leave (5); end: ldloc, ret (2)
        Assert.Equal((5, 7), Run("Catch", 2));
        (int result, long il) = Run("Catch", 0);
        Assert.Equal(-1, result);
        Assert.True(il > 7);
    }

    private (int Result, long Il) Run(string method, params object[] arguments)
    {
        long before = _counts.Sum();
        int result = (int)_sample.GetMethod(method)!.Invoke(null, arguments)!;
        return (result, _counts.Sum() - before);
    }
}
