// Signals, outputs and bounds of data gathering of one ECU, as the agent takes them.
// Invariant: frames and their signals stand in the order that the agent expects. What all of it costs and needs is for DataLimits.
// Tests: tests/host-sim/Config/DataRuleTests.cs.
using EsyncAgent;
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>What an ECU gathers.</summary>
/// <param name="Config">The agent's side.</param>
/// <param name="Signals">Signals with their places, ascending by identifier.</param>
/// <param name="Outputs">Outputs, ascending by identifier.</param>
/// <param name="Rules">Its built-in collection rules as they are written; null for none.</param>
internal sealed record DataRules(DataConfig Config, IReadOnlyList<PlacedSignal> Signals, IReadOnlyList<OutputDefinition> Outputs, ConfigNode? Rules)
{
    /// <summary>The signals without their places.</summary>
    public IReadOnlyList<ConfiguredSignal> Entries => [.. Signals.Select(s => s.Signal)];
}

/// <summary>Reader of `signals`, `outputs` and `data`.</summary>
internal sealed class DataReader(ConfigSection ecu, BoardDefinition board, ConfigProblems problems)
{
    /// <summary>Reads the three sections, and holds the frames against the board's filters.</summary>
    public DataRules Read()
    {
        int before = problems.Count;
        ConfigSection section = ecu.OptionalSection("signals");
        IReadOnlyList<PlacedSignal> signals = new SignalReader(section, problems).Read();
        section.RefuseUnknown();
        ConfigSection outputSection = ecu.OptionalSection("outputs");
        IReadOnlyList<OutputDefinition> outputs = OutputReader.Read(outputSection, problems);
        outputSection.RefuseUnknown();
        bool isSound = problems.Count == before;
        if (isSound)
        {
            new SignalFrameRules(problems, board).Check(signals);
        }

        ConfigSection data = ecu.Section("data");
        DataConfig config = ReadBounds(data);
        if (isSound)
        {
            Fill(config, signals);
            Fill(config, outputs);
        }

        ConfigNode? rules = data.Find("rules");
        data.RefuseUnknown();
        return new DataRules(config, signals, outputs, problems.Count == before ? rules : null);
    }

    private static DataConfig ReadBounds(ConfigSection data) => new()
    {
        RuleCountMax = (byte)data.Number("ruleCountMax", 1, 255, "rules of a set, which are numbered by a byte"),
        RuleSignalsMax = (byte)data.Number("ruleSignalsMax", 1, 255, "signals that all rules name together"),
        RuleTermsMax = (byte)data.Number("ruleTermsMax", 1, 255, "comparisons of all conditions"),
        HistoryLength = (ushort)data.Size("historyLength", 0, 60_000, "samples before a trigger; 0 keeps none"),
        QueueLength = (ushort)data.Size("queueLength", 512, 60_000, "records that wait for the flash; one of the longest must fit"),
        IlPerTurnMax = (ushort)data.Number("ilPerTurnMax", 500, 60_000, "IL instructions of one evaluation; 2,400 are about a millisecond"),
    };

    private static void Fill(DataConfig config, IReadOnlyList<PlacedSignal> placed)
    {
        ConfiguredSignal[] signals = [.. placed.Select(p => p.Signal)];
        config.SignalTableId = new SignalCatalogue(signals.Select(s => s.Definition)).TableId;
        config.SignalDids = [.. signals.Select(s => s.Definition.Did)];
        config.SignalTypes = [.. signals.Select(s => (byte)s.Definition.Type)];
        config.SignalMin = [.. signals.Select(s => Bits(s.RawMin))];
        config.SignalMax = [.. signals.Select(s => Bits(s.RawMax))];
        IGrouping<uint, PlacedSignal>[] frames = [.. SignalFrameRules.FramesOf(placed)];
        config.FrameTimeoutMs = [.. frames.Select(f => f.First().Signal.Can!.TimeoutMs)];
        config.FrameFirst = [.. frames.Select((_, i) => (ushort)frames.Take(i).Sum(f => f.Count()))];
        ConfiguredSignal[] read = [.. frames.SelectMany(f => f).Select(p => p.Signal)];
        config.CanDids = [.. read.Select(s => s.Definition.Did)];
        config.CanStartBits = [.. read.Select(s => s.Can!.Bits.StartBit)];
        config.CanLengths = [.. read.Select(s => s.Can!.Bits.Length)];
        config.CanIsBigEndian = [.. read.Select(s => Flag(s.Can!.Bits.IsBigEndian))];
        config.MultiplexorStartBits = [.. read.Select(s => s.Can!.Multiplexor?.Bits.StartBit ?? 0)];
        config.MultiplexorLengths = [.. read.Select(s => s.Can!.Multiplexor?.Bits.Length ?? 0)];
        config.MultiplexorIsBigEndian = [.. read.Select(s => Flag(s.Can!.Multiplexor?.Bits.IsBigEndian ?? false))];
        config.MultiplexorValues = [.. read.Select(s => s.Can!.Multiplexor?.Value ?? 0)];
    }

    private static void Fill(DataConfig config, IReadOnlyList<OutputDefinition> outputs)
    {
        config.OutputDids = [.. outputs.Select(o => o.Did)];
        config.OutputTypes = [.. outputs.Select(o => (byte)o.Type)];
        config.OutputMin = [.. outputs.Select(o => Bits(o.Min))];
        config.OutputMax = [.. outputs.Select(o => Bits(o.Max))];
        config.OutputDefaults = [.. outputs.Select(o => Bits(o.Default))];
    }

    // The agent holds all raw values in an int, a uint32 by its bits.
    private static int Bits(long raw) => unchecked((int)raw);

    private static byte Flag(bool flag) => flag ? (byte)1 : (byte)0;
}
