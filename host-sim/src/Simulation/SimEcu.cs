// One ECU of a run: the virtual ECU with the flash of the fleet, its watch for the rules, and the faults that strike its
// processor, clock and flash.
// Invariants: whatever is cut or reset starts again by itself after the time that the fault says; after Heal nothing more
// strikes, and what is off still comes back.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>An ECU that rules watch and faults strike.</summary>
public sealed class SimEcu
{
    private readonly VirtualTime _time;
    private readonly RuleBook _rules;
    private readonly List<SimFault> _flashFaults = [];
    private readonly SimEvent _powerOn;
    private readonly Action<SimFault> _struck;
    private SimFault? _wrap;
    private FlashOperationKind _lastKind;
    private long _operations;
    private long _powerOffMs = 500;
    private bool _isServing;
    private long _servingSinceNs;
    private ushort _boot;

    /// <summary>Puts it on a bus, switched off.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="fleet">Its software and its first flash.</param>
    /// <param name="seed">Decides entropy and torn bits.</param>
    /// <param name="rules">Who watches.</param>
    /// <param name="struck">Told of each fault that has struck.</param>
    public SimEcu(VirtualBus bus, FleetEcu fleet, ulong seed, RuleBook rules, Action<SimFault> struck)
    {
        _time = bus.Time;
        _rules = rules;
        _struck = struck;
        Fleet = fleet;
        VirtualEcuOptions options = Simulation.Fleet.Options(seed) with { Loader = () => new ScriptedApplication { Starting = OnStarting } };
        Ecu = VirtualEcu.Create(bus, fleet.Definition, options);
        Ecu.Flash.Memory.Restore(fleet.FirstFlash!);
        Ecu.Flash.Observer = OnOperation;
        Ecu.Flash.Fault = OnFault;
        Ecu.PowerLost = OnPowerLost;
        Ecu.TurnEnded = OnTurnEnded;
        Watch = new EcuWatch(fleet, Ecu.Flash.Memory, rules.FlashChanged);
        _powerOn = _time.CreateEvent(Ecu.PowerOn);
    }

    /// <summary>Its software.</summary>
    public FleetEcu Fleet { get; }

    /// <summary>The virtual ECU.</summary>
    public VirtualEcu Ecu { get; }

    /// <summary>What rules see of it.</summary>
    public EcuWatch Watch { get; }

    /// <summary>Lets a fault strike a flash operation by its number since the run began.</summary>
    public void AddFlashFault(SimFault fault)
    {
        _flashFaults.Add(fault);
        Watch.HasFlashErrors |= fault.Kind != FaultKind.PowerCutInFlash;
    }

    /// <summary>Lets the millisecond counter wrap a while after each start.</summary>
    public void SetWrap(SimFault fault)
    {
        _wrap = fault;
        Watch.HasClockFaults = true;
        Ecu.Mcu.ClockOffsetMs = uint.MaxValue - (uint)fault.DurationMs;
    }

    /// <summary>Resets the processor; false when there is no power.</summary>
    public bool Reset()
    {
        bool isPowered = Ecu.IsPowered;
        Ecu.Reset(McuResetCause.Watchdog);
        return isPowered;
    }

    /// <summary>Cuts the power for a while; false when it is off already.</summary>
    public bool CutPower(SimFault fault)
    {
        bool isPowered = Ecu.IsPowered;
        if (isPowered)
        {
            _powerOffMs = fault.DurationMs;
            Ecu.PowerCut(fault.CutOf(_lastKind));
        }

        return isPowered;
    }

    /// <summary>Lets the millisecond counter jump; false when no program runs that could notice.</summary>
    public bool JumpClock(long ms)
    {
        Watch.HasClockFaults = true;
        Ecu.Mcu.ClockOffsetMs += (uint)ms;
        return Ecu.Agent is not null;
    }

    /// <summary>The run is over; what the ECU has sampled in its last milliseconds nobody has fetched yet.</summary>
    public void EndRun(long lateMs) => EndServing(lateMs);

    /// <summary>From now on nothing strikes any more.</summary>
    public void Heal()
    {
        _flashFaults.Clear();
        _wrap = null;
    }

    private void OnOperation(FlashOperation operation)
    {
        Watch.Operation(operation);
        _rules.FlashOperation(Watch, operation);
        _lastKind = operation.Kind;
        if (_flashFaults.Find(fault => fault.Kind == FaultKind.PowerCutInFlash && fault.StrikesOperation(_operations)) is { } cut)
        {
            _powerOffMs = cut.DurationMs;
            Ecu.Flash.CutAfter(operation.Index, cut.CutOf(operation.Kind));
            _struck(cut);
        }
    }

    private FlashFault OnFault(FlashOperation operation)
    {
        long number = _operations++;
        SimFault? fault = _flashFaults.Find(fault => fault.Kind != FaultKind.PowerCutInFlash && fault.StrikesOperation(number));

        // An erase that fails without a word cannot be told from a good one by any agent before it programs.
        if (fault is null || (fault.Kind == FaultKind.FlashWrongBits && operation.Kind == FlashOperationKind.Erase))
        {
            return FlashFault.None;
        }

        _struck(fault);
        return fault.Kind == FaultKind.FlashError ? FlashFault.Failed : FlashFault.WrongBits;
    }

    private void OnPowerLost()
    {
        EndServing();
        _isServing = false;
        Watch.Agent = null;
        Watch.Settle();
        _powerOn.After(_powerOffMs * VirtualTime.NsPerMs);
    }

    private void OnStarting(byte[] image)
    {
        Watch.Settle();
        _rules.ApplicationStarts(Watch, image);
    }

    private void OnTurnEnded(VirtualEcu ecu)
    {
        if (ecu.Flash.JobEndsAtUs < 0)
        {
            Watch.Settle();
        }

        bool isServing = ecu.Agent!.IsServing;
        if (isServing != _isServing)
        {
            EndServing();
            _servingSinceNs = _time.NowNs;
            _isServing = isServing;
            Watch.Agent = isServing ? ((EcuMAgent)ecu.Agent).EcuM : null;
            if (isServing)
            {
                _rules.Serving(Watch);
            }
        }

        if (isServing && _boot == 0)
        {
            _boot = Watch.Agent!.Data.Reports.IsPresent ? Watch.Agent.Data.Reports.BootNumber : (ushort)0;
        }

        if (_wrap is { } wrap && ecu.Mcu.NowMs < uint.MaxValue / 2)
        {
            _struck(wrap);
            _wrap = null;
        }
    }

    // A log that waits, since there were too many starts, has nothing to show for this one.
    private void EndServing(long lateMs = 0)
    {
        if (_isServing && _boot != 0 && !Watch.Agent!.Data.Reports.IsHeldBack)
        {
            _rules.Served(Watch, _boot, ((_time.NowNs - _servingSinceNs) / VirtualTime.NsPerMs) - lateMs);
        }

        _boot = 0;
    }
}
