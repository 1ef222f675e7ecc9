// eSync messages from the broker, which anybody may have sent: a message or nothing, and a message is the same after writing and
// reading.
// Tests: tests/Fuzz/Checks.
using System.Text;
using EsyncSim.Server;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>EsyncJson.</summary>
internal sealed class JsonTarget : FuzzTarget
{
    private const string Whole = """
        {"type":"esync.prepare-update","reply-id":"3","reply-to":"3","body":{"package":{"type":"/ECU/motor","name":"m","version":"2.0.0","status":"INSTALL_READY",
        "version-list":{"2.0.0":{"downloaded":false,"sha-256":"00","downloadables":[{"url":"u","length":7,"sha-256":"00"}]}},"rollback-versions":["1"],"message":"x","terminal-failure":true},
        "campaign":{"id":"c1"},"sequence":3,"progress":40,"indeterminate":false,"stage":"US_TRANSFER","ecu":{"version-report":"01","authentic":true,"state":"Confirmed","reason":"None"}}}
        """;

    public override string What => "eSync message from the broker";

    // The parser is .NET's own: its branches guide, most of them belong to other uses.
    public override IReadOnlyList<string> Parsers => [];

    public override int LengthMax => 2000;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words =>
        [.. new[] { "\\ud800", "\\u0000", "null", "true", "1e400", "-0", "99999999999", "{", "}", "[", "]", ",", ":", "\"\"", "\"type\":", "\"body\":", "\"package\":", "\"name\":", "\"campaign\":", "\"id\":", "//", "/*" }.Select(Encoding.UTF8.GetBytes)];

    public override long StepsMax(int length) => 100_000 + (100 * length);

    public override long AllocationMax(int length) => 200_000 + (200L * length);

    public override IReadOnlyList<byte[]> Seeds() =>
        [Encoding.UTF8.GetBytes(Whole), "{\"type\":\"esync.query-package\",\"body\":{\"package\":{\"type\":\"t\",\"name\":\"n\"}}}"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray()];

    public override void Run(byte[] input)
    {
        if (EsyncJson.TryDecode(input) is not EsyncMessage message)
        {
            return;
        }

        Require(message.Type is not null && message.Body?.Package?.Type is not null && message.Body.Package.Name is not null, "a message lacks what every message has");
        byte[] again = EsyncJson.Encode(message);
        Require(EsyncJson.TryDecode(again) is EsyncMessage same && EsyncJson.Encode(same).AsSpan().SequenceEqual(again), "a message is another one after writing and reading");
    }
}
