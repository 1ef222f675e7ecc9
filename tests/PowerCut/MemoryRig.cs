// The agent's memory modules over a flash model, without the rest of the agent: one power cycle of them.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncTests.PowerCut;

/// <summary>One power cycle: Fls, NvM, boot record and checkpoints, made anew over the flash as it is.</summary>
public sealed class MemoryRig
{
    /// <summary>Far more cycles than any operation here needs: an operation that takes them all hangs.</summary>
    private const int CyclesMax = 200_000;

    private uint _nowMs = uint.MaxValue - 50;

    /// <summary>Longest decoder state that its checkpoints take, in bytes.</summary>
    public const int StateLengthMax = 217;

    /// <summary>What goes with a chunk that no decoder made.</summary>
    public static readonly DecoderCheckpoint NoState = new(0);

    /// <summary>Modules over <paramref name="flash"/>, laid out by <see cref="FlashLayout"/>; nothing has run yet.</summary>
    public MemoryRig(FlashModel flash, NvMConfig? nvm = null)
    {
        Flash = flash;
        Map = FlashLayout.For(flash.Geometry);
        Fls = new Fls(Map, flash);
        NvM = new NvM(nvm ?? new NvMConfig(), Fls);
        Store = new BootRecordStore(Fls);
        Checkpoints = new CheckpointLog(Fls, StateLengthMax, new byte[BankWriter.ChunkLength]);
    }

    public FlashModel Flash { get; }

    public FlsConfig Map { get; }

    public Fls Fls { get; }

    public NvM NvM { get; }

    public BootRecordStore Store { get; }

    public CheckpointLog Checkpoints { get; }

    /// <summary>Cycles so far.</summary>
    public int Cycles { get; private set; }

    /// <summary>Runs NvM and Fls until <paramref name="isDone"/>.</summary>
    public void RunNvM(Func<bool> isDone) => Run(isDone, () => NvM.MainFunction(_nowMs));

    /// <summary>Runs the boot record store and Fls until <paramref name="isDone"/>.</summary>
    public void RunStore(Func<bool> isDone) => Run(isDone, () => Store.MainFunction(_nowMs));

    /// <summary>Runs the checkpoint log and Fls until it has a result, which is returned.</summary>
    public StdReturn RunCheckpoints()
    {
        Run(() => Checkpoints.Result != StdReturn.Pending, () => Checkpoints.MainFunction(_nowMs));
        return Checkpoints.Result;
    }

    /// <summary>Runs <paramref name="step"/> and Fls, a cycle per millisecond, until <paramref name="isDone"/>.</summary>
    public void Run(Func<bool> isDone, Action step)
    {
        for (int left = CyclesMax; !isDone(); left--)
        {
            if (left == 0)
            {
                throw new InvalidOperationException($"not done after {CyclesMax} cycles");
            }

            step();
            Fls.MainFunction(_nowMs++);
            Cycles++;
        }
    }
}
