// Prints byte arrays as C# for boards: a static class whose methods make them anew, so that none of them lies in the heap all the
// time. The same bytes give the same text, with LF.
using System.Text;

namespace EsyncTests.Boards.Virtual;

/// <summary>Who prints a file, who proves it current, and its namespace.</summary>
internal sealed record PrintedSource(string Printer, string Tests, string Namespace);

/// <summary>Byte arrays to C#.</summary>
internal static class PrintedBytes
{
    private const int BytesPerLine = 24;

    /// <summary>A whole file.</summary>
    public static string Class(PrintedSource source, string what, string name, string summary, params (string Method, string Summary, byte[] Bytes)[] methods)
    {
        var text = new StringBuilder();
        text.Append($"// Printed by {source.Printer}: change that, or what it reads, not this file.\n");
        text.Append($"// {what}\n");
        text.Append($"// Tests: {source.Tests}.\n");
        text.Append($"namespace {source.Namespace};\n\n");
        text.Append($"/// <summary>{summary}</summary>\n");
        text.Append($"public static class {name}\n{{");
        for (int i = 0; i < methods.Length; i++)
        {
            (string method, string of, byte[] bytes) = methods[i];
            text.Append($"\n    /// <summary>{of}, in an array made anew.</summary>\n");
            text.Append($"    public static byte[] {method}()\n    {{\n        return new byte[]\n        {{\n");
            foreach (byte[] line in bytes.Chunk(BytesPerLine))
            {
                text.Append("            ").AppendJoin(", ", line.Select(b => $"0x{b:X2}")).Append(",\n");
            }

            text.Append("        };\n    }\n");
        }

        return text.Append("}\n").ToString();
    }
}
