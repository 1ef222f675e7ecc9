// An ECU that answers anything, to the vehicle's client: one bad ECU must not take the client down, which serves the others too.
// The first byte says what the client does, then come answers, each with its kind and length; they begin anew when all were given.
// Every conversation ends, with an outcome or with the exception that says what is wrong with the ECU.
// Tests: tests/Fuzz/Checks.
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>UdsTester, EcuClient, UpdateSession, TrustSession, VersionReport.</summary>
internal sealed class ResponseTarget : FuzzTarget
{
    // A whole update in blocks of one byte takes some thousand requests, each with its repetitions.
    private const int AnswersMax = 30_000;
    private const long TimeMaxNs = 1000 * 3600 * VirtualTime.NsPerSecond;

    private static readonly DeviceCredentials Credentials = new(Samples.DeviceId, Samples.DeviceSecret);
    private static readonly UpdateImage Image = new(new byte[300], new byte[32], 0, new byte[500], "1.0");
    private static readonly TrustUpdate Trust = new(new byte[200], new TrustState(1, [new TrustedKey(1, new byte[16])]));
    private static readonly UpdatePolicy Policy = new() { PresenceMsMax = 300, RetryPauseMs = 10, AttemptsMax = 2, TrialMs = 10 };

    public override string What => "answers of an ECU to the client: reads, access, transfer, whole updates";

    public override IReadOnlyList<string> Parsers =>
        ["EsyncSim.Client.UdsTester", "EsyncSim.Client.EcuClient", "EsyncSim.Client.UpdateSession", "EsyncSim.Client.TrustSession", "EsyncSim.Client.EcuAttempts", "EsyncSim.Client.VersionReport", "EsyncSim.Client.SecurityEventLog"];

    public override int LengthMax => 1500;

    public override int SmokeInputs => 1000;

    public override IReadOnlyList<byte[]> Words => [[1, 0], [1, 1], [1, 2, 0, 2], [1, 2, 0, 0], [0, 3, 0x7F, 0x36, 0x78], [0, 3, 0x7F, 0x22, 0x21], [3, 0], [2, 239, 3], [1, 6, 0, 0], [0, 1, 0x50]];

    // An await must not be interrupted: answers are counted instead.
    public override long StepsMax(int length) => long.MaxValue / 2;

    public override long AllocationMax(int length) => 8_000_000;

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] report = [2, VersionReport.Length, 2, .. new byte[VersionReport.Length - 1]];
        byte[] onTrial = [.. report];
        (onTrial[2 + 21], onTrial[2 + 23]) = (1, (byte)EsyncAgent.BankState.Trial);
        byte[] limits = [1, 7, 1, 1, 0, 0, 1, 0, 1, 1, 15, 0x10, 0, 0x0F, 0xFF, 0, 0, 0x20, 0, 0, 0, 0x40, 0, 0, 1, 1];
        byte[] challenge = [1, 37, .. new byte[15], 0, 0x10, .. new byte[20], 1, 0];
        byte[] done = [1, 2, 0, 0];
        byte[] consent = [1, 2, 1, 0];
        List<byte[]> seeds = [.. Enumerable.Range(0, 14).Select(operation => (byte[])[(byte)operation, 1, 30, .. new byte[30]])];
        seeds.Add([12, 1, 0, 1, 4, 0, 50, 0, 50, .. limits, .. report, .. consent, 1, 0, .. challenge, 1, 0, 1, 3, 0x20, 0, 200, 1, 0, 1, 0, 1, 0, .. done, 1, 24, .. new byte[24], .. done, 1, 3, 0x20, 1, 0, 1, 0, 1, 0, 1, 0, .. done, .. done, 1, 0, 1, 0, 1, 0, 1, 0, .. challenge, .. onTrial, .. done, .. onTrial]);
        seeds.Add([13, 1, 0, 1, 4, 0, 50, 0, 50, .. report, 1, 22, 0, 0, 0, 1, 1, 1, .. new byte[16], .. limits, .. consent]);
        return seeds;
    }

    public override void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        AnsweringLink link = new(input[1..]);
        EcuClient client = new(new UdsTester(link, new TesterTiming { BusyRepeatMax = 3, PendingMax = 3, StrangeMax = 3 }), Credentials, count => new byte[count]);
        try
        {
            link.Time.Run(() => Converse(client, input[0] % 14), TimeMaxNs);
        }
        catch (DiagnosticException)
        {
        }
    }

    private static async Task Converse(EcuClient client, int operation)
    {
        switch (operation)
        {
            case 0: await client.ReadInventoryAsync(); break;
            case 1: await client.ReadLimitsAsync(); break;
            case 2: await client.ReadUpdateStateAsync(); break;
            case 3: await client.ReadResumePointAsync(); break;
            case 4: Require((await client.ReadTrustStateAsync()).ToString().Length > 0, "keys without words"); break;
            case 5: await client.ReadVersionReportAsync(); break;
            case 6: await client.ReadSecurityEventsAsync(); break;
            case 7: await client.AuthenticateAsync(); break;
            case 8: await client.CheckPreconditionsAsync(); break;
            case 9: await client.RoutineAsync(0xFF00, "erase"); break;
            case 10: await client.TransferAsync(new byte[100], await client.RequestDownloadAsync(0, 0x10000000, 100)); break;
            case 11: await client.RollBackAsync(300); break;
            case 12: Require((await new UpdateSession(client, Image, Policy).RunAsync()).Text.Length > 0, "an outcome without words"); break;
            default: Require((await new TrustSession(client, Trust, Policy).RunAsync()).Text.Length > 0, "an outcome without words"); break;
        }
    }

    private sealed class AnsweringLink(byte[] script) : IDiagnosticLink
    {
        private byte[] _request = [];
        private int _answers;
        private int _at;

        public VirtualTime Time { get; } = new();

        public Task<bool> SendAsync(ReadOnlyMemory<byte> request)
        {
            _request = request.ToArray();
            return Task.FromResult(true);
        }

        public Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request) => Task.FromResult(true);

        // 0: as it stands; 1: behind the echo of the request; 2: a version report with nonce and MAC; 3: silence.
        public async Task<byte[]?> ReceiveAsync(long timeoutNs)
        {
            Require(++_answers <= AnswersMax, "a conversation has no end");
            if (script.Length < 2)
            {
                await Time.Delay(timeoutNs);
                return null;
            }

            _at = _at + 2 > script.Length ? 0 : _at;
            int kind = script[_at] % 4, length = Math.Min(script[_at + 1], script.Length - _at - 2);
            byte[] bytes = script[(_at + 2)..(_at + 2 + length)];
            _at += 2 + length;
            if (kind == 3)
            {
                await Time.Delay(timeoutNs);
                return null;
            }

            await Time.DelayMs(1);
            return kind == 0 ? bytes : [.. Echo(), .. kind == 1 ? bytes : Sealed(bytes)];
        }

        public void Discard()
        {
        }

        private byte[] Echo()
        {
            int echo = _request[0] switch { 0x31 => 3, 0x22 or 0x2E => 2, 0x34 or 0x37 => 0, _ => 1 };
            return [(byte)(_request[0] + 0x40), .. _request.AsSpan(1, Math.Min(echo, _request.Length - 1))];
        }

        private static byte[] Sealed(byte[] bytes)
        {
            if (bytes.Length != VersionReport.Length)
            {
                return bytes;
            }

            bytes.AsSpan(VersionReport.NonceOffset, 16).Clear();
            Credentials.VersionReportMac(bytes.AsSpan(0, VersionReport.Length - 32)).CopyTo(bytes.AsSpan(VersionReport.Length - 32));
            return bytes;
        }
    }
}
