// The delay after failed accesses, of services 27 and 29 together (ISO 14229-1:2020 §10.4, §10.6).
// After n failures: AccessDelayMs · 2^(n−1), at most AccessDelayMsMax. The count is kept in NvM and the delay starts
// anew after a reset, so that switching off gains nothing; a good access sets the count to zero. A count that gives the
// longest delay rises no more and is written no more: guessing cannot wear the flash out.
// Invariants: until NvM is readable the delay counts as running; a running delay is ended by MainFunction and never
// judged from old times, so that the wrap of the millisecond counter cannot revive it.
// Tests: tests/agent-firmware/Dcm/AccessDelayTests.cs.
namespace EsyncAgent;

/// <summary>Counts failed accesses and holds the next attempt back.</summary>
public sealed class AccessDelay
{
    private enum Phase : byte
    {
        Over,
        Unknown,
        Starting,
        Running,
    }

    private readonly NvM _nvm;
    private readonly uint _firstMs;
    private readonly uint _longestMs;
    private readonly int _countMax;
    private readonly byte[] _record = new byte[1];
    private Phase _phase = Phase.Unknown;
    private byte _failureCount;
    private uint _startMs;
    private uint _lengthMs;

    /// <summary>Makes the delay; what NvM holds counts as soon as it is readable.</summary>
    public AccessDelay(DcmConfig config, NvM nvm)
    {
        _nvm = nvm;
        _firstMs = config.AccessDelayMs;
        _longestMs = config.AccessDelayMsMax;
        _countMax = GrowingDelay.LevelOfLongest(_firstMs, _longestMs);
    }

    /// <summary>True while no access may be tried.</summary>
    public bool IsRunning
    {
        get { return _phase != Phase.Over; }
    }

    /// <summary>Failed accesses since the last good one; rises no more once the delay is the longest one.</summary>
    public byte FailureCount
    {
        get { return _failureCount; }
    }

    /// <summary>Counts a failure; the delay starts when the new count is in flash, as <see cref="Stored"/> says, and the answer leaves.</summary>
    public void CountFailure()
    {
        bool isHigher = _failureCount < _countMax;
        if (isHigher)
        {
            _failureCount++;
        }

        _phase = Phase.Starting;
        if (isHigher || Stored() == StdReturn.NotOk)
        {
            Store();
        }
    }

    /// <summary>A good access forgives the failures before it, and the writes that they and others have caused.</summary>
    public void CountSuccess()
    {
        _nvm.ForgiveSparing();
        if (_failureCount != 0)
        {
            _failureCount = 0;
            Store();
        }
    }

    /// <summary>Pending until the last count is in flash.</summary>
    public StdReturn Stored()
    {
        return _nvm.WriteResult(NvMBlock.SecurityAccess);
    }

    /// <summary>Reads the count once NvM is ready, starts and ends the delay; needless unless <see cref="IsRunning"/>.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Unknown:
                if (_nvm.IsReady)
                {
                    _failureCount = _nvm.Length(NvMBlock.SecurityAccess) == 0 ? (byte)0 : _nvm.Data(NvMBlock.SecurityAccess)[0];
                    Begin(nowMs);
                }

                break;
            case Phase.Starting:
                if (Stored() != StdReturn.Pending)
                {
                    Begin(nowMs);
                }

                break;
            case Phase.Running:
                if (nowMs - _startMs >= _lengthMs)
                {
                    _phase = Phase.Over;
                }

                break;
            default:
                break;
        }
    }

    private void Begin(uint nowMs)
    {
        _startMs = nowMs;
        _lengthMs = GrowingDelay.Length(_firstMs, _longestMs, _failureCount);
        _phase = _lengthMs == 0 ? Phase.Over : Phase.Running;
    }

    private void Store()
    {
        _record[0] = _failureCount;
        _nvm.Write(NvMBlock.SecurityAccess, _record, 0, _record.Length);
    }
}
