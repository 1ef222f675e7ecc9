// All rules of a run, and what became of them: passes on to each of them what happens, and remembers the first break, so
// that it is not lost in whoever catches the exception that carries it.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Flash;
using EsyncSim.Server;

namespace EsyncSim.Simulation;

/// <summary>A rule that was broken, when and how.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="AtNs">The moment, in nanoseconds of virtual time.</param>
/// <param name="Text">What happened.</param>
public sealed record BrokenRule(string Rule, long AtNs, string Text);

/// <summary>The rules of a run.</summary>
public sealed class RuleBook(VirtualTime time, IReadOnlyList<SimRule> rules) : ICampaignObserver
{
    /// <summary>Name of the rule that no exception leaves the agent or the client.</summary>
    public const string Program = "program";

    /// <summary>Name of the rule that everything comes to a good end once faults have stopped.</summary>
    public const string Liveness = "liveness";

    /// <summary>Names of all rules, in the order of reports.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Create(hasData: true).Select(rule => rule.Name), Liveness, Program];

    /// <summary>The first rule that was broken; null while all hold.</summary>
    public BrokenRule? Broken { get; private set; }

    /// <summary>A set of rules for one run.</summary>
    /// <param name="hasData">True when reports are collected in it.</param>
    public static IReadOnlyList<SimRule> Create(bool hasData) =>
        [new BootableRule(), new SignedRule(), new VersionRule(), new ConfirmedRule(), new ReportRule(), .. hasData ? (SimRule[])[new DataRule()] : []];

    /// <summary>Notes that a rule was broken, unless another was before.</summary>
    public void Note(string rule, string text) => Broken ??= new BrokenRule(rule, time.NowNs, text);

    /// <summary>An operation is going to change a flash.</summary>
    public void FlashOperation(EcuWatch ecu, FlashOperation operation) => Tell(rule => rule.OnFlashOperation(ecu, operation));

    /// <summary>A flash may have changed.</summary>
    public void FlashChanged(EcuWatch ecu) => Tell(rule => rule.OnFlashChanged(ecu));

    /// <summary>An application is about to run.</summary>
    public void ApplicationStarts(EcuWatch ecu, byte[] image) => Tell(rule => rule.OnApplicationStarts(ecu, image));

    /// <summary>An ECU serves requests from now on.</summary>
    public void Serving(EcuWatch ecu) => Tell(rule => rule.OnServing(ecu));

    /// <inheritdoc/>
    public void Message(bool isToVehicle, EsyncMessage message) => Tell(rule => rule.OnServerMessage(isToVehicle, message));

    /// <summary>The vehicle has published a message.</summary>
    public void VehicleMessage(EsyncMessage message) => Tell(rule => rule.OnVehicleMessage(message));

    /// <summary>A target of a campaign has ended.</summary>
    public void TargetEnded(EcuWatch ecu, TargetResult result) => Tell(rule => rule.OnTargetEnded(ecu, result));

    /// <summary>Records are on the vehicle's disk.</summary>
    public void Collected(EcuWatch ecu, uint epoch, IReadOnlyList<ReportRecord> records) => Tell(rule => rule.OnCollected(ecu, epoch, records));

    /// <summary>Records are new at the server.</summary>
    public void Delivered(EcuWatch ecu, uint epoch, IReadOnlyList<DataRecord> records) => Tell(rule => rule.OnDelivered(ecu, epoch, records));

    /// <summary>The collector has a problem.</summary>
    public void CollectorProblem(string ecu, string what) => Tell(rule => rule.OnCollectorProblem(ecu, what));

    /// <summary>An ECU has stopped serving.</summary>
    public void Served(EcuWatch ecu, ushort boot, long servedMs) => Tell(rule => rule.OnServed(ecu, boot, servedMs));

    /// <summary>Collection rules are on their way to an ECU.</summary>
    public void RulesAsked(EcuWatch ecu, int sequence) => Tell(rule => rule.OnRulesAsked(ecu, sequence));

    /// <summary>An ECU says that they are installed.</summary>
    public void RulesInstalled(EcuWatch ecu, int sequence) => Tell(rule => rule.OnRulesInstalled(ecu, sequence));

    /// <summary>Nothing strikes any more.</summary>
    public void Calm() => Tell(rule => rule.OnCalm());

    /// <summary>The run is over.</summary>
    public void RunEnded(IReadOnlyList<EcuWatch> ecus) => Tell(rule => rule.OnRunEnded(ecus));

    private void Tell(Action<SimRule> what)
    {
        try
        {
            foreach (SimRule rule in rules)
            {
                what(rule);
            }
        }
        catch (RuleBrokenException broken)
        {
            Note(broken.Rule, broken.Text);
            throw;
        }
    }
}
