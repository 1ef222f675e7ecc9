// The demo's small updates: which form was sent and what it cost, where a cut patch went on, what was heard of an encrypted
// one, and an ECU that takes none of this.
using System.Text.RegularExpressions;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public class SmallUpdateTests
{
    private static DemoReport Report => DemoRun.Standard.Value.Report;

    [Fact]
    public void A_patch_between_two_releases_is_a_fiftieth_of_the_image_and_costs_about_half_the_time()
    {
        TransferResult patch = Assert.Single(Report.Transfers, transfer => transfer is { Ecu: "motor", Encoding: "delta" });

        Assert.Equal(patch.TransferBytes, patch.Bytes);
        Assert.InRange(patch.PercentOfImage, 0.5, 2);
        Assert.Equal(patch.Bytes * 100.0 / patch.ImageBytes, patch.PercentOfImage, 0.01);
        Assert.InRange(patch.BusSeconds, 0.1, patch.FullImageSeconds!.Value * 0.55); // the flash sets the pace of a patch
        Assert.Contains($"motor 2.0.1: {patch.Bytes:N0} of {patch.Bytes:N0} bytes (delta, {patch.PercentOfImage:F1} % of the image)", DemoRun.Standard.Value.Output);
    }

    [Fact]
    public void What_the_whole_image_would_have_cost_follows_from_the_last_whole_one()
    {
        TransferResult full = Report.Transfers.Last(transfer => transfer is { Ecu: "motor", Encoding: "full" });
        TransferResult small = Assert.Single(Report.Transfers, transfer => transfer.Encoding == "heatshrink");

        Assert.Equal(full.BusSeconds, full.FullImageSeconds);
        Assert.Equal(full.BusSeconds * small.ImageBytes / full.ImageBytes, small.FullImageSeconds!.Value, 1e-6);
    }

    [Fact]
    public void A_patch_that_was_cut_goes_on_at_a_piece_and_sends_no_piece_twice_but_those_that_were_not_decoded()
    {
        TransferResult[] parts = [.. Report.Transfers.Where(transfer => transfer is { Ecu: "battery", Encoding: "delta" })];

        Assert.Equal(2, parts.Length);
        int offset = parts[1].TransferBytes - parts[1].Bytes;
        Assert.True(offset > 0 && offset % 4096 == 0, $"went on at byte {offset}");
        Assert.True(offset < parts[0].Bytes);
        Assert.InRange(parts.Sum(part => part.Bytes), parts[0].TransferBytes, parts[0].TransferBytes + (3 * 4096));
    }

    [Fact]
    public void A_patch_that_gives_another_image_is_followed_by_the_whole_one_in_the_same_campaign()
    {
        DemoStep step = Assert.Single(Report.Steps, step => step.Name.StartsWith("battery: a patch that was made from 1.0.0", StringComparison.Ordinal));

        Assert.Equal("2.0.1 Confirmed, by full, after a delta that was refused (ChunkMismatch)", step.Observed);
        Assert.Equal("full", Report.Transfers.Last(transfer => transfer.Ecu == "battery").Encoding);
    }

    [Fact]
    public void Of_an_encrypted_patch_nothing_is_heard()
    {
        DemoStep step = Assert.Single(Report.Steps, step => step.Name == "motor: encrypted update from 2.0.0");

        Assert.Equal("2.0.1 Confirmed, by delta+aes, nothing of it heard", step.Observed);
        Match clear = Regex.Match(DemoRun.Standard.Value.Output, @"motor: whoever listens to this one hears (\d+) of its (\d+) blocks");
        Assert.True(clear.Success);
        Assert.Equal(clear.Groups[2].Value, clear.Groups[1].Value);
    }

    [Theory]
    [InlineData("compression: []", "full", "takes no patches and no compressed images")]
    [InlineData("compression: [heatshrink]", "full, heatshrink", "takes no patches (DID FD05)")]
    public void ECUs_that_take_less_get_what_they_take_and_the_screen_says_so(string compression, string encodings, string note)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "nf.config");
        string text = Repository.Read("nf.config").Replace("compression: [heatshrink, delta]", compression, StringComparison.Ordinal).Replace("encryption: aes-256-ctr", "encryption: none", StringComparison.Ordinal);
        File.WriteAllText(path, text);

        DemoRun run = DemoRun.Make(1, isNetworkVirtual: true, config: path);

        Assert.All(run.Report.Steps, step => Assert.True(step.Pass, $"{step.Name}: expected {step.Expected}, observed {step.Observed}"));
        Assert.Equal(28, run.Report.Steps.Count);
        Assert.Equal(encodings, string.Join(", ", run.Report.Transfers.Select(transfer => transfer.Encoding).Distinct()));
        Assert.Contains(note, run.Output);
        Assert.Contains("takes nothing encrypted (DID FD05)", run.Output);
    }
}
