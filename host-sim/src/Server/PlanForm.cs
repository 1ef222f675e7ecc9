// A campaign's plan as the database keeps it: packages stand in it by the SHA-256 of their files, which are in the store, so that any
// server of the database can take the campaign up.
// Tests: tests/host-sim/Server/CloudServerTests.cs.
namespace EsyncSim.Server;

/// <summary>A plan as data.</summary>
internal sealed record PlanForm(
    IReadOnlyList<string> Vehicles, VehicleFilter? Select, int ParallelMax, CampaignWindow? Window, AbortRule? Abort, CampaignMode Mode, int RetriesMax, bool IsConsentRequired,
    IReadOnlyList<PlanTarget> Targets, IReadOnlyList<PlanTarget> Rollbacks)
{
    /// <summary>The form of a plan.</summary>
    public static PlanForm Of(CampaignPlan plan)
    {
        Campaign campaign = plan.Campaign;
        return new PlanForm(
            plan.Vehicles, plan.Select, plan.ParallelMax, plan.Window, plan.Abort, campaign.Mode, campaign.RetriesMax, campaign.IsConsentRequired,
            [.. campaign.Targets.Select(PlanTarget.Of)], [.. campaign.Rollbacks.Select(PlanTarget.Of)]);
    }

    /// <summary>SHA-256 of all package files.</summary>
    public IEnumerable<string> Files => Targets.Concat(Rollbacks).Select(target => target.Sha256).Distinct();

    /// <summary>The plan.</summary>
    /// <param name="id">The campaign's name.</param>
    /// <param name="text">Its text.</param>
    /// <param name="fileOf">Gives a package file by its SHA-256.</param>
    public CampaignPlan ToPlan(string id, string text, Func<string, byte[]> fileOf)
    {
        Dictionary<string, byte[]> files = Files.ToDictionary(sha256 => sha256, fileOf);
        return new CampaignPlan
        {
            Campaign = new Campaign(id, [.. Targets.Select(target => target.ToTarget(files[target.Sha256]))])
            {
                Mode = Mode,
                RetriesMax = RetriesMax,
                IsConsentRequired = IsConsentRequired,
                Rollbacks = [.. Rollbacks.Select(target => target.ToTarget(files[target.Sha256]))],
            },
            Vehicles = Vehicles,
            Select = Select,
            ParallelMax = ParallelMax,
            Window = Window,
            Abort = Abort,
            Text = text,
        };
    }
}

/// <summary>A target as data.</summary>
internal sealed record PlanTarget(string Ecu, string PackageName, TargetPart Part, string Version, string Sha256, IReadOnlyList<string> RollbackVersions, IReadOnlyList<string> After)
{
    /// <summary>The form of a target.</summary>
    public static PlanTarget Of(CampaignTarget target) =>
        new(target.Ecu, target.PackageName, target.Part, target.Version, Campaign.Sha256Of(target.File), target.RollbackVersions, target.After);

    /// <summary>The target.</summary>
    public CampaignTarget ToTarget(byte[] file) => new()
    {
        Ecu = Ecu,
        PackageName = PackageName,
        Part = Part,
        Version = Version,
        File = file,
        RollbackVersions = RollbackVersions,
        After = After,
    };
}
