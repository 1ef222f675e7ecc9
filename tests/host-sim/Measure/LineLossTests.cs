// Whole updates over a bus that loses frames without a word: shorter requests pay where many are lost, and cost nothing where none is.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class LineLossTests(ITestOutputHelper output)
{
    private const int Longest = 4095;
    private const ulong Seeds = 5;
    private static readonly string ConfigPath = Repository.PathOf("nf.config");

    // Share of frames lost, and what the time of all seeds together is at the most, of that with the longest requests.
    [Theory]
    [InlineData(0.0001, 1.01)]
    [InlineData(0.001, 0.8)]
    public void Over_five_seeds_shorter_requests_pay_or_cost_a_hundredth_at_the_most(double share, double ofLongest)
    {
        double chosen = 0, longest = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            LineSetup setup = new() { ImageLength = 128 * 1024, Fault = BusFaultKind.Drop, FaultShare = share, Seed = seed };
            LineResult withShorter = Run(setup), withLongest = Run(setup with { BlockLength = Longest });
            Assert.True(withShorter.Struck > 0, "nothing was lost: the run proves nothing");
            output.WriteLine($"{share:P2} lost, seed {seed}: {withShorter.KBps:F1} kB/s, with the longest requests {withLongest.KBps:F1}");
            chosen += withShorter.PayloadNs;
            longest += withLongest.PayloadNs;
        }

        Assert.True(chosen <= longest * ofLongest, $"{chosen / longest:F3} of the time with the longest requests");
    }

    [Fact]
    public void Where_one_frame_of_two_hundred_is_lost_an_update_ends_well_with_shorter_requests_only()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            LineSetup setup = new() { ImageLength = 64 * 1024, Fault = BusFaultKind.Drop, FaultShare = 0.005, Seed = seed };
            LineResult result = Run(setup);
            output.WriteLine($"0.5 % lost, seed {seed}: {result.KBps:F1} kB/s, {result.LostAttempts} attempts gone on with");
            Assert.InRange(result.KBps, 2, 30);
            UserErrorException end = Assert.Throws<UserErrorException>(() => Run(setup with { BlockLength = Longest }));
            Assert.Contains("ended Lost", end.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_good_line_is_the_same_to_the_nanosecond()
    {
        LineSetup setup = new() { ImageLength = 64 * 1024 };
        LineResult chosen = Run(setup), longest = Run(setup with { BlockLength = Longest });
        Assert.Equal((longest.PayloadNs, longest.WholeNs), (chosen.PayloadNs, chosen.WholeNs));
        Assert.Null(chosen.BlockLength);
    }

    [Fact]
    public void A_lost_frame_leaves_the_flow_control_as_it_is()
    {
        // With blocks of 8 after each loss it were 5 kB/s and less.
        LineResult result = Run(new LineSetup { ImageLength = 64 * 1024, Fault = BusFaultKind.Drop, FaultShare = 0.001, BlockLength = 517 });
        Assert.True(result.Struck > 0);
        Assert.InRange(result.KBps, 10, 30);
    }

    private static LineResult Run(LineSetup setup) => LineRun.Measure(setup, ConfigPath, LineRun.MakeKeys());
}
