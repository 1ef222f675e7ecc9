// The DBC of a bus: our own reader reads it, diagnostic messages have their sender, each identifier is there once, and signals come back.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Describe;
using EsyncSim.Signals;
using Xunit;

namespace EsyncTests.HostSim.Describe;

public sealed class VehicleDbcTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));

    [Fact]
    public void Every_identifier_of_the_bus_is_one_message()
    {
        EcuDefinition[] ecus = [.. Config.Ecus.Values.Where(ecu => ecu.Bus.Name == "powertrain")];
        string text = VehicleDbc.Print(ecus);
        uint[] identifiers = [.. text.Split('\n').Where(line => line.StartsWith("BO_ ", StringComparison.Ordinal)).Select(line => uint.Parse(line.Split(' ')[1]))];
        IEnumerable<uint> expected = ecus.SelectMany(ecu => ecu.SignalEntries.Where(signal => signal.Can is not null).Select(signal => signal.Can!.MarkedIdentifier)
            .Concat(new[] { ecu.Config.CanIf.PhysicalRxId, ecu.Config.CanIf.FunctionalRxId, ecu.Config.CanIf.TxId, ecu.Config.CanIf.PeriodicTxId }.Where(id => id != CanIfConfig.NoIdentifier)
                .Select(id => ecu.Config.CanIf.IsExtended ? id | CanIfConfig.ExtendedBit : id)));

        Assert.True(ecus.Length > 1);
        Assert.Equal(expected.Distinct().Order(), identifiers.Order());
    }

    [Fact]
    public void The_signals_of_an_ecu_come_back()
    {
        EcuDefinition motor = Config.Ecu("motor");
        var import = new DbcImport(DbcParser.Parse(VehicleDbc.Print([motor])), "motor", SignalMap.Empty, []);
        ConfiguredSignal[] written = [.. motor.SignalEntries.Where(signal => signal.Can is not null)];

        ConfiguredSignal[] read = [.. import.Take([]).Select(taken => taken.Signal)];

        Assert.NotEmpty(written);
        Assert.Equal(written.Select(signal => (signal.Definition.Path, signal.Definition.Did, signal.Can)), read.Where(signal => written.Any(other => other.Definition.Did == signal.Definition.Did)).OrderBy(signal => signal.Definition.Did).Select(signal => (signal.Definition.Path, signal.Definition.Did, signal.Can)));
    }

    [Fact]
    public void A_request_is_the_testers_and_a_response_the_ecus()
    {
        string text = VehicleDbc.Print([Config.Ecu("motor")]);

        Assert.Contains("BO_ 2016 DiagRequest_Motor: 8 Tester\n SG_ DiagRequest_Motor_Data : 0|64@1+ (1,0) [0|0] \"\" Motor\n", text);
        Assert.Contains("BO_ 2024 DiagResponse_Motor: 8 Motor\n", text);
        Assert.Contains("BO_ 2015 DiagRequestAll_7DF: 8 Tester\n", text);
    }

    [Fact]
    public void Ecus_of_two_buses_are_refused()
    {
        EcuDefinition[] ecus = [.. Config.Ecus.Values];

        Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => VehicleDbc.Print(ecus)).ExitCode);
    }
}
