// What all seeds share: three ECUs of one bus with their keys, packages and first flash.
// Invariant: made once before the first seed, never changed afterwards; several seeds run at the same time.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Packages;

namespace EsyncSim.Simulation;

/// <summary>The fleet that every seed begins with.</summary>
public sealed class Fleet
{
    private static readonly string[] Names = ["motor", "battery", "pump"];

    /// <summary>Makes keys and packages, and installs the first release on each ECU.</summary>
    /// <exception cref="UserErrorException">The configuration is not usable.</exception>
    public Fleet(string configPath)
    {
        NfConfig config = NfConfig.Load(configPath, new BoardOverride("virtual", Names));
        Ecus = [.. Names.Select(name => new FleetEcu(config.Ecu(name)))];
        foreach (FleetEcu ecu in Ecus)
        {
            InstallFirst(ecu);
        }
    }

    /// <summary>The ECUs.</summary>
    public IReadOnlyList<FleetEcu> Ecus { get; }

    /// <summary>Policy of the vehicle's client: as careful as in a vehicle, with less patience, so that a seed is short.</summary>
    public static UpdatePolicy Policy { get; } = new() { AttemptsMax = 4, RetryPauseMs = 200, PresenceMsMax = 4000, TrialMs = 700 };

    /// <summary>How a virtual ECU of the simulation is built.</summary>
    internal static VirtualEcuOptions Options(ulong seed) => new()
    {
        Seed = seed,
        RebootNs = 60 * VirtualTime.NsPerMs,
        IdleMsMax = 5,
        Loader = () => new ScriptedApplication(),
    };

    private static void InstallFirst(FleetEcu ecu)
    {
        VirtualTime time = new();
        VirtualBus bus = new(time, (int)ecu.Definition.Bus.BitRate);
        VirtualEcu board = VirtualEcu.Create(bus, ecu.Definition, Options(1));
        UdsTester tester = new(new IsoTpLink(bus, ecu.Definition.Config.CanIf), new TesterTiming());
        EcuClient client = new(tester, ecu.Credentials, new SeededRandom(1, "first installation").Bytes);
        board.PowerOn();
        UpdateOutcome outcome = time.Run(async () =>
        {
            await client.AwaitPresenceAsync();
            await client.SessionAsync(0x03);
            await client.RoutineAsync(0x0220, "provision", ecu.ProvisioningRecord);
            return await new UpdateSession(client, ecu.Releases[0].Images.WholeOnly(), Policy).RunAsync();
        });

        // The confirm mark and the diagnostic events follow in the background.
        time.RunFor(VirtualTime.NsPerSecond);
        ecu.FirstFlash = outcome.End == UpdateEnd.Confirmed
            ? board.Flash.Memory.Snapshot()
            : throw new InvalidOperationException($"{ecu.Name} does not take its first release without any fault: {outcome.Text}");
    }
}
