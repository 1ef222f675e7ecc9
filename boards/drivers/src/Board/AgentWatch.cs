// Tells the log what a person at the board wants to know: which bank runs, what becomes of the application, frames that
// were lost, and what a driver says is wrong. Each only when it changes.
// Invariants: it looks and changes nothing; between changes it allocates nothing; it looks twenty times a second, at
// counters once.
// Tests: tests/boards/drivers/AgentLoopTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>The agent's news in words.</summary>
public sealed class AgentWatch
{
    private const uint LookMs = 50;
    private const uint CounterMs = 1000;

    private readonly IBoardLog _log;
    private readonly EcuM _agent;
    private readonly PeLoader _loader;
    private readonly ICan _can;
    private readonly IFaultSource[] _sources;
    private readonly string[] _faults;
    private bool _wasRunning;
    private bool _hasLooked;
    private uint _lookedMs;
    private ApplicationState _state;
    private uint _overruns;
    private uint _busOffs;
    private uint _toldMs;

    /// <summary>Makes it for an agent and what it runs on.</summary>
    public AgentWatch(IBoardLog log, EcuM agent, PeLoader loader, ICan can, IFaultSource[] sources)
    {
        _log = log;
        _agent = agent;
        _loader = loader;
        _can = can;
        _sources = sources;
        _faults = new string[sources.Length];
        for (int i = 0; i < _faults.Length; i++)
        {
            _faults[i] = null; // nanoFramework's interpreter makes elements that are strings, and not null
        }

        _state = loader.State;
    }

    /// <summary>One look.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_agent.IsRunning != _wasRunning)
        {
            _wasRunning = !_wasRunning;
            _log.Write(_wasRunning ? "agent: " + Bank() : "agent: going down for a reset");
        }

        if (_hasLooked && nowMs - _lookedMs < LookMs)
        {
            return;
        }

        _hasLooked = true;
        _lookedMs = nowMs;
        if (_loader.State != _state)
        {
            _state = _loader.State;
            _log.Write("application: " + State());
        }

        for (int i = 0; i < _sources.Length; i++)
        {
            string fault = _sources[i].Fault;
            if (fault != _faults[i])
            {
                _log.Write(fault ?? "mended: " + _faults[i]);
                _faults[i] = fault;
            }
        }

        if (nowMs - _toldMs >= CounterMs)
        {
            _toldMs = nowMs;
            TellCounters();
        }
    }

    private void TellCounters()
    {
        uint overruns = _can.OverrunCount;
        uint busOffs = _can.BusOffCount;
        if (overruns != _overruns)
        {
            _log.Write("CAN: " + (overruns - _overruns).ToString() + " received frames were lost");
            _overruns = overruns;
        }

        if (busOffs != _busOffs)
        {
            _log.Write("CAN: bus-off; check bit rate, termination and wiring");
            _busOffs = busOffs;
        }
    }

    private string Bank()
    {
        byte running = _agent.Banks.Running;
        if (running == Banks.None)
        {
            return _loader.Trouble == null ? "no image can be started; waiting for an update" : "no image can be started: " + _loader.Trouble;
        }

        byte[] version = _agent.Banks.RunningVersion;
        char[] text = new char[version.Length];
        int length = 0;
        while (length < version.Length && version[length] != 0)
        {
            text[length] = (char)version[length];
            length++;
        }

        return "bank " + (running == 0 ? "A" : "B") + ", version " + new string(text, 0, length) + (_agent.Banks.IsTrialRunning ? ", on trial" : "");
    }

    private string State()
    {
        switch (_state)
        {
            case ApplicationState.Starting:
                return "starting";
            case ApplicationState.Running:
                return "its self-test passed, it runs";
            case ApplicationState.SelfTestFailed:
                return "its self-test failed";
            case ApplicationState.Faulted:
                return _loader.Trouble ?? "faulted";
            default:
                return "not started";
        }
    }
}
