// Fault memory in words, with the names of nf.config's events; and what is said of another maker's ECU.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Decode;
using Xunit;

namespace EsyncTests.HostSim.Decode;

public sealed class UdsDtcTextTests
{
    private static readonly EcuDefinition Motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private readonly UdsText _text = UdsText.Of(Motor);

    [Theory]
    [InlineData("14FFFFFF", "ClearDiagnosticInformation: all")]
    [InlineData("145A0000", "ClearDiagnosticInformation: 5A0000 (a trial went back)")]
    [InlineData("19022F", "ReadDTCInformation: DTCs by status mask, mask 2F")]
    [InlineData("19045A0400FF", "ReadDTCInformation: snapshot by DTC, 5A0400 (access with a wrong proof)")]
    public void A_request_names_its_dtc(string hex, string words) => Assert.Equal(words, _text.Request(Convert.FromHexString(hex)).Text);

    [Theory]
    [InlineData("5902FF", "ReadDTCInformation: DTCs by status mask, none")]
    [InlineData("5902FF5A0000245A010050", "ReadDTCInformation: DTCs by status mask, 5A0000 (a trial went back) status 24; 5A0100 (a manifest was refused) status 50")]
    [InlineData("5901FF010003", "ReadDTCInformation: number of DTCs by status mask, 3 DTCs")]
    [InlineData("59145A05007F", "ReadDTCInformation: fault detection counters, 5A0500 (the CAN receiver lost frames) counter 7F")]
    [InlineData("5902", "ReadDTCInformation: DTCs by status mask")]
    public void A_response_lists_dtcs_by_name(string hex, string words) => Assert.Equal(words, _text.Response(Convert.FromHexString(hex)).Text);

    [Theory]
    [InlineData("2F10000350", "InputOutputControlByIdentifier: 1000 coolant pump, set 50")]
    [InlineData("2F100000", "InputOutputControlByIdentifier: 1000 coolant pump, back to the ECU")]
    [InlineData("221000", "ReadDataByIdentifier: 1000 coolant pump")]
    public void An_output_has_its_name_and_what_is_done_with_it(string hex, string words) => Assert.Equal(words, _text.Request(Convert.FromHexString(hex)).Text);

    [Fact]
    public void Each_event_of_the_agent_has_a_name_of_its_own()
    {
        string[] names = [.. typeof(DemEvent).GetFields().Where(field => field.Name != nameof(DemEvent.FirstOfApplication)).Select(field => DtcNames.NameOf((byte)field.GetRawConstantValue()!))];

        Assert.Equal(8, names.Distinct().Count());
        Assert.DoesNotContain(names, name => name.Contains("application", StringComparison.Ordinal) && name.Contains("event", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("22F190", "ReadDataByIdentifier: F190 VIN")]
    [InlineData("22FD04", "ReadDataByIdentifier: FD04")]
    [InlineData("31010210", "RoutineControl: routine (0210)")]
    [InlineData("3101FF00", "RoutineControl: erase memory (FF00)")]
    [InlineData("3400441000000000001000", "RequestDownload: to 10000000, 4,096 bytes")]
    public void Of_another_makers_ecu_only_what_the_standard_names_is_told(string hex, string words)
    {
        UdsSight sight = UdsText.Foreign().Request(Convert.FromHexString(hex));

        Assert.Equal((words, string.Empty), (sight.Text, sight.Step));
    }
}
