// What decoders cost an interpreter, held below what they were made for; and that the virtual ECU charges for decoding.
using EsyncSim.Ecu;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class DecoderCostTests(ITestOutputHelper output)
{
    [Fact]
    public void A_decoded_byte_costs_what_it_may_and_a_turn_has_an_end()
    {
        IReadOnlyDictionary<string, long> figures = Counter.MeasureDecoders();
        Print(figures);
        Assert.InRange(figures["matches: bits and window, per 1,000 bytes"], 1, 15_000);
        Assert.InRange(figures["heatshrink 8/4: bits and window, per 1,000 bytes"], 1, 50_000);
        Assert.InRange(figures["heatshrink 11/4: bits and window, per 1,000 bytes"], 1, 50_000);
        Assert.InRange(figures["delta: all that is there for decoding, per 1,000 bytes"], 1, 20_000);
        Assert.InRange(figures["AES-CTR: cipher, per 1,000 bytes"], 1, 20_000);
        Assert.InRange(figures["tag check of one piece"], 1, 600);
        Assert.All(figures.Where(figure => figure.Key.EndsWith("longest turn of the download", StringComparison.Ordinal)), figure => Assert.InRange(figure.Value, 1, 16_000));

        // While the bus brings the next piece a decoder costs next to nothing. A patch is decoded when it is all there, with a 37 waiting.
        long plain = figures["plain: most frequent quiet turn"];
        Assert.All(new[] { "heatshrink 8/4", "heatshrink 11/4", "AES-CTR" }, form => Assert.InRange(figures[$"{form}: most frequent quiet turn"], plain, plain + 50));
    }

    [Fact]
    public void Decoding_is_charged_with_what_it_executes_within_a_tenth()
    {
        IReadOnlyDictionary<string, long> totals = Counter.MeasureEncodedTotals(Repository.Read(IlCosts.RepositoryPath));
        Print(totals);
        foreach (string form in new[] { "heatshrink 8/4", "heatshrink 11/4", "delta", "AES-CTR" })
        {
            Assert.InRange((double)totals[$"{form}, decoding: charged"] / totals[$"{form}, decoding: executed"], 0.9, 1.1);
        }
    }

    private void Print(IReadOnlyDictionary<string, long> figures)
    {
        foreach ((string name, long value) in figures)
        {
            output.WriteLine($"{value,10:N0}  {name}");
        }
    }
}
