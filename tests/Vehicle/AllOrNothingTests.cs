// A campaign that is all or nothing over three real agents: whatever fails, and wherever client or server are killed, all three run
// and keep the new version in the end, or all three run the old one.
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class AllOrNothingTests(ITestOutputHelper output) : IDisposable
{
    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Three_good_ECUs_are_all_kept()
    {
        _rig.Run(async () =>
        {
            IReadOnlyList<TargetResult> results = await _rig.UpdateAsync(Campaign(_rig.Targets("2.0.0", 2)));
            Assert.All(results, result => Assert.Equal(TargetEnd.Completed, result.End));
            Assert.All(await _rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));
        });
    }

    [Theory]
    [InlineData(0, "selftest")]
    [InlineData(1, "stalls")]
    [InlineData(2, "selftest")]
    public void One_that_fails_its_trial_takes_all_back(int index, string behaviour)
    {
        _rig.Run(async () =>
        {
            IReadOnlyList<TargetResult> results = await _rig.UpdateAsync(Campaign(_rig.Targets("2.0.0", 2, (index, behaviour))));
            Assert.Equal(TargetEnd.RolledBack, results[index].End);
            Assert.DoesNotContain(results, result => result.IsGood);
            Assert.All(await _rig.SettleAsync(), running => Assert.Equal("1.0.0 Confirmed", running));
        });
    }

    [Fact]
    public void One_whose_package_is_refused_leaves_all_as_they_were()
    {
        _rig.Run(async () =>
        {
            CampaignTarget[] targets = _rig.Targets("2.0.0", 2);
            targets[1] = _rig.Target(1, "2.0.0", 1); // a number that it has had for another image
            IReadOnlyList<TargetResult> results = await _rig.UpdateAsync(Campaign(targets));
            Assert.Equal([TargetEnd.Withheld, TargetEnd.Failed, TargetEnd.Withheld], results.Select(result => result.End));
            Assert.All(await _rig.SettleAsync(), running => Assert.Equal("1.0.0 Confirmed", running));
        });
    }

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(1, 90_000)]
    [InlineData(3, 2_000)]
    [InlineData(3, 90_000)]
    public void A_client_that_crashes_at_a_message_ends_in_all_or_nothing(int buses, int offMs) => Crash(buses, offMs, EveryStep.Stride(37));

    private void Crash(int buses, int offMs, int stride)
    {
        int messages = 0;
        using GroupRig whole = new(buses);
        whole.Run(async () =>
        {
            await whole.UpdateAsync(Campaign(whole.Targets("2.0.0", 2)));
            messages = whole.MessageCount;
        });
        List<string> ends = [];
        int beside = 0;
        for (int at = 1; at <= messages; at += stride)
        {
            ends.Add(EndOfCrash(buses, at, offMs, ref beside));
        }

        Assert.True(buses == 1 ? beside == 0 : beside > ends.Count / 3, $"{beside} of {ends.Count} crashes with several requests under way");
        output.WriteLine($"{buses} buses, {messages} messages, {ends.Count} crashes of {offMs} ms, {beside} with several requests under way: {ends.Count(end => end == "2.0.0 Confirmed")} kept, {ends.Count(end => end == "1.0.0 Confirmed")} back");
        Assert.All(ends, end => Assert.True(end is "1.0.0 Confirmed" or "2.0.0 Confirmed", end));
        Assert.Contains("2.0.0 Confirmed", ends);
    }

    private static string EndOfCrash(int buses, int at, int offMs, ref int beside)
    {
        using GroupRig rig = new(buses);
        int underWay = 0;
        string end = string.Empty;
        rig.Run(async () =>
        {
            rig.OnMessage = number =>
            {
                if (number == at)
                {
                    underWay = rig.UnderWayCount;
                    rig.Crash(offMs);
                }
            };
            IReadOnlyList<TargetResult> results = await rig.UpdateAsync(Campaign(rig.Targets("2.0.0", 2)));
            string[] running = await rig.SettleAsync();
            bool isTold = results.All(result => result.IsGood) == (running[0] == "2.0.0 Confirmed");
            end = running.Distinct().Count() == 1 && isTold ? running[0] : $"message {at}: {string.Join(", ", running)}; told {string.Join(", ", results.Select(result => result.End))}";
        });
        beside += underWay > 1 ? 1 : 0;
        return end;
    }

    private static Campaign Campaign(CampaignTarget[] targets) => new("group", targets) { Mode = CampaignMode.AllOrNothing };
}
