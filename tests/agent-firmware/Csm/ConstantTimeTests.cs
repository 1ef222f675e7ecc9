// Secrets compare in constant time: the instructions are counted, and are the same for each guess. And the count does tell:
// with a comparison that stops at the first difference, or a derivation that looks at the secret, it differs.
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class ConstantTimeTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, long>> Figures = new(() => Counter.MeasureSecrets());

    public static TheoryData<string, int> Whats => new()
    {
        { "ConstantTimeEquals", 35 },
        { "proof of 29", 35 },
        { "key of 27", 19 },
        { "derivation", 4 },
    };

    [Theory]
    [MemberData(nameof(Whats))]
    public void Each_guess_takes_the_same_number_of_instructions(string what, int guesses)
    {
        long[] counts = Of(Figures.Value, what);
        Assert.Equal(guesses, counts.Length);
        Assert.All(counts, count => Assert.Equal(counts[0], count));
        Assert.True(counts[0] > 100);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {counts[0]:N0} instructions, {guesses} times");
    }

    [Fact]
    public void A_comparison_that_stops_at_the_first_difference_is_caught()
    {
        const string File = "Csm.cs", Find = "            difference |= a[aOffset + i] ^ b[bOffset + i];\n";
        IReadOnlyDictionary<string, long> mutated = Counter.MeasureSecrets(File, Find, Find + "            if (difference != 0)\n            {\n                return false;\n            }\n");
        foreach (string what in new[] { "ConstantTimeEquals", "proof of 29", "key of 27" })
        {
            long[] counts = Of(mutated, what);
            Assert.NotEqual(counts[1], counts[2]);
            Assert.True(counts[1] < counts[0]);
        }

        Assert.Single(Of(mutated, "derivation").Distinct());
    }

    [Fact]
    public void A_derivation_that_looks_at_the_secret_is_caught()
    {
        const string File = "KeyStore.cs", Find = "        _csm.DeriveKey(_secret, purpose, DeviceId, into);\n";
        IReadOnlyDictionary<string, long> mutated = Counter.MeasureSecrets(File, Find, "        if (_secret[0] == 0)\n        {\n            _secret[0] = 0;\n        }\n\n" + Find);
        Assert.Equal(2, Of(mutated, "derivation").Distinct().Count());
    }

    private static long[] Of(IReadOnlyDictionary<string, long> figures, string what) =>
        [.. figures.Where(figure => figure.Key.StartsWith(what + ": ", StringComparison.Ordinal)).Select(figure => figure.Value)];
}
