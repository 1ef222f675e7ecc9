// The numbered tables of an ECU: constant records by data identifier, DTCs by event.
// Invariant: both come out ascending and each number once, as the agent's look-up expects them.
// Tests: tests/host-sim/Config/RecordRuleTests.cs.
using System.Text;
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Reader of `records` and `events`.</summary>
internal static class RecordReader
{
    private const ushort FirstRecord = 0xF187;
    private const ushort LastRecord = 0xF19E;
    private const ushort Rxswin = 0xF1EF;
    private const ushort Vin = 0xF190;
    private const int VinLength = 17;
    private const int RecordLengthMax = 255;

    /// <summary>Identifiers and records.</summary>
    public static (ushort[] Ids, byte[][] Records) ReadRecords(ConfigSection section, ConfigProblems problems)
    {
        var ids = new List<ushort>();
        var records = new List<byte[]>();
        foreach ((uint id, ConfigEntry entry) in section.Numbered())
        {
            // F189 is the version of the running application, which the agent answers itself.
            bool isConfigurable = id is (>= FirstRecord and <= LastRecord and not 0xF189) or Rxswin;
            if (!isConfigurable)
            {
                problems.Add(entry.Key, ConfigRule.RecordNotConfigurable, $"`{entry.Key.Text}` cannot be a constant record: the agent answers it itself, or it is no identification", "Use 0xF187, 0xF188, 0xF18A to 0xF19E, or 0xF1EF (PROTOCOL.md, \"Data identifiers\")");
            }

            byte[] record = ReadRecord(entry, section.Path, problems);
            if (id == Vin && record.Length is not (0 or VinLength))
            {
                problems.Add(entry.Value, ConfigRule.OutOfRange, $"The VIN has {record.Length} characters", "ISO 3779 gives it 17");
            }

            ids.Add((ushort)id);
            records.Add(record);
        }

        return ([.. ids], [.. records]);
    }

    /// <summary>Events and their DTCs.</summary>
    public static DemConfig ReadEvents(ConfigSection section, NvMConfig nvm, ConfigProblems problems)
    {
        SortedDictionary<uint, ConfigEntry> entries = section.Numbered();
        var config = new DemConfig { Events = new byte[entries.Count], Dtcs = new uint[entries.Count] };
        var owners = new Dictionary<uint, ConfigNode>();
        int count = 0;
        foreach ((uint number, ConfigEntry entry) in entries)
        {
            if (number > 255 || (number > DemEvent.ApplicationFaulted && number < DemEvent.FirstOfApplication))
            {
                problems.Add(entry.Key, ConfigRule.OutOfRange, $"There is no event {entry.Key.Text}", "0 to 7 are the agent's, 16 to 255 the application's (PROTOCOL.md, \"Events and DTCs\")");
            }

            var body = new ConfigSection(problems, $"{section.Path}.{entry.Key.Text}", entry.Value, entry.Value);
            uint dtc = body.Number("dtc", 1, 0xFFFFFF, "three bytes, of which 000000 is no DTC");
            body.RefuseUnknown();
            if (!owners.TryAdd(dtc, entry.Key) && body.Find("dtc") is not null)
            {
                problems.Add(body.Place("dtc"), ConfigRule.DuplicateDtc, $"DTC 0x{dtc:X6} belongs to event {owners[dtc].Text} in line {owners[dtc].Line} already", "Give each event a DTC of its own");
            }

            config.Events[count] = (byte)number;
            config.Dtcs[count++] = dtc;
        }

        for (uint own = DemEvent.TrialRolledBack; own <= DemEvent.ApplicationFaulted; own++)
        {
            if (!entries.ContainsKey(own))
            {
                problems.Add(section.At, ConfigRule.MissingKey, $"`{section.Path}` lacks event {own}, which the agent reports", $"Add `{own}: {{ dtc: … }}`");
            }
        }

        config.Complete();
        CheckCount(section, config, nvm, problems);
        return config;
    }

    private static void CheckCount(ConfigSection section, DemConfig config, NvMConfig nvm, ConfigProblems problems)
    {
        int count = config.Events.Length;
        if (count > DemConfig.CountMax)
        {
            problems.Add(section.At, ConfigRule.OutOfRange, $"There are {count} events, but an ECU keeps {DemConfig.CountMax} at the most", "Leave some out");
        }
        else if (config.BlockLength() > nvm.LengthMax[NvMBlock.Dem])
        {
            problems.Add(section.At, ConfigRule.TooSmall, $"{count} events do not fit into nvm.demLengthMax, {nvm.LengthMax[NvMBlock.Dem]} bytes: they need {config.BlockLength()} (PROTOCOL.md, \"NvM\")", $"Make demLengthMax {config.BlockLength()} or more");
        }
    }

    private static byte[] ReadRecord(ConfigEntry entry, string path, ConfigProblems problems)
    {
        var body = new ConfigSection(problems, $"{path}.{entry.Key.Text}", entry.Value, entry.Value);
        ConfigNode? text = body.Find("text"), hex = body.Find("hex");
        body.RefuseUnknown();
        byte[] record = [];
        if ((text is null) == (hex is null))
        {
            problems.Add(body.At, ConfigRule.Malformed, $"`{body.Path}` needs either `text` or `hex`", "Write { text: \"…\" } or { hex: \"…\" }");
            return record;
        }

        if (text is not null)
        {
            if (!text.Text.All(c => c is >= ' ' and <= '~'))
            {
                problems.Add(text, ConfigRule.Malformed, $"`{text.Text}` is not printable ASCII", "Write the bytes as `hex`");
                return record;
            }

            record = Encoding.ASCII.GetBytes(text.Text);
        }
        else if (!ConfigValues.TryHexBytes(hex!.Text, out record))
        {
            problems.Add(hex, ConfigRule.Malformed, $"`{hex.Text}` are no bytes in hexadecimal", "Write pairs of digits: \"26 07 01\"");
            return record;
        }

        if (record.Length is 0 or > RecordLengthMax)
        {
            problems.Add(body.At, ConfigRule.OutOfRange, $"`{body.Path}` has {record.Length} bytes, outside 1 to {RecordLengthMax}", "Shorten it, or leave the record out");
        }

        return record;
    }
}
