// A tester's controller behind which an ECU seems to answer otherwise: frames of it are dropped, changed, doubled, late, or
// there are some that it never sent. What a case makes of that shows that it can fail.
// Invariants: the first frame is left alone, since it is the answer by which the runner knows that the ECU is there; frames keep
// their order; the same alteration gives the same run.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncTests.HostSim.Conformance;

/// <summary>What is done to frames.</summary>
internal enum AlterationKind
{
    /// <summary>Nothing: for counting.</summary>
    None,

    /// <summary>The frame with this number does not arrive.</summary>
    Drop,

    /// <summary>The frame with this number arrives with other bytes behind its first one.</summary>
    Change,

    /// <summary>Every frame from this number on arrives twice.</summary>
    Double,

    /// <summary>Every frame from this number on arrives 700 ms later.</summary>
    Delay,

    /// <summary>Whatever the tester sends from its frame with this number on, something answers at once.</summary>
    Phantom,
}

/// <summary>An alteration.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Number">To which frame; counts from 1, the first one after the ECU has shown that it is there.</param>
internal sealed record Alteration(AlterationKind Kind, int Number);

/// <summary>The controller.</summary>
internal sealed class AlteredCan : ITesterCan
{
    private const long LateNs = 700 * VirtualTime.NsPerMs;
    private readonly ITesterCan _inner;
    private readonly VirtualTime _time;
    private readonly Alteration _alteration;
    private readonly Queue<BusFrame> _arrived = new();
    private readonly CanFrame _frame = new();
    private BusFrame _sending;
    private BusFrame? _shape;
    private int _sent;

    public AlteredCan(VirtualTime time, ITesterCan inner, Alteration alteration)
    {
        _time = time;
        _inner = inner;
        _alteration = alteration;
        inner.FrameArrived = TakeIn;
        inner.FrameSent = Sent;
    }

    /// <summary>Frames of the ECU after the first one.</summary>
    public int Count { get; private set; } = -1;

    public Action? FrameArrived { get; set; }

    public Action? FrameSent { get; set; }

    public byte BlockSizeMax => _inner.BlockSizeMax;

    public byte SeparationTimeMin => _inner.SeparationTimeMin;

    public uint OverrunCount => _inner.OverrunCount;

    public uint BusOffCount => _inner.BusOffCount;

    public void SetFilter(params (uint Identifier, bool IsExtended)[] accepted) => _inner.SetFilter(accepted);

    public void PowerOn() => _inner.PowerOn();

    public void PowerOff() => _inner.PowerOff();

    public bool TryReceive(CanFrame into)
    {
        bool isThere = _arrived.TryDequeue(out BusFrame frame);
        if (isThere)
        {
            frame.CopyTo(into);
        }

        return isThere;
    }

    public bool TrySend(CanFrame frame)
    {
        bool isTaken = _inner.TrySend(frame);
        _sending = isTaken ? BusFrame.From(frame) : _sending;
        return isTaken;
    }

    private void TakeIn()
    {
        while (_inner.TryReceive(_frame))
        {
            BusFrame frame = BusFrame.From(_frame);
            _shape = frame;
            Count++;
            bool isIt = Count > 0 && Count == _alteration.Number;
            bool isFrom = Count > 0 && Count >= _alteration.Number;
            switch (_alteration.Kind)
            {
                case AlterationKind.Drop when isIt:
                    break;
                case AlterationKind.Change when isIt:
                    Arrive(new BusFrame(frame.Identifier, frame.IsExtended, frame.Length, frame.Data ^ 0x00FFFFFFFFFFFFFF));
                    break;
                case AlterationKind.Double when isFrom:
                    Arrive(frame);
                    Arrive(frame);
                    break;
                case AlterationKind.Delay when isFrom:
                    _time.After(LateNs, () => Arrive(frame));
                    break;
                default:
                    Arrive(frame);
                    break;
            }
        }
    }

    private void Sent()
    {
        FrameSent?.Invoke();
        if (Count < 0 || _alteration.Kind != AlterationKind.Phantom || ++_sent < _alteration.Number || _shape is not { } shape)
        {
            return;
        }

        // To a request a refusal, to anything else what a sender would take for leave to go on.
        byte[] answer = _sending.Length > 1 && _sending[0] >> 4 == 0 ? [0x03, 0x7F, _sending[1], 0x10, 0, 0, 0, 0] : [0x30, 0, 0, 0, 0, 0, 0, 0];
        _time.After(VirtualTime.NsPerMs / 10, () => Arrive(new BusFrame(shape.Identifier, shape.IsExtended, answer)));
    }

    private void Arrive(BusFrame frame)
    {
        _arrived.Enqueue(frame);
        FrameArrived?.Invoke();
    }
}
