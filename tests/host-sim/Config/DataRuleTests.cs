// Bounds of data gathering, periodic data and defined identifiers: refused with line and reason where they contradict.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class DataRuleTests
{
    private const string Periodic = "    periodic: { slowMs: 1010, mediumMs: 210, fastMs: 60, countMax: 9 }";
    private const string Dynamic = "    dynamic: { countMax: 7, partsMax: 33 }";

    [Fact]
    public void The_bounds_reach_the_agent()
    {
        EcuConfig config = Read(Good).Ecu("motor").Config;
        DataConfig data = config.Data;
        Assert.Equal((15, 63, 31, 1024, 1024, 6001), (data.RuleCountMax, data.RuleSignalsMax, data.RuleTermsMax, data.HistoryLength, data.QueueLength, data.IlPerTurnMax));
        Assert.Equal((1010, 210, 60, 9), (config.Dcm.PeriodicSlowMs, config.Dcm.PeriodicMediumMs, config.Dcm.PeriodicFastMs, config.Dcm.PeriodicCountMax));
        Assert.Equal((7, 33), (config.Dcm.DynamicCountMax, config.Dcm.DynamicPartsMax));
    }

    [Fact]
    public void Without_an_identifier_for_it_an_ECU_sends_no_periodic_data()
    {
        Assert.Equal(CanIfConfig.NoIdentifier, Read(Good).Ecu("motor").Config.CanIf.PeriodicTxId);
        Expect(With("physicalRequest: 0x7E0, response: 0x7E8", "physicalRequest: 0x7E0, response: 0x7E8, periodicResponse: 0x7EA"), ConfigRule.IdentifierClash, "physicalRequest: 0x7E2", "0x7EA is response of `battery` and periodicResponse of `motor`");
        Expect(With("physicalRequest: 0x7E0, response: 0x7E8", "physicalRequest: 0x7E0, response: 0x7E8, periodicResponse: 0x800"), ConfigRule.IdentifierForm, "periodicResponse: 0x800", "`periodicResponse` is 0x800");
    }

    [Theory]
    [InlineData(Periodic, "slowMs: 1010", "slowMs: 200", ConfigRule.TimingContradiction, "`fastMs` 60, `mediumMs` 210 and `slowMs` 200 are not in this order")]
    [InlineData(Periodic, "fastMs: 60", "fastMs: 5", ConfigRule.OutOfRange, "`fastMs` is 5, outside 10 to 60000")]
    [InlineData(Periodic, "slowMs: 1010", "slowMs: 1005", ConfigRule.OutOfRange, "`slowMs` is 1005. Write a multiple of 10")]
    [InlineData(Periodic, "countMax: 9", "countMax: 0", ConfigRule.OutOfRange, "`countMax` is 0")]
    [InlineData(Periodic, ", countMax: 9", "", ConfigRule.MissingKey, "lacks `countMax`")]
    [InlineData(Dynamic, "partsMax: 33", "partsMax: 256", ConfigRule.OutOfRange, "`partsMax` is 256")]
    [InlineData(Dynamic, "partsMax: 33", "partsMax: 33, memory: true", ConfigRule.UnknownKey, "has no key `memory`")]
    public void A_wrong_line_of_service_2A_or_2C_is_refused(string line, string old, string replacement, string rule, string reason)
    {
        ExpectLine(line, With(line, old, replacement), rule, reason);
    }

    [Theory]
    [InlineData("ruleCountMax: 15", "ruleCountMax: 256", "`ruleCountMax` is 256")]
    [InlineData("queueLength: 1 KiB", "queueLength: 256", "records that wait for the flash")]
    [InlineData("historyLength: 1 KiB", "historyLength: 60 KiB", "samples before a trigger")]
    [InlineData("ilPerTurnMax: 6001", "ilPerTurnMax: 100", "IL instructions of one evaluation")]
    public void A_wrong_bound_is_refused(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.OutOfRange, reason);
    }
}
