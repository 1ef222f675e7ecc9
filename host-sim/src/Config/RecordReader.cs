// The constant records of an ECU by data identifier.
// Invariant: they come out ascending and each number once, as the agent's look-up expects them.
// Tests: tests/host-sim/Config/RecordRuleTests.cs.
using System.Text;
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Reader of `records`.</summary>
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
