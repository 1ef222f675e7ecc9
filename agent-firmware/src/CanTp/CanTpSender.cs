// The sending half of a connection: segmentation, obedience to flow control, N_As and N_Bs.
// Invariants: one message at a time; its data is read in place until TxConfirmation; a consecutive frame never leaves
// earlier than STmin after the end of the one before, however coarse the caller's clock is.
// It must not know what is sent, and shares nothing with the receiving half but CanIf's queue (full duplex, §9.8.3).
// ISO 15765-2:2016 §9.6 (frames), §9.7 (WFTmax), §9.8 (timing, unexpected frames).
// Tests: tests/agent-firmware/CanTp.
using System;

namespace EsyncAgent;

/// <summary>Transmission of messages to one peer.</summary>
internal sealed class CanTpSender
{
    private const int Idle = 0;
    private const int FirstDue = 1;
    private const int LastLeaving = 2;
    private const int AwaitFlowControl = 3;
    private const int Consecutive = 4;

    private readonly CanTpConfig _config;
    private readonly CanIf _canIf;
    private readonly byte[] _frame = new byte[8];
    private readonly byte[] _padding = new byte[8];
    private ICanTpUpper _upper;
    private int _state;
    private byte[] _data;
    private int _position;
    private int _left;
    private int _sequenceNumber;
    private int _blockLeft;
    private int _waitCount;
    private uint _gapUs;
    private bool _isGapRunning;
    private bool _isTimerNew;
    private bool _hasLeft;
    private uint _ticket;
    private uint _sinceMs;
    private uint _lastUs;

    /// <summary>A sender through <paramref name="canIf"/>.</summary>
    public CanTpSender(CanTpConfig config, CanIf canIf)
    {
        _config = config;
        _canIf = canIf;
        Bytes.Fill(_padding, 0, _padding.Length, config.Padding);
    }

    /// <summary>True from an accepted message to its confirmation.</summary>
    public bool IsTransmitting
    {
        get { return _state != Idle; }
    }

    /// <summary>Makes <paramref name="upper"/> the one to confirm to.</summary>
    public void Attach(ICanTpUpper upper)
    {
        _upper = upper;
    }

    /// <summary>Accepts a message and hands its first frame on; see <see cref="CanTp.Transmit"/>.</summary>
    public StdReturn Transmit(byte[] data, int offset, uint count)
    {
        if (_state != Idle || count == 0 || offset < 0 || offset > data.Length || count > (uint)(data.Length - offset))
        {
            return StdReturn.NotOk;
        }

        _data = data;
        _position = offset;
        _left = (int)count;
        _isTimerNew = true;
        if (count <= 7)
        {
            BuildSingle();
        }
        else
        {
            BuildFirst();
        }

        _state = FirstDue;
        HandFirst();
        return StdReturn.Ok;
    }

    /// <summary>A flow control (§9.6.5); ignored when none is awaited (§9.8.3) or when it is short.</summary>
    public void TakeFlowControl(byte[] data, int length)
    {
        if (_state != AwaitFlowControl || length < 3 || !_canIf.HasLeft(_ticket))
        {
            return;
        }

        switch (data[0] & 0x0F)
        {
            case 0:
                _blockLeft = data[1] == 0 ? int.MaxValue : data[1];
                uint separationTimeUs = CanTpFlowControl.SeparationTimeUs(data[2]);
                _gapUs = separationTimeUs == 0 ? 0 : separationTimeUs + _config.FrameTimeUs;
                _isGapRunning = false;
                _waitCount = 0;
                _isTimerNew = true;
                _state = Consecutive;
                break;
            case 1:
                if (_waitCount >= _config.WaitFrameMax)
                {
                    End(CanTpResult.WftOverrun);
                    break;
                }

                _waitCount++;
                _hasLeft = true;
                _isTimerNew = true;
                break;
            case 2:
                End(CanTpResult.BufferOverflow);
                break;
            default:
                End(CanTpResult.InvalidFs);
                break;
        }
    }

    /// <summary>
    /// Sends what may go and watches the times. <paramref name="tickUs"/> is the step of the clock that
    /// <paramref name="nowUs"/> was read from.
    /// </summary>
    public void MainFunction(uint nowMs, uint nowUs, uint tickUs)
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

        switch (_state)
        {
            case FirstDue:
                if (!HandFirst())
                {
                    WatchLeaving(nowMs);
                }

                break;
            case Consecutive:
                SendConsecutives(nowMs, nowUs, tickUs);
                break;
            default:
                WatchHanded(nowMs);
                break;
        }
    }

    /// <summary>See <see cref="CanTp.HeldBackUs"/>.</summary>
    public uint HeldBackUs(uint nowUs)
    {
        if (_state != Consecutive || _gapUs == 0 || !_isGapRunning || !_hasLeft)
        {
            return 0;
        }

        uint elapsedUs = nowUs - _lastUs;
        return elapsedUs > _gapUs ? 0 : _gapUs + 1 - elapsedUs;
    }

    private void BuildSingle()
    {
        _frame[0] = (byte)_left;
        Array.Copy(_data, _position, _frame, 1, _left);
        Array.Copy(_padding, 0, _frame, 1 + _left, 7 - _left);
        _left = 0;
    }

    private void BuildFirst()
    {
        int start = 2;
        if (_left <= 0xFFF)
        {
            _frame[0] = (byte)(0x10 | (_left >> 8));
            _frame[1] = (byte)_left;
        }
        else
        {
            _frame[0] = 0x10;
            _frame[1] = 0;
            BigEndian.WriteU32(_frame, 2, (uint)_left);
            start = 6;
        }

        int count = 8 - start;
        Array.Copy(_data, _position, _frame, start, count);
        _position += count;
        _left -= count;
        _sequenceNumber = 1;
        _waitCount = 0;
    }

    private bool HandFirst()
    {
        if (!Hand())
        {
            return false;
        }

        _state = _left == 0 ? LastLeaving : AwaitFlowControl;
        return true;
    }

    private bool Hand()
    {
        if (!_canIf.Transmit(_frame, 8))
        {
            return false;
        }

        _ticket = _canIf.AcceptedCount;
        _hasLeft = _canIf.HasLeft(_ticket);
        _isTimerNew = true;
        return true;
    }

    private void SendConsecutives(uint nowMs, uint nowUs, uint tickUs)
    {
        while (_state == Consecutive)
        {
            if (_gapUs != 0 && _isGapRunning)
            {
                if (!_hasLeft && !NoteLeft(nowMs, nowUs))
                {
                    return;
                }

                // The clock may have been read just before its step: one tick of what it shows may not have passed.
                if (nowUs - _lastUs < _gapUs + tickUs)
                {
                    return;
                }
            }

            BuildConsecutive();
            if (!Hand())
            {
                WatchRefused(nowMs);
                return;
            }

            _sinceMs = nowMs;
            _lastUs = nowUs;
            _isTimerNew = false;
            _isGapRunning = true;
            FinishConsecutive();
        }
    }

    /// <summary>Notes the moment from which STmin counts; false while the frame is still in the queue.</summary>
    private bool NoteLeft(uint nowMs, uint nowUs)
    {
        if (!_canIf.HasLeft(_ticket))
        {
            WatchLeaving(nowMs);
            return false;
        }

        _hasLeft = true;
        _lastUs = nowUs;
        return true;
    }

    private void BuildConsecutive()
    {
        int count = _left < 7 ? _left : 7;
        _frame[0] = (byte)(0x20 | _sequenceNumber);
        Array.Copy(_data, _position, _frame, 1, count);
        if (count < 7)
        {
            Array.Copy(_padding, 0, _frame, 1 + count, 7 - count);
        }
    }

    private void FinishConsecutive()
    {
        _sequenceNumber = (_sequenceNumber + 1) & 0x0F;
        _position += 7;
        _left -= 7;
        if (_left <= 0)
        {
            _state = LastLeaving;
        }
        else if (--_blockLeft == 0)
        {
            _state = AwaitFlowControl;
        }
    }

    private void WatchHanded(uint nowMs)
    {
        if (!_hasLeft)
        {
            if (!_canIf.HasLeft(_ticket))
            {
                WatchLeaving(nowMs);
                return;
            }

            _hasLeft = true;
            _sinceMs = nowMs;
        }

        if (_state == LastLeaving)
        {
            End(CanTpResult.Ok);
        }
        else if (nowMs - _sinceMs >= _config.NBsMs)
        {
            End(CanTpResult.TimeoutBs);
        }
    }

    /// <summary>N_As of a frame that the full queue refused counts from the refusal, not from the frame before.</summary>
    private void WatchRefused(uint nowMs)
    {
        if (_isGapRunning)
        {
            _isGapRunning = false;
            _sinceMs = nowMs;
        }

        WatchLeaving(nowMs);
    }

    private void WatchLeaving(uint nowMs)
    {
        if (nowMs - _sinceMs >= _config.NAsMs)
        {
            _canIf.CancelTransmit();
            End(CanTpResult.TimeoutA);
        }
    }

    private void End(CanTpResult result)
    {
        _state = Idle;
        _data = null;
        _upper.TxConfirmation(result);
    }
}
