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
    private int _left;
    private int _expectedPci = NoPci;
    private int _nextPci;
    private int _blockLeft;
    private int _flowStatus;
    private int _waitCount;
    private bool _isTimerNew;
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

    /// <summary>Makes <paramref name="upper"/> the owner of the buffers.</summary>
    public void Attach(ICanTpUpper upper)
    {
        _upper = upper;
    }

    /// <summary>Takes the frame when it is the consecutive frame that is due (§9.6.4); false: it is something else.</summary>
    public bool TakeConsecutive(byte[] data, int length)
    {
        int pci = data[0];
        if (pci != _expectedPci)
        {
            return false;
        }

        int left = _left;
        if (left <= 7)
        {
            TakeLast(data, length);
            return true;
        }

        if (length < 8)
        {
            return true;
        }

        Array.Copy(data, 1, _buffer, _position, 7);
        _position += 7;
        _left = left - 7;
        _isTimerNew = true;
        pci = PciConsecutive | ((pci + 1) & 0x0F);
        if (--_blockLeft != 0)
        {
            _expectedPci = pci;
            return true;
        }

        _nextPci = pci;
        _expectedPci = NoPci;
        _state = FlowControlDue;
        return true;
    }

    /// <summary>
    /// A consecutive frame that is not the one due. While one is awaited its sequence number is wrong and the message
    /// is lost (§9.6.4.4); at any other time it is ignored (§9.8.3).
    /// </summary>
    public void TakeUnexpectedConsecutive(int length)
    {
        if (_state == Consecutive && length > (_left < 7 ? _left : 7))
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
        if (_state == Idle)
        {
            return;
        }

        if (_isTimerNew)
        {
            _isTimerNew = false;
            _sinceMs = nowMs;
        }

        uint elapsedMs = nowMs - _sinceMs;
        switch (_state)
        {
            case FlowControlDue:
                SendFlowControl(nowMs, elapsedMs);
                break;
            case UpperBusy:
                // N_Br: early enough for the next flow control to meet the sender's N_Bs (§9.8.2).
                if (elapsedMs >= (uint)_config.NBsMs >> 1)
                {
                    AskForBuffer();
                }

                break;
            default:
                WatchConsecutive(nowMs, elapsedMs);
                break;
        }
    }

    private void TakeLast(byte[] data, int length)
    {
        int left = _left;
        if (length <= left)
        {
            return;
        }

        Array.Copy(data, 1, _buffer, _position, left);
        _position += left;
        End(CanTpResult.Ok);
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
        _left = (int)_length - _headCount;
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
                _blockLeft = _frame[1] == 0 ? int.MaxValue : _frame[1];
                _expectedPci = _nextPci;
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

    private void WatchConsecutive(uint nowMs, uint elapsedMs)
    {
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
