// Diagnostic messages in words, as they go over the wire; and any bytes at all without an exception.
// Clauses: ISO 14229-1:2020 §8, PROTOCOL.md.
using System.Globalization;
using System.Text.RegularExpressions;
using EsyncSim.Data;
using EsyncSim.Decode;
using Xunit;

namespace EsyncTests.HostSim.Decode;

public partial class UdsTextTests
{
    private static readonly SignalCatalogue Signals = new([new SignalDefinition("Vehicle.Speed", 0x0210, SignalType.UInt16, "km/h", 0.01, 0, 0, 300)]);
    private readonly UdsText _text = new(Signals);

    [Theory]
    [InlineData("10 02", "DiagnosticSessionControl: programming session", "")]
    [InlineData("3E 80", "TesterPresent: zero subfunction, no answer wanted", "")]
    [InlineData("22 FD 04", "ReadDataByIdentifier: FD04 banks", "")]
    [InlineData("22 F1 90 02 10", "ReadDataByIdentifier: F190 VIN, 0210 Vehicle.Speed", "")]
    [InlineData("31 01 02 04 00 01 02 03", "RoutineControl: authenticated version report (0204)", "query-package")]
    [InlineData("31 01 02 03", "RoutineControl: check programming preconditions (0203)", "ready-download")]
    [InlineData("31 01 FF 00", "RoutineControl: erase memory (FF00)", "prepare-update")]
    [InlineData("31 01 02 11", "RoutineControl: activate (0211)", "ready-update")]
    [InlineData("31 01 02 12", "RoutineControl: confirm (0212)", "confirm-update")]
    [InlineData("31 03 AB CD", "RoutineControl: results unknown routine (ABCD)", "")]
    [InlineData("34 00 44 10 00 00 00 00 00 10 00", "RequestDownload: document to the staging slot, 4,096 bytes", "prepare-update")]
    [InlineData("34 20 44 20 00 10 00 00 00 0F A0", "RequestDownload: delta image from byte 4,096, 4,000 bytes", "prepare-update")]
    [InlineData("36 07 01 02 03", "TransferData: block 7, 3 bytes", "prepare-update")]
    [InlineData("37", "RequestTransferExit", "prepare-update")]
    [InlineData("11 01", "ECUReset: hard reset", "ready-update")]
    [InlineData("2E F1 5A 26 01 01", "WriteDataByIdentifier: F15A fingerprint", "")]
    [InlineData("BA 01", "service BA", "")]
    public void Requests(string hex, string text, string step)
    {
        UdsSight sight = _text.Request(Bytes(hex));

        Assert.Equal((text, step), (sight.Text, sight.Step));
    }

    [Theory]
    [InlineData("50 03 00 32 01 F4", "DiagnosticSessionControl: extended session", false)]
    [InlineData("7F 34 33", "RequestDownload: securityAccessDenied (NRC 33)", true)]
    [InlineData("7F 36 78", "TransferData: requestCorrectlyReceivedResponsePending (NRC 78)", false)]
    [InlineData("7F 36", "a negative response that is too short", true)]
    [InlineData("74 20 0F FF", "RequestDownload: blocks of up to 4095 bytes", false)]
    [InlineData("76 07", "TransferData: block 7 taken", false)]
    [InlineData("71 01 02 03 02 01", "RoutineControl: check programming preconditions (0203): postponed (the application)", false)]
    [InlineData("71 01 02 11 00 00", "RoutineControl: activate (0211): done", false)]
    [InlineData("71 01 02 10 00 05", "RoutineControl: authenticate manifest (0210): a signature is wrong (SignatureInvalid)", false)]
    [InlineData("62 FD 04 00 00 04 03 02", "ReadDataByIdentifier: FD04 banks = bank A Confirmed, B Trial, A runs, 2 attempts left", false)]
    [InlineData("62 FD 01 11 28", "ReadDataByIdentifier: FD01 update state = InstallInProgress, 40 %", false)]
    [InlineData("62 FD 02 00 00 10 00 00 00 F0 00", "ReadDataByIdentifier: FD02 resume point = next byte 4,096 of 61,440", false)]
    [InlineData("62 F1 90 41 42 43", "ReadDataByIdentifier: F190 VIN = ABC", false)]
    [InlineData("62 02 10 00 30 39", "ReadDataByIdentifier: 0210 Vehicle.Speed = 123.45 km/h", false)]
    [InlineData("62 02 10 03 00 00 F1 8C 58", "ReadDataByIdentifier: 0210 Vehicle.Speed = 0 km/h (TimedOut); F18C ECU serial number = X", false)]
    [InlineData("62 12 34 01", "ReadDataByIdentifier: 1234, 1 bytes", false)]
    public void Responses(string hex, string text, bool isNegative)
    {
        UdsSight sight = _text.Response(Bytes(hex));

        Assert.Equal((text, isNegative), (sight.Text, sight.IsNegative));
    }

    [Fact]
    public void Any_bytes_are_said() => Properties.Hold(Properties.Bytes(300), bytes =>
    {
        Assert.NotEmpty(_text.Request(bytes).Text);
        Assert.NotEmpty(_text.Response(bytes).Text);
    });

    [Fact]
    public void Every_identifier_and_routine_of_the_protocol_has_a_name()
    {
        string protocol = Repository.Read("agent-firmware/PROTOCOL.md");
        ushort[] routines = [.. TableOf(protocol, "## Routines")];
        ushort[] identifiers = [.. TableOf(protocol, "## Data identifiers").Where(did => did >= 0xF000)];

        Assert.True(routines.Length >= 14 && identifiers.Length >= 15, $"{routines.Length} routines, {identifiers.Length} identifiers");
        Assert.Equal([], routines.Where(routine => !UdsNames.Routines.ContainsKey(routine)));
        Assert.Equal([], identifiers.Where(did => UdsNames.Identifier(did).Length == 0));
    }

    [GeneratedRegex(@"^\| ([0-9A-F]{4})\b", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    private static IEnumerable<ushort> TableOf(string protocol, string head)
    {
        int start = protocol.IndexOf(head, StringComparison.Ordinal);
        string section = protocol[start..protocol.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        return FirstCell().Matches(section).Select(match => ushort.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty));
}
