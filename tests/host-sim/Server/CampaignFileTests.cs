// Campaign files: what they become, in YAML and in JSON, and that each mistake is told with its line and what to do, all in one run.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.HostSim.Packages;
using EsyncTests.HostSim.Rules;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CampaignFileTests : IDisposable
{
    private const string Good =
        """
        campaign: spring-26
        vehicles: [V1, V2, V3]
        mode: independent
        retries: 2
        parallelMax: 2
        window: { from: 2026-01-31T22:00Z, to: 2026-02-01 }
        abort: { failureRate: 10, atLeast: 2 }
        targets:
          - ecu: battery
            package: new.esp
          - ecu: motor
            package: packages/other.esp
            after: [battery]
            rollback: [old.esp, 0.9.0]
          - { ecu: motor, package: motor.rules, after: [battery] }
        """;

    private readonly Folder _folder = new();

    public CampaignFileTests()
    {
        Directory.CreateDirectory(_folder["packages"]);
        Save("new.esp", "2.0.0", 7);
        Save("old.esp", "1.0.0", 8);
        Save("packages/other.esp", "2.1.0", 9);
        TestPackages.Build(TestPackages.Request() with { ClassId = [.. Enumerable.Repeat((byte)0xC3, 16)] }).Save(_folder["foreign.esp"]);
        EcuDefinition motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
        File.WriteAllBytes(_folder["motor.rules"], TestRules.Sign(TestRules.For(motor, 3)).Document);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_says_all_that_a_campaign_is()
    {
        CampaignPlan plan = Load(Good);

        Assert.Equal(["V1", "V2", "V3"], plan.Vehicles);
        Assert.Equal((2, new CampaignWindow(1769896800000, 1769904000000), new AbortRule(10, 2), Good), (plan.ParallelMax, plan.Window, plan.Abort, plan.Text));
        Campaign campaign = plan.Campaign;
        Assert.Equal(("spring-26", CampaignMode.Independent, 2), (campaign.Id, campaign.Mode, campaign.RetriesMax));
        Assert.Equal(["battery 2.0.0", "motor 2.1.0"], campaign.Targets.Take(2).Select(target => $"{target.Ecu} {target.Version}"));
        Assert.Equal((TargetPart.Rules, "motor.rules"), (campaign.Targets[2].Part, campaign.Targets[2].PackageName + ".rules"));
        Assert.StartsWith("3-", campaign.Targets[2].Version, StringComparison.Ordinal);
        Assert.Equal(["battery"], campaign.Targets[1].After);
        Assert.Equal(["1.0.0", "0.9.0"], campaign.Targets[1].RollbackVersions);
        CampaignTarget older = Assert.Single(campaign.Rollbacks);
        Assert.Equal(("motor", "1.0.0"), (older.Ecu, older.Version));
        Assert.Equal(File.ReadAllBytes(_folder["old.esp"]), older.File);
        Assert.Equal(3, campaign.Begin().Targets[1].Versions.Count);
    }

    [Fact]
    public void JSON_is_the_same_and_what_is_not_written_has_a_default()
    {
        CampaignPlan plan = Load("""{ "campaign": "c1", "vehicles": ["V1"], "mode": "all-or-nothing", "targets": [{ "ecu": "motor", "package": "new.esp" }] }""");

        Assert.Equal((CampaignMode.AllOrNothing, 0, 1), (plan.Campaign.Mode, plan.Campaign.RetriesMax, plan.ParallelMax));
        Assert.Equal((null, null), (plan.Window, plan.Abort));
    }

    [Fact]
    public void A_campaign_with_packages_by_SHA256_is_the_same_campaign()
    {
        CampaignPlan plan = Load(Good.Replace("mode: independent", "consent: required\nselect: { ecu: motor, version: 1.0.0 }", StringComparison.Ordinal));
        using CloudStore store = CloudStore.Open(null, () => 1, () => "epoch");
        foreach (CampaignTarget target in plan.Campaign.Targets.Concat(plan.Campaign.Rollbacks))
        {
            store.Packages.Add(target.File, target.PackageName);
        }

        CampaignPlan again = CampaignFile.Parse(CampaignText.Of(plan), store.Packages);

        Assert.Equal((plan.FilesDigest, plan.ParallelMax, plan.Window, plan.Abort, plan.Select), (again.FilesDigest, again.ParallelMax, again.Window, again.Abort, again.Select));
        Assert.Equivalent(plan.Campaign.Begin(), again.Campaign.Begin(), strict: true);
        Assert.Equal(ConsentState.Awaited, again.Campaign.Begin().Consent);
    }

    [Fact]
    public void A_changed_package_makes_another_campaign_of_the_same_text()
    {
        string before = Load(Good).FilesDigest;
        Assert.Equal(before, Load(Good).FilesDigest);
        Save("old.esp", "1.0.1", 8);
        Assert.NotEqual(before, Load(Good).FilesDigest);
    }

    [Theory]
    [InlineData("campaign: spring-26", "campaign: a/b", "1,11", "NF005", "`a/b`", "1 to 64 letters")]
    [InlineData("campaign: spring-26", "campain: c", "1,1", "NF002", "`campain`", "campaign, vehicles")]
    [InlineData("[V1, V2, V3]", "[V1, V2, V1]", "2,20", "NF003", "V1 stands here a second time", "Remove")]
    [InlineData("[V1, V2, V3]", "[]", "2,11", "NF005", "without vehicles", "at least one")]
    [InlineData("[V1, V2, V3]", "[V1, +]", "2,16", "NF005", "`+`", "letters")]
    [InlineData("mode: independent", "mode: both", "3,7", "NF005", "`both`", "independent or all-or-nothing")]
    [InlineData("retries: 2", "retries: 6", "4,10", "NF006", "outside 0 to 5", "range")]
    [InlineData("parallelMax: 2", "parallelMax: 0", "5,14", "NF006", "outside 1 to", "range")]
    [InlineData("to: 2026-02-01", "to: 2026-01-01", "6,40", "NF070", "over before it begins", "UTC")]
    [InlineData("to: 2026-02-01", "to: tomorrow", "6,40", "NF005", "`tomorrow`", "2026-01-31T22:00Z")]
    [InlineData("{ from: 2026-01-31T22:00Z, to: 2026-02-01 }", "{}", "6,9", "NF004", "neither beginning nor end", "from, to or both")]
    [InlineData("failureRate: 10", "failureRate: 100", "7,23", "NF006", "outside 0 to 99", "range")]
    [InlineData("package: new.esp", "package: none.esp", "10,14", ConfigRule.PackageUnfit, "none.esp is not there", "esync package build")]
    [InlineData("package: new.esp", "package: campaign.yaml", "10,14", ConfigRule.PackageUnfit, "is no package", "esync package build")]
    [InlineData("after: [battery]\n    rollback", "after: [brake]\n    rollback", "13,13", "NF010", "`brake`", "battery, motor")]
    [InlineData("after: [battery]\n    rollback", "after: [motor]\n    rollback", "13,13", ConfigRule.OrderCircle, "after itself", "`after`")]
    [InlineData("package: new.esp", "package: new.esp\n    after: [motor]", "11,13", ConfigRule.OrderCircle, "battery comes after motor, and motor after battery", "`after`")]
    [InlineData("[old.esp, 0.9.0]", "[foreign.esp]", "14,16", ConfigRule.PackageUnfit, "c3c3", "older package")]
    [InlineData("[old.esp, 0.9.0]", "[motor.rules]", "14,16", ConfigRule.PackageUnfit, "not, as the package", "older package")]
    [InlineData("[old.esp, 0.9.0]", "[gone.esp]", "14,16", ConfigRule.PackageUnfit, "gone.esp is not there", "relative to this file")]
    [InlineData("[old.esp, 0.9.0]", "[old.esp, 1.0.0]", "14,25", "NF003", "Version 1.0.0", "another one")]
    [InlineData("[old.esp, 0.9.0]", "[2.1.0]", "14,16", "NF003", "Version 2.1.0", "another one")]
    [InlineData("ecu: motor\n", "ecu: battery\n", "11,10", "NF003", "in line 9", "two campaigns")]
    [InlineData("motor.rules, after: [battery] }", "motor.rules, after: [battery], rollback: [1] }", "15,69", "NF005", "only go forward", "Leave")]
    [InlineData("mode: independent", "mode: all-or-nothing", "15,28", "NF005", "no trial", "campaign of their own")]
    [InlineData("mode: independent", "mode: all-or-nothing", "13,12", "NF002", "`after` has no meaning", "independent")]
    public void Each_mistake_has_its_line_its_reason_and_what_to_do(string good, string bad, string place, string rule, string reason, string remedy)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        UserErrorException error = Assert.Throws<UserErrorException>(() => Load(Good.Replace(good, bad, StringComparison.Ordinal)));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        string line = Assert.Single(error.Message.Split(Environment.NewLine), line => line.Contains($"campaign.yaml({place}): error {rule}: ", StringComparison.Ordinal));
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    [Fact]
    public void One_run_names_all_mistakes()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Load("campaign: c\nvehicles: x\nretries: -1\ntargets:\n  - { ecu: motor }\n  - { package: new.esp, typ: 1 }\n"));

        Assert.Equal(6, error.Message.Split(Environment.NewLine).Length);
        Assert.Contains("Start from the example", Assert.Throws<UserErrorException>(() => Load(string.Empty)).Message, StringComparison.Ordinal);
    }

    private CampaignPlan Load(string text)
    {
        File.WriteAllText(_folder["campaign.yaml"], text);
        return CampaignFile.Load(_folder["campaign.yaml"]);
    }

    private void Save(string name, string version, uint sequence) => TestPackages.Build(TestPackages.Request() with
    {
        Image = TestPackages.ImageOf(version, [.. Enumerable.Range(0, 600).Select(i => (byte)i)]),
        Sequence = sequence,
    }).Save(_folder[name]);
}
