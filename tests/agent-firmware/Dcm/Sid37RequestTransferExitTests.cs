// Service 37 on the wire: positive only at the very end, and the same answer when asked again.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid37RequestTransferExitTests
{
    private static DcmBench Filled()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 20 00 00 00 00 00 00 02", "74 20 0F FF");
        bench.Expect("36 01 A1 A2", "76 01");
        return bench;
    }

    [Fact]
    public void After_the_last_byte_Then_77_and_again_77()
    {
        DcmBench bench = Filled();
        bench.Expect("37", "77");
        bench.Expect("37", "77");
        Assert.Single(bench.Target.Calls, "TransferExit");
    }

    [Fact]
    public void Before_the_last_byte_Then_24_and_the_transfer_goes_on()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 20 00 00 00 00 00 00 02", "74 20 0F FF");
        bench.Expect("37", "7F 37 24");
        bench.Expect("36 01 A1", "76 01");
        bench.Expect("37", "7F 37 24");
        bench.Expect("37 00", "7F 37 24");
        bench.Expect("36 02 A2", "76 02");
        bench.Expect("37", "77");
    }

    [Fact]
    public void The_answer_waits_for_the_flash()
    {
        DcmBench bench = Filled();
        bench.Target.PendingCalls = 100;
        int before = bench.Said.Count;
        bench.Expect("37", "77");
        Assert.Equal(["7F 37 78", "77"], bench.Said.Skip(before).Select(h => h.Pdu));
    }

    [Fact]
    public void A_failure_is_72_and_again_72()
    {
        DcmBench bench = Filled();
        bench.Target.Outcome = FotaError.ReadBackMismatch;
        bench.Expect("37", "7F 37 72");
        bench.Target.Outcome = FotaError.None;
        bench.Expect("37", "7F 37 72");
        bench.Expect("36 02 A3", "7F 36 24");
    }

    [Fact]
    public void A_failure_in_the_background_is_72_even_before_the_last_byte()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 20 00 00 00 00 00 00 02", "74 20 0F FF");
        bench.Expect("36 01 A1", "76 01");
        bench.Target.FailInBackground(FotaError.ChunkMismatch);
        bench.Expect("37", "7F 37 72");
    }

    [Fact]
    public void Without_a_transfer_it_is_24()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("37", "7F 37 24");
        bench.Expect("37 00", "7F 37 24");
    }

    [Fact]
    public void A_parameter_record_is_13() => Filled().Expect("37 00", "7F 37 13");

    [Fact]
    public void After_a_session_change_the_former_result_is_gone()
    {
        DcmBench bench = Filled();
        bench.Expect("37", "77");
        bench.Unlock();
        bench.Expect("37", "7F 37 24");
    }

    [Fact]
    public void When_programming_without_access_Then_33()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Programming);
        bench.Expect("37", "7F 37 33");
    }
}
