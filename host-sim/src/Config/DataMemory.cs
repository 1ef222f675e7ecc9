// What data gathering keeps in RAM from start on: the arrays of nf.config's generated code and of the agent, and what the objects
// around them cost nanoFramework, twelve bytes for each of their fields.
// Without a report log there are neither rules nor their history.
// Invariant: not less than what the agent really keeps, and not half as much again; a test adds that up. Not measured on a board.
// Tests: tests/host-sim/Config/DataMemoryTests.cs, DataLimitsTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Bytes of RAM by what nf.config says.</summary>
internal static class DataMemory
{
    // Bytes of each: identifier, type, range, value, quality, what the application noted; bits, multiplexor, what is computed
    // of them; identifier, timeout, place, clock; identifier, type, range, default, two values.
    private const int SignalLength = 23;
    private const int CanSignalLength = 17;
    private const int FrameLength = 13;
    private const int OutputLength = 24;

    // A rule in the set in force, in the one that takes its place, in the engine and its history; a signal and a comparison of
    // either set; and seven bytes of a signal in every buffer that holds a record.
    private const int RuleLength = 121;
    private const int RuleSignalLength = 4;
    private const int TermLength = 16;
    private const int RecordSignalLength = 7;
    private const int RecordHead = 32;

    // Buffers of a record: the engine's own, the log writer's, and those of four walks through the log.
    private const int Buffers = 1;
    private const int LogBuffers = 5;

    // Number and state of each sector of the log.
    private const int SectorLength = 5;

    // Objects, the heads of arrays, buffers of a fixed length: of the signals, of the rules, of the log.
    private const int FixedLength = 2 * 1024;
    private const int RulesFixedLength = 3 * 1024;
    private const int LogFixedLength = 6 * 1024;

    /// <summary>Bytes in all.</summary>
    /// <param name="config">Signals, outputs and bounds.</param>
    /// <param name="sectors">Sectors of the report log; 0 where there is none.</param>
    public static uint LengthOf(DataConfig config, uint sectors) =>
        (uint)(TableLength(config) + FixedLength + (sectors == 0 ? 0 : RulesLength(config) + config.HistoryLength + LogLength(config, sectors)));

    /// <summary>The sum, for a message.</summary>
    public static string SumOf(DataConfig config, uint sectors) =>
        $"{TableLength(config)} for {config.SignalDids.Length} signals, {config.CanDids.Length} of them from {config.FrameTimeoutMs.Length} CAN frames, and {config.OutputDids.Length} outputs; {(sectors == 0 ? "no report log" : $"rules {RulesLength(config)}, history {config.HistoryLength}, report log {LogLength(config, sectors)}")}, {FixedLength} around them";

    private static int TableLength(DataConfig config) =>
        (config.SignalDids.Length * SignalLength) + (config.CanDids.Length * CanSignalLength) + (config.FrameTimeoutMs.Length * FrameLength) + (config.OutputDids.Length * OutputLength);

    private static int RulesLength(DataConfig config) =>
        RulesFixedLength + config.BuiltInRules.Length + (config.RuleCountMax * RuleLength) + (config.RuleSignalsMax * RuleSignalLength) + (config.RuleTermsMax * TermLength) + (Buffers * RecordLength(config));

    private static int LogLength(DataConfig config, uint sectors) =>
        LogFixedLength + config.QueueLength + ((int)sectors * SectorLength) + (LogBuffers * RecordLength(config));

    private static int RecordLength(DataConfig config) => RecordHead + (config.RuleSignalsMax * RecordSignalLength);
}
