// Files with signing keys, whose checksum Repair makes right again: a key or words for the user.
// Tests: tests/Fuzz/Checks.
using System.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EsyncSim;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>SigningKeyFile, KeyJson.</summary>
internal sealed class KeyFileTarget : FuzzTarget
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public override string What => "file with a signing key";

    public override IReadOnlyList<string> Parsers => ["EsyncSim.Signing.SigningKeyFile", "EsyncSim.Signing.KeyJson", "EsyncSim.Signing.SigningRoles"];

    public override int LengthMax => 6000;

    public override int SmokeInputs => 1000;

    public override IReadOnlyList<byte[]> Words => [.. new[] { "\"levels\": 2", "\"height\": 10", "\"nextIndex\": -1", "\"lowerNodes\": \"\"", "null", "\\ud800", "[]", "{}", "\"role\": \"oem\"", "999999999999" }.Select(Encoding.UTF8.GetBytes)];

    public override long StepsMax(int length) => 2_000_000 + (100 * length);

    public override long AllocationMax(int length) => 8_000_000 + (200L * length);

    public override IReadOnlyList<byte[]> Seeds() => [SigningKeyFile.Write(Samples.Author), SigningKeyFile.Write(SigningKey.FromSeedText(SigningRole.Oem, new SigningParameters(2, 5, 8), "fuzz two levels"))];

    // The checksum is over the text as it is written, with an empty checksum.
    public override byte[] Repair(byte[] input)
    {
        try
        {
            if (JsonNode.Parse(input) is not JsonObject form || !form.ContainsKey("checksum"))
            {
                return input;
            }

            form["checksum"] = string.Empty;
            byte[] text = Encoding.UTF8.GetBytes(form.ToJsonString(Written) + "\n");
            form["checksum"] = Convert.ToHexStringLower(SHA256.HashData(text));
            return Encoding.UTF8.GetBytes(form.ToJsonString(Written) + "\n");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return input;
        }
    }

    public override void Run(byte[] input)
    {
        SigningKey key;
        try
        {
            key = SigningKeyFile.Parse(input, "fuzz.key");
        }
        catch (UserErrorException)
        {
            return;
        }

        Require(key.Remaining >= 0 && key.NextIndex >= 0, "a key with an index outside its range is taken");
        byte[] written = SigningKeyFile.Write(key);
        Require(SigningKeyFile.Write(SigningKeyFile.Parse(written, "again.key")).AsSpan().SequenceEqual(written), "a key is another one after writing and reading");
    }
}
