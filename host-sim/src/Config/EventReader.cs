// The diagnostic events of an ECU: their DTCs, and how each is debounced, confirmed, aged and photographed (PROTOCOL.md,
// "Events and DTCs"). What an event does not say itself it takes from `dem.event`, key by key.
// Invariant: what comes out fits into NvM block Dem, events ascending and each once, as the agent's look-up expects them.
// Tests: tests/host-sim/Config/EventRuleTests.cs.
using EsyncAgent;
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>Reader of `events` and `dem`.</summary>
/// <param name="problems">Where problems go.</param>
/// <param name="dem">The section `dem`.</param>
/// <param name="signals">Signals that a snapshot may name; null when they could not be read, which has been said.</param>
internal sealed class EventReader(ConfigProblems problems, ConfigSection dem, IReadOnlyList<SignalDefinition>? signals)
{
    private readonly ConfigSection usual = dem.Section("event");
    private readonly Dictionary<uint, ConfigNode> owners = [];
    private readonly List<byte> permanent = [];
    private readonly List<ushort> dids = [];

    /// <summary>Events of <paramref name="section"/>; <paramref name="nvm"/> says how much room there is for them.</summary>
    public DemConfig Read(ConfigSection section, NvMConfig nvm)
    {
        SortedDictionary<uint, ConfigEntry> entries = section.Numbered();
        int count = entries.Count;
        var config = new DemConfig
        {
            Events = new byte[count],
            Dtcs = new uint[count],
            FailSteps = new byte[count],
            PassSteps = new byte[count],
            FailJumps = new sbyte[count],
            PassJumps = new sbyte[count],
            ConfirmCycles = new byte[count],
            AgeingCycles = new byte[count],
            Priorities = new byte[count],
            SnapshotCounts = new byte[count],
            EntryCount = (byte)dem.Number("entries", 0, DemConfig.EntryCountMax, "faults whose snapshots are kept in NvM"),
        };
        int index = 0;
        foreach ((uint number, ConfigEntry entry) in entries)
        {
            if (number > 255 || (number > DemEvent.ApplicationFaulted && number < DemEvent.FirstOfApplication))
            {
                problems.Add(entry.Key, ConfigRule.OutOfRange, $"There is no event {entry.Key.Text}", "0 to 7 are the agent's, 16 to 255 the application's (PROTOCOL.md, \"Events and DTCs\")");
            }

            config.Events[index] = (byte)number;
            ReadEvent(config, index++, entry, new ConfigSection(problems, $"{section.Path}.{entry.Key.Text}", entry.Value, entry.Value, usual));
        }

        config.PermanentEvents = [.. permanent];
        config.SnapshotDids = [.. dids];
        dem.RefuseUnknown();
        CheckAgentsOwn(section, entries);
        CheckRoom(section, config, nvm);
        return config;
    }

    private void ReadEvent(DemConfig config, int index, ConfigEntry entry, ConfigSection body)
    {
        uint dtc = body.Number("dtc", 1, 0xFFFFFE, "three bytes, of which 000000 is no DTC and FFFFFF all of them");
        if (!owners.TryAdd(dtc, entry.Key) && body.Find("dtc") is not null)
        {
            problems.Add(body.Place("dtc"), ConfigRule.DuplicateDtc, $"DTC 0x{dtc:X6} belongs to event {owners[dtc].Text} in line {owners[dtc].Line} already", "Give each event a DTC of its own");
        }

        config.Dtcs[index] = dtc;
        ConfigSection debounce = body.Section("debounce");
        config.FailSteps[index] = (byte)debounce.Number("failStep", 1, 127, "the fault detection counter goes from 0 to 127");
        config.PassSteps[index] = (byte)debounce.Number("passStep", 1, 128, "the fault detection counter goes from 0 to -128");
        config.FailJumps[index] = (sbyte)debounce.Whole("failJump", sbyte.MinValue, sbyte.MaxValue, "the fault detection counter has no other values");
        config.PassJumps[index] = (sbyte)debounce.Whole("passJump", sbyte.MinValue, sbyte.MaxValue, "the fault detection counter has no other values");
        config.ConfirmCycles[index] = (byte)body.Number("confirmCycles", 1, 255, "starts with a failure until the DTC is confirmed");
        config.AgeingCycles[index] = (byte)body.Number("ageingCycles", 0, 255, "tested starts without failure until the DTC is confirmed no more; 0 is never");
        config.Priorities[index] = (byte)body.Number("priority", 1, 255, "1 is the most important");
        if (body.Flag("isPermanent"))
        {
            permanent.Add(config.Events[index]);
        }

        config.SnapshotCounts[index] = ReadSnapshot(body);
        body.RefuseUnknown();
    }

    private byte ReadSnapshot(ConfigSection body)
    {
        IReadOnlyList<ConfigNode> items = body.List("snapshot", "[0x0200, 0x0201], or [] for none");
        if (items.Count > DemConfig.SnapshotDidsMax)
        {
            problems.Add(body.Place("snapshot"), ConfigRule.OutOfRange, $"`{body.Path}.snapshot` lists {items.Count} signals", $"A snapshot has {DemConfig.SnapshotDidsMax} at the most; leave some out");
            return 0;
        }

        var own = new HashSet<ushort>();
        foreach (ConfigNode item in items)
        {
            if (Find(item) is { } did && !own.Add(did))
            {
                problems.Add(item, ConfigRule.DuplicateKey, $"`{item.Text}` stands twice in `{body.Path}.snapshot`", "Remove one of the two");
            }
        }

        dids.AddRange(own);
        return (byte)own.Count;
    }

    // Data identifier of a signal, by its number or its path; null when there is none.
    private ushort? Find(ConfigNode item)
    {
        if (signals is null)
        {
            return null;
        }

        bool isNumber = !item.IsQuoted && ConfigValues.TryNumber(item.Text, out ulong _);
        _ = ConfigValues.TryNumber(item.Text, out ulong number);
        SignalDefinition? signal = signals.FirstOrDefault(s => isNumber ? s.Did == number : s.Path == item.Text);
        if (signal is null)
        {
            problems.Add(item, ConfigRule.UnknownName, $"`{item.Text}` is no signal of this ECU", "Write path or data identifier of one that stands under `signals`");
        }

        return signal?.Did;
    }

    private void CheckAgentsOwn(ConfigSection section, SortedDictionary<uint, ConfigEntry> entries)
    {
        for (uint own = DemEvent.TrialRolledBack; own <= DemEvent.ApplicationFaulted; own++)
        {
            if (!entries.ContainsKey(own))
            {
                problems.Add(section.At, ConfigRule.MissingKey, $"`{section.Path}` lacks event {own}, which the agent reports", $"Add `{own}: {{ dtc: … }}`");
            }
        }
    }

    private void CheckRoom(ConfigSection section, DemConfig config, NvMConfig nvm)
    {
        int count = config.Events.Length, needed = config.BlockLength();
        if (count > DemConfig.CountMax)
        {
            problems.Add(section.At, ConfigRule.OutOfRange, $"There are {count} events, but an ECU keeps {DemConfig.CountMax} at the most", "Leave some out");
        }
        else if (needed > nvm.LengthMax[NvMBlock.Dem])
        {
            problems.Add(section.At, ConfigRule.TooSmall, $"{count} events and {config.EntryCount} entries with snapshots need {needed} bytes, and nvm.demLengthMax is {nvm.LengthMax[NvMBlock.Dem]}", $"Make demLengthMax {needed} or more, or take fewer entries or shorter snapshots");
        }
    }
}
