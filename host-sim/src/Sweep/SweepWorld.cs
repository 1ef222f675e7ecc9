// One ECU of a sweep: an agent on a part of its own, its client, and what it has promised.
// Invariants: a fork shares nothing with the world it comes from but cells that neither changes; whatever happens in a
// world follows from the flash and the ledger that it starts with.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>A world.</summary>
public sealed class SweepWorld : IPowerCutScenario
{
    private readonly SweepPart _part;
    private readonly SweepScenario _scenario;

    /// <summary>An ECU without power.</summary>
    public SweepWorld(SweepPart part, SweepScenario scenario, FlashModel flash, SweepLedger ledger, ReportLedger? reports = null, RulesLedger? rules = null)
    {
        Reports = reports ?? new ReportLedger();
        Rules = rules ?? new RulesLedger();
        _part = part;
        _scenario = scenario;
        Ledger = ledger;
        Rig = new AgentRig(scenario.HasRules ? part.RulesConfig : scenario.HasReports ? part.LogConfig : scenario.HasLongBlocks ? part.LongBlockConfig : part.Config, flash)
        {
            RoutineBegins = RoutineBegins,
            RoutineEnded = RoutineEnded,
        };
    }

    /// <inheritdoc/>
    public FlashModel Flash => Rig.Flash;

    /// <summary>Agent and client.</summary>
    public AgentRig Rig { get; }

    /// <summary>What may not be lost.</summary>
    public SweepLedger Ledger { get; }

    /// <summary>What its report log may not lose.</summary>
    public ReportLedger Reports { get; }

    /// <summary>Which collection rules may be in force.</summary>
    public RulesLedger Rules { get; }

    /// <summary>Images for this part.</summary>
    public SweepImages Images => _part.Images;

    /// <summary>Provisioning record with the anchors that the scenario needs.</summary>
    public byte[] Provisioning => _scenario.HasRules ? Images.ProvisioningForRules : Images.Provisioning;

    /// <summary>The update that the scenario is about.</summary>
    public SignedImage Wanted => _scenario.Update(_part.Images);

    /// <inheritdoc/>
    public string Expectation => $"{Ledger} {Reports} {Rules}";

    /// <summary>Brings the ECU where the scenario begins.</summary>
    public void Prepare()
    {
        if (_scenario.IsNewDevice)
        {
            return;
        }

        Rig.PowerOn();
        Observe();
        _scenario.Prepare(this);
        Settle();
    }

    /// <inheritdoc/>
    public void Run()
    {
        Start();
        _scenario.Run(this);
        Settle();
    }

    /// <inheritdoc/>
    public IPowerCutScenario Fork(FlashModel flash)
    {
        Observe();
        return new SweepWorld(_part, _scenario, flash, Ledger.Clone(), Reports.Clone(), Rules.Clone());
    }

    /// <inheritdoc/>
    public void Restart()
    {
        Rig.PowerOn();
        Check();
        _scenario.Finish(this);
        Settle();
        Start();
    }

    /// <inheritdoc/>
    public void Guard(FlashOperation operation)
    {
        Banks banks = Rig.Agent.Banks;
        byte active = banks.Record.ActiveBank;
        if (!Rig.Agent.IsRunning || active == BootRecord.NoBank || banks.Record.State[active] != BankState.Confirmed)
        {
            return;
        }

        bool isSlotErased = operation.Kind == FlashOperationKind.Erase && Touches(operation, banks.SlotArea(active));
        if (isSlotErased || Touches(operation, banks.ImageArea(active)))
        {
            throw new SweepFaultException(SweepFault.LostConfirmedState, $"{operation.Kind} at {operation.Address:X6}: the confirmed image lies there");
        }
    }

    /// <summary>Power goes and comes again, with all that was promised kept.</summary>
    public void Start()
    {
        Rig.StartAgain();
        Check();
    }

    /// <summary>Turns until nothing changes any more.</summary>
    public void Settle()
    {
        Rig.Settle();
        Observe();
    }

    /// <summary>What a client was told must be good.</summary>
    public void Require(FotaError error, string what)
    {
        Observe();
        if (error != FotaError.None)
        {
            throw new SweepFaultException(SweepFault.Brick, $"{what} ends with {error}");
        }
    }

    /// <summary>Brings an image to its confirmation, from wherever the ECU is.</summary>
    public void Update(SignedImage image)
    {
        Require(Rig.Update(image), $"the update to {image.Version}");
        RequireConfirmed(image);
    }

    /// <summary>This image must run, confirmed.</summary>
    public void RequireConfirmed(SignedImage image)
    {
        if (Rig.RunningVersion != image.Version || Rig.Banks.Record.State[Rig.Banks.Running] != BankState.Confirmed)
        {
            throw new SweepFaultException(SweepFault.Brick, $"{image.Version} should run, confirmed; {Rig.RunningVersion} runs");
        }

        if (!ResumeCheck.Holds(Flash.Memory, Rig.Banks.ImageArea(Rig.Banks.Running).Start, image.Payload))
        {
            throw new SweepFaultException(SweepFault.WrongImage, $"the bank of {image.Version} does not hold the image, byte for byte");
        }
    }

    /// <summary>True when the boot record says that this image is on trial.</summary>
    public bool IsOnTrial(SignedImage image)
    {
        BootRecord record = Rig.Banks.Record;
        int bank = Rig.Banks.Secondary;
        return record.State[bank] == BankState.Trial && record.ManifestDigest(bank).AsSpan().SequenceEqual(image.Digest);
    }

    /// <summary>Turns until this image runs: what the agent does on its own.</summary>
    public void Await(SignedImage image)
    {
        Rig.TurnUntil(() => Rig.Agent.IsRunning && Rig.Agent.Fota.IsReady && Rig.RunningVersion == image.Version, $"return to {image.Version}");
        Check();
    }

    /// <summary>Stores a block and waits until it stands.</summary>
    public void Store(byte block, byte[] value)
    {
        Observe();
        bool isTaken = Rig.Agent.NvM.Write(block, value, 0, value.Length);
        Rig.TurnUntil(() => Rig.Agent.NvM.WriteResult(block) != StdReturn.Pending, "storing a block");
        if (!isTaken || Rig.Agent.NvM.WriteResult(block) != StdReturn.Ok)
        {
            throw new SweepFaultException(SweepFault.Brick, $"NvM does not take block {block}");
        }

        Observe();
    }

    /// <summary>Changes the boot record and waits until the change stands.</summary>
    public void ChangeRecord(Action<BootRecord> change)
    {
        Observe();
        change(Rig.Banks.BeginChange());
        Rig.Banks.Commit();
        Rig.TurnUntil(() => Rig.Banks.WriteResult != StdReturn.Pending, "changing the boot record");
        Require(Rig.Banks.WriteResult == StdReturn.Ok ? FotaError.None : FotaError.FlashFailed, "a change of the boot record");
    }

    private static bool Touches(FlashOperation operation, FlsArea area) =>
        operation.Address < area.Start + area.Length && operation.Address + (uint)operation.Count > area.Start;

    private void RoutineBegins(ushort identifier)
    {
        if (identifier is 0xFF00 or 0x0210)
        {
            Ledger.ExpectRestart(Rig.Agent);
        }
        else if (identifier is 0x0211 or 0x0212 or 0x0213)
        {
            Ledger.ExpectSwap(Rig.Agent);
        }
        else
        {
            Observe();
        }
    }

    private void RoutineEnded(ushort identifier, FotaError result)
    {
        Banks banks = Rig.Banks;
        if (result == FotaError.None && banks.Running != Banks.None && identifier is 0x0212 or 0x0213)
        {
            bool isAlreadyBack = banks.Running == banks.Record.ActiveBank && banks.WriteResult == StdReturn.Ok;
            Ledger.Acknowledge(Rig.Agent, identifier == 0x0212 || isAlreadyBack ? banks.Running : banks.Running ^ 1);
        }

        Observe();
    }

    private void Observe() => Ledger.Observe(Rig.Agent, Rig.TransferPosition);

    private void Check()
    {
        Ledger.Check(Rig.Agent, Flash, Rig.Loader.Image);
        if (_scenario.HasRules)
        {
            Rules.Check(Rig, isAnswered: false);
        }

        Observe();
    }
}
