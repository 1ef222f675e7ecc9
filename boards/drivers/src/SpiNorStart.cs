// Brings an SPI NOR flash from whatever state it is in to one in which it takes jobs: out of power-down, not busy, reset,
// identified, unprotected. A step a call, so that nothing waits.
// Invariants: a part that is still busy is left alone until it has ended: the processor's reset does not reach it, an erase
// of before may be under way, and a reset in the middle would tear what it writes.
// Protection is lifted in the volatile status registers (50), which come back as they were with the next power-on; a part
// that does not know 50 gets it in the lasting ones (06). One that stays protected can be read all the same.
// Winbond W25Q32JV §7.1 (registers), §8.2.28 (power-down), §8.2.38 (reset: the part is deaf for 30 µs).
// Tests: tests/boards/drivers/SpiNorStartTests.
namespace EsyncAgent.Drivers;

/// <summary>Start-up of an SPI NOR flash; may be begun anew at any time.</summary>
internal sealed class SpiNorStart
{
    private const int Wake = 0;
    private const int AwaitReady = 1;
    private const int AwaitReset = 2;
    private const int Identify = 3;
    private const int Unprotect = 4;
    private const int AwaitRegister = 5;

    // Each register that protects, once volatile and once lasting.
    private const int UnlockTriesMax = 6;

    private readonly SpiNorBus _bus;
    private readonly SpiNorConfig _config;
    private int _state;
    private uint _sinceMs;
    private uint _askedMs;
    private int _unlockTries;

    /// <summary>A start-up of the part that a configuration describes.</summary>
    public SpiNorStart(SpiNorBus bus, SpiNorConfig config)
    {
        _bus = bus;
        _config = config;
    }

    /// <summary>Why the last start-up ended with NotOk.</summary>
    public SpiNorFault Fault { get; private set; }

    /// <summary>What the part answered to 9F.</summary>
    public uint JedecId { get; private set; }

    /// <summary>True when sectors stayed protected.</summary>
    public bool IsProtected { get; private set; }

    /// <summary>Goes on; after Ok or NotOk the next call begins anew.</summary>
    public StdReturn Step(uint nowMs)
    {
        StdReturn result = StdReturn.Pending;
        bool isGoingOn = true;
        while (isGoingOn && result == StdReturn.Pending)
        {
            int before = _state;
            result = StepOnce(nowMs);
            isGoingOn = _state != before;
        }

        if (result != StdReturn.Pending)
        {
            _state = Wake;
        }

        return result;
    }

    private StdReturn StepOnce(uint nowMs)
    {
        switch (_state)
        {
            case Wake:
                Fault = SpiNorFault.None;
                _unlockTries = 0;
                _bus.Send(SpiNorInstruction.ReleasePowerDown);
                Await(AwaitReady, nowMs);
                _askedMs = nowMs - 1;
                return StdReturn.Pending;
            case AwaitReady:
                return StepReady(nowMs);
            case AwaitReset:
                // Two ticks are one whole millisecond at least.
                if (nowMs - _sinceMs >= 2)
                {
                    _state = Identify;
                }

                return StdReturn.Pending;
            case Identify:
                return StepIdentify();
            case Unprotect:
                return StepUnprotect(nowMs);
            default:
                return StepRegister(nowMs);
        }
    }

    private StdReturn StepReady(uint nowMs)
    {
        if (nowMs == _askedMs)
        {
            return StdReturn.Pending;
        }

        _askedMs = nowMs;
        byte status = _bus.ReadRegister(SpiNorInstruction.ReadStatus1);
        if (status == 0xFF)
        {
            return Fail(SpiNorFault.NoAnswer);
        }

        if ((status & SpiNorStatus.Busy) != 0)
        {
            return nowMs - _sinceMs > _config.EraseMsMax ? Fail(SpiNorFault.StaysBusy) : StdReturn.Pending;
        }

        _bus.Send(SpiNorInstruction.EnableReset);
        _bus.Send(SpiNorInstruction.ResetDevice);
        Await(AwaitReset, nowMs);
        return StdReturn.Pending;
    }

    private StdReturn StepIdentify()
    {
        JedecId = _bus.ReadJedecId();
        if (JedecId == 0 || JedecId == 0xFFFFFF)
        {
            return Fail(SpiNorFault.NoAnswer);
        }

        if (_config.JedecId != 0 ? JedecId != _config.JedecId : !SpiNorParts.IsKnown(JedecId))
        {
            return Fail(SpiNorFault.WrongPart);
        }

        if (_config.JedecId == 0 && SpiNorParts.SizeOf(JedecId) < _config.Size)
        {
            return Fail(SpiNorFault.TooSmall);
        }

        _state = Unprotect;
        return StdReturn.Pending;
    }

    private StdReturn StepUnprotect(uint nowMs)
    {
        byte status = _bus.ReadRegister(SpiNorInstruction.ReadStatus1);
        if ((status & SpiNorStatus.BlockProtection) != 0)
        {
            return Unlock(SpiNorInstruction.WriteStatus1, status & ~(SpiNorStatus.BlockProtection | SpiNorStatus.Busy | SpiNorStatus.WriteEnableLatch), nowMs);
        }

        status = _bus.ReadRegister(SpiNorInstruction.ReadStatus2);
        if ((status & SpiNorStatus.Complement) != 0)
        {
            return Unlock(SpiNorInstruction.WriteStatus2, status & ~SpiNorStatus.Complement, nowMs);
        }

        status = _bus.ReadRegister(SpiNorInstruction.ReadStatus3);
        if ((status & SpiNorStatus.IndividualLocks) != 0)
        {
            return Unlock(SpiNorInstruction.WriteStatus3, status & ~SpiNorStatus.IndividualLocks, nowMs);
        }

        IsProtected = false;
        return StdReturn.Ok;
    }

    private StdReturn Unlock(byte instruction, int value, uint nowMs)
    {
        if (_unlockTries == UnlockTriesMax)
        {
            IsProtected = true;
            return StdReturn.Ok;
        }

        bool isVolatile = _unlockTries < UnlockTriesMax / 2;
        _unlockTries++;
        _bus.Send(isVolatile ? SpiNorInstruction.VolatileWriteEnable : SpiNorInstruction.WriteEnable);
        _bus.WriteRegister(instruction, (byte)value);
        Await(AwaitRegister, nowMs);
        return StdReturn.Pending;
    }

    private StdReturn StepRegister(uint nowMs)
    {
        if ((_bus.ReadRegister(SpiNorInstruction.ReadStatus1) & SpiNorStatus.Busy) == 0)
        {
            _state = Unprotect;
            return StdReturn.Pending;
        }

        return nowMs - _sinceMs > _config.RegisterMsMax ? Fail(SpiNorFault.StaysBusy) : StdReturn.Pending;
    }

    private void Await(int state, uint nowMs)
    {
        _state = state;
        _sinceMs = nowMs;
    }

    private StdReturn Fail(SpiNorFault fault)
    {
        Fault = fault;
        return StdReturn.NotOk;
    }
}
