// Service 34 on the wire.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid34RequestDownloadTests
{
    private const string Good = "34 00 44 20 00 00 00 00 01 00 00";

    private static DcmBench Unlocked(Action<DcmConfig>? configure = null)
    {
        DcmBench bench = new(configure);
        bench.Unlock();
        return bench;
    }

    [Fact]
    public void A_download_is_handed_on_and_answered_with_the_longest_message()
    {
        DcmBench bench = Unlocked();
        bench.Expect(Good, "74 20 0F FF");
        Assert.Equal("StartDownload 00 20000000 00010000", bench.Target.Calls[^1]);
    }

    [Fact]
    public void The_longest_message_is_the_configured_one() => Unlocked(c => c.MessageLengthMax = 514).Expect(Good, "74 20 02 02");

    [Theory]
    [InlineData("34", "7F 34 13")]
    [InlineData("34 00 44 20", "7F 34 13")]
    [InlineData("34 00 33 20 00 00 00 01 00", "7F 34 31")]
    [InlineData("34 00 00 20 00", "7F 34 31")]
    [InlineData("34 00 44 20 00 00 00 00 01 00", "7F 34 13")]
    [InlineData("34 00 44 20 00 00 00 00 01 00 00 00", "7F 34 13")]
    public void Checks_come_in_order(string request, string response)
    {
        DcmBench bench = Unlocked();
        bench.Expect(request, response);
        Assert.Empty(bench.Target.Calls);
    }

    [Theory]
    [InlineData(FotaError.NoManifest, "7F 34 24")]
    [InlineData(FotaError.EncodingUnsupported, "7F 34 31")]
    [InlineData(FotaError.TransferOutOfRange, "7F 34 31")]
    [InlineData(FotaError.EnvelopeTooLong, "7F 34 31")]
    [InlineData(FotaError.TrialRunning, "7F 34 22")]
    [InlineData(FotaError.Busy, "7F 34 22")]
    [InlineData(FotaError.FlashFailed, "7F 34 70")]
    public void Each_refusal_has_its_code(FotaError reason, string response)
    {
        DcmBench bench = Unlocked();
        bench.Target.Outcome = reason;
        bench.Expect(Good, response);
        bench.Target.Outcome = FotaError.None;
        bench.Expect("36 01 AA", "7F 36 24");
    }

    [Fact]
    public void While_a_transfer_is_open_another_is_22()
    {
        DcmBench bench = Unlocked();
        bench.Expect(Good, "74 20 0F FF");
        bench.Expect("34 00 44 20 00 00 00 00 02 00 00", "7F 34 22");
        bench.Expect("34 00 44 10 00 00 00 00 01 00 00", "7F 34 22");
        bench.Expect("36 01 AA", "76 01");
        bench.Expect(Good, "7F 34 22");
        bench.Expect("36 02 AA", "76 02");
    }

    [Fact]
    public void The_same_request_again_before_the_first_block_is_answered_again_and_done_once()
    {
        DcmBench bench = Unlocked();
        bench.Expect(Good, "74 20 0F FF");
        bench.Expect(Good, "74 20 0F FF");
        Assert.Single(bench.Target.Calls);
        bench.Expect("36 01 AA", "76 01");
    }

    [Fact]
    public void A_long_start_is_answered_after_78()
    {
        DcmBench bench = Unlocked();
        bench.Target.PendingCalls = 100;
        int before = bench.Said.Count;
        bench.Expect(Good, "74 20 0F FF");
        Assert.Equal("7F 34 78", bench.Said[before].Pdu);
    }

    [Fact]
    public void When_programming_without_access_Then_33()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Programming);
        bench.Expect(Good, "7F 34 33");
        bench.Expect("34", "7F 34 33");
    }

    [Fact]
    public void When_extended_Then_7F()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        bench.Expect(Good, "7F 34 7F");
    }

    [Fact]
    public void A_transfer_begins_at_the_configured_speed_and_keeps_what_losses_made_of_it_to_its_end()
    {
        DcmBench bench = Unlocked();
        bench.CanTp.TightenFlowControl();
        bench.Expect(Good, "74 20 0F FF");
        Assert.Equal(0, bench.CanTp.BlockSize);
        bench.CanTp.TightenFlowControl();
        bench.Expect(Good, "74 20 0F FF"); // its response was lost: no new transfer
        bench.Expect("36 01 AA", "76 01");
        Assert.Equal(8, bench.CanTp.BlockSize);
    }

    [Fact]
    public void A_refused_download_changes_no_speed()
    {
        DcmBench bench = Unlocked();
        bench.CanTp.TightenFlowControl();
        bench.Target.Outcome = FotaError.Busy;
        bench.Expect(Good, "7F 34 22");
        Assert.Equal(8, bench.CanTp.BlockSize);
    }
}
