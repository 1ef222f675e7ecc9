// Bit timing: figures that are known from elsewhere, the invariants over every clock and rate, and refusals with a reason.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class BitTimingTests
{
    private const CanControllerKind Stm32 = CanControllerKind.Stm32;
    private const CanControllerKind Mcp2515 = CanControllerKind.Mcp2515;

    [Theory]

    // The figures that nanoFramework's users write for 500 kbit/s: prescaler 7 or 9, 12 quanta, sampled after 10.
    [InlineData(Stm32, 42_000_000, 500_000, "CanSettings(6, 8, 1, 0)", "83.33 %")]
    [InlineData(Stm32, 54_000_000, 500_000, "CanSettings(8, 8, 1, 0)", "83.33 %")]
    [InlineData(Stm32, 54_000_000, 250_000, "CanSettings(17, 8, 1, 0)", "83.33 %")]
    [InlineData(Stm32, 54_000_000, 125_000, "CanSettings(35, 8, 1, 0)", "83.33 %")]

    // 21 MHz has no 12 quanta at 500 kbit/s.
    [InlineData(Stm32, 21_000_000, 500_000, "CanSettings(2, 10, 1, 0)", "85.71 %")]
    [InlineData(Stm32, 21_000_000, 250_000, "CanSettings(6, 8, 1, 0)", "83.33 %")]
    [InlineData(Stm32, 42_000_000, 1_000_000, "CanSettings(2, 10, 1, 0)", "85.71 %")]

    // Libraries for the MCP2515 write CNF 40 E5 83 and the like: the same prescaler and 16 quanta, sampled three times at
    // 75 % or, in older ones (00 F0 86), at 56 %. These sample once, a quantum later than 75 %.
    [InlineData(Mcp2515, 8_000_000, 500_000, "CNF1..3 40 9F 02", "81.25 %")]
    [InlineData(Mcp2515, 8_000_000, 250_000, "CNF1..3 41 9F 02", "81.25 %")]
    [InlineData(Mcp2515, 8_000_000, 125_000, "CNF1..3 43 9F 02", "81.25 %")]
    [InlineData(Mcp2515, 4_000_000, 250_000, "CNF1..3 40 9F 02", "81.25 %")]
    [InlineData(Mcp2515, 4_000_000, 125_000, "CNF1..3 41 9F 02", "81.25 %")]

    // Eight quanta are all that an 8 MHz crystal has at 500 kbit/s, and two of them must follow the sample point: 75 %.
    [InlineData(Mcp2515, 4_000_000, 500_000, "CNF1..3 00 8A 01", "75 %")]
    [InlineData(Mcp2515, 8_000_000, 1_000_000, "CNF1..3 00 8A 01", "75 %")]
    public void Known_clocks_give_known_registers(CanControllerKind kind, uint clockHz, uint bitRate, string registers, string samplePoint)
    {
        CanBitTiming timing = BitTimingCalculator.Find(kind, clockHz, bitRate)!;
        Assert.Equal((registers, samplePoint), (BitTimingCalculator.Registers(kind, timing), BitTimingCalculator.SamplePoint(timing)));
    }

    [Theory]
    [InlineData(Stm32, 256)]
    [InlineData(Mcp2515, 64)]
    [InlineData(CanControllerKind.Virtual, 256)]
    public void Whatever_is_found_is_exact_reachable_and_well_sampled(CanControllerKind kind, int prescalerMax)
    {
        int found = 0;
        foreach (uint clockHz in new uint[] { 4_000_000, 5_000_000, 6_000_000, 8_000_000, 10_000_000, 16_000_000, 21_000_000, 24_000_000, 36_000_000, 42_000_000, 45_000_000, 54_000_000 })
        {
            foreach (uint bitRate in new uint[] { 10_000, 20_000, 33_333, 50_000, 83_333, 95_200, 100_000, 125_000, 250_000, 500_000, 800_000, 1_000_000 })
            {
                if (BitTimingCalculator.Find(kind, clockHz, bitRate) is not { } t)
                {
                    Assert.NotEmpty(BitTimingCalculator.WhyNot(kind, clockHz, bitRate));
                    continue;
                }

                found++;
                int quanta = 1 + t.PropagationSegment + t.PhaseSegment1 + t.PhaseSegment2;
                Assert.Equal(clockHz, (uint)(t.Prescaler * quanta) * bitRate);
                Assert.InRange(t.Prescaler, 1, prescalerMax);
                Assert.InRange(t.PropagationSegment, 1, 8);
                Assert.InRange(t.PhaseSegment1, 1, 8);
                Assert.InRange(t.PhaseSegment2, kind == Mcp2515 ? 2 : 1, 8);
                Assert.InRange(t.SyncJumpWidth, 1, new[] { 4, t.PhaseSegment1, t.PhaseSegment2 }.Min());
                Assert.InRange((quanta - t.PhaseSegment2) / (double)quanta, 0.75, 0.875);
                if (kind == Mcp2515)
                {
                    // Data sheet DS20001801 §5.3.
                    Assert.True(t.PropagationSegment + t.PhaseSegment1 >= t.PhaseSegment2);
                    Assert.True(t.PhaseSegment2 > t.SyncJumpWidth);
                }
            }
        }

        Assert.InRange(found, 40, 144);
    }

    [Theory]
    [InlineData(Mcp2515, 4_000_000, 1_000_000, "a bit has 4 quanta of this clock, and 8 are the least")]
    [InlineData(Mcp2515, 8_000_000, 83_333, "the clock is no multiple of the bit rate by 8 to 25 quanta and a prescaler of 1 to 64")]
    [InlineData(Stm32, 12_500_000, 500_000, "the sample point nearest 75 to 87.5 % that the controller reaches is 68 %")]
    [InlineData(Stm32, 54_000_000, 1_000, "prescaler of 1 to 256")]
    public void What_is_not_found_has_its_reason(CanControllerKind kind, uint clockHz, uint bitRate, string reason)
    {
        Assert.Null(BitTimingCalculator.Find(kind, clockHz, bitRate));
        Assert.Contains(reason, BitTimingCalculator.WhyNot(kind, clockHz, bitRate));
    }

    [Fact]
    public void A_bus_that_the_board_cannot_make_is_refused_with_its_line_and_the_rates_that_it_can()
    {
        Expect(
            With("  other: { bitRate: 250000 }", "  other: { bitRate: 95200 }"),
            ConfigRule.BitRateUnreachable,
            "bus: other",
            "Board `bench` cannot make 95200 bit/s from its CAN clock of 42000000 Hz: the clock is no multiple of the bit rate by 8 to 25 quanta and a prescaler of 1 to 256. Choose a bus of 500000, 250000, 125000, 100000, 50000, 20000 bit/s, or another board or crystal.");
    }

    [Fact]
    public void An_ECU_gets_the_timing_of_its_own_bus()
    {
        NfConfig config = ConfigBench.Read(Good);
        Assert.Equal((7, 12), (config.Ecu("motor").Config.CanBitTiming.Prescaler, BitTimingCalculator.Quanta(config.Ecu("motor").Config.CanBitTiming)));
        Assert.Equal((14, 12), (config.Ecu("climate").Config.CanBitTiming.Prescaler, BitTimingCalculator.Quanta(config.Ecu("climate").Config.CanBitTiming)));
    }
}
