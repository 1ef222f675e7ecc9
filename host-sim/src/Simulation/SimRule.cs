// What must hold in every run, whatever strikes: a rule hears everything that it could be broken by, while it happens.
// Invariants: a rule only looks, and draws no chance; the first rule that is broken ends the run with the moment and the
// words.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Data;
using EsyncSim.Flash;
using EsyncSim.Server;

namespace EsyncSim.Simulation;

/// <summary>A rule was broken.</summary>
/// <param name="rule">Name of the rule.</param>
/// <param name="text">What happened.</param>
public sealed class RuleBrokenException(string rule, string text) : Exception($"{rule}: {text}")
{
    /// <summary>Name of the rule.</summary>
    public string Rule { get; } = rule;

    /// <summary>What happened.</summary>
    public string Text { get; } = text;
}

/// <summary>One rule.</summary>
/// <param name="name">Its name, as reports give it.</param>
public abstract class SimRule(string name)
{
    /// <summary>Name for reports.</summary>
    public string Name { get; } = name;

    /// <summary>An operation is going to change an ECU's flash.</summary>
    public virtual void OnFlashOperation(EcuWatch ecu, in FlashOperation operation)
    {
    }

    /// <summary>Boot record, banks or manifest slots of an ECU may have changed; <see cref="EcuWatch.Newest"/> is as the flash is now.</summary>
    public virtual void OnFlashChanged(EcuWatch ecu)
    {
    }

    /// <summary>An ECU is about to run these bytes.</summary>
    public virtual void OnApplicationStarts(EcuWatch ecu, byte[] image)
    {
    }

    /// <summary>An ECU has ended a turn in which it serves requests.</summary>
    public virtual void OnServing(EcuWatch ecu)
    {
    }

    /// <summary>A message was sent to the vehicle (true), or one that came from it was taken by the server (false).</summary>
    public virtual void OnServerMessage(bool isToVehicle, EsyncMessage message)
    {
    }

    /// <summary>The vehicle's client has a message for the server.</summary>
    public virtual void OnVehicleMessage(EsyncMessage message)
    {
    }

    /// <summary>A target of a campaign has ended, and nothing of it is under way any more.</summary>
    public virtual void OnTargetEnded(EcuWatch ecu, TargetResult result)
    {
    }

    /// <summary>Records of an ECU are on the vehicle's disk.</summary>
    public virtual void OnCollected(EcuWatch ecu, uint epoch, IReadOnlyList<ReportRecord> records)
    {
    }

    /// <summary>Records of an ECU are new at the server.</summary>
    public virtual void OnDelivered(EcuWatch ecu, uint epoch, IReadOnlyList<DataRecord> records)
    {
    }

    /// <summary>The vehicle's collector has a problem with an ECU, or with its disk when the name is empty.</summary>
    public virtual void OnCollectorProblem(string ecu, string what)
    {
    }

    /// <summary>An ECU serves requests no longer, after so many milliseconds of the start with this number.</summary>
    public virtual void OnServed(EcuWatch ecu, ushort boot, long servedMs)
    {
    }

    /// <summary>Somebody begins to install a set of collection rules.</summary>
    public virtual void OnRulesAsked(EcuWatch ecu, int sequence)
    {
    }

    /// <summary>The ECU has answered that the set is installed.</summary>
    public virtual void OnRulesInstalled(EcuWatch ecu, int sequence)
    {
    }

    /// <summary>Nothing strikes any more, and time is left for what is under way.</summary>
    public virtual void OnCalm()
    {
    }

    /// <summary>The run is over, long after the last fault.</summary>
    public virtual void OnRunEnded(IReadOnlyList<EcuWatch> ecus)
    {
    }

    /// <summary>Ends the run.</summary>
    protected void Broken(string text) => throw new RuleBrokenException(Name, text);
}
