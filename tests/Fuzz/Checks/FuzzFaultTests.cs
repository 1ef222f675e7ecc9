// The fuzzer finds: each fault here is one that a careless change could bring, and a run of some thousand inputs meets it.
// Faults are texts replaced in memory (tests/Mutants).
using System.Reflection;
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.Fuzzing.Checks;

public sealed class FuzzFaultTests
{
    private static readonly MutantAssembly Host = MutantAssembly.All.Single(one => one.Owns("host-sim/src/"));

    // The host's faults stand in one image, since it takes longest to compile: no target meets two of them.
    private static readonly Lazy<byte[]> FaultyHost = new(() => Host.Compile(
    [
        .. typeof(FuzzFaultTests).GetMethod(nameof(A_fault_is_met))!.GetCustomAttributes<InlineDataAttribute>()
            .Select(row => MutantOf((string)row.Data[0]!, (string)row.Data[1]!, (string)row.Data[2]!, (string)row.Data[3]!)).Where(mutant => Host.Owns(mutant.File)),
    ]));

    [Theory]
    [InlineData("cbor", "agent-firmware/src/Std/CanonicalCborReader.cs", "length == 0 || length > (uint)max || length > (uint)(_end - _index)", "length == 0 || length > (uint)max", "IndexOutOfRangeException")]
    [InlineData("cbor", "agent-firmware/src/Std/CanonicalCborReader.cs", "        if (argument < smallest)", "        if (argument + 1 < smallest)", "not canonical")]
    [InlineData("cantp", "agent-firmware/src/CanTp/CanTpReceiver.cs", "        if (_buffer == null || (uint)_buffer.Length < _length)", "        if (_buffer == null)", "leaves")]
    [InlineData("cantp", "agent-firmware/src/CanTp/CanTpReceiver.cs", "        if (elapsedMs >= _config.NCrMs)", "        if (elapsedMs >= 0xFFFFFFFF)", "no end")]
    [InlineData("provisioning", "agent-firmware/src/Fota/KeyStore.cs", "if (length < AnchorsOffset + AnchorLength)", "if (length < 0)", "leaves")]
    [InlineData("requests", "agent-firmware/src/Dcm/Sid22ReadDataByIdentifier.cs", "        _isAnyKnown = false;", "        _isAnyKnown = new byte[4].Length == 0;", "the agent allocates")]
    [InlineData("requests", "agent-firmware/src/Dcm/Dsd.cs", "if (_table.IsAccessNeeded(row) && !_access.IsOpenFor(message))", "if (_table.IsAccessNeeded(row) && row == DsdTable.None)", "without access the staging slot was written")]
    [InlineData("bundle", "host-sim/src/Packages/ApplicationBundle.cs", "offset % 4 != 0 || offset < end ||", "offset % 4 != 0 ||", "differ")]
    [InlineData("decoder", "agent-firmware/src/Fota/TransferDecoder.cs", "if (isWhole && isPatchRead)", "if (isPatchRead)", "the agent takes what the host refuses")]
    [InlineData("decoder", "agent-firmware/src/Fota/PatchRestorer.cs", "image[at + i] - chunk[baseAt + i]", "image[at + i]", "the host takes what the agent refuses")]
    [InlineData("decoder", "agent-firmware/src/Fota/PatchHistory.cs", "        Base += difference + jump;", "        Base += difference;", "the host takes what the agent refuses")]
    [InlineData("decoder", "agent-firmware/src/Fota/TransferDecoder.cs", "int BytesPerTurn = 256;", "int BytesPerTurn = 4096;", "more bytes in a turn")]
    [InlineData("rules", "agent-firmware/src/Data/RuleReader.cs", "count > (uint)(_config.RuleTermsMax - _termCount)", "count > (uint)_config.RuleTermsMax", "IndexOutOfRangeException")]
    [InlineData("rules", "agent-firmware/src/Data/RuleReader.cs", "if (signal <= previous)", "if (signal < previous)", "the agent takes rules that the host refuses")]
    [InlineData("rules", "agent-firmware/src/Data/RuleReader.cs", "id <= (rule == 0 ? 0 : _set.Ids[rule - 1])", "id <= 0", "the agent takes rules that the host refuses")]
    [InlineData("rules", "agent-firmware/src/Data/RuleReader.cs", "(beforeMs + periodMs - 1) / periodMs", "beforeMs / periodMs", "verdict is not the one")]
    [InlineData("responses", "host-sim/src/Client/UdsTester.cs", "strangers > timing.StrangeMax", "strangers < 0", "no end")]
    public void A_fault_is_met(string target, string file, string find, string replace, string rule)
    {
        MutantAssembly assembly = MutantAssembly.All.Single(one => one.Owns(file));
        byte[] image = assembly == Host ? FaultyHost.Value : assembly.Compile(MutantOf(target, file, find, replace));
        FuzzReport report = FuzzContext.RunWith(assembly.Name, image, target, 10_000, 1);
        Assert.Contains(report.Findings, finding => finding.Rule.Contains(rule, StringComparison.Ordinal));
    }

    private static Mutant MutantOf(string target, string file, string find, string replace) => new($"{target}: {replace}", file, find, replace);
}
