// Watches whether the CAN receiver loses frames, as far as its driver tells, and reports it as a diagnostic event.
// Invariant: a single burst is no fault. The test fails when frames were lost in each of two seconds, one after the other, and passes
// after ten seconds without loss; as long as either lasts it is reported anew each second, for Dem's own debouncing.
// Must not know what the frames were. PROTOCOL.md, "Events and DTCs". Tests: tests/agent-firmware/EcuM/CanSupervisorTests.
namespace EsyncAgent;

/// <summary>Overrun supervision of the CAN receiver.</summary>
public sealed class CanSupervisor
{
    private const uint LookMs = 1000;
    private const int LossesMin = 2;
    private const int CalmMin = 10;

    private readonly CanIf _canIf;
    private readonly Dem _dem;
    private uint _lookedMs;
    private uint _overruns;
    private int _losses;
    private int _calm;

    /// <summary>Makes it.</summary>
    public CanSupervisor(CanIf canIf, Dem dem)
    {
        _canIf = canIf;
        _dem = dem;
    }

    /// <summary>Frames are received from now on; what was lost before counts for nothing.</summary>
    public void Start(uint nowMs)
    {
        _lookedMs = nowMs;
        _overruns = _canIf.OverrunCount;
    }

    /// <summary>Looks once a second.</summary>
    public void MainFunction(uint nowMs)
    {
        if (nowMs - _lookedMs < LookMs)
        {
            return;
        }

        _lookedMs = nowMs;
        uint overruns = _canIf.OverrunCount;
        bool isLoss = overruns != _overruns;
        _overruns = overruns;
        _losses = isLoss ? _losses + 1 : 0;
        _calm = isLoss ? 0 : _calm + 1;
        if (_losses >= LossesMin)
        {
            _losses = LossesMin;
            _dem.SetEvent(DemEvent.CanOverrun, true);
        }
        else if (_calm >= CalmMin)
        {
            _calm = CalmMin;
            _dem.SetEvent(DemEvent.CanOverrun, false);
        }
    }
}
