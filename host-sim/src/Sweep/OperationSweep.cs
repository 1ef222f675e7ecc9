// A scenario cut at its flash operations, and some of its restarts once more.
// Invariant: a rehearsal shows the operations first; which are cut follows from them and the request alone.
// Tests: tests/host-sim/Sweep.
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Cuts at operations.</summary>
internal static class OperationSweep
{
    private const int FewestMax = 8;
    private const int SecondCutsPerRestart = 8;

    /// <summary>Sweeps a prepared job.</summary>
    public static SweepCell Run(SweepJob job, SweepCell cell)
    {
        List<FlashOperation> operations = [];
        SweepWorld rehearsal = job.World(job.Start);
        rehearsal.Flash.Observer = operations.Add;
        rehearsal.Run();
        IReadOnlySet<int> chosen = Choose(job, operations);
        SweepRequest request = job.Request;

        // Odd, so that second cuts come to every kind of operation in time; a restart that sends the image changes each page.
        int secondCutEvery = (job.Part.Images.Two.Payload.Length / job.Part.Geometry.PageSize / SecondCutsPerRestart) | 1;
        SweepOptions options = new(request.Only is null ? request.DoubleEvery : 0, secondCutEvery)
        {
            Models = request.Only is { } only ? [only.First.Model] : null,
            OnlySecond = request.Only?.Second,
            IsSecondModelInTurn = true,
            Seed = request.Seed,
            IsChosen = chosen.Contains,
            Stop = request.Stop,
            Found = finding => job.Find(finding.Error, finding.What, finding.First, finding.Second),
        };
        SweepResult result = PowerCutSweep.Run(job.World(job.Start), options);
        return cell with
        {
            Operations = result.Operations,
            OperationsCut = chosen.Count,
            Cuts = result.Cuts,
            DoubleCuts = result.DoubleCuts,
            Restarts = result.Restarts,
        };
    }

    private static IReadOnlySet<int> Choose(SweepJob job, List<FlashOperation> operations)
    {
        if (job.Request.Only is { } only)
        {
            return new HashSet<int> { only.First.Number };
        }

        int countMax = job.Request.OperationsMax;
        bool isFirstPart = job.Part.Name == FlashGeometries.All[0].Name && countMax >= FewestMax;
        bool isAll = job.Scenario.IsLarge || countMax == 0 || isFirstPart;
        return SweepPlan.Choose(operations, job.Part.Config.Fls, isAll ? 0 : Math.Max(FewestMax, (int)(countMax / job.Part.RestartCost)));
    }
}
