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

/// <summary>What a sweep tries.</summary>
/// <param name="DoubleCutEvery">The restarts after cuts of every so-many-th operation are cut again; 0: none.</param>
/// <param name="SecondCutEvery">They are cut at every so-many-th of their own operations.</param>
public sealed record SweepOptions(int DoubleCutEvery, int SecondCutEvery = 1)
{
    /// <summary>The models to try; all that apply when null.</summary>
    public IReadOnlyList<CutModel>? Models { get; init; }

    /// <summary>Decides torn and unstable bits.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>What a sweep did.</summary>
/// <param name="Operations">Flash operations of the undisturbed run.</param>
/// <param name="Cuts">Single cuts tried.</param>
/// <param name="DoubleCuts">Second cuts tried, in restarts after a first one.</param>
public sealed record SweepResult(int Operations, int Cuts, int DoubleCuts);

/// <summary>The sweep.</summary>
public sealed class PowerCutSweep
{
    private readonly SweepOptions _options;
    private int _operations;
    private int _cuts;
    private int _doubleCuts;

    private PowerCutSweep(SweepOptions options)
    {
        _options = options;
    }

    /// <summary>Cuts everywhere. Throws at the first attempt that the scenario refuses, naming its cuts.</summary>
    public static SweepResult Run(IPowerCutScenario scenario, SweepOptions options)
    {
        PowerCutSweep sweep = new(options);
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
        bool isCutAgain = _options.DoubleCutEvery != 0 && operation.Index % _options.DoubleCutEvery == 0;
        foreach (CutModel model in ModelsOf(operation))
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
        if (operation.Index % _options.SecondCutEvery != 0)
        {
            return;
        }

        foreach (CutModel model in ModelsOf(operation))
        {
            _doubleCuts++;
            Judge(Fork(scenario, operation, model), $"{first}, then {model} at {operation} of the restart");
        }
    }

    private IEnumerable<CutModel> ModelsOf(FlashOperation operation)
        => CutModels.Of(operation.Kind).Where(model => _options.Models is null || _options.Models.Contains(model));

    private IPowerCutScenario Fork(IPowerCutScenario scenario, FlashOperation operation, CutModel model)
        => scenario.Fork(scenario.Flash.ForkCut(model, (_options.Seed << 32) | ((ulong)operation.Index << 8) | (ulong)model));

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
