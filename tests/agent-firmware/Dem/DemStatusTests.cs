// The status byte of a DTC, bit by bit (ISO 14229-1:2020 Annex D.2).
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemStatusTests
{
    [Theory]
    [InlineData(0x50, 0x2F)]
    [InlineData(0x00, 0x2F)]
    [InlineData(0x2E, 0x2F)]
    [InlineData(0xFF, 0xAF)]
    public void A_failure_sets_bits_0_1_2_3_5_and_clears_4_and_6(int before, int after) => Assert.Equal(after, DemStatus.AfterFailure((byte)before));

    [Theory]
    [InlineData(0x50, 0x00)]
    [InlineData(0x2F, 0x2E)]
    [InlineData(0x6C, 0x2C)]
    public void A_pass_clears_bits_0_4_and_6_and_nothing_else(int before, int after) => Assert.Equal(after, DemStatus.AfterPass((byte)before));

    [Theory]
    [InlineData(0x2F, 0x6C)]
    [InlineData(0x2E, 0x6C)]
    [InlineData(0x2C, 0x68)]
    [InlineData(0x6C, 0x6C)]
    [InlineData(0x00, 0x40)]
    [InlineData(0x50, 0x50)]
    public void A_new_cycle_knows_no_test_and_drops_pending_after_a_cycle_that_passed(int before, int after) => Assert.Equal(after, DemStatus.AtCycleStart((byte)before));
}
