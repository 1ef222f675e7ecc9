// Requests in general: whatever a tester sends in whatever session, with access or without it, the whole agent gives one answer of
// the form that ISO 14229-1 lays down, or none where it allows none; it writes only what the state allows, and serves tester
// present afterwards. Bench, states and rules are those of the fuzzer (tests/Fuzz/Targets).
using EsyncTests.Fuzzing.Targets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class DcmPropertyTests
{
    private const int AnswerTurnsMax = 4000;
    private const byte NegativeResponse = 0x7F;
    private const byte SuppressPositiveResponse = 0x80;
    private const byte ResponsePending = 0x78;

    // ISO 14229-1:2020 Table A.1: serviceNotSupported, subFunctionNotSupported, requestOutOfRange, and the two "in active session";
    // a server does not give them to a request that goes to all (§8.7.2).
    private static readonly byte[] NotToAll = [0x11, 0x12, 0x31, 0x7E, 0x7F];

    private static readonly RequestTarget Words = new();

    // Mostly what some service begins with, and then anything; a request of chance alone comes no further than its first byte.
    private static readonly Gen<byte[]> AnyRequest = Gen.Frequency(
        (6, Gen.Elements(Words.Words.ToArray()).SelectMany(head => Properties.Bytes(12).Select(rest => (byte[])[.. head, .. rest]))),
        (4, Gen.Elements(Words.Words.ToArray())),
        (2, Gen.Elements(RequestTarget.WithSubFunction).SelectMany(service => Properties.Bytes(8).Select(rest => (byte[])[service, .. rest]))),
        (1, Properties.Bytes(80, 1)));

    private static readonly Gen<Conversation> AnyConversation =
        from state in Gen.Choose(0, AgentStates.Count - 1)
        from count in Gen.Choose(1, 8)
        from requests in AnyRequest.ArrayOf(count)
        from toAll in Gen.Choose(0, 255)
        select new Conversation(state, requests, toAll);

    private readonly AgentBench _bench = new();
    private int _positive, _negative, _silent;

    [Fact]
    public void Any_request_in_any_session_gets_a_well_formed_answer_or_none_and_writes_only_what_it_may()
    {
        AgentStates states = new(_bench);
        Properties.Hold(
            AnyConversation,
            conversation =>
            {
                states.Enter(_bench, conversation.State);
                for (int i = 0; i < conversation.Requests.Length && !_bench.IsResetRequested; i++)
                {
                    Converse(conversation.Requests[i], (conversation.ToAll >> i & 1) != 0);
                }

                AgentRules.Check(_bench, conversation.State);
            },
            count: 500);
        Assert.True(_positive > 200 && _negative > 200 && _silent > 50, $"{_positive} positive responses, {_negative} negative ones, {_silent} requests without");
    }

    private void Converse(byte[] request, bool isFunctional)
    {
        request = isFunctional ? request[..Math.Min(7, request.Length)] : request;
        _bench.Forget();
        Assert.True(_bench.Hand(request, isFunctional), "a request finds no buffer though nothing else is under way");
        bool isSuppressed = RequestTarget.IsSuppressed(request);
        bool isAnswered = _bench.RunUntilResponse(isSuppressed || isFunctional ? 300 : AnswerTurnsMax);
        string what = $"{(isFunctional ? "all" : "one")} {Convert.ToHexString(request)} -> {Convert.ToHexString(_bench.Response, 0, Math.Max(0, _bench.ResponseLength))}";
        Assert.True(_bench.ResponseCount == (isAnswered ? 1 : 0), what);
        if (isAnswered)
        {
            bool isGood = IsWellFormed(request, _bench.Response.AsSpan(0, _bench.ResponseLength), isFunctional, isSuppressed && !_bench.IsPendingHeard);
            Assert.True(isGood, what);
        }
        else
        {
            _silent++;
            Assert.True(isSuppressed || isFunctional || _bench.IsResetRequested, what);
        }
    }

    private bool IsWellFormed(byte[] request, ReadOnlySpan<byte> response, bool isFunctional, bool isPositiveSuppressed)
    {
        if (response[0] == NegativeResponse)
        {
            _negative++;
            return response.Length == 3 && response[1] == request[0] && response[2] >= 0x10 && response[2] != ResponsePending && !(isFunctional && NotToAll.Contains(response[2]));
        }

        _positive++;
        return !isPositiveSuppressed && response[0] == request[0] + 0x40 && response[1..].StartsWith(EchoOf(request));
    }

    // What a positive response repeats of its request: sub-function, identifier or counter (ISO 14229-1:2020, the services' own tables).
    private static byte[] EchoOf(byte[] request) => request[0] switch
    {
        0x31 => [SubFunctionOf(request), request[2], request[3]],
        0x22 or 0x2E or 0x2F => request[1..3],
        0x36 => [request[1]],
        byte service when RequestTarget.WithSubFunction.Contains(service) => [SubFunctionOf(request)],
        _ => [],
    };

    private static byte SubFunctionOf(byte[] request) => (byte)(request[1] & ~SuppressPositiveResponse);

    private sealed record Conversation(int State, byte[][] Requests, int ToAll)
    {
        // What FsCheck shows of a failure.
        public override string ToString() => $"state {State}: {string.Join(", ", Requests.Select((request, i) => $"{(((ToAll >> i) & 1) != 0 ? "all" : "one")} {Convert.ToHexString(request)}"))}";
    }
}
