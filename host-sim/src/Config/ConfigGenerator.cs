// Prints a checked configuration as C# for the boards, which have no file parser to spare.
// The printer walks the public fields of the configuration objects, so that a new field cannot be forgotten; what it
// prints is C# 13 for nanoFramework: object initialisers and arrays, nothing else.
// Invariant: the same configuration gives the same bytes (LF line ends), so that a test can prove the files current.
// Tests: tests/host-sim/Config/GeneratorTests.cs.
using System.Globalization;
using System.Reflection;
using System.Text;
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>EcuConfig to C# source.</summary>
public static class ConfigGenerator
{
    /// <summary>First line of each generated file; files in the folder without it are somebody's own.</summary>
    public const string Mark = "// Generated from nf.config by `esync config generate`: change nf.config, not this file.";

    private const int BytesPerLine = 16;

    // Numbers that documents and data sheets write in hexadecimal.
    private static readonly Dictionary<string, string> HexFields = new()
    {
        ["PhysicalRxId"] = "X3",
        ["FunctionalRxId"] = "X3",
        ["TxId"] = "X3",
        ["PeriodicTxId"] = "X3",
        ["SignalRxIds"] = "X3",
        ["SignalTableId"] = "X8",
        ["SignalDids"] = "X4",
        ["CanDids"] = "X4",
        ["OutputDids"] = "X4",
        ["SeparationTimeMin"] = "X2",
        ["Padding"] = "X2",
        ["Start"] = "X6",
        ["Length"] = "X6",
        ["ConstantIds"] = "X4",
        ["Dtcs"] = "X6",
    };

    /// <summary>Name of the class for an ECU, and of its file without the extension.</summary>
    public static string ClassName(string ecu) => char.ToUpperInvariant(ecu[0]) + ecu[1..] + "Config";

    /// <summary>The whole source file for one ECU.</summary>
    public static string Print(EcuConfig config)
    {
        var text = new StringBuilder();
        string name = ClassName(config.Name);
        text.Append(Mark).Append('\n');
        text.Append($"// ECU {config.Name} on board {config.Board}. Plain data: it knows no driver and no port.\n");
        text.Append("// Tests: tests/host-sim/Config/GeneratorTests.cs.\n");
        text.Append("namespace EsyncAgent;\n\n");
        text.Append($"/// <summary>The ECU `{config.Name}` of nf.config.</summary>\n");
        text.Append($"public static class {name}\n{{\n");
        text.Append("    /// <summary>Builds the configuration; the main program calls it once.</summary>\n");
        PrintMethod(text, "public", "Create", config);
        foreach (FieldInfo field in Fields(config).Where(IsSection))
        {
            text.Append('\n');
            PrintMethod(text, "private", "Create" + field.Name, field.GetValue(config)!);
        }

        return text.Append("}\n").ToString();
    }

    private static void PrintMethod(StringBuilder text, string access, string name, object value)
    {
        text.Append($"    {access} static {value.GetType().Name} {name}()\n    {{\n        return ");
        PrintObject(text, value, "        ", isRoot: value is EcuConfig);
        text.Append(";\n    }\n");
    }

    private static void PrintObject(StringBuilder text, object value, string indent, bool isRoot)
    {
        text.Append($"new {value.GetType().Name}\n{indent}{{\n");
        foreach (FieldInfo field in Fields(value))
        {
            text.Append($"{indent}    {field.Name} = ");
            if (isRoot && IsSection(field))
            {
                text.Append($"Create{field.Name}()");
            }
            else
            {
                PrintValue(text, field.Name, field.GetValue(value)!, indent + "    ");
            }

            text.Append(",\n");
        }

        text.Append(indent).Append('}');
    }

    private static void PrintValue(StringBuilder text, string field, object value, string indent)
    {
        switch (value)
        {
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case byte or ushort or uint or int:
                text.Append(Number((IFormattable)value, field));
                break;
            case string words:
                text.Append('"').Append(words.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append('"');
                break;
            // To the runtime an sbyte[] is a byte[] too.
            case byte[] bytes when value.GetType() == typeof(byte[]):
                PrintBytes(text, bytes, indent);
                break;
            case byte[][] records:
                PrintRecords(text, records, indent);
                break;
            case Array numbers:
                PrintNumbers(text, numbers, field, indent);
                break;
            case FlsArea area:
                text.Append($"new FlsArea {{ Start = {Number(area.Start, nameof(area.Start))}, Length = {Number(area.Length, nameof(area.Length))} }}");
                break;
            default:
                throw new InvalidOperationException($"Field {field} has type {value.GetType()}, which the generator cannot print; teach it here.");
        }
    }

    private static void PrintBytes(StringBuilder text, byte[] bytes, string indent)
    {
        if (bytes.Length == 0)
        {
            text.Append("new byte[0]");
            return;
        }

        string[] lines = [.. bytes.Chunk(BytesPerLine).Select(line => string.Join(", ", line.Select(b => $"0x{b:X2}")))];
        if (lines.Length == 1)
        {
            text.Append($"new byte[] {{ {lines[0]} }}");
            return;
        }

        text.Append($"new byte[]\n{indent}{{\n");
        foreach (string line in lines)
        {
            text.Append($"{indent}    {line},\n");
        }

        text.Append(indent).Append('}');
    }

    private static void PrintRecords(StringBuilder text, byte[][] records, string indent)
    {
        if (records.Length == 0)
        {
            text.Append("new byte[0][]");
            return;
        }

        text.Append($"new byte[][]\n{indent}{{\n");
        foreach (byte[] record in records)
        {
            if (record.All(b => b is >= 0x20 and < 0x7F))
            {
                text.Append($"{indent}    // {Encoding.ASCII.GetString(record)}\n");
            }

            text.Append(indent).Append("    ");
            PrintBytes(text, record, indent + "    ");
            text.Append(",\n");
        }

        text.Append(indent).Append('}');
    }

    private static void PrintNumbers(StringBuilder text, Array numbers, string field, string indent)
    {
        // By the element's type: to a pattern an int[] is a uint[] too.
        string type = numbers.GetType().GetElementType()!.Name switch
        {
            nameof(SByte) => "sbyte",
            nameof(UInt16) => "ushort",
            nameof(UInt32) => "uint",
            nameof(Int32) => "int",
            _ => throw new InvalidOperationException($"{numbers.GetType()} cannot be printed; teach it here."),
        };
        if (numbers.Length == 0)
        {
            text.Append($"new {type}[0]");
            return;
        }

        text.Append($"new {type}[]\n{indent}{{\n");
        foreach (object[] line in numbers.Cast<object>().Chunk(BytesPerLine / 2))
        {
            text.Append($"{indent}    {string.Join(", ", line.Select(n => Number((IFormattable)n, field)))},\n");
        }

        text.Append(indent).Append('}');
    }

    private static string Number(IFormattable number, string field) =>
        HexFields.TryGetValue(field, out string? format)
            ? "0x" + number.ToString(format, CultureInfo.InvariantCulture)
            : number.ToString(null, CultureInfo.InvariantCulture);

    private static bool IsSection(FieldInfo field) => field.FieldType.IsClass && field.FieldType.Namespace == nameof(EsyncAgent);

    private static IEnumerable<FieldInfo> Fields(object value) =>
        value.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance).OrderBy(f => f.MetadataToken);
}
