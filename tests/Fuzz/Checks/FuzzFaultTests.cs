// The fuzzer finds: each fault here is one that a careless change could bring, and a run of some thousand inputs meets it.
// Faults are texts replaced in memory (tests/Mutants).
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.Fuzzing.Checks;

public sealed class FuzzFaultTests
{
    private const string Sources = "agent-firmware/src/";

    [Theory]
    [InlineData("cbor", "Std/CanonicalCborReader.cs", "length == 0 || length > (uint)max || length > (uint)(_end - _index)", "length == 0 || length > (uint)max", "IndexOutOfRangeException")]
    [InlineData("cbor", "Std/CanonicalCborReader.cs", "        if (argument < smallest)", "        if (argument + 1 < smallest)", "not canonical")]
    [InlineData("cantp", "CanTp/CanTpReceiver.cs", "        if (_buffer == null || (uint)_buffer.Length < _length)", "        if (_buffer == null)", "leaves")]
    [InlineData("cantp", "CanTp/CanTpReceiver.cs", "        if (elapsedMs >= _config.NCrMs)", "        if (elapsedMs >= 0xFFFFFFFF)", "no end")]
    [InlineData("provisioning", "Fota/KeyStore.cs", "if (length < AnchorsOffset + AnchorLength)", "if (length < 0)", "leaves")]
    [InlineData("requests", "Dcm/Sid22ReadDataByIdentifier.cs", "        _isAnyKnown = false;", "        _isAnyKnown = new byte[4].Length == 0;", "the agent allocates")]
    [InlineData("requests", "Dcm/Dsd.cs", "if (row.IsAccessNeeded && !_access.IsOpen)", "if (row.IsAccessNeeded && row == null)", "without access the staging slot was written")]
    public void A_fault_is_met(string target, string file, string find, string replace, string rule)
    {
        Mutant mutant = new($"{target}: {replace}", Sources + file, find, replace);
        byte[] image = MutantAssembly.All[0].Compile(mutant);
        FuzzReport report = FuzzContext.RunWith("EsyncAgent", image, target, 10_000, 1);
        Assert.Contains(report.Findings, finding => finding.Rule.Contains(rule, StringComparison.Ordinal));
    }
}
