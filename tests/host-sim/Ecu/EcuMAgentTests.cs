// The agent itself on a virtual ECU of nf.config: it starts on an erased flash and answers.
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class EcuMAgentTests
{
    [Theory]
    [InlineData("motor")]
    [InlineData("battery")]
    public void A_new_ECU_answers_tester_present_within_a_millisecond(string name)
    {
        BusBench bench = new();
        VirtualCan tester = bench.Node("tester");
        EcuDefinition definition = NfConfig.Load(Repository.PathOf(NfConfig.FileName)).Ecu(name);
        VirtualEcu ecu = VirtualEcu.Create(bench.Bus, definition, new VirtualEcuOptions());
        ecu.PowerOn();
        bench.Time.RunUntil(2 * VirtualTime.NsPerSecond);
        bench.Send(tester, definition.Config.CanIf.PhysicalRxId, 0x02, 0x3E, 0x00, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC);
        bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        BusFrame expected = new(definition.Config.CanIf.TxId, false, [0x02, 0x7E, 0x00, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC]);
        Assert.Equal(expected, bench.Records[^1].Frame);
        Assert.InRange(bench.Records[^1].StartNs - bench.Records[^2].EndNs, 0, VirtualTime.NsPerMs);
    }
}
