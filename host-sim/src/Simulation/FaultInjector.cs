// Lets the faults of a list strike a world, each at its moment, and counts those that really struck: a frame was lost, a
// processor was running when it was reset, a flash operation with that number came.
// Invariants: each fault draws from a sequence of its own, named by its number; after Heal nothing strikes any more.
// Tests: tests/host-sim/Simulation.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Simulation;

/// <summary>Faults at work.</summary>
public sealed class FaultInjector
{
    private readonly VirtualTime _time;
    private readonly VirtualBus _bus;
    private readonly VirtualMessageNetwork _network;
    private readonly List<SimEvent> _events = [];
    private readonly List<(SimFault Fault, Func<bool> HasStruck)> _rules = [];
    private readonly HashSet<int> _struck = [];
    private readonly TrafficNode _babbler;
    private SimFault? _babbling;

    /// <summary>Makes it for a world.</summary>
    public FaultInjector(VirtualBus bus, VirtualMessageNetwork network)
    {
        _time = bus.Time;
        _bus = bus;
        _network = network;
        _babbler = new TrafficNode(bus, "babbler");
    }

    /// <summary>Numbers of the faults that have struck so far.</summary>
    public IReadOnlySet<int> Struck => _struck;

    /// <summary>A fault has struck.</summary>
    public void Note(SimFault fault) => _struck.Add(fault.Number);

    /// <summary>Arms the faults of a list.</summary>
    public void Arm(IEnumerable<SimFault> faults, IReadOnlyList<SimEcu> ecus, SimVehicle vehicle)
    {
        foreach (SimFault fault in faults)
        {
            switch (fault.Kind)
            {
                case FaultKind.FrameDrop:
                    AddFrameRule(fault, BusFaultKind.Drop, ecus);
                    break;
                case FaultKind.FrameCorruption:
                    AddFrameRule(fault, BusFaultKind.Corrupt, ecus);
                    break;
                case FaultKind.FrameDuplication:
                    AddFrameRule(fault, BusFaultKind.Duplicate, ecus);
                    break;
                case FaultKind.FrameDelay:
                    AddFrameRule(fault, BusFaultKind.Delay, ecus);
                    break;
                case FaultKind.MessageLoss:
                    AddMessageRule(fault, MessageFaultKind.Drop);
                    break;
                case FaultKind.MessageDuplication:
                    AddMessageRule(fault, MessageFaultKind.Duplicate);
                    break;
                case FaultKind.MessageDelay:
                    AddMessageRule(fault, MessageFaultKind.Delay);
                    break;
                case FaultKind.PowerCutInFlash or FaultKind.FlashError or FaultKind.FlashWrongBits:
                    ecus[fault.Ecu].AddFlashFault(fault);
                    break;
                case FaultKind.ClockWrap:
                    ecus[fault.Ecu].SetWrap(fault);
                    break;
                case FaultKind.EcuReset:
                    for (int i = 0; i < fault.Count; i++)
                    {
                        At(fault.At + (i * fault.Gap), () => Strike(fault, ecus, vehicle));
                    }

                    break;
                default:
                    At(fault.At, () => Strike(fault, ecus, vehicle));
                    break;
            }
        }
    }

    /// <summary>Everything is sound from now on; what is off or down comes back by itself.</summary>
    public void Heal()
    {
        foreach ((SimFault fault, Func<bool> hasStruck) in _rules)
        {
            if (hasStruck())
            {
                Note(fault);
            }
        }

        _rules.Clear();
        _bus.Faults.Clear();
        _network.Faults.Clear();
        _events.ForEach(item => item.Cancel());
        _events.Clear();
        StopBabbling();
    }

    private void Strike(SimFault fault, IReadOnlyList<SimEcu> ecus, SimVehicle vehicle)
    {
        bool hasStruck = fault.Kind switch
        {
            FaultKind.BabblingNode => Babble(fault),
            FaultKind.BusOff => GoBusOff(fault.Side == 0 ? vehicle.Controllers[fault.Ecu] : ecus[fault.Ecu].Ecu.Can),
            FaultKind.BrokerLoss => GoDown(fault.DurationMs),
            FaultKind.ClientCrash => vehicle.Crash(fault.DurationMs, fault.CutVariant),
            FaultKind.EcuReset => ecus[fault.Ecu].Reset(),
            FaultKind.PowerCut => ecus[fault.Ecu].CutPower(fault),
            FaultKind.ClockJump => ecus[fault.Ecu].JumpClock(fault.DurationMs),
            _ => throw new InvalidOperationException($"{fault.Kind} does not strike at a moment"),
        };
        if (hasStruck)
        {
            Note(fault);
        }
    }

    private bool Babble(SimFault fault)
    {
        bool isFirst = _babbling is null;
        if (isFirst)
        {
            _babbling = fault;
            _babbler.Start(new BusFrame(0x001, false, [0xBA, 0xBB, 0x1E]), 0);
            SimEvent end = _time.CreateEvent(StopBabbling);
            _events.Add(end);
            end.After(fault.DurationMs * VirtualTime.NsPerMs);
        }

        return isFirst;
    }

    private void StopBabbling()
    {
        _babbling = null;
        _babbler.Stop();
    }

    private bool GoDown(long durationMs)
    {
        _network.GoDown(durationMs * VirtualTime.NsPerMs);
        return true;
    }

    private static bool GoBusOff(BusNode node)
    {
        bool isOnline = node.IsOnline;
        if (isOnline)
        {
            node.ForceBusOff();
        }

        return isOnline;
    }

    private void AddFrameRule(SimFault fault, BusFaultKind kind, IReadOnlyList<SimEcu> ecus)
    {
        EsyncAgent.CanIfConfig canIf = ecus[fault.Ecu].Fleet.Definition.Config.CanIf;
        BusFaultRule rule = _bus.Faults.Add(new BusFaultRule
        {
            Name = NameOf(fault),
            Kind = kind,
            Probability = 1,
            Identifier = fault.Side == 0 ? canIf.PhysicalRxId : canIf.TxId,
            FromNs = _time.NowNs + (fault.At * VirtualTime.NsPerMs),
            CountMax = fault.Count,
            DelayNsMax = fault.DurationMs * VirtualTime.NsPerMs,
        });
        _rules.Add((fault, () => rule.StrikeCount > 0));
    }

    private void AddMessageRule(SimFault fault, MessageFaultKind kind)
    {
        MessageFaultRule rule = _network.Faults.Add(new MessageFaultRule
        {
            Name = NameOf(fault),
            Kind = kind,
            Probability = 1,
            FromNs = _time.NowNs + (fault.At * VirtualTime.NsPerMs),
            CountMax = fault.Count,
            DelayNsMax = fault.DurationMs * VirtualTime.NsPerMs,
        });
        _rules.Add((fault, () => rule.StrikeCount > 0));
    }

    private void At(long ms, Action action)
    {
        SimEvent item = _time.CreateEvent(action);
        _events.Add(item);
        item.After(ms * VirtualTime.NsPerMs);
    }

    private static string NameOf(SimFault fault) => string.Create(CultureInfo.InvariantCulture, $"fault {fault.Number}");
}
