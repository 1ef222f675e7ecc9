// Keys and values: unknown, double, missing, malformed, out of range. One test spoils one line.
using System.Reflection;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class KeyRuleTests
{
    [Theory]
    [InlineData("format: 1", "format: 1\nextra: 2", "extra: 2", "`nf.config` has no key `extra`")]
    [InlineData("  isoTp:", "  isotp: {}\n  isoTp:", "isotp: {}", "`nf.config.defaults` has no key `isotp`")]
    [InlineData("    waitFrameMax: 9", "    waitFrameMax: 9\n    waitFramesMax: 9", "waitFramesMax", "no key `waitFramesMax`")]
    [InlineData("main: { bitRate: 500000 }", "main: { bitRate: 500000, rate: 1 }", "rate: 1", "no key `rate`")]
    [InlineData("board: bench\n    bus: other", "board: bench\n    color: red\n    bus: other", "color: red", "`ecus.climate` has no key `color`")]
    [InlineData("nvm0:        { start: 0x04C000, length: 4 KiB }", "nvm0:        { start: 0x04C000, length: 4 KiB, end: 5 }", "end: 5", "no key `end`")]
    [InlineData("nvm0:        { start: 0x04C000", "nvm2:        { start: 0x0FE000, length: 4 KiB }\n      nvm0:        { start: 0x04C000", "nvm2:", "no key `nvm2`")]
    [InlineData("16: { dtc: 0x0A1B00 }", "16: { dtc: 0x0A1B00, name: x }", "name: x", "no key `name`")]
    [InlineData("    windowBitsMax: 10", "    windowBits: 10\n    windowBitsMax: 10", "windowBits: 10", "no key `windowBits`")]
    [InlineData("signature: { levels: 1,", "signature: { depth: 1, levels: 1,", "depth: 1", "no key `depth`")]
    public void An_unknown_key_is_refused_with_the_known_ones(string old, string replacement, string lineMark, string reason)
    {
        string text = With(old, replacement);
        Expect(text, ConfigRule.UnknownKey, lineMark, reason);
        Assert.Contains("Known keys are", Problems(text)[0].Remedy);
    }

    [Theory]
    [InlineData("    padding: 0xAA", "    padding: 0xAB\n    padding: 0xAA", "padding: 0xAA", "`padding` stands here a second time")]
    [InlineData("  battery:", "  motor: {}\n  battery:", "motor: {}", "`motor` stands here a second time")]
    [InlineData("0xF187: { text: \"PART\" }", "0xF187: { text: \"PART\" }\n      0xf187: { text: \"PORT\" }", "0xf187", "same number as `0xF187`")]
    [InlineData("16: { dtc: 0x0A1B00 }", "16: { dtc: 0x0A1B00 }\n      0x10: { dtc: 0x0A1B01 }", "0x10: {", "same number as `16`")]
    public void A_key_stands_once(string old, string replacement, string lineMark, string reason)
    {
        Expect(With(old, replacement), ConfigRule.DuplicateKey, lineMark, reason);
    }

    [Theory]
    [InlineData("format: 1\n", "", "buses:", "`nf.config` lacks `format`")]
    [InlineData("    nAsMs: 1001\n", "", "blockSize: 7", "lacks `nAsMs`")]
    [InlineData("    blockSize: 7\n", "", "separationTimeMin: 0xF4", "lacks `blockSize`")]
    [InlineData("board: bench\n    bus: other\n", "bus: other\n", "bus: other", "`ecus.climate` lacks `board`")]
    [InlineData("bus: other\n    can:", "can:", "board: bench\n    can:\n      id", "`ecus.climate` lacks `bus`")]
    [InlineData("classId: 10da4ab6", "vendorId: 10da4ab6", "vendorId: 10da4ab6", "`ecus.climate.suit` lacks `classId`")]
    [InlineData("    records:\n      0xF197: { text: \"CLIMATE\" }\n", "", "board: bench\n    bus: other", "`ecus.climate` lacks `records`")]
    [InlineData("      bootRecord2: { start: 0x04B000, length: 4 KiB }\n", "", "bankA: ", "lacks `bootRecord2`")]
    [InlineData("bootRecord2: { start: 0x04B000, length: 4 KiB }", "bootRecord2: { start: 0x04B000 }", "bootRecord2: ", "bootRecord2` lacks `length`")]
    public void A_missing_key_is_named_where_it_belongs(string old, string replacement, string lineMark, string reason)
    {
        Expect(With(old, replacement), ConfigRule.MissingKey, lineMark, reason);
    }

    [Fact]
    public void The_agents_own_events_are_all_there()
    {
        IReadOnlyList<ConfigProblem> problems = Problems(With("    5: { dtc: 0x5A0500 }\n", ""));
        Assert.Equal(3, problems.Count);
        Assert.All(problems, p => Assert.Equal(ConfigRule.MissingKey, p.Rule));
        Assert.All(problems, p => Assert.Contains("lacks event 5, which the agent reports", p.Reason));
    }

    [Fact]
    public void Each_rule_has_a_test_and_a_number_of_its_own()
    {
        FieldInfo[] rules = typeof(ConfigRule).GetFields();
        Assert.Equal(rules.Length, rules.Select(r => (string)r.GetRawConstantValue()!).Distinct().Count());
        string tests = string.Concat(Repository.Files("tests/host-sim", ".cs").Select(Repository.Read));
        Assert.Empty(rules.Where(r => !tests.Contains($"ConfigRule.{r.Name}", StringComparison.Ordinal)).Select(r => r.Name));
    }

    [Fact]
    public void A_configuration_without_ECUs_is_refused()
    {
        string text = Good[..Good.IndexOf("ecus:", StringComparison.Ordinal)] + "ecus: {}\n";
        Expect(text, ConfigRule.MissingKey, "ecus: {}", "There is no ECU");
    }

    [Theory]
    [InlineData("nAsMs: 1001", "nAsMs: \"1001\"", "`nAsMs` is `1001`")]
    [InlineData("nAsMs: 1001", "nAsMs: 1 s", "`nAsMs` is `1 s`")]
    [InlineData("nAsMs: 1001", "nAsMs:", "`defaults.isoTp.nAsMs`")]
    [InlineData("nAsMs: 1001", "nAsMs: [1001]", "holds a list")]
    [InlineData("    imageLengthMax: 96 KiB", "    imageLengthMax: 96 kB", "`imageLengthMax` is `96 kB`")]
    [InlineData("isImageDigestChecked: true", "isImageDigestChecked: yes", "`isImageDigestChecked` is `yes`")]
    [InlineData("vendorId: 4e7fdca1-132a-5936-87bf-d2b83108c0bb", "vendorId: 4e7fdca1-132a-5936-87bf-d2b83108c0b", "no UUID")]
    [InlineData("classId: 10da4ab6-5d04-5619-9e55-a53a6b9724e6", "classId: 00000000-0000-0000-0000-000000000000", "no UUID")]
    [InlineData("  main: { bitRate: 500000 }", "  main: 500000\n  main2: { bitRate: 500000 }", "holds keys")]
    [InlineData("  battery:", "  Battery:", "`Battery` cannot name an ECU")]
    [InlineData("  battery:", "  \"\":", "`` cannot name an ECU")]
    [InlineData("  battery:", "  bat-tery:", "`bat-tery` cannot name an ECU")]
    [InlineData("  battery:", "  dcm:", "a class DcmConfig")]
    [InlineData("requiredRoles: [author, oem]", "requiredRoles: author", "`requiredRoles` is a single value")]
    public void A_value_of_the_wrong_form_is_refused(string old, string replacement, string reason)
    {
        // The line with a wrong bus leaves the ECUs without one: only the first problem is of interest.
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text)[0];
        Assert.Equal(ConfigRule.Malformed, problem.Rule);
        Assert.Contains(reason.Replace("`defaults.isoTp.nAsMs`", "holds nothing"), problem.Reason);
        Assert.Equal(text[..text.IndexOf(replacement.Trim(), StringComparison.Ordinal)].Count(c => c == '\n') + 1, problem.Line);
    }

    [Theory]
    [InlineData("format: 1", "format: 2")]
    [InlineData("other: { bitRate: 250000 }", "other: { bitRate: 9999 }")]
    [InlineData("transmitQueueLength: 9", "transmitQueueLength: 65")]
    [InlineData("transmitQueueLength: 9", "transmitQueueLength: 0")]
    [InlineData("receivePerCycleMax: 65", "receivePerCycleMax: 256")]
    [InlineData("blockSize: 7", "blockSize: 256")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0xFA")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0x80")]
    [InlineData("nAsMs: 1001", "nAsMs: 9")]
    [InlineData("nBsMs: 1002", "nBsMs: 10001")]
    [InlineData("nCrMs: 1003", "nCrMs: 0")]
    [InlineData("waitFrameMax: 9", "waitFrameMax: 256")]
    [InlineData("padding: 0xAA", "padding: 0x100")]
    [InlineData("p2ServerMsMax: 51", "p2ServerMsMax: 5")]
    [InlineData("turnMsMax: 6", "turnMsMax: 0")]
    [InlineData("p2StarServerMsMax: 5010", "p2StarServerMsMax: 70000")]
    [InlineData("s3ServerMs: 5001", "s3ServerMs: 2000")]
    [InlineData("messageLengthMax: 4094", "messageLengthMax: 540")]
    [InlineData("messageLengthMax: 4094", "messageLengthMax: 4096")]
    [InlineData("accessDelayMs: 1001", "accessDelayMs: 0")]
    [InlineData("accessDelayMsMax: 60001", "accessDelayMsMax: 3600001")]
    [InlineData("attemptsMax: 4", "attemptsMax: 0")]
    [InlineData("attemptsMax: 4", "attemptsMax: 16")]
    [InlineData("confirmMsMax: 60001", "confirmMsMax: 999")]
    [InlineData("selfTestMsMax: 2001", "selfTestMsMax: 1")]
    [InlineData("aliveMsMax: 501", "aliveMsMax: 49")]
    [InlineData("levels: 1", "levels: 3")]
    [InlineData("height: 10", "height: 11")]
    [InlineData("winternitz: 4", "winternitz: 3")]
    [InlineData("windowBitsMax: 10", "windowBitsMax: 3")]
    [InlineData("windowBitsMax: 10", "windowBitsMax: 13")]
    [InlineData("recipientsMax: 4", "recipientsMax: 0")]
    [InlineData("recipientsMax: 4", "recipientsMax: 33")]
    [InlineData("provisioningLengthMax: 565", "provisioningLengthMax: 556")]
    [InlineData("fingerprintLengthMax: 17", "fingerprintLengthMax: 8")]
    [InlineData("securityAccessLengthMax: 18", "securityAccessLengthMax: 3")]
    [InlineData("demLengthMax: 300", "demLengthMax: 4001")]
    [InlineData("securityEventsLengthMax: 244", "securityEventsLengthMax: 19")]
    [InlineData("securityEventsLengthMax: 244", "securityEventsLengthMax: 261")]
    [InlineData("sparingDelayMs: 60002", "sparingDelayMs: 999")]
    [InlineData("sparingDelayMsMax: 7200002", "sparingDelayMsMax: 86400001")]
    [InlineData("0: { dtc: 0x5A0000 }", "0: { dtc: 0x1000000 }")]
    [InlineData("0: { dtc: 0x5A0000 }", "0: { dtc: 0 }")]
    [InlineData("16: { dtc: 0x0A1B00 }", "15: { dtc: 0x0A1B00 }")]
    [InlineData("16: { dtc: 0x0A1B00 }", "256: { dtc: 0x0A1B00 }")]
    [InlineData("identifierBits: 29", "identifierBits: 12")]
    [InlineData("0xF190: { text: \"ESYNC0DEM0VEH1C01\" }", "0xF190: { text: \"ESYNC\" }")]
    [InlineData("0xF187: { text: \"PART\" }", "0xF187: { text: \"\" }")]
    public void A_number_outside_its_range_is_refused(string old, string replacement)
    {
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text)[0];
        Assert.Equal(ConfigRule.OutOfRange, problem.Rule);
        Assert.Equal(text[..text.IndexOf(replacement, StringComparison.Ordinal)].Count(c => c == '\n') + 1, problem.Line);
    }

    [Theory]
    [InlineData("board: bench\n    bus: other", "board: bunch\n    bus: other", "board: bunch", "Known boards are bench")]
    [InlineData("bus: other", "bus: another", "bus: another", "Known buses are main, other, fast")]
    [InlineData("part: nor", "part: nand", "part: nand", "Known parts are nor, fine, large")]
    public void An_unknown_name_is_answered_with_the_known_ones(string old, string replacement, string lineMark, string reason)
    {
        Expect(With(old, replacement), ConfigRule.UnknownName, lineMark, reason);
    }
}
