// Power cuts, all of them: runs a scenario once undisturbed and at each of its flash operations forks the world in every
// way in which that operation can be cut; each fork restarts and the scenario judges what it finds. Double cuts fork the
// restarts again. After mcuboot's sim/src/image.rs (run_perm_with_fails), but each operation is executed once only: RAM is
// lost in a cut, so a fork of the flash is all that a new start needs.
// Invariants: a fork sees nothing but the flash as the cut left it and what the scenario knew at that moment; two forks
// that are the same in both get one verdict, which counts for both; the same seed gives the same torn and unstable bits.
// Tests: tests/host-sim/Sweep, and the power-cut tests beside the agent's modules.
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>A scenario and what it expects of the flash.</summary>
public interface IPowerCutScenario
{
    /// <summary>The part that loses its power.</summary>
    FlashModel Flash { get; }

    /// <summary>
    /// What <see cref="Restart"/> judges by, besides the flash: with equal text and equal flash the verdict is the same.
    /// Null: it is not told, and every fork is run.
    /// </summary>
    string? Expectation => null;

    /// <summary>The undisturbed run; to be written without knowledge of cuts.</summary>
    void Run();

    /// <summary>A copy of what the scenario knows now, over another flash; called in the middle of Run or Restart.</summary>
    IPowerCutScenario Fork(FlashModel flash);

    /// <summary>
    /// Power is back: starts anew from flash alone and throws when what it finds is not allowed, or when it cannot go on
    /// from there to the scenario's end.
    /// </summary>
    void Restart();

    /// <summary>An operation is about to change the flash, in Run or in Restart; throws when it must not.</summary>
    void Guard(FlashOperation operation)
    {
    }
}

/// <summary>One power cut.</summary>
/// <param name="Number">Number of the operation in its run, from 0.</param>
/// <param name="Model">How far the operation came.</param>
public readonly record struct FlashCut(int Number, CutModel Model);

/// <summary>An attempt that a scenario refused.</summary>
/// <param name="First">The cut.</param>
/// <param name="Second">The cut during the restart after it.</param>
/// <param name="What">Both in words.</param>
/// <param name="Error">What was thrown.</param>
public sealed record CutFinding(FlashCut First, FlashCut? Second, string What, Exception Error);

/// <summary>What a sweep tries.</summary>
/// <param name="DoubleCutEvery">The restarts after cuts of every so-many-th operation are cut again; 0: none.</param>
/// <param name="SecondCutEvery">They are cut at every so-many-th of their own operations.</param>
public sealed record SweepOptions(int DoubleCutEvery, int SecondCutEvery = 1)
{
    /// <summary>The models to try; all that apply when null.</summary>
    public IReadOnlyList<CutModel>? Models { get; init; }

    /// <summary>Decides torn and unstable bits.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Operations to cut, by their number; all when null.</summary>
    public Func<int, bool>? IsChosen { get; init; }

    /// <summary>True: a second cut takes one model, another one each time; false: all.</summary>
    public bool IsSecondModelInTurn { get; init; }

    /// <summary>The only second cut to try, to repeat a finding.</summary>
    public FlashCut? OnlySecond { get; init; }

    /// <summary>Takes what was found; when null, the first finding is thrown.</summary>
    public Action<CutFinding>? Found { get; init; }

    /// <summary>Ends the sweep by <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>What a sweep did.</summary>
/// <param name="Operations">Flash operations of the undisturbed run.</param>
/// <param name="Cuts">Single cuts tried.</param>
/// <param name="DoubleCuts">Second cuts tried, in restarts after a first one.</param>
/// <param name="Restarts">Restarts really run; the other cuts left a state that had been judged already.</param>
public sealed record SweepResult(int Operations, int Cuts, int DoubleCuts, int Restarts);

/// <summary>The sweep.</summary>
public sealed class PowerCutSweep
{
    private readonly SweepOptions _options;
    private readonly CutVerdicts _verdicts;
    private int _operations;
    private int _cuts;
    private int _doubleCuts;

    private PowerCutSweep(SweepOptions options)
    {
        _options = options;
        _verdicts = new CutVerdicts(options.Seed);
    }

    /// <summary>Cuts everywhere, and runs the scenario to its end once without. Throws where a finding has no taker.</summary>
    public static SweepResult Run(IPowerCutScenario scenario, SweepOptions options)
    {
        PowerCutSweep sweep = new(options);
        scenario.Flash.PowerOn();
        scenario.Flash.Observer = operation => sweep.CutFirst(scenario, operation);
        scenario.Run();
        scenario.Flash.Observer = null;
        scenario.Flash.PowerOn();
        scenario.Restart();
        return new SweepResult(sweep._operations, sweep._cuts, sweep._doubleCuts, sweep._verdicts.Restarts);
    }

    private void CutFirst(IPowerCutScenario scenario, FlashOperation operation)
    {
        _options.Stop.ThrowIfCancellationRequested();
        int number = _operations++;
        scenario.Guard(operation);
        if (_options.IsChosen?.Invoke(number) == false)
        {
            return;
        }

        bool isCutAgain = _options.OnlySecond is not null || (_options.DoubleCutEvery != 0 && number % _options.DoubleCutEvery == 0);
        foreach (CutModel model in ModelsOf(operation.Kind))
        {
            FlashCut cut = new(number, model);
            _cuts++;
            Judge(Fork(scenario, operation, model), cut, null, $"cut {model} in operation {number}, {Words(operation)}", isCutAgain);
        }
    }

    private void CutSecond(IPowerCutScenario scenario, int number, FlashOperation operation, FlashCut first, string what)
    {
        scenario.Guard(operation);
        IEnumerable<CutModel> models = _options.OnlySecond is { } only
            ? (only.Number == number ? [only.Model] : [])
            : number % _options.SecondCutEvery == first.Number % _options.SecondCutEvery ? SecondModels(operation.Kind, number + first.Number) : [];
        foreach (CutModel model in models)
        {
            FlashCut second = new(number, model);
            _doubleCuts++;
            Judge(Fork(scenario, operation, model), first, second, $"{what}, then {model} in operation {number} of the restart, {Words(operation)}", isCutAgain: false);
        }
    }

    private void Judge(IPowerCutScenario fork, FlashCut first, FlashCut? second, string what, bool isCutAgain)
    {
        int number = 0;
        Exception? verdict = _verdicts.Judge(fork, isCutAgain ? operation => CutSecond(fork, number++, operation, first, what) : null);
        Report(verdict, first, second, what);
    }

    private void Report(Exception? verdict, FlashCut first, FlashCut? second, string what)
    {
        if (verdict is null)
        {
            return;
        }

        if (_options.Found is not { } found)
        {
            throw new SweepFailedException($"{what}: {verdict.Message}", verdict);
        }

        found(new CutFinding(first, second, what, verdict));
    }

    private IEnumerable<CutModel> ModelsOf(FlashOperationKind kind)
        => CutModels.Of(kind).Where(model => _options.Models is null || _options.Models.Contains(model));

    private IEnumerable<CutModel> SecondModels(FlashOperationKind kind, int turn)
        => !_options.IsSecondModelInTurn ? ModelsOf(kind) : [CutModels.Of(kind)[turn % CutModels.Of(kind).Count]];

    private static string Words(FlashOperation operation) => $"{operation.Kind} at {operation.Address:X6}, {operation.Count} bytes";

    private IPowerCutScenario Fork(IPowerCutScenario scenario, FlashOperation operation, CutModel model)
        => scenario.Fork(scenario.Flash.ForkCut(model, (_options.Seed << 32) | ((ulong)operation.Index << 8) | (ulong)model));
}
