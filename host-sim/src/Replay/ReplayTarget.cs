// Whom a log is played to: a real bus, one ECU on it, or a virtual ECU that is switched on for it.
// Invariants: to an ECU go the tester's frames alone, physical and functional; the flash file of a virtual one is not written.
// Tests: tests/host-sim/Cli/ReplayCommandTests.cs.
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Config;
using EsyncSim.Decode;
using EsyncSim.Flash;
using EsyncSim.Logs;

namespace EsyncSim.Replay;

/// <summary>Where a log goes.</summary>
/// <param name="Bus">The bus.</param>
/// <param name="Ecu">The ECU; null: whoever is there.</param>
/// <param name="FlashPath">Memory of a virtual ECU; null is a new one.</param>
/// <param name="Seed">Chance of a virtual ECU.</param>
/// <param name="IsCompared">True: recorded answers are compared with new ones, and not every message is shown.</param>
internal sealed record ReplayTarget(BusAddress Bus, EcuDefinition? Ecu, string? FlashPath, ulong Seed, bool IsCompared)
{
    private const long StartNs = 2 * VirtualTime.NsPerSecond;

    /// <summary>What the ECU needs until it answers: a virtual one is switched on with the replay.</summary>
    public long LeadNs => Bus.IsVirtual ? StartNs : 0;

    /// <summary>True for an identifier that is played.</summary>
    public bool Takes(CanId identifier) => Ecu is not { } ecu
        || (identifier.IsExtended == ecu.Config.CanIf.IsExtended && (identifier.Value == ecu.Config.CanIf.PhysicalRxId || identifier.Value == ecu.Config.CanIf.FunctionalRxId));

    /// <summary>Shows what the ECU is asked and answers; null where that is compared or there is none.</summary>
    public BusMonitor? Monitor(TextWriter output)
    {
        if (Ecu is null || IsCompared)
        {
            return null;
        }

        MonitorPlan plan = new();
        plan.Add(Ecu);
        return new BusMonitor(plan, line => output.WriteLine(line.ToText()));
    }

    /// <summary>The conversation of the log: the questions that are played, and all answers.</summary>
    public Conversation Recorded(IReadOnlyList<LoggedFrame> frames, ReplayChoice choice)
    {
        CanIfConfig ids = Ecu!.Config.CanIf;
        Conversation recorded = new(ids);
        IReadOnlyList<LoggedFrame> mapped = ReplayPlan.Mapped(frames, choice.Map);
        for (int i = 0; i < frames.Count; i++)
        {
            bool isChosen = choice.Only.Count == 0 || choice.Only.Contains(ReplayPlan.IdOf(frames[i].Frame));
            if (isChosen || mapped[i].Frame.Identifier == ids.TxId)
            {
                recorded.Take(mapped[i].Frame, frames[i].Ns);
            }
        }

        return recorded;
    }

    /// <summary>Opens the way to it; a virtual ECU is switched on.</summary>
    /// <exception cref="UserErrorException">The bus or the flash file cannot be used.</exception>
    public (ICanBus Bus, ITesterCan Can, IDisposable? Connection) Open(VirtualTime time, CancellationToken stop, int bitRate)
    {
        if (!Bus.IsVirtual)
        {
            RealBus real = new(time, Bus.Open(), Ecu is null ? bitRate : (int)Ecu.Bus.BitRate, TimeProvider.System) { Stop = stop };
            RealCan can = real.CreateCan();
            can.SetFilter(Ecu is null ? [] : [(Ecu.Config.CanIf.TxId, Ecu.Config.CanIf.IsExtended)]);
            return (real, can, real);
        }

        VirtualBench bench = new(time, Seed, [Ecu!]);
        bench.StopOn(stop);
        if (FlashPath is not null && !FlashFile.TryLoad(bench.Ecus[0].Ecu.Flash, FlashPath))
        {
            throw new UserErrorException(ExitCode.BadFile, $"flash file {FlashPath} is not there; without --flash the ECU is a new one");
        }

        VirtualCan tester = new(bench.Bus, "replay");
        bench.Ecus[0].Ecu.PowerOn();
        return (bench.Bus, tester, null);
    }

    /// <inheritdoc/>
    public override string ToString() => Ecu is null ? Bus.ToString() : Bus.IsVirtual ? $"a virtual {Ecu.Name}" : $"{Ecu.Name} on {Bus}";
}
