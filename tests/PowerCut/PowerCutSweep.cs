// Power cuts, all of them: runs a scenario once undisturbed and at each of its flash operations forks the world in every
// way in which that operation can be cut; each fork restarts and the scenario judges what it finds. Double cuts fork the
// restarts again. After mcuboot's sim/src/image.rs (run_perm_with_fails), but each operation is executed once only.
// Invariant: a fork sees nothing but the flash as the cut left it and what the scenario knew at that moment.
using EsyncSim.Flash;

namespace EsyncTests.PowerCut;

/// <summary>A scenario and what it expects of the flash.</summary>
public interface IPowerCutScenario
{
    /// <summary>The part that loses its power.</summary>
    FlashModel Flash { get; }

    /// <summary>The undisturbed run; to be written without knowledge of cuts.</summary>
    void Run();

    /// <summary>A copy of what the scenario knows now, over another flash; called in the middle of Run or Restart.</summary>
    IPowerCutScenario Fork(FlashModel flash);

    /// <summary>
    /// Power is back: starts anew from flash alone and throws when what it finds is not allowed, or when it cannot go on
    /// from there to the scenario's end.
    /// </summary>
    void Restart();
}

/// <summary>What a sweep did.</summary>
/// <param name="Operations">Flash operations of the undisturbed run.</param>
/// <param name="Cuts">Single cuts tried.</param>
/// <param name="DoubleCuts">Second cuts tried, in restarts after a first one.</param>
public sealed record SweepResult(int Operations, int Cuts, int DoubleCuts);

/// <summary>The sweep.</summary>
public sealed class PowerCutSweep
{
    private readonly int _doubleCutEvery;
    private readonly int _secondCutEvery;
    private int _operations;
    private int _cuts;
    private int _doubleCuts;

    private PowerCutSweep(int doubleCutEvery, int secondCutEvery)
    {
        _doubleCutEvery = doubleCutEvery;
        _secondCutEvery = secondCutEvery;
    }

    /// <summary>
    /// Cuts everywhere. The restarts after cuts of every <paramref name="doubleCutEvery"/>-th operation (0: none) are cut again,
    /// at every <paramref name="secondCutEvery"/>-th of their own operations. Throws at the first attempt that the scenario
    /// refuses, naming its cuts.
    /// </summary>
    public static SweepResult Run(IPowerCutScenario scenario, int doubleCutEvery, int secondCutEvery = 1)
    {
        PowerCutSweep sweep = new(doubleCutEvery, secondCutEvery);
        scenario.Flash.PowerOn();
        scenario.Flash.Observer = operation => sweep.CutFirst(scenario, operation);
        scenario.Run();
        scenario.Flash.Observer = null;
        scenario.Flash.PowerOn();
        scenario.Restart();
        return new SweepResult(sweep._operations, sweep._cuts, sweep._doubleCuts);
    }

    private void CutFirst(IPowerCutScenario scenario, FlashOperation operation)
    {
        _operations++;
        bool isCutAgain = _doubleCutEvery != 0 && operation.Index % _doubleCutEvery == 0;
        foreach (CutModel model in CutModels.Of(operation.Kind))
        {
            string what = $"cut {model} at {operation}";
            IPowerCutScenario fork = Fork(scenario, operation, model);
            if (isCutAgain)
            {
                fork.Flash.Observer = second => CutSecond(fork, second, what);
            }

            _cuts++;
            Judge(fork, what);
        }
    }

    private void CutSecond(IPowerCutScenario scenario, FlashOperation operation, string first)
    {
        if (operation.Index % _secondCutEvery != 0)
        {
            return;
        }

        foreach (CutModel model in CutModels.Of(operation.Kind))
        {
            _doubleCuts++;
            Judge(Fork(scenario, operation, model), $"{first}, then {model} at {operation} of the restart");
        }
    }

    private static IPowerCutScenario Fork(IPowerCutScenario scenario, FlashOperation operation, CutModel model)
        => scenario.Fork(scenario.Flash.ForkCut(model, ((ulong)operation.Index << 8) | (ulong)model));

    private static void Judge(IPowerCutScenario fork, string what)
    {
        try
        {
            fork.Restart();
        }
        catch (PowerCutException)
        {
            throw;
        }
        catch (InvalidOperationException error) when (error.Message.StartsWith("cut ", StringComparison.Ordinal))
        {
            // A second cut has named its attempt already.
            throw;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{what}: {error.Message}", error);
        }
    }
}
