// What data gathering keeps in RAM from start on, by the arrays of nf.config's generated code and of the agent.
// The sum of the arrays and some room for the objects around them; not measured on a board.
// Tests: tests/host-sim/Config/DataRuleTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Bytes of RAM by what nf.config says.</summary>
internal static class DataMemory
{
    // Bytes of each: identifier, type, range, value, quality, what the application noted; bits, multiplexor, what is computed
    // of them; identifier, timeout, place, clock; identifier, type, range, default, two values.
    private const int SignalLength = 21;
    private const int CanSignalLength = 17;
    private const int FrameLength = 13;
    private const int OutputLength = 24;

    // Objects, and the heads of some forty arrays.
    private const int FixedLength = 2048;

    /// <summary>Bytes in all.</summary>
    public static uint LengthOf(DataConfig config) =>
        (uint)(FixedLength + TableLength(config) + config.RulesLengthMax + config.HistoryLength + config.QueueLength);

    /// <summary>The sum, for a message.</summary>
    public static string SumOf(DataConfig config) =>
        $"{TableLength(config)} for {config.SignalDids.Length} signals, {config.CanDids.Length} of them from {config.FrameTimeoutMs.Length} CAN frames, and {config.OutputDids.Length} outputs; rules {config.RulesLengthMax}, history {config.HistoryLength}, queue {config.QueueLength}, {FixedLength} around them";

    private static int TableLength(DataConfig config) =>
        (config.SignalDids.Length * SignalLength) + (config.CanDids.Length * CanSignalLength) + (config.FrameTimeoutMs.Length * FrameLength) + (config.OutputDids.Length * OutputLength);
}
