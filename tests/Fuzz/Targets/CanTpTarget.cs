// The transport by itself, over its ports: any frames, times and transmissions in any order, and an upper layer that gives a
// buffer, none, or none now. Ten bytes of an input are one event. Afterwards, when all times have run out, a plain single frame
// is received and a plain message is sent.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>CanIf, CanTp with its halves.</summary>
internal sealed class CanTpTarget : FuzzTarget, ICanTpUpper
{
    private const int EventLength = 10;
    private const int BufferLength = 80;

    private readonly FrameRing _ring = new();
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _functional = new byte[8];
    private readonly byte[] _none = [];
    private readonly byte[] _out = new byte[300];
    private CanIf _canIf = null!;
    private CanTp _canTp = null!;
    private byte _answer;
    private uint _nowMs;
    private uint _announced;
    private int _received;
    private int _sentFrames;

    public override string What => "transport: any frames, times, buffers and transmissions";

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.CanIf", "EsyncAgent.CanTp", "EsyncAgent.CanTpReceiver", "EsyncAgent.CanTpSender", "EsyncAgent.CanTpFlowControl"];

    public override int LengthMax => 600;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words => [[0x10, 0x14], [0x10, 0, 0, 0, 0x10, 0], [0x30, 0, 0], [0x30, 8, 0xF1], [0x31, 0, 0], [0x32, 0, 0], [0x21], [0x22], [0x2F], [0x20], [0x02, 0x3E, 0]];

    public override long StepsMax(int length) => 400_000 + (2000 * length);

    public override long AllocationMax(int length) => 20_000;

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        [0x08, 0, 0x02, 0x3E, 0, 0, 0, 0, 0, 0],
        [0x08, 0, 0x10, 0x14, 1, 2, 3, 4, 5, 6, 0x00, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0x21, 1, 2, 3, 4, 5, 6, 7, 0x08, 0, 0x22, 1, 2, 3, 4, 5, 6, 7],
        [0x41, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0x30, 3, 5, 0, 0, 0, 0, 0, 0x00, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0x31, 3, 5, 0, 0, 0, 0, 0],
        [0x08, 0, 0x10, 0x4E, 1, 2, 3, 4, 5, 6, .. Enumerable.Range(1, 11).SelectMany(i => (byte[])[0x08, 1, (byte)(0x20 | (i & 15)), 1, 2, 3, 4, 5, 6, 7])],
        [0x08, 0, 0x10, 0x80, 1, 2, 3, 4, 5, 6, .. Enumerable.Range(1, 18).SelectMany(i => (byte[])[0x08, 1, (byte)(0x20 | (i & 15)), 1, 2, 3, 4, 5, 6, 7])],
        [0x88, 0, 0x10, 0, 0, 0, 0x10, 0, 1, 2, 0x00, 255, 0, 0, 0, 0, 0, 0, 0, 0],
    ];

    public override void Run(byte[] input)
    {
        _ring.Clear();
        _ring.Sent = _ => _sentFrames++;
        _canIf = new CanIf(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, TransmitQueueLength = 2 }, _ring);
        _canTp = new CanTp(new CanTpConfig { BlockSize = (byte)(input.Length & 7) }, _canIf);
        _canTp.Attach(this);
        (_nowMs, _announced) = (0xFFFFFF00, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int at = 0; at + EventLength <= input.Length; at += EventLength)
        {
            Play(input.AsSpan(at, EventLength));
            Turn(1);
        }

        RunOut();
        RequireNoAllocation(before, "the transport");
        AnswersStill();
    }

    byte[] ICanTpUpper.StartOfReception(bool isFunctional, uint length)
    {
        _announced = isFunctional ? _announced : length;
        if (isFunctional)
        {
            return _functional;
        }

        return _answer switch { 1 => null!, 2 => _none, _ => _buffer };
    }

    void ICanTpUpper.RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        Require(length <= (isFunctional ? 7 : BufferLength), "more bytes are announced than the buffer holds");
        Require(isFunctional || result != CanTpResult.Ok || length == _announced, "a message is whole with another length than was announced");
        _received++;
    }

    void ICanTpUpper.TxConfirmation(CanTpResult result)
    {
    }

    // Bits 0 to 2: what happens; bit 3: the frame has eight bytes; bits 4 and 5: the upper layer's answer; bits 6, 7: the identifier.
    private void Play(ReadOnlySpan<byte> item)
    {
        _answer = (byte)((item[0] >> 4) & 3);
        switch (item[0] & 7)
        {
            case 1:
                _canTp.Transmit(_out, item[1] & 15, item[1]);
                break;
            case 2:
                _ring.CanSend = (item[1] & 1) != 0;
                break;
            case 3:
                _canTp.TightenFlowControl();
                break;
            case 4:
                _canTp.RestoreFlowControl();
                break;
            default:
                int length = (item[0] & 8) != 0 ? 8 : item[1] % 9;
                uint identifier = (item[0] >> 6) switch { 1 => 0x7DFu, 2 => 0x123u, _ => 0x7E0u };
                _ring.Arrive(identifier, item[0] >> 6 == 3, item.Slice(2, length));
                Turn(item[1] & 0x0F);
                _nowMs += (uint)((item[1] >> 6) * 400);
                break;
        }
    }

    private void Turn(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _nowMs++;
            _canIf.MainFunction(_nowMs);
            _canTp.MainFunction(_nowMs);
        }
    }

    private void RunOut()
    {
        _ring.CanSend = true;
        _answer = 0;
        for (int i = 0; i < 400 && (_canTp.IsReceiving || _canTp.IsTransmitting); i++)
        {
            _nowMs += 1100;
            Turn(1);
        }

        Require(!_canTp.IsReceiving && !_canTp.IsTransmitting, "a message has no end");
    }

    private void AnswersStill()
    {
        int received = _received, sent = _sentFrames;
        _ring.Arrive(0x7E0, false, [0x02, 0x3E, 0, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC]);
        Turn(2);
        Require(_received == received + 1, "a single frame is not received any more");
        Require(_canTp.Transmit(_out, 0, 5) == StdReturn.Ok, "nothing can be sent any more");
        Turn(5);
        Require(!_canTp.IsTransmitting && _sentFrames > sent, "a single frame is not sent any more");
    }
}
