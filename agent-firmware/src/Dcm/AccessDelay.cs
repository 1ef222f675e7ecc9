// The delay after failed accesses, of services 27 and 29 together (ISO 14229-1:2020 §10.4.1, §10.6).
// After n failures: AccessDelayMs · 2^(n−1), at most AccessDelayMsMax. The count is kept in NvM and the delay starts
// anew after a reset, so that switching off gains nothing; a good access sets the count to zero.
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

    private readonly NvM nvm;
    private readonly uint firstMs;
    private readonly uint longestMs;
    private readonly byte[] record = new byte[1];
    private Phase phase = Phase.Unknown;
    private byte failureCount;
    private uint startMs;
    private uint lengthMs;

    /// <summary>Makes the delay; what NvM holds counts as soon as it is readable.</summary>
    public AccessDelay(DcmConfig config, NvM nvm)
    {
        this.nvm = nvm;
        firstMs = config.AccessDelayMs;
        longestMs = config.AccessDelayMsMax;
    }

    /// <summary>True while no access may be tried.</summary>
    public bool IsRunning
    {
        get { return phase != Phase.Over; }
    }

    /// <summary>Failed accesses since the last good one; stays at 255.</summary>
    public byte FailureCount
    {
        get { return failureCount; }
    }

    /// <summary>Counts a failure and starts the delay; <see cref="Stored"/> says when the new count is in flash.</summary>
    public void CountFailure()
    {
        if (failureCount < byte.MaxValue)
        {
            failureCount++;
        }

        phase = Phase.Starting;
        Store();
    }

    /// <summary>A good access forgives the failures before it.</summary>
    public void CountSuccess()
    {
        if (failureCount != 0)
        {
            failureCount = 0;
            Store();
        }
    }

    /// <summary>Pending until the last count is in flash.</summary>
    public StdReturn Stored()
    {
        return nvm.WriteResult(NvMBlock.SecurityAccess);
    }

    /// <summary>Reads the count once NvM is ready, starts and ends the delay; needless unless <see cref="IsRunning"/>.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (phase)
        {
            case Phase.Unknown:
                if (nvm.IsReady)
                {
                    failureCount = nvm.Length(NvMBlock.SecurityAccess) == 0 ? (byte)0 : nvm.Data(NvMBlock.SecurityAccess)[0];
                    Begin(nowMs);
                }

                break;
            case Phase.Starting:
                Begin(nowMs);
                break;
            case Phase.Running:
                if (nowMs - startMs >= lengthMs)
                {
                    phase = Phase.Over;
                }

                break;
            default:
                break;
        }
    }

    private void Begin(uint nowMs)
    {
        startMs = nowMs;
        lengthMs = Length();
        phase = lengthMs == 0 ? Phase.Over : Phase.Running;
    }

    private uint Length()
    {
        if (failureCount == 0)
        {
            return 0;
        }

        uint length = firstMs;
        for (int n = 1; n < failureCount && length < longestMs; n++)
        {
            length = length > longestMs / 2 ? longestMs : length * 2;
        }

        return length < longestMs ? length : longestMs;
    }

    private void Store()
    {
        record[0] = failureCount;
        nvm.Write(NvMBlock.SecurityAccess, record, 0, record.Length);
    }
}
