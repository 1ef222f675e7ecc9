// One ECU within a client's reach, be it virtual or real: what `esync provision` and `esync update` work on.
// Invariant: nothing is changed before Start; Finish comes once, when the ECU has done what it was asked to do.
// Tests: tests/host-sim/Cli, tests/host-sim/Bus/Real.
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;

namespace EsyncSim.Bench;

/// <summary>Access to an ECU.</summary>
public interface IEcuAccess : IDisposable
{
    /// <summary>Its part of nf.config.</summary>
    EcuDefinition Definition { get; }

    /// <summary>Where it is, in words: `in motor.flash`, `on socketcan:can0`.</summary>
    string Place { get; }

    /// <summary>The bus, with the clock of everything that happens on it.</summary>
    ICanBus Bus { get; }

    /// <summary>One more controller on the bus, switched off: for whoever speaks beside the client, or instead of it.</summary>
    ITesterCan CreateCan(string name);

    /// <summary>A client that knows the ECU's secret, or does not.</summary>
    EcuClient Connect(DeviceCredentials? credentials);

    /// <summary>Ends whatever runs, by <see cref="OperationCanceledException"/>, soon after the token was cancelled.</summary>
    void StopOn(CancellationToken stop);

    /// <summary>Lets the ECU start; a real one runs already.</summary>
    void Start();

    /// <summary>Lets the ECU finish what it does, and keeps its memory; a real one does both by itself.</summary>
    void Finish();
}

/// <summary>Where an ECU is.</summary>
/// <param name="Bus">The bus.</param>
/// <param name="FlashPath">File with the memory of a virtual ECU; null for a real one.</param>
public sealed record EcuLocation(BusAddress Bus, string? FlashPath)
{
    /// <summary>Opens the way to the ECU.</summary>
    /// <param name="definition">Its part of nf.config.</param>
    /// <param name="isNewAllowed">True: a flash file that is not there stands for an erased part.</param>
    /// <param name="seed">Seed of a virtual ECU's chance; null takes a new one.</param>
    /// <param name="log">Sees the bus traffic; null for nobody.</param>
    /// <exception cref="UserErrorException">The flash file or the bus cannot be used.</exception>
    public IEcuAccess Open(EcuDefinition definition, bool isNewAllowed, ulong? seed = null, IBusObserver? log = null)
    {
        IEcuAccess access = Bus.IsVirtual
            ? new StoredEcu(definition, FlashPath!, isNewAllowed, seed)
            : new RealEcu(definition, Bus.Open(), TimeProvider.System, Bus.ToString());
        if (log is not null)
        {
            access.Bus.Observe(log);
        }

        return access;
    }
}
