// Requests at the server's input, the whole agent behind it: the first byte is the state that a run begins in (session, access,
// manifest), then come requests, each with a byte that says how it is sent and one with its length.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing.Targets;

/// <summary>Dcm and all its services, Fota behind them.</summary>
internal sealed class RequestTarget : AgentTarget
{
    /// <summary>Services whose second byte is a sub-function.</summary>
    public static readonly byte[] WithSubFunction = [0x10, 0x11, 0x27, 0x28, 0x29, 0x2C, 0x31, 0x3E, 0x85];

    private bool _isAlone;

    public override string What => "UDS requests at the server, whole agent, eight states of session, access and update";

    public override IReadOnlyList<string> Parsers =>
    [
        .. new[]
        {
            "Dcm", "Dsd", "DslConversation", "DslReception", "DslSession", "DspRecords", "DspReader", "DspQuestions", "DspDynamics", "DspPeriodic", "DspTransfer", "DcmMessage", "AccessControl", "AccessProof", "AccessDelay", "RoutineCheckPreconditions", "RoutineOfUpdate", "RoutineProvision", "RoutineReports", "RoutineSetTime",
            "RoutineVersionReport", "Sid10DiagnosticSessionControl", "Sid11EcuReset", "Sid22ReadDataByIdentifier", "Sid27SecurityAccess",
            "Sid28CommunicationControl", "Sid29Authentication", "Sid2AReadDataByPeriodicIdentifier", "Sid2CDynamicallyDefineDataIdentifier", "Sid2EWriteDataByIdentifier", "Sid2FInputOutputControlByIdentifier", "Sid31RoutineControl", "Sid34RequestDownload",
            "Sid36TransferData", "Sid37RequestTransferExit", "Sid3ETesterPresent", "Sid85ControlDtcSetting",
        }.Select(name => "EsyncAgent." + name),
    ];

    public override int LengthMax => 700;

    public override IReadOnlyList<byte[]> Words =>
    [
        [0x10, 1], [0x10, 2], [0x10, 3], [0x11, 1], [0x22, 0xF1, 0x86], [0x22, 0xFD, 0x01], [0xFD, 0x02], [0xFD, 0x05], [0xFD, 0x06], [0xFD, 0x09], [0xFD, 0x0A], [0xF1, 0x90], [0x31, 1, 2, 0x14], [0xF1, 0x5A], [0x27, 1], [0x27, 2], [0x28, 3, 1], [0x29, 0], [0x29, 5, 0], [0x29, 8],
        [0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0], [0x2E, 0xF1, 0x5A], [0x31, 1, 2, 3], [0x31, 1, 2, 4], [0x31, 1, 2, 0x10], [0x31, 1, 2, 0x11], [0x31, 1, 2, 0x12], [0x31, 1, 2, 0x13],
        [0x31, 1, 2, 0x30], [0x31, 1, 2, 0x31], [0x31, 1, 2, 0x32], [0xFD, 0x10], [0xFD, 0x11], [0xFD, 0x12],
        [0x31, 1, 2, 0x20], [0x31, 1, 0xFF, 0], [0x31, 1, 0xFF, 1], [0x31, 3], [0x34, 0, 0x44, 0x10, 0, 0, 0], [0x34, 0, 0x44, 0x20, 0, 0, 0], [0x36, 1], [0x36, 2], [0x37], [0x3E, 0], [0x3E, 0x80], [0x85, 1], [0x85, 2],
        [0x2A, 3], [0x2A, 4], [0x2C, 1, 0xF2], [0x2C, 1, 0xF3], [0x2C, 3], [1, 1], [1, 5], [0x2F, 0x10], [0x22, 2, 0], [0x22, 0xF2],
    ];

    public override IReadOnlyList<byte[]> Seeds()
    {
        List<byte[]> seeds = [];
        for (byte state = 0; state < AgentStates.Count; state++)
        {
            seeds.Add([state, 0, 2, 0x3E, 0, 0, 3, 0x22, 0xF1, 0x86, 0, 4, 0x31, 1, 2, 3, 0, 20, 0x31, 1, 2, 4, .. new byte[16]]);
            seeds.Add([state, 0, 11, 0x34, 0, 0x44, 0x10, 0, 0, 0, 0, 0, 0, 8, 0, 6, 0x36, 1, 1, 2, 3, 4, 0, 6, 0x36, 2, 1, 2, 3, 4, 0, 1, 0x37, 0, 4, 0x31, 1, 2, 0x10]);
            seeds.Add([state, 0, 4, 0x31, 1, 0xFF, 0, 0, 11, 0x34, 0, 0x44, 0x20, 0, 0, 0, 0, 0, 0x1B, 0xC4, 0, 8, 0x36, 1, 1, 2, 3, 4, 5, 6, 0, 4, 0x31, 1, 0xFF, 1]);
            seeds.Add([state, 0, 4, 0x31, 1, 2, 0x11, 0, 4, 0x31, 1, 2, 0x12, 0, 4, 0x31, 1, 2, 0x13, 0, 2, 0x11, 1]);
            seeds.Add([state, 0, 2, 0x27, 1, 0, 18, 0x27, 2, .. new byte[16], 0, 19, 0x29, 5, 0, 6, 8, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 2, 9, 0, 0, 0, 0, 0, 0, 3, 2, 0x29, 8, 0, 12, 0x2E, 0xF1, 0x5A, .. new byte[9]]);
            seeds.Add([state, 0, 8, 0x2C, 1, 0xF3, 1, 0xF1, 0x86, 1, 1, 0, 8, 0x2C, 1, 0xF2, 1, 1, 0, 1, 4, 0, 3, 0x22, 0xF3, 1, 0, 3, 0x2A, 3, 1, 2, 255, 0, 0, 4, 0x2C, 3, 0xF2, 1, 0, 4, 0x2F, 0x10, 0, 2, 0, 5, 0x2F, 0x10, 0, 3, 1]);
            seeds.Add([state, 0, 8, 0x31, 1, 2, 0x30, 0, 0, 0, 1, 0, 12, 0x31, 1, 2, 0x31, 0, 0, 0, 0, 0, 0, 0, 1, 0, 12, 0x31, 1, 2, 0x32, 0, 0, 1, 0xA2, 0, 0, 0, 0, 0, 7, 0x22, 0xFD, 0x10, 0xFD, 0x11, 0xFD, 0x12]);
            seeds.Add([state, 1, 2, 0x3E, 0x80, 1, 3, 0x28, 3, 1, 1, 2, 0x85, 2, 2, 255, 3, 0, 9, 0x22, 0xFD, 0, 0xFD, 1, 0xFD, 2, 0xFD, 3]);
        }

        byte[] challenge = [0x29, 5, 0, 6, 8, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 2, 9, 0, 0, 0, 0, 0, 0];
        seeds.Add([2, 0, 19, .. challenge, 4, 1, 0, 0, 4, 0x31, 1, 2, 0x10, 0, 2, 0x29, 0]);
        seeds.Add([1, 0, 2, 0x27, 1, 5, 1, 0, 0, 2, 0x27, 1, 0, 4, 0x31, 1, 2, 0x13]);
        seeds.Add([2, 0, 18, 0x27, 2, .. new byte[16], 0, 2, 0x27, 1, 0, 18, 0x27, 2, .. new byte[16], 0, 2, 0x27, 1, 2, 255, 0, 0, 2, 0x27, 1, 5, 1, 0]);
        seeds.Add([1, 0, 121, 0x22, .. Enumerable.Range(0, 60).SelectMany(_ => (byte[])[0xFD, 0x06]), 0, 13, 0x22, 0xF1, 0x87, 0xF1, 0x90, 0xF1, 0x8C, 1, 1, 1, 2, 0xF1, 0x5A]);
        seeds.Add([1, 0, 3, 0x22, 1, 3, 0, 3, 0x22, 1, 1, 0, 3, 0x22, 1, 2]);
        byte[] provisioning = Samples.Provisioning;
        seeds.Add([3, 0, (byte)(4 + provisioning.Length), 0x31, 1, 2, 0x20, .. provisioning]);
        return seeds;
    }

    /// <summary>True when a request asks for no positive response (ISO 14229-1, suppressPosRspMsgIndicationBit).</summary>
    public static bool IsSuppressed(ReadOnlySpan<byte> request) => request.Length > 1 && WithSubFunction.Contains(request[0]) && (request[1] & 0x80) != 0;

    public override void Run(byte[] input)
    {
        _isAlone = true;
        base.Run(input);
    }

    protected override int EventLengthMin => 3;

    protected override int Play(ReadOnlySpan<byte> rest)
    {
        int length = Math.Min(rest[1], rest.Length - 2);
        Play(rest[0], rest[1], rest.Slice(2, length));
        return 2 + length;
    }

    // 1: functional; 2: time passes; 3: sent without waiting for the answer; 4 and 5: the right proof for the last response, by 29 or
    // 27; else: a physical request, whose answer is awaited.
    private void Play(byte how, byte amount, ReadOnlySpan<byte> request)
    {
        switch (how % 8)
        {
            case 1:
                _isAlone = false;
                Bench.Hand(request[..Math.Min(7, request.Length)], true);
                Bench.RunUntilResponse(60);
                break;
            case 2:
                Bench.NowMs += amount * 24u;
                Bench.Turn();
                break;
            case 3:
                _isAlone = false;
                Bench.Hand(request, false);
                Bench.Turn();
                break;
            case 4:
            case 5:
                long before = GC.GetAllocatedBytesForCurrentThread();
                byte[] proof = how % 8 == 4 ? Bench.Proof29() : Bench.Key27();
                OwnBytes += GC.GetAllocatedBytesForCurrentThread() - before;
                Ask(proof);
                break;
            default:
                Ask(request);
                break;
        }
    }

    private void Ask(ReadOnlySpan<byte> request)
    {
        if (request.Length == 0)
        {
            return;
        }

        Bench.Forget();
        if (!Bench.Hand(request, false))
        {
            Require(!_isAlone, "a request finds no buffer though nothing else is under way");
            return;
        }

        bool mayBeSilent = IsSuppressed(request);
        bool isAnswered = Bench.RunUntilResponse(mayBeSilent ? 200 : 4000);
        Require(isAnswered || mayBeSilent || Bench.IsResetRequested, "a request is not answered");
    }
}
