// An ECU as a script on the virtual bus: whole requests in, whole answers out, over the same transport layer.
// Answers are written as hex text; each may come after a pause. Everything that was asked is kept, with its moment.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncTests.HostSim.Client;

/// <summary>A peer for testers.</summary>
internal sealed class FakeEcu : ICanTpUpper
{
    internal static readonly CanIfConfig Identifiers = new() { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 };

    private readonly VirtualTime _time;
    private readonly EsyncAgent.CanIf _canIf;
    private readonly EsyncAgent.CanTp _canTp;
    private readonly SimEvent _turn;
    private readonly Queue<(int AfterMs, string Answer)> _answers = new();
    private byte[] _buffer = [];
    private byte[] _functional = [];
    private long _nextAnswerNs = -1;

    internal FakeEcu(VirtualBus bus, CanIfConfig? identifiers = null, CanTpConfig? transport = null)
    {
        _time = bus.Time;
        Node = new VirtualCan(bus, "fake ECU");
        CanIfConfig ids = identifiers ?? Identifiers;
        _canIf = new EsyncAgent.CanIf(ids, Node);
        _canTp = new EsyncAgent.CanTp(transport ?? new CanTpConfig(), _canIf);
        _canTp.Attach(this);
        _turn = _time.CreateEvent(Turn);
        Node.FrameArrived = () => _turn.After(0);
        Node.FrameSent = () => _turn.After(0);
        Node.PowerOn();
        _turn.After(0);
    }

    internal VirtualCan Node { get; }

    /// <summary>What was asked physically, and when it had arrived.</summary>
    internal List<(string Request, long AtNs)> Asked { get; } = [];

    /// <summary>What was asked functionally, and when it had arrived.</summary>
    internal List<(string Request, long AtNs)> AskedFunctionally { get; } = [];

    /// <summary>Answers to a request; none: silence. By default every request is answered positively with its own bytes.</summary>
    internal Func<string, IEnumerable<(int AfterMs, string Answer)>> Script { get; set; } = request => [(0, Positive(request))];

    /// <summary>False: requests that begin are refused with OVFLW.</summary>
    internal bool HasRoom { get; set; } = true;

    /// <summary>The positive response that repeats a request's bytes.</summary>
    internal static string Positive(string request) => $"{Convert.ToByte(request[..2], 16) + 0x40:X2}{request[2..]}";

    /// <summary>Answers one after the other, one for each request; the last one stays.</summary>
    internal void Answers(params (int AfterMs, string Answer)[][] answers)
    {
        int index = 0;
        Script = _ => answers[Math.Min(index++, answers.Length - 1)];
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        if (!HasRoom)
        {
            return null!;
        }

        return isFunctional ? _functional = new byte[length] : _buffer = new byte[length];
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        if (result != CanTpResult.Ok)
        {
            return;
        }

        string request = Convert.ToHexString(isFunctional ? _functional : _buffer);
        if (isFunctional)
        {
            AskedFunctionally.Add((request, _time.NowNs));
            return;
        }

        Asked.Add((request, _time.NowNs));
        foreach ((int afterMs, string answer) in Script(request))
        {
            _answers.Enqueue((afterMs, answer));
        }
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
    }

    private void Turn()
    {
        _canIf.MainFunction(_time.NowMs);
        _canTp.MainFunction(_time.NowMs);
        if (!_canTp.IsTransmitting && _answers.TryPeek(out (int AfterMs, string Answer) next))
        {
            if (_nextAnswerNs < 0)
            {
                _nextAnswerNs = _time.NowNs + (next.AfterMs * VirtualTime.NsPerMs);
            }

            if (_time.NowNs >= _nextAnswerNs)
            {
                _nextAnswerNs = -1;
                _answers.Dequeue();
                byte[] answer = Convert.FromHexString(next.Answer.Replace(" ", ""));
                _canTp.Transmit(answer, 0, (uint)answer.Length);
            }
        }

        if (_canTp.IsTransmitting || _canTp.IsReceiving || _answers.Count > 0)
        {
            _turn.After(VirtualTime.NsPerMs / 4);
        }
    }
}
