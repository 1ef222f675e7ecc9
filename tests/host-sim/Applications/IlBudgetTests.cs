// The instruction counter that ends applications which do not come back: what it counts, and that it changes nothing else.
using System.Reflection;
using EsyncSim.Applications;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.HostSim.Applications;

public class IlBudgetTests
{
    private const string Source = """
        using System;
        public static class Sample
        {
            public static int Constant() { return 7; }

            public static int Sum(int n) { int sum = 0; for (int i = 0; i < n; i++) { sum += i; } return sum; }

            public static int Handlers(int n)
            {
                int trace = 0;
                for (int i = 0; i < n; i++)
                {
                    try
                    {
                        try
                        {
                            switch (i % 5)
                            {
                                case 0: trace += 1; break;
                                case 1: throw new InvalidOperationException("a");
                                case 2: throw new ArgumentException("b");
                                case 3: trace += 3; continue;
                                default: trace += 4; break;
                            }
                        }
                        finally { trace += 10; }
                    }
                    catch (InvalidOperationException exception) when (exception.Message == "a") { trace += 100; }
                    catch (ArgumentException) { trace += 1000; }
                }
                return trace;
            }

            public static int Spin() { while (true) { } }

            public static int Nap(int ms) { System.Threading.Thread.Sleep(ms); return ms; }

            public static int NapSpan(int ms) { System.Threading.Thread.Sleep(TimeSpan.FromMilliseconds(ms)); return ms; }

            public static int Stubborn()
            {
                int caught = 0;
                while (true) { try { while (true) { caught++; } } catch (Exception) { caught--; } finally { while (true) { } } }
            }
        }
        """;

    private static readonly byte[] Plain = Compile();
    private static readonly Assembly Original = Assembly.Load(Plain);
    private static readonly Assembly Counted = Assembly.Load(IlBudget.Instrument(Plain));

    [Theory]
    [InlineData("Sum", 0)]
    [InlineData("Sum", 1000)]
    [InlineData("Handlers", 1)]
    [InlineData("Handlers", 23)]
    public void What_the_code_computes_is_unchanged(string method, int argument)
    {
        TurnBudget.Open(long.MaxValue);
        Assert.Equal(Call(Original, method, argument), Call(Counted, method, argument));
    }

    [Fact]
    public void Each_instruction_counts_once()
    {
        Assert.Equal(2, Spent("Constant")); // ldc.i4.7, ret
        Assert.Equal(5 + 3 + 2, Spent("Sum", 0)); // ldc, stloc, ldc, stloc, br · ldloc, ldarg, blt · ldloc, ret
        Assert.Equal(8, (Spent("Sum", 1001) - Spent("Sum", 1)) / 1000 - 3); // body 4 + step 4, and the comparison's 3
    }

    [Theory]
    [InlineData("Spin")]
    [InlineData("Stubborn")]
    public void A_loop_without_end_ends_with_the_budget_whatever_it_catches(string method)
    {
        TurnBudget.Open(10_000);
        TargetInvocationException thrown = Assert.Throws<TargetInvocationException>(() => Call(Counted, method));

        Assert.IsType<TurnBudgetExceededException>(thrown.InnerException);
        Assert.True(TurnBudget.IsExceeded);
        TurnBudget.Close();
        Assert.False(TurnBudget.IsExceeded);
    }

    [Theory]
    [InlineData("Nap")]
    [InlineData("NapSpan")]
    public void A_sleep_costs_its_time_and_takes_none(string method)
    {
        Assert.Equal(100 * HostApplicationLoader.InstructionsPerMs, Spent(method, 100) - Spent(method, 0));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void A_sleep_beyond_the_budget_ends_the_turn(int ms)
    {
        TurnBudget.Open(10_000);
        TargetInvocationException thrown = Assert.Throws<TargetInvocationException>(() => Call(Counted, "Nap", ms));

        Assert.IsType<TurnBudgetExceededException>(thrown.InnerException);
        TurnBudget.Close();
    }

    private static long Spent(string method, params object[] arguments)
    {
        TurnBudget.Open(1_000_000);
        Call(Counted, method, arguments);
        return TurnBudget.Close();
    }

    private static object? Call(Assembly assembly, string method, params object[] arguments) =>
        assembly.GetType("Sample")!.GetMethod(method)!.Invoke(null, arguments);

    private static byte[] Compile()
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "IlBudgetSample",
            [CSharpSyntaxTree.ParseText(Source)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream stream = new();
        Assert.True(compilation.Emit(stream).Success);
        return stream.ToArray();
    }
}
