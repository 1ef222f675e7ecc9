// How long requests become on lines that lose and on lines that do not; a line here is its losses, its overhead and its times.
using EsyncSim.Client;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class BlockLengthChooserTests
{
    private const int Longest = 4095;
    private const int ImageLength = 256 * 1024;
    private static readonly int[] Ladder = [4095, 2050, 1028, 517, 258, 132, 69];

    [Fact]
    public void Lengths_are_the_longest_and_halves_of_its_frames_each_full_to_its_last_frame()
    {
        Assert.Equal(Ladder, BlockLengthChooser.LengthsUpTo(Longest));
        Assert.All(BlockLengthChooser.LengthsUpTo(1000).Skip(1), length => Assert.Equal(0, (length - 6) % 7));
        Assert.Equal([20], BlockLengthChooser.LengthsUpTo(20));
        Assert.Equal([3], BlockLengthChooser.LengthsUpTo(3));
    }

    [Fact]
    public void Without_a_loss_every_request_is_as_long_as_the_ECU_takes_whatever_it_costs()
    {
        Properties.Hold(
            Gen.Choose(1, 2_000_000_000).ArrayOf(60).SelectMany(times => Gen.Choose(3, Longest).Select(longest => (Times: times, Longest: longest))),
            run =>
            {
                BlockLengthChooser chooser = Begun(run.Longest);
                foreach (int ns in run.Times)
                {
                    Assert.Equal(run.Longest, chooser.Length);
                    chooser.Take(chooser.Length, 0, true, ns);
                }
            });
    }

    [Fact]
    public void Whatever_happens_a_length_is_one_that_the_ECU_takes()
    {
        Gen<(int Lost, bool IsAnswered, int Ns, int Length)> request = Gen.Choose(0, 3).SelectMany(lost => Gen.Choose(0, 2_000_000_000).SelectMany(
            ns => Gen.Choose(3, Longest).Select(length => (lost, lost < 3 || length % 2 == 0, ns, length))));
        Properties.Hold(
            request.ArrayOf(80).SelectMany(requests => Gen.Choose(3, Longest).Select(longest => (Requests: requests, Longest: longest))),
            run =>
            {
                BlockLengthChooser chooser = Begun(run.Longest);
                int[] lengths = BlockLengthChooser.LengthsUpTo(run.Longest);
                foreach ((int lost, bool isAnswered, int ns, int length) in run.Requests)
                {
                    // The last request of a transfer is as long as what is left.
                    chooser.Take(Math.Min(length, chooser.Length), lost, isAnswered, ns);
                    Assert.Contains(chooser.Length, lengths);
                }

                chooser.Begin(run.Longest);
                Assert.Contains(chooser.Length, lengths);
            });
    }

    [Theory]
    [InlineData(0.0001, 1028, 4095, 1.02, 1.05)]
    [InlineData(0.001, 258, 1028, 0.75, 1.08)]
    [InlineData(0.005, 69, 517, 0.25, 1.15)] // until the first request is through it sends the longest
    public void It_comes_near_to_the_best_length_of_each_line(double frameLoss, int least, int most, double ofLongest, double ofBest)
    {
        Line line = new() { FrameLoss = frameLoss };
        double chosen = 0, longest = 0, best = double.MaxValue;
        double[] fixedNs = new double[Ladder.Length];
        for (int seed = 1; seed <= 10; seed++)
        {
            BlockLengthChooser chooser = Begun(Longest);
            chosen += line.Bring(chooser, seed);
            Assert.InRange(chooser.Length, least, most);
            for (int i = 0; i < Ladder.Length; i++)
            {
                fixedNs[i] += line.Bring(Begun(Longest, Ladder[i]), seed);
            }
        }

        longest = fixedNs[0];
        best = fixedNs.Min();
        Assert.True(chosen < longest * ofLongest, $"{chosen / longest:F3} of the time with the longest requests");
        Assert.True(chosen < best * ofBest, $"{chosen / best:F3} of the time of the best length");
    }

    [Fact]
    public void A_line_that_became_good_gets_the_longest_requests_again_step_by_step()
    {
        List<BlockLengthChange> changes = [];
        BlockLengthChooser chooser = Begun(Longest);
        chooser.Changed = changes.Add;
        new Line { FrameLoss = 0.003 }.Bring(chooser, 1);
        int shortest = chooser.Length;
        Assert.True(shortest < Longest / 4);
        changes.Clear();

        Line good = new();
        double costNs = good.Bring(chooser, 1) + good.Bring(chooser, 1);

        Assert.Equal(Longest, chooser.Length);
        Assert.Equal(changes.Select(change => change.Length).Order(), changes.Select(change => change.Length));
        Assert.True(changes[^1].IsLongest);
        Assert.InRange(changes.Count, 2, Ladder.Length);
        Assert.True(costNs < 1.06 * 2 * good.Bring(Begun(Longest, Longest), 1), "the way back is dear");
    }

    [Fact]
    public void Where_a_request_costs_much_the_same_losses_leave_it_longer()
    {
        Line near = new() { FrameLoss = 0.001 }, far = near with { OverheadNs = 30_000_000 };
        BlockLengthChooser ofNear = Begun(Longest), ofFar = Begun(Longest);
        near.Bring(ofNear, 1);
        far.Bring(ofFar, 1);
        Assert.True(ofFar.Length > ofNear.Length, $"{ofFar.Length} bytes where a request costs 30 ms, {ofNear.Length} where it costs 1.4 ms");
    }

    [Fact]
    public void First_frames_without_flow_control_shorten_nothing_and_leave_longer_what_is_short()
    {
        BlockLengthChooser chooser = Begun(Longest);
        for (int i = 0; i < 20; i++)
        {
            chooser.Take(chooser.Length, i % 2, true, 140_000_000 + (i % 2 * 1_000_000_000L), i % 2);
            Assert.Equal(Longest, chooser.Length);
        }

        BlockLengthChooser without = Begun(Longest), with = Begun(Longest);
        for (int i = 0; i < 40; i++)
        {
            Take(without, isUnbegun: false);
            Take(with, isUnbegun: i % 8 == 7);
        }

        Assert.True(without.Length < Longest, "nothing was short");
        Assert.True(with.Length > without.Length, $"{with.Length} bytes, {without.Length} without");

        void Take(BlockLengthChooser one, bool isUnbegun)
        {
            long requestNs = 1_400_000 + (33_200L * one.Length);
            one.Take(one.Length, 0, true, requestNs);
            one.Take(one.Length, 1, true, (2 * requestNs) + 150_000_000);
            if (isUnbegun)
            {
                one.Take(one.Length, 1, true, requestNs + 1_000_000_000, 1);
            }
        }
    }

    [Fact]
    public void What_was_seen_counts_in_the_next_transfer_which_may_have_other_limits()
    {
        BlockLengthChooser chooser = Begun(Longest);
        new Line { FrameLoss = 0.003 }.Bring(chooser, 1);
        int before = chooser.Length;
        chooser.Begin(Longest);
        Assert.Equal(before, chooser.Length);
        chooser.Begin(1000);
        Assert.InRange(chooser.Length, 69, 999);
        chooser.Begin(30);
        Assert.Equal(30, chooser.Length);
    }

    [Theory]
    [InlineData(514, 4095, 514)]
    [InlineData(4095, 1000, 1000)]
    public void A_fixed_length_stays_or_is_what_the_ECU_takes(int length, int longest, int expected)
    {
        BlockLengthChooser chooser = Begun(longest, length);
        chooser.Changed = change => Assert.Fail($"{change}");
        for (int i = 0; i < 50; i++)
        {
            chooser.Take(chooser.Length, 3, false, 1_000_000_000);
        }

        Assert.Equal(expected, chooser.Length);
        chooser.Begin(longest);
        Assert.Equal(expected, chooser.Length);
    }

    [Fact]
    public void A_change_is_one_line_with_the_losses_that_it_comes_from()
    {
        Assert.Equal("2 of 31 requests lost so far, TransferData requests of 1,028 bytes from now on", new BlockLengthChange(1028, false, 2, 31).ToString());
        Assert.Equal("2 of 1,200 requests lost so far, TransferData requests of 4,095 bytes from now on, as long as the ECU takes", new BlockLengthChange(4095, true, 2, 1200).ToString());
    }

    private static BlockLengthChooser Begun(int longest, int? length = null)
    {
        BlockLengthChooser chooser = new(length);
        chooser.Begin(longest);
        return chooser;
    }

    private sealed record Line
    {
        public double FrameLoss { get; init; }

        public double OverheadNs { get; init; } = 1_400_000;

        public double ByteNs { get; init; } = 33_200;

        public double RecoveryNs { get; init; } = 150_000_000;

        // Nanoseconds for an image; a request is tried until it gets through.
        public double Bring(BlockLengthChooser chooser, int seed)
        {
            Random random = new(seed);
            double totalNs = 0;
            for (int left = ImageLength; left > 0;)
            {
                int length = Math.Min(chooser.Length, left + 2);
                double requestNs = OverheadNs + (ByteNs * length), ns = requestNs;
                int lost = 0;
                while (random.NextDouble() > Math.Pow(1 - FrameLoss, ((length + 6) / 7) + 2))
                {
                    lost++;
                    ns += RecoveryNs + requestNs;
                }

                chooser.Take(length, lost, true, (long)ns);
                totalNs += ns;
                left -= length - 2;
            }

            return totalNs;
        }
    }
}
