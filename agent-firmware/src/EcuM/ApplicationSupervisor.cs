// Watches the running application: self-test in time, signs of life, no exception; on a trial also the time until
// it must be confirmed.
// Invariant: it only judges. What follows (rollback by reset, or a diagnostic event) is EcuM's.
// Limit: a native call that never returns also stops this; the board's watchdog, where it has one, ends that.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Alive and self-test supervision of the application.</summary>
public sealed class ApplicationSupervisor
{
    private readonly FotaConfig _config;
    private readonly IApplicationLoader _application;
    private uint _startedMs;
    private uint _lastAliveMs;
    private uint _lastAlive;

    /// <summary>Makes it.</summary>
    public ApplicationSupervisor(FotaConfig config, IApplicationLoader application)
    {
        _config = config;
        _application = application;
    }

    /// <summary>True once the application has given a sign of life since it was started, its self-test behind it.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>The application was started now.</summary>
    public void Start(uint nowMs)
    {
        _startedMs = nowMs;
        _lastAliveMs = nowMs;
        _lastAlive = _application.AliveCounter;
        IsAlive = false;
    }

    /// <summary>None while the application is well, else what is wrong with it.</summary>
    public FotaError Judge(uint nowMs)
    {
        switch (_application.State)
        {
            case ApplicationState.Running:
                return JudgeAlive(nowMs);
            case ApplicationState.Starting:
                _lastAliveMs = nowMs; // signs of life are due from its first turn on, not while it tests itself
                return nowMs - _startedMs > _config.SelfTestMsMax ? FotaError.SelfTestPending : FotaError.None;
            case ApplicationState.SelfTestFailed:
                return FotaError.SelfTestFailed;
            default:
                return FotaError.ApplicationFaulted;
        }
    }

    /// <summary>True when a trial has waited too long for its confirmation.</summary>
    public bool IsConfirmOverdue(uint nowMs)
    {
        return nowMs - _startedMs > _config.TrialConfirmMsMax;
    }

    private FotaError JudgeAlive(uint nowMs)
    {
        uint alive = _application.AliveCounter;
        if (alive != _lastAlive)
        {
            _lastAlive = alive;
            _lastAliveMs = nowMs;
            IsAlive = true;
            return FotaError.None;
        }

        return nowMs - _lastAliveMs > _config.AliveMsMax ? FotaError.AliveLost : FotaError.None;
    }
}
