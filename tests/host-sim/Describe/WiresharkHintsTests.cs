// Hints as tshark takes them: identifiers decimal, 11 and 29 bits apart.
using EsyncSim.Config;
using EsyncSim.Describe;
using Xunit;

namespace EsyncTests.HostSim.Describe;

public sealed class WiresharkHintsTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));

    [Fact]
    public void The_options_name_the_identifiers_of_an_ecu() =>
        Assert.Equal("-o iso15765.can.ids:2015,2016,2024 -d iso15765.subdissector,uds", WiresharkHints.Options([Config.Ecu("motor")]));

    [Fact]
    public void A_profile_has_the_identifiers_of_all_ecus_in_their_format()
    {
        EcuDefinition[] ecus = [.. Config.Ecus.Values];
        IReadOnlyDictionary<string, string> profile = WiresharkHints.Profile(ecus);
        string[] lines = profile["preferences"].Split('\n');

        foreach (bool isExtended in new[] { false, true })
        {
            uint[] listed = [.. lines[isExtended ? 1 : 0].Split(": ")[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
            Assert.Equal(
                ecus.Select(ecu => ecu.Config.CanIf).Where(ids => ids.IsExtended == isExtended).SelectMany(ids => new[] { ids.PhysicalRxId, ids.FunctionalRxId, ids.TxId }).Distinct().Order(),
                listed);
        }

        Assert.Equal("decode_as_entry: iso15765.subdissector,0,(none),UDS\n", profile["decode_as_entries"]);
    }
}
