// One table as C# source, and the checksum over several.
// Invariant: the text depends on nothing but name, description and values.
// Tests: tests/host-sim/Applications/CalibrationTests.
using System.Text;

namespace EsyncCalibration;

/// <summary>A named table of 16-bit values, row by row.</summary>
public sealed record Table(string Name, string Description, int Columns, short[] Values)
{
    private const int ValuesPerLine = 24;

    /// <summary>The table as a class of its application.</summary>
    public string ToSource(string application)
    {
        StringBuilder text = new();
        text.Append("// ").Append(Description).Append('\n');
        text.Append("// Made by host-sim/applications/calibration; not to be edited by hand.\n");
        text.Append("// Tests: tests/host-sim/Applications/CalibrationTests.\n");
        text.Append($"namespace EsyncApplications.{application};\n\n");
        text.Append("/// <summary>See the head of the file.</summary>\n");
        text.Append($"public static class {Name}\n{{\n");
        text.Append("    /// <summary>The values, row by row.</summary>\n");
        text.Append("    public static readonly short[] Values =\n    {\n");
        for (int i = 0; i < Values.Length; i += ValuesPerLine)
        {
            text.Append("        ").AppendJoin(", ", Values.Skip(i).Take(ValuesPerLine)).Append(",\n");
        }

        return text.Append("    };\n}\n").ToString();
    }

    /// <summary>The checksum over <paramref name="tables"/> as a class of its application.</summary>
    public static string ChecksumSource(string application, params Table[] tables)
    {
        uint checksum = Checksum(tables);
        return "// The checksum that the self-test expects over all tables of this release.\n"
            + "// Made by host-sim/applications/calibration; not to be edited by hand.\n"
            + "// Tests: tests/host-sim/Applications/CalibrationTests.\n"
            + $"namespace EsyncApplications.{application};\n\n"
            + "/// <summary>Identity of the tables.</summary>\n"
            + "public static class TableChecksum\n{\n"
            + "    /// <summary>CRC-32 over all tables.</summary>\n"
            + $"    public const uint Value = 0x{checksum:X8};\n}}\n";
    }

    private static uint Checksum(Table[] tables)
    {
        uint register = 0xFFFFFFFF;
        foreach (short value in tables.SelectMany(table => table.Values))
        {
            register ^= (ushort)value;
            for (int bit = 0; bit < 16; bit++)
            {
                register = (register & 1) != 0 ? (register >> 1) ^ 0xEDB88320 : register >> 1;
            }
        }

        return ~register;
    }
}
