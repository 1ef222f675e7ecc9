// One scenario on one part, prepared: what each way of sweeping starts from.
// Invariant: every world of a job begins with the same flash and the same promises.
// Tests: tests/host-sim/Sweep.
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>A job.</summary>
public sealed class SweepJob
{
    private const int FindingsMax = 1000;
    private readonly List<SweepFinding> _findings = [];
    private SweepLedger _ledger;
    private ReportLedger _reports = new();
    private RulesLedger _rules = new();

    /// <summary>A job that is not prepared yet.</summary>
    public SweepJob(SweepScenario scenario, SweepPart part, SweepRequest request)
    {
        Scenario = scenario;
        Part = part;
        Request = request;
        Start = new FlashMemory(part.Geometry, request.Seed).Snapshot();
        _ledger = new SweepLedger(part.Images);
    }

    /// <summary>The row.</summary>
    public SweepScenario Scenario { get; }

    /// <summary>The part.</summary>
    public SweepPart Part { get; }

    /// <summary>What is asked for.</summary>
    public SweepRequest Request { get; }

    /// <summary>The flash at the beginning.</summary>
    public FlashSnapshot Start { get; private set; }

    /// <summary>A copy of what its report log has promised at the beginning.</summary>
    public ReportLedger Reports => _reports.Clone();

    /// <summary>A copy of which collection rules may be in force at the beginning.</summary>
    public RulesLedger Rules => _rules.Clone();

    /// <summary>A copy of what the ECU has promised at the beginning.</summary>
    public SweepLedger Ledger => _ledger.Clone();

    /// <summary>Prepares, sweeps and counts. A scenario that fails undisturbed is a finding.</summary>
    public SweepCell Run()
    {
        SweepCell cell = new(Scenario.Name, Part.Name);
        try
        {
            SweepWorld prepared = World(Start);
            prepared.Prepare();
            Start = prepared.Flash.Memory.Snapshot();
            _ledger = prepared.Ledger;
            _reports = prepared.Reports;
            _rules = prepared.Rules;
            cell = Sweep(cell);
        }
        catch (Exception error) when (error is not (OperationCanceledException or UserErrorException))
        {
            Find(error, "without any cut", $"--scenario {Scenario.Name} --geometry {Part.Name}");
        }

        return cell with { Findings = _findings };
    }

    private SweepCell Sweep(SweepCell cell) => Scenario.SweptBy switch
    {
        SweptBy.Operations => OperationSweep.Run(this, cell),
        SweptBy.Frames => FrameSweep.Run(this, cell),
        SweptBy.LiveFrames => FrameSweep.RunLive(this, cell),
        SweptBy.RecordBits => FlipSweep.RunRecords(this, cell),
        SweptBy.NvMBits => FlipSweep.RunNvM(this, cell),
        SweptBy.SlotBits => FlipSweep.RunSlots(this, cell),
        SweptBy.RecordPairs => FlipSweep.RunPairs(this, cell),
        _ => FlipSweep.RunLoss(this, cell),
    };

    /// <summary>A world over these contents.</summary>
    public SweepWorld World(FlashSnapshot contents)
    {
        FlashModel flash = new(Part.Geometry, seed: Request.Seed);
        flash.Memory.Restore(contents);
        return World(flash, Ledger);
    }

    /// <summary>A world over this flash, with these promises.</summary>
    public SweepWorld World(FlashModel flash, SweepLedger ledger) => new(Part, Scenario, flash, ledger, Reports, Rules);

    /// <summary>Notes a finding of one attempt.</summary>
    public void Find(Exception error, string what, FlashCut first, FlashCut? second = null) =>
        Find(error, what, $"--only {new SweepAddress(Scenario.Name, Part.Name, first, second)}");

    /// <summary>Notes a finding, with the options that repeat it.</summary>
    public void Find(Exception error, string what, string repeat)
    {
        if (_findings.Count < FindingsMax)
        {
            _findings.Add(new SweepFinding(SweepFaultException.Of(error), $"{Scenario.Name} on {Part.Name}, {what}", error.Message, $"--seed {Request.Seed} {repeat}"));
        }
    }
}
