// Routine 0220 on the wire: once in a life, and kept before the answer.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class RoutineProvisionTests
{
    private static readonly string Request = "31 01 02 20 " + DcmBench.Hex(DcmBench.ProvisioningRecord());

    private static DcmBench Blank(ScriptedFlash? flash = null)
    {
        DcmBench bench = new(flash: flash, isProvisioned: false);
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    [Fact]
    public void A_blank_ECU_takes_its_record_and_knows_it_after_a_reset()
    {
        DcmBench bench = Blank();
        bench.Expect(Request, "71 01 02 20 00 00");
        bench.OpenAccess();
        bench.RunUntil(() => bench.NvM.IsIdle);
        DcmBench again = Blank(bench.Flash);
        again.OpenAccess();
        again.Expect(Request, "7F 31 22");
    }

    [Fact]
    public void The_answer_waits_for_the_flash()
    {
        DcmBench bench = Blank();
        bench.Flash.BusyPolls = 100;
        int before = bench.Said.Count;
        bench.Expect(Request, "71 01 02 20 00 00");
        Assert.Equal("7F 31 78", bench.Said[before].Pdu);
        Assert.NotEqual(StdReturn.Pending, bench.NvM.WriteResult(NvMBlock.Provisioning));
    }

    [Fact]
    public void A_second_provisioning_is_22_and_noted()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect(Request, "7F 31 22");
        Assert.Equal([FotaError.AlreadyProvisioned], bench.Target.Refusals);
        bench.OpenAccess();
    }

    [Fact]
    public void A_flash_that_fails_is_the_result_NvMFailed()
    {
        DcmBench bench = Blank();
        bench.Flash.IsBroken = true;
        bench.Expect(Request, "71 01 02 20 00 2B");
    }

    [Fact]
    public void A_record_whose_length_does_not_fit_its_count_is_13()
    {
        DcmBench bench = Blank();
        bench.Expect(Request + " 00", "7F 31 13");
        bench.Expect(DcmBench.Hex(DcmBench.Unhex(Request).SkipLast(1)), "7F 31 13");
        bench.Expect(DcmBench.Hex(DcmBench.Unhex(Request).Take(4 + 48)), "7F 31 13");
        Assert.Empty(bench.Target.Refusals);
    }

    [Fact]
    public void No_anchor_at_all_is_31()
    {
        DcmBench bench = Blank();
        byte[] none = [.. DcmBench.Unhex(Request).Take(4 + 48), 0];
        bench.Expect(DcmBench.Hex(none), "7F 31 31");
        Assert.Equal([FotaError.ProvisioningMalformed], bench.Target.Refusals);
    }

    [Fact]
    public void An_unknown_role_is_31()
    {
        DcmBench bench = Blank();
        byte[] bad = DcmBench.Unhex(Request);
        bad[4 + 49] = 9;
        bench.Expect(DcmBench.Hex(bad), "7F 31 31");
        bench.Expect(Request, "71 01 02 20 00 00");
    }
}
