// The JSON of key and device files: small, strict, and with messages that name the file and the field. An unknown field is
// an error, so that a mistyped one is not silently dropped.
// Tests: tests/host-sim/Signing.
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Signing;

/// <summary>A form that carries a SHA-256 over its own text with an empty checksum.</summary>
internal interface ICheckedForm
{
    /// <summary>The SHA-256 in hexadecimal.</summary>
    string Checksum { get; set; }
}

/// <summary>Reading and writing of the JSON forms.</summary>
internal static class KeyJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        WriteIndented = true,

        // Base64 keeps its plus signs; the files are never part of a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
        MaxDepth = 8,
    };

    /// <summary>The value as UTF-8 text that ends with a line feed.</summary>
    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    /// <summary>The form as text, with its checksum.</summary>
    public static byte[] WriteChecked<T>(T form)
        where T : ICheckedForm
    {
        form.Checksum = ChecksumOf(form);
        return Write(form);
    }

    /// <summary>True when the checksum is right; leaves the form with an empty one.</summary>
    public static bool IsIntact<T>(T form)
        where T : ICheckedForm
    {
        string checksum = form.Checksum;
        return checksum == ChecksumOf(form);
    }

    /// <summary>Reads a form whose first field says which form it is.</summary>
    /// <exception cref="UserErrorException">No JSON, another form, a missing or an unknown field.</exception>
    public static T Parse<T>(byte[] text, string path, string what, string format, Func<T, string> formatOf)
    {
        T? form;
        try
        {
            form = JsonSerializer.Deserialize<T>(text, Options);
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is long line ? $"line {line + 1}: " : string.Empty;
            throw Malformed(path, what, place + Explain(error.Message));
        }

        if (form is null || formatOf(form) != format)
        {
            string found = form is null ? "nothing" : $"\"{formatOf(form)}\"";
            throw Malformed(path, what, $"its format is {found}, this version reads \"{format}\"");
        }

        return form;
    }

    /// <summary>Bytes from a hexadecimal field of an exact length.</summary>
    public static byte[] Hex(string text, int length, string path, string what, string field)
    {
        try
        {
            byte[] bytes = Convert.FromHexString(text);
            return bytes.Length == length ? bytes : throw Malformed(path, what, $"{field} has {bytes.Length} bytes instead of {length}");
        }
        catch (FormatException)
        {
            throw Malformed(path, what, $"{field} is not hexadecimal");
        }
    }

    /// <summary>The error for a file that is there but not as it should be.</summary>
    public static UserErrorException Malformed(string path, string what, string reason) =>
        new(ExitCode.BadFile, $"{path} is no usable {what}: {reason}");

    // Leaves the form with an empty checksum.
    private static string ChecksumOf<T>(T form)
        where T : ICheckedForm
    {
        form.Checksum = string.Empty;
        return Convert.ToHexStringLower(SHA256.HashData(Write(form)));
    }

    // The serializer's messages carry type names of this program, which help nobody who holds the file.
    private static string Explain(string message)
    {
        int missing = message.IndexOf("including: ", StringComparison.Ordinal);
        if (missing >= 0)
        {
            return "missing " + message[(missing + "including: ".Length)..].TrimEnd('.');
        }

        string[] quoted = message.Split('\'');
        if (message.Contains("could not be mapped", StringComparison.Ordinal) && quoted.Length > 1)
        {
            return $"unknown field '{quoted[1]}'";
        }

        bool isConversion = message.Contains("could not be converted", StringComparison.Ordinal);
        int end = message.IndexOf(" Path:", StringComparison.Ordinal);
        return isConversion ? "a value of the wrong kind" : end < 0 ? message : message[..end];
    }
}
