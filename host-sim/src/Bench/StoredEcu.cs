// One virtual ECU whose flash is a file, kept between runs: the bench of `esync provision` and `esync update`.
// Invariant: the file is read before the power comes on and written as a whole when the run has ended; a run that fails
// before it begins writes nothing.
// Tests: tests/host-sim/Cli.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Flash;

namespace EsyncSim.Bench;

/// <summary>An ECU on a bench of its own, with its memory in a file.</summary>
public sealed class StoredEcu : IEcuAccess
{
    private const long SettleNs = 500 * VirtualTime.NsPerMs;
    private readonly string _flashPath;
    private readonly VirtualBench _bench;

    /// <summary>Makes the ECU and loads its flash.</summary>
    /// <param name="definition">Its part of nf.config.</param>
    /// <param name="flashPath">Flash file.</param>
    /// <param name="isNewAllowed">True: a file that is not there stands for an erased part.</param>
    /// <param name="seed">Seed of chance; null takes a new one.</param>
    /// <exception cref="UserErrorException">The file is not there or cannot be this ECU's.</exception>
    public StoredEcu(EcuDefinition definition, string flashPath, bool isNewAllowed, ulong? seed)
    {
        _flashPath = flashPath;
        _bench = new VirtualBench(new VirtualTime(), seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), [definition]);
        if (!FlashFile.TryLoad(Ecu.Ecu.Flash, flashPath) && !isNewAllowed)
        {
            throw new UserErrorException(ExitCode.BadFile, $"flash file {flashPath} is not there; `esync provision` makes a new ECU");
        }
    }

    /// <inheritdoc/>
    public EcuDefinition Definition => Ecu.Definition;

    /// <inheritdoc/>
    public string Place => $"in {_flashPath}";

    /// <inheritdoc/>
    public ICanBus Bus => _bench.Bus;

    private BenchEcu Ecu => _bench.Ecus[0];

    /// <inheritdoc/>
    public ITesterCan CreateCan(string name) => new VirtualCan(_bench.Bus, name);

    /// <inheritdoc/>
    public EcuClient Connect(DeviceCredentials? credentials) => Ecu.Connect(credentials);

    /// <inheritdoc/>
    public void StopOn(CancellationToken stop) => _bench.StopOn(stop);

    /// <inheritdoc/>
    public void Start() => Ecu.Ecu.PowerOn();

    /// <summary>Lets the ECU finish what it does, and writes the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Finish()
    {
        _bench.Time.RunFor(SettleNs);
        FlashFile.Save(Ecu.Ecu.Flash, _flashPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
