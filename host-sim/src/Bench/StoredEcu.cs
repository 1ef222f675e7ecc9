// One virtual ECU whose flash is a file, kept between runs: the bench of `esync provision` and `esync update`.
// Invariant: the file is read before the power comes on and written as a whole when the run has ended; a run that fails
// before it begins writes nothing.
// Tests: tests/host-sim/Cli.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Flash;

namespace EsyncSim.Bench;

/// <summary>An ECU on a bench of its own, with its memory in a file.</summary>
public sealed class StoredEcu
{
    private const long SettleNs = 500 * VirtualTime.NsPerMs;
    private readonly string _flashPath;

    /// <summary>Makes the ECU and loads its flash.</summary>
    /// <param name="definition">Its part of nf.config.</param>
    /// <param name="flashPath">Flash file.</param>
    /// <param name="isNewAllowed">True: a file that is not there stands for an erased part.</param>
    /// <param name="seed">Seed of chance; null takes a new one.</param>
    /// <param name="candump">Where the bus traffic is written; null writes none.</param>
    /// <exception cref="UserErrorException">The file is not there or cannot be this ECU's.</exception>
    public StoredEcu(EcuDefinition definition, string flashPath, bool isNewAllowed, ulong? seed, TextWriter? candump)
    {
        _flashPath = flashPath;
        Bench = new VirtualBench(new VirtualTime(), seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), [definition]);
        if (!FlashFile.TryLoad(Ecu.Ecu.Flash, flashPath) && !isNewAllowed)
        {
            throw new UserErrorException(ExitCode.BadFile, $"flash file {flashPath} is not there; `esync provision` makes a new ECU");
        }

        if (candump is not null)
        {
            Bench.Bus.Observe(new CandumpLog(candump));
        }
    }

    /// <summary>Bus and clock.</summary>
    public VirtualBench Bench { get; }

    /// <summary>The ECU.</summary>
    public BenchEcu Ecu => Bench.Ecus[0];

    /// <summary>Lets the ECU finish what it does, and writes the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save()
    {
        Bench.Time.RunFor(SettleNs);
        FlashFile.Save(Ecu.Ecu.Flash, _flashPath);
    }
}
