// The wear budget: how many erases a year each area of the flash meets at the most, in normal life and under attack, and
// how many years the part stands that.
// What an update costs follows from PROTOCOL.md ("Boot record", "Checkpoints", "NvM"); what a peer without access can
// cause, from "What anybody can make the flash write". A flash with wear levelling below us (littlefs) gets no credit for it.
// Invariant: these are bounds; tests count the erases of simulated updates and floods and hold them against the figures.
// Tests: tests/host-sim/Wear.
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncSim.Wear;

/// <summary>What an ECU goes through in a year.</summary>
/// <param name="Updates">Updates.</param>
/// <param name="Interruptions">Losses of power in each update.</param>
/// <param name="Starts">Starts in which the application reports a DTC status that differs from the stored one.</param>
public sealed record WearLife(int Updates, int Interruptions, int Starts)
{
    /// <summary>Bytes of reports that rules and DTCs make a day; null: what the ECU's built-in rules make.</summary>
    public int? ReportBytesPerDay { get; init; }

    /// <summary>Hours of a day in which changes and conditions trigger rules, as often as those let them; periods are day and night.</summary>
    public double DriveHoursPerDay { get; init; } = 2;

    /// <summary>An update a month, each interrupted once, and a fault that comes and goes with each of two drives a day.</summary>
    public static WearLife Usual { get; } = new(12, 1, 2 * 365);
}

/// <summary>Erases of one sector of an area, or of both areas of a pair.</summary>
/// <param name="Area">Name in nf.config, without its number.</param>
/// <param name="PerUpdate">Erases by an update that nothing interrupts.</param>
/// <param name="NormalPerYear">Erases by a year of normal life.</param>
/// <param name="AttackPerYear">Erases more by a year of attack, day and night.</param>
/// <param name="EraseCycles">Erases that the part stands; 0 is no limit.</param>
public sealed record WearLine(string Area, double PerUpdate, double NormalPerYear, double AttackPerYear, uint EraseCycles)
{
    /// <summary>Years that the part lasts under attack all the time.</summary>
    public double Years => EraseCycles == 0 ? double.PositiveInfinity : EraseCycles / Math.Max(NormalPerYear + AttackPerYear, 1e-9);

    /// <summary>Years without attack.</summary>
    public double NormalYears => EraseCycles == 0 ? double.PositiveInfinity : EraseCycles / Math.Max(NormalPerYear, 1e-9);
}

/// <summary>Computes the budget.</summary>
public static class WearBudget
{
    /// <summary>Years that every area must last, attacked all the time.</summary>
    public const double YearsMin = 15;

    private const double MsPerYear = 365.25 * 24 * 3600 * 1000;

    // Changes in the start that installs: EMPTY, RECEIVING, again by FF00, VERIFIED, TRIAL; and in the one that tries: an attempt,
    // CONFIRMED, a mark tried. The first of a start erases, and then one whenever the places are used up.
    private static readonly int[] BootRecordChangesPerUpdate = [5, 3];

    // Fingerprint, DTC status in two starts, a security event, the count of failed accesses forgiven. A record erases each area
    // once at the most: when it is the first of its start, or when the area is full.
    private const int NvMWritesPerUpdate = 5;

    private const int AccessesPerUpdate = 2;

    /// <summary>One line for each area, in the order of the flash map.</summary>
    public static IReadOnlyList<WearLine> Of(EcuDefinition ecu, WearLife life)
    {
        EcuConfig config = ecu.Config;
        uint cycles = ecu.FlashPart.EraseCycles;
        int attempts = 1 + life.Interruptions;
        double lists = CheckpointListsPerTransfer(config);
        double attack = PeerNvMErases(config, MsPerYear, life.Updates * AccessesPerUpdate);
        ReportWear reports = new(ecu);
        double places = BootRecordStore.PlaceCount(config.Fls.BootRecord0, (int)ecu.FlashPart.PageSize);
        double records = BootRecordChangesPerUpdate.Sum(changes => Math.Ceiling(changes / places));
        IEnumerable<WearLine> log = reports.Sectors > 0 ? [new WearLine("reportLog", 0, reports.NormalPerYear(life), reports.AttackErases(life, MsPerYear), cycles)] : [];
        return
        [
            Line("banks", 1, 0.5 * attempts),
            Line("manifest slots", 1, 0.5 * attempts),
            Line("staging", 1, attempts),
            Line("bootRecord", records, records + life.Interruptions),
            Line("nvm", NvMWritesPerUpdate, NvMWritesPerUpdate * attempts, life.Starts, attack),
            Line("checkpoint", lists, lists * attempts),
            .. log,
        ];

        // Banks and manifest slots take turns.
        WearLine Line(string area, double perUpdate, double perUpdateInLife, double others = 0, double attack = 0) =>
            new(area, perUpdate, (perUpdateInLife * life.Updates) + others, attack, cycles);
    }

    /// <summary>
    /// Most erases of an NvM sector that a peer without access causes in a time, when somebody with access opens it so many
    /// times meanwhile, which forgives.
    /// </summary>
    public static double PeerNvMErases(EcuConfig config, double ms, int goodAccesses)
    {
        int levels = GrowingDelay.LevelOfLongest(config.NvM.SparingDelayMs, config.NvM.SparingDelayMsMax);
        int failures = GrowingDelay.LevelOfLongest(config.Dcm.AccessDelayMs, config.Dcm.AccessDelayMsMax);
        double sparingWrites = (levels * (1 + goodAccesses)) + Math.Floor(ms / config.NvM.SparingDelayMsMax);
        double failureWrites = failures * (1 + goodAccesses);
        return (sparingWrites * ErasesPerSparingWrite(config)) + failureWrites;
    }

    // A sparing write may be two records, DTC status and security events: both fit into an area that is opened anew, or the
    // second opens it again.
    private static int ErasesPerSparingWrite(EcuConfig config)
    {
        int all = config.NvM.AreaLengthMin() - Padded(NvMBlock.Provisioning);
        return config.Fls.NvM0.Length >= all + Padded(NvMBlock.Dem) + Padded(NvMBlock.SecurityEvents) ? 1 : 2;

        int Padded(byte block) => (config.NvM.LengthMax[block] + 16 + 31) / 32 * 32;
    }

    // Each list begins with an erased area and ends the other one; a transfer opens one, and another whenever one is full.
    private static double CheckpointListsPerTransfer(EcuConfig config)
    {
        uint chunks = config.Fls.BankA.Length / BankWriter.ChunkLength;
        bool hasPatches = TransferEncoding.HasCompression(config.Fota.Encodings, TransferEncoding.Delta);
        return 2 + Math.Ceiling((double)chunks / SlotSizes.ChunksPerList(config.Fls.Checkpoint0.Length, hasPatches));
    }
}
