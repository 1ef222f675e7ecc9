// The receiving half of a connection: reassembly into the upper layer's buffer, flow control, N_Ar, N_Br and N_Cr.
// Invariants: a consecutive frame is taken only when exactly it is due, so that one comparison of its first byte
// decides; its bytes go straight into the buffer; flow controls are sent from MainFunction only; every reception for
// which a buffer was given ends in one RxIndication.
// It must not know what is received, and shares nothing with the sending half but CanIf's queue (full duplex, §9.8.3).
// ISO 15765-2:2016 §9.6 (frames), §9.8 (timing, unexpected frames).
// Tests: tests/agent-firmware/CanTp.
using System;

namespace EsyncAgent;

/// <summary>Reception of the messages of one peer.</summary>
internal sealed class CanTpReceiver
{
    private const int Idle = 0;
    private const int FlowControlDue = 1;
    private const int UpperBusy = 2;
    private const int Consecutive = 3;

    private const int NoPci = -1;
    private const int PciConsecutive = 0x20;
    private const int ClearToSend = 0x30;
    private const int Wait = 0x31;
    private const int Overflow = 0x32;

    private readonly CanTpConfig _config;
    private readonly CanIf _canIf;
    private readonly CanTpFlowControl _flowControl;
    private readonly byte[] _frame = new byte[8];
    private readonly byte[] _head = new byte[6];
    private ICanTpUpper _upper;
    private int _state;
    private byte[] _buffer;
    private uint _length;
    private int _headCount;
    private int _position;
    private int _endFrameAt;
    private int _expectedPci = NoPci;
    private int _nextPci;
    private int _flowStatus;
    private int _waitCount;
    private bool _isTimerNew;
    private int _watchedPosition;
    private bool _isFlowControlWaiting;
    private uint _ticket;
    private uint _sinceMs;

    /// <summary>A receiver that answers through <paramref name="canIf"/> with the values of <paramref name="flowControl"/>.</summary>
    public CanTpReceiver(CanTpConfig config, CanIf canIf, CanTpFlowControl flowControl)
    {
        _config = config;
        _canIf = canIf;
        _flowControl = flowControl;
        Bytes.Fill(_frame, 0, _frame.Length, config.Padding);
    }

    /// <summary>True from a first frame to the end of its message.</summary>
    public bool IsReceiving
    {
        get { return _state != Idle; }
    }

    /// <summary>True when a flow control is to be sent.</summary>
    public bool IsFlowControlDue
    {
        get { return _state == FlowControlDue; }
    }

    /// <summary>Makes <paramref name="upper"/> the owner of the buffers.</summary>
    public void Attach(ICanTpUpper upper)
    {
        _upper = upper;
    }

    /// <summary>
    /// Takes the frame when it is the consecutive frame that is due (§9.6.4) and neither a block nor the message ends with it; false: it
    /// is something else. All but one in hundreds come this way, so it does no more than it must.
    /// </summary>
    public bool TakeConsecutive(byte[] data, int length)
    {
        int pci = data[0];
        if (pci != _expectedPci)
        {
            return false;
        }

        // One comparison tells a frame in the midst of a block from its last one and from the message's last one.
        int position = _position;
        if (position == _endFrameAt || length < 8)
        {
            return false;
        }

        Array.Copy(data, 1, _buffer, position, 7);
        _position = position + 7;
        _expectedPci = PciConsecutive | ((pci + 1) & 0x0F);
        return true;
    }

    /// <summary>
    /// Any other consecutive frame: the last one of a block or of the message; one that is too short, which is ignored; or one that is
    /// not due. While one is awaited its sequence number is then wrong and the message is lost (§9.6.4.4); at any other time it is
    /// ignored (§9.8.3).
    /// </summary>
    public void TakeOtherConsecutive(byte[] data, int length)
    {
        int left = (int)_length - _position;
        if (_state != Consecutive || length <= (left < 7 ? left : 7))
        {
            return;
        }

        if (data[0] == _expectedPci)
        {
            TakeEnd(data);
        }
        else
        {
            _flowControl.TakeLoss();
            End(CanTpResult.WrongSn);
        }
    }

    /// <summary>A single frame (§9.6.2); a physical one ends a reception that is under way (§9.8.3).</summary>
    public void TakeSingle(bool isFunctional, byte[] data, int length)
    {
        int count = data[0] & 0x0F;
        if (count == 0 || count > 7 || length <= count)
        {
            return;
        }

        if (!isFunctional)
        {
            EndUnexpected();
        }

        byte[] buffer = _upper.StartOfReception(isFunctional, (uint)count);
        if (buffer == null || buffer.Length < count)
        {
            return;
        }

        Array.Copy(data, 1, buffer, 0, count);
        _upper.RxIndication(isFunctional, (uint)count, CanTpResult.Ok);
    }

    /// <summary>
    /// A first frame with a length of 12 or 32 bits (§9.6.3); it ends a reception that is under way (§9.8.3). Ignored
    /// when it is short, when a single frame could have held the message, or when 12 bits could have held the length.
    /// </summary>
    public void TakeFirst(byte[] data, int length)
    {
        if (length < 8)
        {
            return;
        }

        uint announced = (uint)((data[0] & 0x0F) << 8) | data[1];
        int start = 2;
        if (announced == 0)
        {
            announced = BigEndian.ReadU32(data, 2);
            start = 6;
            if (announced <= 0xFFF)
            {
                return;
            }
        }
        else if (announced < 8)
        {
            return;
        }

        EndUnexpected();
        _length = announced;
        _headCount = 8 - start;
        Array.Copy(data, start, _head, 0, _headCount);
        _waitCount = 0;
        AskForBuffer();
    }

    /// <summary>Sends the flow control that is due and watches the times.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_isTimerNew)
        {
            _isTimerNew = false;
            _sinceMs = nowMs;
        }

        switch (_state)
        {
            case Idle:
                break;
            case FlowControlDue:
                SendFlowControl(nowMs, nowMs - _sinceMs);
                break;
            case UpperBusy:
                // N_Br: early enough for the next flow control to meet the sender's N_Bs (§9.8.2).
                if (nowMs - _sinceMs >= (uint)_config.NBsMs >> 1)
                {
                    AskForBuffer();
                }

                break;
            default:
                WatchConsecutive(nowMs);
                break;
        }
    }

    // The last frame of a block, after which a flow control is due, or of the message.
    private void TakeEnd(byte[] data)
    {
        int left = (int)_length - _position;
        int count = left < 7 ? left : 7;
        Array.Copy(data, 1, _buffer, _position, count);
        _position += count;
        if (left <= 7)
        {
            _flowControl.TakeWhole();
            End(CanTpResult.Ok);
            return;
        }

        _nextPci = PciConsecutive | ((data[0] + 1) & 0x0F);
        _expectedPci = NoPci;
        _isTimerNew = true;
        _state = FlowControlDue;
    }

    private void AskForBuffer()
    {
        _buffer = _upper.StartOfReception(false, _length);
        _isTimerNew = true;
        _state = FlowControlDue;
        if (_buffer != null && _buffer.Length == 0)
        {
            _buffer = null;
            _flowStatus = Wait;
            return;
        }

        if (_buffer == null || (uint)_buffer.Length < _length)
        {
            _buffer = null;
            _flowStatus = Overflow;
            return;
        }

        Array.Copy(_head, 0, _buffer, 0, _headCount);
        _position = _headCount;
        _nextPci = PciConsecutive | 1;
        _flowStatus = ClearToSend;
    }

    private void SendFlowControl(uint nowMs, uint elapsedMs)
    {
        if (_flowStatus == Wait && _waitCount >= _config.WaitFrameMax)
        {
            _state = Idle;
            return;
        }

        _flowControl.LookAtOverruns();
        _frame[0] = (byte)_flowStatus;
        _frame[1] = _flowControl.BlockSize;
        _frame[2] = _flowControl.SeparationTimeMin;
        if (!_canIf.Transmit(_frame, 8))
        {
            if (elapsedMs >= _config.NAsMs)
            {
                End(CanTpResult.TimeoutA);
            }

            return;
        }

        _sinceMs = nowMs;
        switch (_flowStatus)
        {
            case ClearToSend:
                _ticket = _canIf.AcceptedCount;
                _isFlowControlWaiting = !_canIf.HasLeft(_ticket);
                _endFrameAt = EndFrameAt(_frame[1]);
                _expectedPci = _nextPci;
                _watchedPosition = _position;
                _state = Consecutive;
                break;
            case Wait:
                _waitCount++;
                _state = UpperBusy;
                break;
            default:
                _state = Idle;
                break;
        }
    }

    // Where in the message the frame begins that ends this block, or the message.
    private int EndFrameAt(byte blockSize)
    {
        int frames = ((int)_length - _position - 1) / 7;
        return _position + (7 * (blockSize == 0 || blockSize > frames ? frames : blockSize - 1));
    }

    private void WatchConsecutive(uint nowMs)
    {
        if (_position != _watchedPosition)
        {
            _watchedPosition = _position;
            _isFlowControlWaiting = false;
            _sinceMs = nowMs;
            return;
        }

        uint elapsedMs = nowMs - _sinceMs;
        if (_isFlowControlWaiting)
        {
            if (_canIf.HasLeft(_ticket))
            {
                _isFlowControlWaiting = false;
                _sinceMs = nowMs;
            }
            else if (elapsedMs >= _config.NAsMs)
            {
                _canIf.CancelTransmit();
                End(CanTpResult.TimeoutA);
            }

            return;
        }

        if (elapsedMs >= _config.NCrMs)
        {
            _flowControl.TakeLoss();
            End(CanTpResult.TimeoutCr);
        }
    }

    private void EndUnexpected()
    {
        if (_state != Idle)
        {
            End(CanTpResult.UnexpectedPdu);
        }
    }

    private void End(CanTpResult result)
    {
        bool hadBuffer = _buffer != null;
        _state = Idle;
        _expectedPci = NoPci;
        _isTimerNew = false;
        _buffer = null;
        if (hadBuffer)
        {
            _upper.RxIndication(false, (uint)_position, result);
        }
    }
}
