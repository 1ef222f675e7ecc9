// The main program's loop: a turn of the agent, a look at what there is to tell, and the processor to whoever waits.
// Giving way in each turn is what lets the framework's event thread empty the CAN driver's ring, and the application run;
// nothing is slept away, since a sleep may last 10 ms longer than asked (nanoFramework on ESP32).
// Invariants: nothing leaves Turn; a reset is the agent's: after an exception the loop asks it for one, and only when the
// agent has not got there in ResetMsMax, because it throws on and on, does the loop reset the processor itself.
// Tests: tests/boards/drivers/AgentLoopTests.cs.
using System;
using System.Threading;

namespace EsyncAgent.Drivers;

/// <summary>Runs an agent for ever.</summary>
public sealed class AgentLoop
{
    /// <summary>Time in ms that the agent has to reset after it threw.</summary>
    public const uint ResetMsMax = 5000;

    private readonly EcuM _agent;
    private readonly IMcu _mcu;
    private readonly IBoardLog _log;
    private readonly AgentWatch _watch;
    private bool _hasThrown;
    private bool _isOver;
    private uint _thrownMs;

    /// <summary>Makes it.</summary>
    public AgentLoop(EcuM agent, IMcu mcu, IBoardLog log, AgentWatch watch)
    {
        _agent = agent;
        _mcu = mcu;
        _log = log;
        _watch = watch;
    }

    /// <summary>Does not return.</summary>
    public void Run()
    {
        while (true)
        {
            Turn();
            Thread.Sleep(0);
        }
    }

    /// <summary>One turn.</summary>
    public void Turn()
    {
        try
        {
            uint nowMs = _mcu.NowMs;
            _agent.MainFunction(nowMs);
            _watch.MainFunction(nowMs);
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        if (_hasThrown && !_isOver && _mcu.NowMs - _thrownMs > ResetMsMax)
        {
            _isOver = true;
            _log.Write("agent: it did not reset by itself; the processor is reset now");
            _mcu.Reset();
        }
    }

    private void Note(Exception exception)
    {
        if (_hasThrown)
        {
            return;
        }

        _hasThrown = true;
        _thrownMs = _mcu.NowMs;
        _log.Write("agent: it threw " + exception.GetType().FullName + " (" + exception.Message + ") and will reset");
        _agent.RequestReset(true);
    }
}
