// The status byte of a DTC, bit by bit (ISO 14229-1:2020 Annex D.2).
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemStatusTests
{
    [Theory]
    [InlineData(0x50, false, 0x27)]
    [InlineData(0x50, true, 0x2F)]
    [InlineData(0x00, true, 0x2F)]
    [InlineData(0x2E, false, 0x2F)]
    [InlineData(0x68, false, 0x2F)]
    [InlineData(0xFF, true, 0xAF)]
    public void A_failure_sets_bits_0_1_2_5_and_3_when_confirmed_and_clears_4_and_6(int before, bool isConfirmed, int after) =>
        Assert.Equal(after, DemStatus.AfterFailure((byte)before, isConfirmed));

    [Theory]
    [InlineData(0x50, 0x00)]
    [InlineData(0x2F, 0x2E)]
    [InlineData(0x6C, 0x2C)]
    public void A_pass_clears_bits_0_4_and_6_and_nothing_else(int before, int after) => Assert.Equal(after, DemStatus.AfterPass((byte)before));

    [Theory]
    [InlineData(0x2F, 0x6C)]
    [InlineData(0x2E, 0x6C)]
    [InlineData(0x2C, 0x68)]
    [InlineData(0x24, 0x60)]
    [InlineData(0x27, 0x64)]
    [InlineData(0x6C, 0x6C)]
    [InlineData(0x00, 0x40)]
    [InlineData(0x50, 0x50)]
    public void A_new_cycle_knows_no_test_and_drops_pending_after_a_cycle_that_passed(int before, int after) => Assert.Equal(after, DemStatus.AtCycleStart((byte)before));

    [Fact]
    public void A_cycle_passed_when_it_was_tested_and_had_no_failure()
    {
        for (int status = 0; status <= 0xFF; status++)
        {
            bool isTested = (status & DemStatus.TestNotCompletedThisOperationCycle) == 0;
            bool hasFailed = (status & DemStatus.TestFailedThisOperationCycle) != 0;
            Assert.Equal(isTested && !hasFailed, DemStatus.IsPassedCycle((byte)status));
        }
    }

    [Fact]
    public void Starting_a_cycle_twice_changes_nothing_more()
    {
        for (int status = 0; status <= 0xFF; status++)
        {
            byte once = DemStatus.AtCycleStart((byte)status);
            Assert.Equal(once, DemStatus.AtCycleStart(once));
        }
    }
}
