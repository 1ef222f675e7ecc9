// The faults that somebody at a bench can bring about and take back: power of an ECU, lost and destroyed frames, a babbling node, a
// broker that is away.
// Invariants: each fault is in force once; taking one back that is not in force changes nothing; what was lost stays lost.
// Tests: tests/host-sim/Web/BenchTests.cs.
using System.Globalization;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Flash;
using EsyncSim.Server;

namespace EsyncSim.Web;

/// <summary>An order to bring a fault about.</summary>
/// <param name="Ecu">The ECU whose power is cut.</param>
/// <param name="Count">Frames to lose, 1 to 10,000: the next ones.</param>
/// <param name="Percent">Frames to lose, in percent of all, above 0 and up to 100.</param>
/// <param name="Priority">high: the babbling node leaves the bus to nobody; low: it fills what others leave.</param>
public sealed record FaultOrder(string? Ecu = null, int? Count = null, double? Percent = null, string? Priority = null);

/// <summary>Faults of a bench.</summary>
internal sealed class BenchFaults
{
    private const int CountMax = 10_000;
    private const long AwayNsMax = 100L * 365 * 24 * 3600 * VirtualTime.NsPerSecond;

    private static readonly BusFrame HighFrame = new(0x001, false, [0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]);
    private static readonly BusFrame LowFrame = new(0x7F7, false, [0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]);

    private readonly VirtualBench _bench;
    private readonly VirtualMessageNetwork _network;
    private readonly Action<string, string, string> _note;
    private readonly TrafficNode _babbler;
    private BusFaultRule? _drop;
    private string _dropText = string.Empty;
    private string? _babble;
    private int _rules;

    /// <summary>Makes the panel of a bench on which all is sound.</summary>
    /// <param name="bench">The bench.</param>
    /// <param name="network">Its message network.</param>
    /// <param name="note">Takes ECU, level and text of what is worth a line.</param>
    public BenchFaults(VirtualBench bench, VirtualMessageNetwork network, Action<string, string, string> note)
    {
        _bench = bench;
        _network = network;
        _note = note;
        _babbler = new TrafficNode(bench.Bus, "babbler");
    }

    /// <summary>What is in force.</summary>
    public IReadOnlyList<FaultView> InForce
    {
        get
        {
            List<FaultView> faults = [.. _bench.Ecus.Where(ecu => !ecu.Ecu.IsPowered).Select(ecu => new FaultView($"power-{ecu.Name}", $"{ecu.Name} has no power", null))];
            if (_drop is { } drop && drop.StrikeCount < drop.CountMax)
            {
                faults.Add(new FaultView("drop", _dropText, drop.StrikeCount));
            }

            if (_babble is { } priority)
            {
                faults.Add(new FaultView("babble", $"a node babbles at {priority} priority", _babbler.SentCount));
            }

            if (_network.IsDown)
            {
                faults.Add(new FaultView("broker", "the broker is away", null));
            }

            return faults;
        }
    }

    /// <summary>Brings a fault about.</summary>
    /// <exception cref="UserErrorException">There is no such fault, or it is not well described.</exception>
    public void Begin(string kind, FaultOrder order)
    {
        switch (kind)
        {
            case "power":
                EcuOf(order.Ecu).Ecu.PowerCut(CutModel.ProgramUnstable);
                _note(order.Ecu!, "warn", "power cut by hand");
                break;
            case "drop":
                Drop(order);
                break;
            case "babble":
                Babble(order.Priority ?? "high");
                break;
            case "broker":
                _network.GoDown(AwayNsMax);
                _note(string.Empty, "warn", "the broker is away, by hand");
                break;
            default:
                throw Unknown(kind);
        }
    }

    /// <summary>Takes a fault back.</summary>
    /// <exception cref="UserErrorException">There is no such fault.</exception>
    public void End(string kind, string? ecu)
    {
        switch (kind)
        {
            case "power":
                EcuOf(ecu).Ecu.PowerOn();
                _note(ecu!, "info", "power is back");
                break;
            case "drop":
                StopDropping();
                _note(string.Empty, "info", "frames are lost no more");
                break;
            case "babble":
                _babbler.Stop();
                _babble = null;
                _note(string.Empty, "info", "the babbling node is silent");
                break;
            case "broker":
                if (_network.IsDown)
                {
                    _network.GoDown(0);
                    _note(string.Empty, "info", "the broker is back");
                }

                break;
            default:
                throw Unknown(kind);
        }
    }

    private static UserErrorException Unknown(string kind) => new(ExitCode.BadUsage, $"there is no fault {kind}; there are power, drop, babble and broker");

    private BenchEcu EcuOf(string? name) => _bench.Ecus.FirstOrDefault(ecu => ecu.Name == name)
        ?? throw new UserErrorException(ExitCode.BadUsage, $"there is no ECU {name} on this bench; there are {string.Join(", ", _bench.Ecus.Select(ecu => ecu.Name))}");

    private void Drop(FaultOrder order)
    {
        if (order is not ({ Count: >= 1 and <= CountMax, Percent: null } or { Count: null, Percent: > 0 and <= 100 }))
        {
            throw new UserErrorException(ExitCode.BadUsage, FormattableString.Invariant($"say either how many of the next frames are lost (1 to {CountMax:N0}) or how many percent of all (above 0, up to 100)"));
        }

        StopDropping();
        _dropText = order.Count is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"the next {count:N0} frames are lost")
            : string.Create(CultureInfo.InvariantCulture, $"{order.Percent} % of the frames are lost");
        _drop = _bench.Bus.Faults.Add(new BusFaultRule
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"by-hand-{++_rules}"),
            Kind = BusFaultKind.Drop,
            Probability = order.Percent / 100 ?? 1,
            CountMax = order.Count ?? long.MaxValue,
        });
        _note(string.Empty, "warn", $"{_dropText}, by hand");
    }

    private void StopDropping()
    {
        if (_drop is not null)
        {
            _bench.Bus.Faults.Remove(_drop);
            _drop = null;
        }
    }

    private void Babble(string priority)
    {
        if (priority is not ("high" or "low"))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"a node babbles at high or low priority, not at {priority}");
        }

        _babbler.Stop();
        _babble = priority;
        _babbler.Start(priority == "high" ? HighFrame : LowFrame, 0);
        _note(string.Empty, "warn", $"a node babbles at {priority} priority, by hand");
    }
}
