// Transport layer, ISO 15765-2:2016 on classic CAN: messages of up to 2³¹−1 bytes over frames of 8, both directions at
// once, normal addressing with 11-bit or normal fixed with 29-bit identifiers, functional addressing for single frames.
// Invariants: a received byte is copied once, from the frame to the upper layer's buffer; frames of ours are always
// padded to 8; nothing is allocated after the constructor; all sending is done in MainFunction, except that Transmit
// hands the first frame on at once.
// It must not know what a message means. Receiving half: CanTpReceiver; sending half: CanTpSender; what we ask of the
// peer: CanTpFlowControl.
// Tests: tests/agent-firmware/CanTp.
namespace EsyncAgent;

/// <summary>One ISO-TP connection: segmentation, reassembly, flow control and timeouts.</summary>
public sealed class CanTp : ICanIfUpper
{
    private readonly CanTpFlowControl _flowControl;
    private readonly CanTpReceiver _receiver;
    private readonly CanTpSender _sender;
    private uint _nowMs;
    private bool _isAtWork;

    /// <summary>A connection over <paramref name="canIf"/>, which it attaches itself to.</summary>
    public CanTp(CanTpConfig config, CanIf canIf)
    {
        _flowControl = new CanTpFlowControl(config, canIf);
        _receiver = new CanTpReceiver(config, canIf, _flowControl);
        _sender = new CanTpSender(config, canIf);
        canIf.Attach(this);
    }

    /// <summary>True from an accepted <see cref="Transmit"/> to its confirmation.</summary>
    public bool IsTransmitting
    {
        get { return _sender.IsTransmitting; }
    }

    /// <summary>True from a first frame to the end of its message.</summary>
    public bool IsReceiving
    {
        get { return _receiver.IsReceiving; }
    }

    /// <summary>Block size that we announce now; 0 is no limit.</summary>
    public byte BlockSize
    {
        get { return _flowControl.BlockSize; }
    }

    /// <summary>STmin code that we announce now.</summary>
    public byte SeparationTimeMin
    {
        get { return _flowControl.SeparationTimeMin; }
    }

    /// <summary>Makes <paramref name="upper"/> the user of the connection.</summary>
    public void Attach(ICanTpUpper upper)
    {
        _receiver.Attach(upper);
        _sender.Attach(upper);
    }

    /// <summary>
    /// Sends a message of 1 to 2³¹−1 bytes. Ok: accepted; the data must stay untouched until
    /// <see cref="ICanTpUpper.TxConfirmation"/>. NotOk: one is under way, or the range is not inside the array.
    /// </summary>
    public StdReturn Transmit(byte[] data, int offset, uint count)
    {
        _isAtWork = true;
        return _sender.Transmit(data, offset, count);
    }

    /// <summary>
    /// Asks the peer for smaller blocks and more time from the next flow control on, because frames were lost. CanTp does
    /// so itself for overruns that the driver counts, and for messages that it loses one after the other.
    /// </summary>
    public void TightenFlowControl()
    {
        _flowControl.Tighten();
    }

    /// <summary>Goes back to the configured block size and STmin: for the start of a new transfer.</summary>
    public void RestoreFlowControl()
    {
        _flowControl.Restore();
    }

    /// <summary>Sorts a frame by its protocol control information (§9.6.1); on the functional identifier only single frames count.</summary>
    public void RxIndication(bool isFunctional, byte[] data, int length)
    {
        if (isFunctional)
        {
            if (data[0] <= 0x0F)
            {
                _receiver.TakeSingle(true, data, length);
            }

            return;
        }

        if (_receiver.TakeConsecutive(data, length))
        {
            return;
        }

        _isAtWork = true;
        switch (data[0] >> 4)
        {
            case 0:
                _receiver.TakeSingle(false, data, length);
                break;
            case 1:
                _receiver.TakeFirst(data, length);
                break;
            case 2:
                _receiver.TakeOtherConsecutive(data, length);
                break;
            case 3:
                _sender.TakeFlowControl(data, length);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Microseconds until STmin lets the next consecutive frame go; 0: STmin holds nothing back. For a caller that would
    /// rather sleep than ask again.
    /// </summary>
    public uint HeldBackUs(uint nowUs)
    {
        return _sender.HeldBackUs(nowUs);
    }

    /// <summary>
    /// Cyclic function for a clock of milliseconds; STmin below one is then rounded up. True in the turn in which a flow control was
    /// given to CanIf: for the time of two frames nothing comes that the driver could lose, and what holds the processor up is best done now.
    /// </summary>
    public bool MainFunction(uint nowMs)
    {
        if (_isAtWork)
        {
            return Work(nowMs, nowMs * 1000, 1000);
        }

        if (nowMs != _nowMs)
        {
            Watch(nowMs);
        }

        return false;
    }

    /// <summary>
    /// Cyclic function for a caller that has a microsecond counter as well (wraps): STmin is then kept to the
    /// microsecond, codes F1 to F9 included. A connection is driven by one of the two forms, never by both.
    /// </summary>
    public void MainFunction(uint nowMs, uint nowUs)
    {
        if (_isAtWork)
        {
            Work(nowMs, nowUs, 1);
        }
        else if (nowMs != _nowMs)
        {
            Watch(nowMs);
        }
    }

    // Nothing is to be sent: the times of a reception are looked at once in a millisecond.
    private void Watch(uint nowMs)
    {
        _nowMs = nowMs;
        _receiver.MainFunction(nowMs);
        _isAtWork = _receiver.IsFlowControlDue;
    }

    // A flow control or a frame of ours goes as soon as it can.
    private bool Work(uint nowMs, uint nowUs, uint tickUs)
    {
        _nowMs = nowMs;
        bool wasDue = _receiver.IsFlowControlDue;
        _receiver.MainFunction(nowMs);
        bool isDue = _receiver.IsFlowControlDue;
        _sender.MainFunction(nowMs, nowUs, tickUs);
        _isAtWork = isDue || _sender.IsTransmitting;
        return wasDue && !isDue;
    }
}
