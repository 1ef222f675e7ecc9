// One tester's conversation with one ECU: request, response, response pending, repeat.
// Invariants: one request at a time; a request is repeated only when repeating it does no harm (the ECU said busy, or
// it said nothing and the caller allows it); TransferData is, since the ECU takes a repeated counter once.
// Clauses: ISO 14229-2:2013 §7.2 (P2, P2*), ISO 14229-1:2020 §8.7.
// Tests: tests/host-sim/Client.
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Timing and patience of a tester.</summary>
public sealed record TesterTiming
{
    /// <summary>
    /// For a bus outside this program: adapters, networks and the scheduler of this machine add to the way there and back, by far more
    /// than a bus does, and a request that is repeated too early costs more than one that is repeated late.
    /// </summary>
    public static TesterTiming OnRealBus { get; } = new() { P2MsMax = 550, DeltaP2Ms = 500 };

    /// <summary>P2client_max in milliseconds: wait for the first answer, until the ECU has told its own P2server_max.</summary>
    public int P2MsMax { get; init; } = 150;

    /// <summary>ΔP2 in milliseconds: what the way there and back adds to the P2server_max that the ECU tells (ISO 14229-2:2013 §7.2).</summary>
    public int DeltaP2Ms { get; init; } = 100;

    /// <summary>P2*client_max in milliseconds: wait after a response pending.</summary>
    public int P2StarMsMax { get; init; } = 5500;

    /// <summary>Response pendings in a row that are accepted; bounds the time of one request.</summary>
    public int PendingMax { get; init; } = 60;

    /// <summary>Times that a request is sent at most.</summary>
    public int TriesMax { get; init; } = 3;

    /// <summary>Times that a request is repeated at most that the ECU was too busy for.</summary>
    public int BusyRepeatMax { get; init; } = 100;

    /// <summary>How many messages in a row may be no answer to the request before that counts as no answer.</summary>
    public int StrangeMax { get; init; } = 100;

    /// <summary>Pause in milliseconds before a request is repeated that the ECU was too busy for.</summary>
    public int BusyPauseMs { get; init; } = 50;

    /// <summary>Period of the functional tester present in milliseconds.</summary>
    public int TesterPresentMs { get; init; } = 2000;

    /// <summary>How long a tester present waits at most for a request that is being sent, in milliseconds; well within S3.</summary>
    public int KeepAliveDelayMsMax { get; init; } = 1000;
}

/// <summary>A UDS tester.</summary>
public sealed class UdsTester(IDiagnosticLink link, TesterTiming timing)
{
    private const byte Negative = 0x7F;
    private const byte SessionControl = 0x10;
    private const int PositiveOffset = 0x40;
    private const byte BusyRepeatRequest = 0x21;
    private const byte ResponsePending = 0x78;
    private const int SessionResponseLength = 6;
    private int _p2Ms = timing.P2MsMax;
    private bool _isKeptAlive;
    private bool _isSending;
    private int _keepAliveRun;

    /// <summary>Clock of the conversation.</summary>
    public VirtualTime Time => link.Time;

    /// <summary>Times so far that a request was sent and got no response, or could not be sent to its end.</summary>
    public int UnansweredCount { get; private set; }

    /// <summary>Those of <see cref="UnansweredCount"/> that got no flow control after their first frame or block.</summary>
    public int UnbegunCount { get; private set; }

    /// <summary>
    /// Sends a request and returns the positive response, of <paramref name="lengthMin"/> bytes at the least. Throws the
    /// <see cref="DiagnosticException"/> that fits.
    /// </summary>
    public async Task<byte[]> RequestAsync(byte[] request, string what, bool isRepeatable = true, int lengthMin = 1)
    {
        int tries = 0, repeats = 0;
        while (true)
        {
            link.Discard();
            bool isSent = await SendAsync(request);
            byte[]? response = isSent ? await ReceiveAsync(request) : null;
            if (response == null)
            {
                UnansweredCount++;
                UnbegunCount += !isSent && link.IsFirstBlockUnanswered ? 1 : 0;
                if (++tries >= timing.TriesMax || !isRepeatable)
                {
                    throw new NoResponseException(request[0], what);
                }
            }
            else if (response[0] != Negative)
            {
                TakeTiming(response);
                return response.Length >= lengthMin ? response : throw new UnexpectedResponseException(request[0], response);
            }
            else if (response[2] != BusyRepeatRequest || ++repeats > timing.BusyRepeatMax)
            {
                throw new NegativeResponseException(request[0], response[2]);
            }
            else
            {
                await Time.DelayMs(timing.BusyPauseMs);
            }
        }
    }

    // sessionParameterRecord of the answer to DiagnosticSessionControl (ISO 14229-1:2020 §10.2.3): P2server_max comes first;
    // an ECU that wants more than P2* may ask for it with response pending.
    private void TakeTiming(byte[] response)
    {
        if (response[0] == SessionControl + PositiveOffset && response.Length >= SessionResponseLength)
        {
            _p2Ms = Math.Min((response[2] << 8) | response[3], timing.P2StarMsMax) + timing.DeltaP2Ms;
        }
    }

    /// <summary>Sends a request and tells whether a positive response came; no exception for silence or refusal.</summary>
    public async Task<bool> TryAsync(byte[] request)
    {
        link.Discard();
        byte[]? response = await SendAsync(request) ? await ReceiveAsync(request) : null;
        return response != null && response[0] != Negative;
    }

    /// <summary>Sends a functional request whose positive response is suppressed.</summary>
    public Task NotifyAsync(byte[] request) => link.SendFunctionalAsync(request);

    /// <summary>Starts the functional tester present 3E 80, until <see cref="StopKeepAlive"/>.</summary>
    public void StartKeepAlive()
    {
        if (!_isKeptAlive)
        {
            _isKeptAlive = true;
            _ = KeepAliveAsync(++_keepAliveRun);
        }
    }

    /// <summary>Stops the tester present.</summary>
    public void StopKeepAlive() => _isKeptAlive = false;

    private async Task<bool> SendAsync(byte[] request)
    {
        _isSending = true;
        try
        {
            return await link.SendAsync(request);
        }
        finally
        {
            _isSending = false;
        }
    }

    private async Task KeepAliveAsync(int run)
    {
        while (_isKeptAlive && run == _keepAliveRun)
        {
            // Between two requests rather than in the middle of one: an ECU with two receive buffers has no third for it.
            for (int waitedMs = 0; _isSending && waitedMs < timing.KeepAliveDelayMsMax; waitedMs++)
            {
                await Time.DelayMs(1);
            }

            await link.SendFunctionalAsync(new byte[] { 0x3E, 0x80 });
            await Time.DelayMs(timing.TesterPresentMs);
        }
    }

    private async Task<byte[]?> ReceiveAsync(byte[] request)
    {
        int waitMs = _p2Ms;
        int pendings = 0, strangers = 0;
        while (true)
        {
            byte[]? response = await link.ReceiveAsync(waitMs * VirtualTime.NsPerMs);
            if (response == null || pendings > timing.PendingMax || strangers > timing.StrangeMax)
            {
                return null;
            }

            bool isNegative = response.Length >= 3 && response[0] == Negative && response[1] == request[0];
            if (isNegative && response[2] == ResponsePending)
            {
                pendings++;
                waitMs = timing.P2StarMsMax;
            }
            else if (isNegative || IsAnswer(request, response))
            {
                return response;
            }

            // Anything else is the late answer to a request that was given up; the right one may still come.
            strangers++;
        }
    }
    /// <summary>
    /// True for a positive response that repeats what the request named (ISO 14229-1:2020, the echo of each service):
    /// sub-function, identifier or counter. Else it belongs to an earlier request with the same service.
    /// </summary>
    private static bool IsAnswer(byte[] request, byte[] response)
    {
        if (response.Length == 0 || response[0] != request[0] + PositiveOffset)
        {
            return false;
        }

        int echo = request[0] switch
        {
            0x31 => 3,
            0x22 or 0x2E => 2,
            0x14 or 0x2A or 0x34 or 0x37 => 0,
            _ => 1,
        };
        echo = Math.Min(echo, request.Length - 1);
        return response.Length > echo && response.AsSpan(1, echo).SequenceEqual(request.AsSpan(1, echo));
    }
}
