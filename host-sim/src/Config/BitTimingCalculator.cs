// Bit timing of a CAN controller from its clock and the bus's bit rate (ISO 11898-1:2015 §11.3).
// Invariants of a result: the bit rate is met exactly; the sample point is 75 to 87.5 %; every figure is one that the
// controller's registers can hold. Where nothing fits there is no result but a reason: a bus that nearly runs is worse.
// Choice: the sample point nearest the middle of 80 to 87.5 %; of equal ones that with the fewest quanta, which for an
// STM32 at 42 and 54 MHz are the figures that nanoFramework's own users write.
// Tests: tests/host-sim/Config/BitTimingTests.cs.
using System.Globalization;
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>What a controller's registers can hold, in quanta.</summary>
/// <param name="PrescalerMax">Largest divider of the clock.</param>
/// <param name="BeforeSampleMax">Largest propagation segment and phase segment 1 together.</param>
/// <param name="Phase2Min">Smallest phase segment 2: the controller's information processing time.</param>
internal sealed record BitTimingRange(int PrescalerMax, int BeforeSampleMax, int Phase2Min)
{
    // RM0090 §32.9.5 (CAN_BTR) has prescalers up to 1024, but nanoFramework's CanSettings takes a byte.
    private static readonly BitTimingRange BxCan = new(256, 16, 1);

    // MCP2515 data sheet (DS20001801) §5.3: phase segment 2 has two quanta or more.
    private static readonly BitTimingRange Mcp2515 = new(64, 16, 2);

    /// <summary>The range of a controller; a virtual one is taken for a bxCAN.</summary>
    public static BitTimingRange Of(CanControllerKind kind) => kind == CanControllerKind.Mcp2515 ? Mcp2515 : BxCan;
}

/// <summary>Computes bit timings.</summary>
internal static class BitTimingCalculator
{
    private const int QuantaMin = 8;
    private const int QuantaMax = 25;
    private const int SegmentMax = 8;
    private const int JumpMax = 4;

    // Sample points in units of 1/10,000 of a bit.
    private const int Whole = 10_000;
    private const int SampleMin = 7500;
    private const int SampleMax = 8750;
    private const int SampleWanted = 8375;

    private static readonly uint[] UsualRates = [1_000_000, 800_000, 500_000, 250_000, 125_000, 100_000, 50_000, 20_000];

    /// <summary>The timing; null where there is none.</summary>
    public static CanBitTiming? Find(CanControllerKind kind, uint clockHz, uint bitRate)
    {
        BitTimingRange range = BitTimingRange.Of(kind);
        return Candidates(range, clockHz, bitRate)
            .Where(c => c.SamplePoint is >= SampleMin and <= SampleMax)
            .OrderBy(c => Math.Abs(c.SamplePoint - SampleWanted))
            .ThenBy(c => c.Quanta)
            .Select(c => c.ToTiming())
            .FirstOrDefault();
    }

    /// <summary>Why <see cref="Find"/> gives nothing.</summary>
    public static string WhyNot(CanControllerKind kind, uint clockHz, uint bitRate)
    {
        BitTimingRange range = BitTimingRange.Of(kind);
        Candidate[] exact = [.. Candidates(range, clockHz, bitRate)];
        if (exact.Length > 0)
        {
            int nearest = exact.Select(c => c.SamplePoint).MinBy(s => Math.Abs(s - SampleWanted));
            return $"the sample point nearest 75 to 87.5 % that the controller reaches is {Percent(nearest)}";
        }

        return clockHz < (ulong)QuantaMin * bitRate
            ? $"a bit has {Rate(clockHz, bitRate)} quanta of this clock, and {QuantaMin} are the least"
            : $"the clock is no multiple of the bit rate by {QuantaMin} to {QuantaMax} quanta and a prescaler of 1 to {range.PrescalerMax}";
    }

    /// <summary>Usual bit rates that the clock does reach, for messages.</summary>
    public static IReadOnlyList<uint> Reachable(CanControllerKind kind, uint clockHz, uint bitRateMax) =>
        [.. UsualRates.Where(r => r <= bitRateMax && Find(kind, clockHz, r) is not null)];

    /// <summary>Quanta of a bit.</summary>
    public static int Quanta(CanBitTiming timing) => 1 + timing.PropagationSegment + timing.PhaseSegment1 + timing.PhaseSegment2;

    /// <summary>Sample point as people read it.</summary>
    public static string SamplePoint(CanBitTiming timing) =>
        Percent((int)Math.Round((double)Whole * (Quanta(timing) - timing.PhaseSegment2) / Quanta(timing)));

    /// <summary>The timing as documents of its controller write it, for comparison; empty where there is no such form.</summary>
    public static string Registers(CanControllerKind kind, CanBitTiming timing) => kind switch
    {
        // nanoFramework: each value minus one; bxCAN has one segment before the sample point.
        CanControllerKind.Stm32 => $"CanSettings({timing.Prescaler - 1}, {timing.PropagationSegment + timing.PhaseSegment1 - 1}, {timing.PhaseSegment2 - 1}, {timing.SyncJumpWidth - 1})",

        // MCP2515 data sheet (DS20001801) §5.7; phase segment 2 is our own choice (BTLMODE), one sample a bit.
        CanControllerKind.Mcp2515 => $"CNF1..3 {(timing.SyncJumpWidth - 1) << 6 | (timing.Prescaler - 1):X2} {0x80 | (timing.PhaseSegment1 - 1) << 3 | (timing.PropagationSegment - 1):X2} {timing.PhaseSegment2 - 1:X2}",
        _ => "",
    };

    private static IEnumerable<Candidate> Candidates(BitTimingRange range, uint clockHz, uint bitRate)
    {
        for (int quanta = QuantaMin; quanta <= QuantaMax && bitRate > 0; quanta++)
        {
            ulong quantumRate = (ulong)quanta * bitRate;
            ulong prescaler = clockHz / quantumRate;
            if (clockHz % quantumRate != 0 || prescaler == 0 || prescaler > (ulong)range.PrescalerMax)
            {
                continue;
            }

            for (int phase2 = range.Phase2Min; phase2 <= SegmentMax; phase2++)
            {
                if (quanta - 1 - phase2 is > 1 and int before && before <= range.BeforeSampleMax)
                {
                    yield return new Candidate((int)prescaler, quanta, phase2);
                }
            }
        }
    }

    private static string Percent(int sample) => (sample / 100m).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Rate(uint clockHz, uint bitRate) => ((decimal)clockHz / bitRate).ToString("0.##", CultureInfo.InvariantCulture);

    private sealed record Candidate(int Prescaler, int Quanta, int Phase2)
    {
        public int SamplePoint => (int)Math.Round((double)Whole * (Quanta - Phase2) / Quanta);

        // Phase segments as equal as the propagation segment's limit lets them be, so that a resynchronisation has the same
        // room on both sides; the jump stays below both (data sheet of the MCP2515: phase segment 2 is longer than it).
        public CanBitTiming ToTiming()
        {
            int before = Quanta - 1 - Phase2;
            int phase1 = Math.Max(before - SegmentMax, Math.Min(Phase2, before - 1));
            return new CanBitTiming
            {
                Prescaler = (ushort)Prescaler,
                PropagationSegment = (byte)(before - phase1),
                PhaseSegment1 = (byte)phase1,
                PhaseSegment2 = (byte)Phase2,
                SyncJumpWidth = (byte)Math.Clamp(Phase2 - 1, 1, Math.Min(JumpMax, phase1)),
            };
        }
    }
}
