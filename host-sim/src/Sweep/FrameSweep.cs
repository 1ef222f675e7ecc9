// A whole update over the bus, cut at its frames. At each frame a fork of the flash restarts under a new client; and at some
// the run itself is cut, and the same client has to find its way.
// Invariant: a frame at which the flash is idle is one cut; one at which it is at work is a cut for each way in which that
// can be left.
// Tests: tests/host-sim/Sweep.
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Cuts at frames.</summary>
internal static class FrameSweep
{
    private const int LargeEvery = 16;

    /// <summary>Each frame, from the flash as it is then. Of a large image every 16th.</summary>
    public static SweepCell Run(SweepJob job, SweepCell cell)
    {
        CutVerdicts verdicts = new(job.Request.Seed);
        int cuts = 0;
        BusWorld world = new(job, (world, frame) =>
        {
            world.Observe();
            if (!IsChosen(job, frame, job.Scenario.IsLarge ? LargeEvery : 1))
            {
                return;
            }

            foreach (CutModel model in ModelsNow(world.Flash).Where(model => job.Request.Only is not { } only || only.First.Model == model))
            {
                cuts++;
                ulong seed = (job.Request.Seed << 32) | ((ulong)world.Flash.OperationCount << 8) | (ulong)model;
                SweepWorld fork = job.World(world.Flash.ForkCut(model, seed), world.Ledger.Clone());
                if (verdicts.Judge(fork, null) is { } error)
                {
                    job.Find(error, $"cut {model} at frame {frame}", new FlashCut(frame, model));
                }
            }
        });
        world.Run();
        return cell with { Frames = world.Frames, Cuts = cuts, Restarts = verdicts.Restarts };
    }

    /// <summary>Some frames, with the same client before and after the cut.</summary>
    public static SweepCell RunLive(SweepJob job, SweepCell cell)
    {
        BusWorld clean = new(job, (_, _) => { });
        clean.Run();
        int every = job.Request.LiveEvery != 0 ? job.Request.LiveEvery : (clean.Frames / job.Request.LiveCount) | 1;
        int cuts = 0;
        for (int cut = 0; cut < clean.Frames; cut++)
        {
            if (!IsChosen(job, cut, every))
            {
                continue;
            }

            cuts++;
            int at = cut;
            try
            {
                new BusWorld(job, (world, frame) =>
                {
                    if (frame == at)
                    {
                        world.CutPower(at);
                    }
                }).Run();
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                job.Find(error, $"power off behind frame {at}, the same client goes on", new FlashCut(at, CutModel.Before));
            }
        }

        return cell with { Frames = clean.Frames, Cuts = cuts, Restarts = cuts };
    }

    /// <summary>In which ways the present moment can be left.</summary>
    public static IReadOnlyList<CutModel> ModelsNow(FlashModel flash) => flash.UnderWay() is { } kind ? CutModels.Of(kind) : [CutModel.Before];

    private static bool IsChosen(SweepJob job, int frame, int every) =>
        job.Request.Only is { } only ? only.First.Number == frame : frame % every == every / 2;
}
