// One ECU in virtual time: the agent's own sources over simulated ports, on a processor that charges for its work.
// The processor turns the agent's cyclic function without pause, as a board does. A turn takes the time of what was done
// in it (CpuMeter); a frame that it sends asks for the bus as far into the turn as the processor has come; what happens
// outside during a turn is seen by the next one. When a few turns in a row did nothing, further ones would do nothing
// either until a frame comes, a frame has left, a flash job ends or the millisecond goes on: they are skipped, and the
// next turn begins where one of them would have begun.
// Invariants: flash survives everything; RAM (the agent, the application) survives nothing; nothing of the ECU runs while
// its power is off; an exception of the agent is a fault of the program and leaves the pump.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>A simulated ECU.</summary>
public sealed class VirtualEcu
{
    private const int QuietTurnsBeforeSleep = 4;
    private readonly VirtualEcuOptions _options;
    private readonly VirtualTime _time;
    private readonly SimEvent _turn;
    private readonly Func<IApplicationLoader> _loader;
    private readonly Func<EcuConfig, EcuPorts, IAgent> _program;
    private CpuMeter _meter;
    private uint _compressions;
    private uint _takenBits;
    private uint _madeBytes;
    private uint _readSignals;
    private uint _takenSignals;
    private uint _written;
    private uint _writtenBytes;
    private uint _turnMs;
    private uint _ruleInstructions;
    private int _quietTurns;
    private bool _isInTurn;
    private bool _isAsleep;
    private long _sleepStartNs;
    private long _quietTurnNs = 1;

    /// <summary>Makes an ECU, switched off. The board belongs to it from now on.</summary>
    public VirtualEcu(EcuConfig config, EcuBoard board, VirtualEcuOptions options)
    {
        Config = config;
        Board = board;
        _options = options;
        _time = board.Can.Bus.Time;
        _turn = _time.CreateEvent(OnTurn);
        _meter = new CpuMeter(options.Costs);
        _loader = options.Loader ?? (() => new NoApplication());
        _program = options.Program ?? ((ecu, ports) => new EcuMAgent(ecu, ports));
        Mcu = new McuModel(_time, board.Clock, options.Seed) { ClockOffsetMs = options.ClockOffsetMs };
        board.Clock.ElapsedInTurn = () => _isInTurn ? ElapsedNs() : 0;
        board.Can.ElapsedNs = () => board.Clock.ElapsedNs;
        board.Can.FrameArrived = Wake;
        board.Can.FrameSent = Wake;
    }

    /// <summary>Makes an ECU of nf.config on a bus: its board with its drivers, its flash part, its configuration.</summary>
    public static VirtualEcu Create(VirtualBus bus, EcuDefinition definition, VirtualEcuOptions options) =>
        new(definition.Config, BoardFactory.Create(bus, definition, options.Seed), options);

    /// <summary>Configuration that the agent is built from.</summary>
    public EcuConfig Config { get; }

    /// <summary>The hardware around the processor.</summary>
    public EcuBoard Board { get; }

    /// <summary>CAN controller.</summary>
    public CanControllerModel Can => Board.Can;

    /// <summary>Flash part.</summary>
    public FlashModel Flash => Board.Flash;

    /// <summary>Microcontroller.</summary>
    public McuModel Mcu { get; }

    /// <summary>The program in RAM; null while the power is off or the runtime starts.</summary>
    public IAgent? Agent { get; private set; }

    /// <summary>The application loader that belongs to <see cref="Agent"/>.</summary>
    public IApplicationLoader? Application { get; private set; }

    /// <summary>True from <see cref="PowerOn"/> to a cut.</summary>
    public bool IsPowered { get; private set; }

    /// <summary>True while the program has something to do: it starts, its processor is busy, or its flash is.</summary>
    public bool IsWorking => IsPowered && (Agent is not { IsServing: true } || !_isAsleep || Flash.JobEndsAtUs >= 0);

    /// <summary>Starts of the program so far.</summary>
    public int StartCount { get; private set; }

    /// <summary>Turns since the ECU was made.</summary>
    public long TurnCount { get; private set; }

    /// <summary>What the processor has done since the last start.</summary>
    public CpuMeter Meter => _meter;

    /// <summary>Called when the power was lost, by <see cref="PowerCut"/> or at a flash operation that was to be cut.</summary>
    public Action? PowerLost { get; set; }

    /// <summary>Called after each turn: for checkers, and for measuring.</summary>
    public Action<VirtualEcu>? TurnEnded { get; set; }

    /// <summary>Switches the power on; the first turn comes after the reboot time.</summary>
    public void PowerOn()
    {
        if (IsPowered)
        {
            return;
        }

        IsPowered = true;
        Board.PowerOn();
        Start(McuResetCause.PowerOn);
    }

    /// <summary>Cuts the power at once; a flash operation under way is left as the model says.</summary>
    public void PowerCut(CutModel model)
    {
        if (IsPowered)
        {
            Flash.CutNow(model);
            LosePower();
        }
    }

    /// <summary>Resets the processor from outside; the flash part keeps its power and finishes what it does.</summary>
    public void Reset(McuResetCause cause)
    {
        if (IsPowered)
        {
            Start(cause);
        }
    }

    private void Start(McuResetCause cause)
    {
        Stop();
        Mcu.Start(cause);
        _turn.After(_options.RebootNs);
    }

    private void Stop()
    {
        Board.ProcessorStopped();
        _turn.Cancel();
        Agent = null;
        Application = null;
        _isAsleep = false;
    }

    private void LosePower()
    {
        IsPowered = false;
        Stop();
        Board.PowerLost();
        PowerLost?.Invoke();
    }

    private void Boot()
    {
        StartCount++;
        _meter = new CpuMeter(_options.Costs);
        _compressions = 0;
        _takenBits = 0;
        _madeBytes = 0;
        _readSignals = 0;
        _takenSignals = 0;
        _written = 0;
        _writtenBytes = 0;
        _ruleInstructions = 0;
        _quietTurns = 0;
        Application = _loader();
        EcuDrivers drivers = Board.Start(Config, Mcu, _options.Costs, _meter);
        Agent = _program(Config, new EcuPorts(drivers.Can, drivers.Flash, drivers.Crypto, Mcu, Application));
    }

    private void OnTurn()
    {
        if (Agent == null)
        {
            Boot();
        }

        do
        {
            _isAsleep = false;
            if (!TryTurn(out long endNs))
            {
                return;
            }

            long nextNs = NextTurnNs(endNs);
            if (!_time.TryAdvanceTo(nextNs))
            {
                _turn.At(nextNs);
                return;
            }
        }
        while (true);
    }

    /// <summary>One turn; false when the program that ran it is gone.</summary>
    private bool TryTurn(out long endNs)
    {
        IAgent agent = Agent!;
        _meter.BeginTurn(agent.IsServing ? IlOperation.Loop : IlOperation.StartUpLoop);
        _isInTurn = true;
        try
        {
            Board.TurnBegins();
            uint nowMs = Mcu.NowMs;
            ChargeMillisecond(agent, nowMs);
            agent.MainFunction(nowMs);
            ChargeWork(agent);
        }
        catch (PowerCutException)
        {
            _isInTurn = false;
            endNs = _time.NowNs;
            LosePower();
            return false;
        }
        finally
        {
            _isInTurn = false;
        }

        TurnCount++;
        endNs = _time.NowNs + _meter.EndTurn();
        Board.TurnEnds(endNs);
        TurnEnded?.Invoke(this);
        if (Mcu.IsResetWished)
        {
            Start(McuResetCause.Software);
            return false;
        }

        return Agent == agent;
    }

    private long NextTurnNs(long endNs)
    {
        if (_meter.IsActive)
        {
            _quietTurns = 0;
            return endNs;
        }

        if (++_quietTurns < QuietTurnsBeforeSleep || _options.IsAlwaysTurning)
        {
            return endNs;
        }

        _quietTurnNs = Math.Max(1, _meter.PlainTurnNs);
        _sleepStartNs = endNs;
        _isAsleep = true;
        long wakeNs = Mcu.NextMsNs + ((_options.IdleMsMax - 1) * VirtualTime.NsPerMs);
        if (Flash.JobEndsAtUs >= 0)
        {
            wakeNs = Math.Min(wakeNs, Flash.JobEndsAtUs * VirtualTime.NsPerUs);
        }

        return TurnAt(wakeNs);
    }

    /// <summary>The first turn that a processor which never pauses would begin at or after a moment.</summary>
    private long TurnAt(long ns) =>
        ns <= _sleepStartNs ? _sleepStartNs : _sleepStartNs + ((ns - _sleepStartNs + _quietTurnNs - 1) / _quietTurnNs * _quietTurnNs);

    private void Wake()
    {
        if (!_isAsleep)
        {
            return;
        }

        long turnNs = TurnAt(_time.NowNs);
        if (turnNs < _turn.TimeNs)
        {
            _turn.At(turnNs);
        }
    }

    private long ElapsedNs()
    {
        if (Agent != null)
        {
            ChargeWork(Agent);
        }

        return _meter.TurnNs();
    }

    private void ChargeMillisecond(IAgent agent, uint nowMs)
    {
        if (_turnMs == nowMs || !agent.IsServing)
        {
            return;
        }

        _turnMs = nowMs;
        _meter.AddOfMillisecond(IlOperation.Millisecond);
        if (agent.IsSendingPeriodically)
        {
            _meter.AddOfMillisecond(IlOperation.PeriodicMillisecond);
        }
    }

    private void ChargeWork(IAgent agent)
    {
        Charge(IlOperation.ShaCompression, agent.CompressionCount, ref _compressions);
        Charge(IlOperation.TakenBit, agent.TakenBitCount, ref _takenBits);
        Charge(IlOperation.MadeByte, agent.MadeByteCount, ref _madeBytes);
        Charge(IlOperation.ReadSignal, agent.ReadSignalCount, ref _readSignals);
        Charge(IlOperation.TakenSignal, agent.TakenSignalCount, ref _takenSignals);
        Charge(IlOperation.AppendRecord, agent.WrittenCount, ref _written);
        Charge(IlOperation.AppendByte, agent.WrittenByteCount, ref _writtenBytes);
        uint rules = unchecked(agent.RuleInstructionCount - _ruleInstructions);
        if (rules != 0)
        {
            _meter.AddInstructions(rules);
            _ruleInstructions = agent.RuleInstructionCount;
        }
    }

    private void Charge(IlOperation operation, uint count, ref uint charged)
    {
        if (count != charged)
        {
            _meter.Add(operation, unchecked(count - charged));
            charged = count;
        }
    }
}
