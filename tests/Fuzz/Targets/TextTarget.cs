// The small readers of the host: addresses of buses and listeners, frames from the kernel and of adapters, version reports, security events, recordings of a board. The first byte
// says which.
// Tests: tests/Fuzz/Checks.
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;
using EsyncSim.Client;
using EsyncSim.Hil;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>BusAddress, CanFrameLayout, VersionReport, SerialText, DeviceTestLog, NanoffLog, TrustAnchor.</summary>
internal sealed class TextTarget : FuzzTarget
{
    public override string What => "bus address, SocketCAN frame, version report, security events, recording of a board, public key";

    public override IReadOnlyList<string> NotReading => ["BusAddress.Open", "ListenAddress.Refusal", "CanFrameLayout.Filters", "CanFrameLayout.Write", "TrustAnchor.Load", "VersionReport.get_SecurityEvent"];

    public override IReadOnlyList<string> Parsers =>
    [
        "EsyncSim.Bus.Real.BusAddress", "EsyncSim.Bus.Real.NetworkPlace", "EsyncSim.Bus.Serve.ListenAddress", "EsyncSim.Bus.SlcanLine", "EsyncSim.Bus.Real.CanFrameLayout", "EsyncSim.Client.VersionReport", "EsyncSim.Client.SecurityEvent", "EsyncSim.Hil.SerialText", "EsyncSim.Hil.DeviceTestLog", "EsyncSim.Hil.NanoffLog", "EsyncSim.Client.SecurityEventLog", "EsyncSim.Signing.TrustAnchor",
    ];

    public override int LengthMax => 4000;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words =>
        [.. new[] { "socketcan:", "virtual:", "slcan:", "slcan+tcp:", "socketcand:", "//h:1", "?bitrate=", "500000", "can0", "Test passed,A.B.c.0,1\n", "Test failed,", "Test skipped,", "Ready.\n", "Done.\n", "a\n\nb\n", "NFPKTV1\0", "\r\n", "Exiting", "Error E9010", "Assembly", "\u001b[0m", ": " }.Select(Encoding.UTF8.GetBytes)];

    public override long StepsMax(int length) => 100_000 + (400 * length);

    public override long AllocationMax(int length) => 120_000 + (80L * length);

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        [0, .. "socketcan:can0"u8],
        [0, .. "virtual:"u8],
        [0, .. "slcan:/dev/ttyACM0?bitrate=500000"u8],
        [0, .. "slcan+tcp://[::1]:3333?bitrate=250000"u8],
        [0, .. "socketcand://127.0.0.1:28600/can0"u8],
        [1, 0x23, 1, 0, 0, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        [2, 1, .. new byte[VersionReport.Length - 1]],
        [3, .. "boot\nReady.\nprogress\nTest passed,A.B.c.0,125\nTest failed,A.B.d.0,expected 3\nTest skipped,A.B.e.1,no\nDone.\n"u8],
        [3, .. "NFPKTV1\0"u8, .. new byte[8], 1, 0, 0, 0, .. new byte[8], 7, 0, 0, 0, .. "Ready.\nDone.\n"u8],
        [4, .. "Error E9010 (something)\n"u8],
        [7, .. "tcp-lines://127.0.0.1:4444?ecu=motor"u8],
        [7, .. "socketcand://[::1]:0/can0"u8],
        [7, .. "t7E08023E00CCCCCCCCCC"u8],
        [7, .. "T18DA10F1203E00"u8],
        [6, .. Samples.Author.PublicKey],
        [5, .. new byte[14], 1, 0, 0, 0, 9, 3, 0, 0, 7, 0, 1, 0, 1, 0, 0, 0, 5],
    ];

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        ReadOnlySpan<byte> rest = input.AsSpan(1);
        switch (input[0] % 8)
        {
            case 0:
                ReadAddress(Encoding.UTF8.GetString(rest));
                break;
            case 1:
                bool isFrame = CanFrameLayout.TryRead(rest, out BusFrame frame);
                Require(!isFrame || (frame.Length <= 8 && frame.Identifier <= (frame.IsExtended ? 0x1FFFFFFFu : 0x7FFu)), "a frame that no bus carries");
                break;
            case 2:
                ReadReport(rest);
                break;
            case 3:
                Require(SerialText.Lines(rest).All(line => !line.Contains('\n', StringComparison.Ordinal)), "a line of two lines");
                Require(DeviceTestLog.Read(rest, new DeviceTestExpectation(rest.Length % 2 == 0 ? 2 : null, rest.Length % 3)).Count > 0, "a recording without a verdict");
                break;
            case 4:
                Require(NanoffLog.Problem(rest.Length > 0 ? rest[0] : 1, Encoding.UTF8.GetString(rest)) is not null, "no words for a problem");
                break;
            case 5:
                ReadLog(rest);
                break;
            case 7:
                ReadListen(Encoding.UTF8.GetString(rest));
                ReadLine(rest);
                break;
            default:
                Require(!TrustAnchor.IsPublicKey(rest) || SigningParameters.AreValid(SigningParameters.Of(rest).Levels, SigningParameters.Of(rest).Height, SigningParameters.Of(rest).Winternitz), "a public key of parameters that nobody has");
                break;
        }
    }

    private static void ReadAddress(string text)
    {
        try
        {
            Require(BusAddress.Parse(text).ToString() == text, "an address is another one after reading");
        }
        catch (UserErrorException)
        {
        }
    }

    private static void ReadListen(string text)
    {
        try
        {
            ListenAddress address = ListenAddress.Parse(text);
            Require(ListenAddress.Parse(address.ToString()) == address && address.Place.Port <= ushort.MaxValue, "a place to listen at is another one after reading");
        }
        catch (UserErrorException)
        {
        }
    }

    private static void ReadLine(ReadOnlySpan<byte> line)
    {
        Span<byte> again = stackalloc byte[SlcanLine.LengthMax];
        if (SlcanLine.TryParse(line, out BusFrame frame) && !SlcanLine.IsRemote(line[0]))
        {
            int length = SlcanLine.Format(frame, again);
            Require(length == line.Length + 1 && SlcanLine.TryParse(again[..(length - 1)], out BusFrame read) && read == frame, "a frame is another one after reading");
        }
    }

    private static void ReadLog(ReadOnlySpan<byte> record)
    {
        try
        {
            SecurityEventLog log = SecurityEventLog.Parse(record);
            Require(log.Events.All(item => item.ToString().Length > 0) && log.Events.Count <= record.Length / 16, "an event without words");
        }
        catch (UnexpectedResponseException)
        {
        }
    }

    private static void ReadReport(ReadOnlySpan<byte> report)
    {
        try
        {
            ReadOnlySpan<byte> nonce = report.Length == VersionReport.Length ? report.Slice(VersionReport.NonceOffset, 16) : new byte[16];
            Require(VersionReport.Parse(report, nonce, null).ApplicationVersion.Length <= 24, "a version longer than its field");
        }
        catch (UnexpectedResponseException)
        {
        }
    }
}
