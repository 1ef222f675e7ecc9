// Vehicle manifests over three real agents: campaigns go on with them as they did without, at every kill, with one signature for what rests on the
// same reports; and whoever has the server's place, all that was ever sent and images with good signatures, but no fleet key, brings no other set
// of versions about.
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class FleetManifestTests(ITestOutputHelper output)
{
    private const string Next = "2.0.0";

    /// <summary>What is done to the manifest of each request, and why the vehicle refuses it.</summary>
    private static readonly Dictionary<string, (Func<GroupRig, VehicleManifest, string> Forge, FleetError Error)> Forgeries = new()
    {
        ["expired"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { NotAfterMs = 0 }), FleetError.Expired),
        ["another vehicle's"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Vehicle = "V2" }), FleetError.WrongVehicle),
        ["another campaign's"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Campaign = "first" }), FleetError.WrongCampaign),
        ["a lower number"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Sequence = 1 }), FleetError.SequenceTooLow),
        ["the nonce of another ECU"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Entries = [.. manifest.Entries.Select(entry => entry with { Nonce = manifest.Entries.First(other => other.Ecu != entry.Ecu).Nonce })] }), FleetError.Stale),
        ["another version"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Entries = [.. manifest.Entries.Select(entry => entry with { Version = "1.9.0" })] }), FleetError.WrongVersion),
        ["another image"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Entries = [.. manifest.Entries.Select(entry => entry with { ImageDigest = new byte[32] })] }), FleetError.WrongImage),
        ["other ECUs"] = ((rig, manifest) => rig.Fleet!.Sign(manifest with { Entries = [manifest.Entries[0] with { Ecu = "turbine" }] }), FleetError.NotNamed),
        ["signed as oem"] = ((_, manifest) => SignAs(new TestKey(SigningRole.Oem, "oem"), manifest), FleetError.NotSigned),
        ["signed by a stranger"] = ((_, manifest) => SignAs(new TestKey(SigningRole.Fleet, "stranger"), manifest), FleetError.NotSigned),
        ["no manifest at all"] = ((_, _) => "AAAA", FleetError.Malformed),
    };

    public static TheoryData<string> ForgedWays => [.. Forgeries.Keys];

    [Theory]
    [InlineData(CampaignMode.AllOrNothing, 1)]
    [InlineData(CampaignMode.AllOrNothing, 3)]
    [InlineData(CampaignMode.Independent, 1)]
    [InlineData(CampaignMode.Independent, 3)]
    public void A_campaign_goes_on_with_manifests_as_without(CampaignMode mode, int buses) => Run(buses, async rig =>
    {
        long before = rig.Fleet!.SignatureCount;
        IReadOnlyList<TargetResult> results = await rig.UpdateAsync(Campaign(rig, mode));
        Assert.All(results, result => Assert.Equal(TargetEnd.Completed, result.End));
        Assert.All(await rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));

        // All reports are there before the first step of a group; independent targets report one by one.
        Assert.InRange(rig.Fleet.SignatureCount - before, 1, mode == CampaignMode.AllOrNothing ? 1 : GroupRig.EcuCount);
        Assert.Equal(GroupRig.EcuCount, rig.Fleet.Sent.Where(request => request.Type == EsyncType.QueryPackage && request.Body.Campaign?.Id == "group").DistinctBy(request => request.ReplyId).Count());
    });

    [Fact]
    public void One_that_fails_its_trial_still_takes_all_back() => Run(1, async rig =>
    {
        IReadOnlyList<TargetResult> results = await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing, (1, "selftest")));
        Assert.DoesNotContain(results, result => result.IsGood);
        Assert.All(await rig.SettleAsync(), running => Assert.Equal("1.0.0 Confirmed", running));
    });

    [Fact]
    public void An_ECU_that_runs_its_version_already_is_part_of_the_set_and_not_of_the_group() => Run(1, async rig =>
    {
        await rig.UpdateAsync(new Campaign("one", [rig.Target(0, Next, 2)]));
        IReadOnlyList<TargetResult> results = await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing));
        Assert.Equal([TargetEnd.UpToDate, TargetEnd.Completed, TargetEnd.Completed], results.Select(result => result.End));
        EsyncMessage commit = rig.Fleet!.Sent.Last(request => request.Type == EsyncType.CommitUpdate);
        Assert.Equal((2, 3), (commit.Body.Group!.Count, FleetParty.ManifestOf(commit).Entries.Count));
    });

    [Fact]
    public void A_server_without_a_key_brings_nothing_to_a_vehicle_that_demands_manifests() => Run(1, async rig =>
    {
        rig.Fleet!.Signer = null;
        await RequireRefused(rig, CampaignMode.AllOrNothing, FleetError.Missing);
    });

    [Theory]
    [MemberData(nameof(ForgedWays))]
    public void A_forged_manifest_brings_nothing(string what) => Run(1, async rig =>
    {
        (Func<GroupRig, VehicleManifest, string> forge, FleetError error) = Forgeries[what];
        rig.Fleet!.Change = request => IsCarrying(request) ? With(request, forge(rig, FleetParty.ManifestOf(request))) : request;
        await RequireRefused(rig, CampaignMode.AllOrNothing, error);
    });

    [Theory]
    [InlineData(EsyncType.PrepareUpdate)]
    [InlineData(EsyncType.ReadyUpdate)]
    [InlineData(EsyncType.CommitUpdate)]
    public void A_forged_manifest_at_a_later_step_takes_all_back(string step) => Run(1, async rig =>
    {
        rig.Fleet!.Change = request => request.Type == step ? With(request, rig.Fleet.Sign(FleetParty.ManifestOf(request) with { Vehicle = "V2" })) : request;
        await RequireRefused(rig, CampaignMode.AllOrNothing, FleetError.WrongVehicle);
    });

    [Fact]
    public void A_vehicle_is_not_held_at_an_old_set_by_a_manifest_of_before() => Run(1, async rig =>
    {
        // The same campaign once before: it failed in one ECU, so that all went back.
        await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing, (2, "selftest")));
        string old = rig.Fleet!.Sent.Last(IsCarrying).Body.VehicleManifest!;
        rig.Fleet.Change = request => IsCarrying(request) ? With(request, old) : request;
        await RequireRefused(rig, CampaignMode.AllOrNothing, FleetError.SequenceTooLow, FleetError.Stale);
    });

    [Fact]
    public void A_vehicle_whose_clock_is_past_the_end_takes_nothing() => Run(1, async rig =>
    {
        rig.Fleet!.VehicleAheadMs = FleetSigner.DefaultValidMs + 1;
        long before = rig.Fleet.SignatureCount;
        await RequireRefused(rig, CampaignMode.Independent, FleetError.Expired);
        Assert.InRange(rig.Fleet.SignatureCount - before, 2, 2 * GroupRig.EcuCount);
    });

    [Theory]
    [InlineData(EsyncType.ReadyDownload)]
    [InlineData(EsyncType.PrepareUpdate)]
    [InlineData(EsyncType.ReadyUpdate)]
    [InlineData(EsyncType.CommitUpdate)]
    public void A_manifest_that_comes_of_age_on_the_way_is_renewed_once_and_the_campaign_completes(string step) => Run(1, async rig =>
    {
        int left = 1;
        rig.Fleet!.Change = request => request.Type == step && left-- > 0 ? With(request, rig.Fleet.Sign(FleetParty.ManifestOf(request) with { NotAfterMs = 0 })) : request;
        IReadOnlyList<TargetResult> results = await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing));
        Assert.True(left < 1);
        Assert.All(results, result => Assert.Equal(TargetEnd.Completed, result.End));
        Assert.All(await rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));
        Assert.InRange(rig.Fleet.Sent.Where(request => request.Type == EsyncType.QueryPackage && request.Body.Campaign?.Id == "group").DistinctBy(request => request.ReplyId).Count(), GroupRig.EcuCount + 1, 2 * GroupRig.EcuCount);
    });

    [Fact]
    public void A_group_that_is_made_smaller_is_not_kept() => Run(1, async rig =>
    {
        rig.Fleet!.Change = request => request.Type == EsyncType.CommitUpdate ? request with { Body = request.Body with { Group = [.. request.Body.Group!.Skip(1)] } } : request;
        await RequireRefused(rig, CampaignMode.AllOrNothing, FleetError.WrongGroup);
    });

    [Fact]
    public void A_package_of_another_version_than_the_manifest_says_is_not_taken() => Run(1, async rig =>
    {
        CampaignTarget older = rig.Target(0, "1.5.0", 2);
        rig.Fleet!.Change = request => IsCarrying(request) ? Swapped(request, older, older.Version) : request;
        await RequireRefused(rig, CampaignMode.Independent, Campaign(rig, CampaignMode.Independent) with { Rollbacks = [older] }, FleetError.WrongVersion);
    });

    [Fact]
    public void An_older_image_that_calls_itself_the_new_version_is_not_taken_though_its_signatures_are_good() => Run(1, async rig =>
    {
        CampaignTarget posing = rig.Target(0, Next, 3, "stalls");
        rig.Fleet!.Change = request => IsCarrying(request) ? Swapped(request, posing, Next) : request;
        await RequireRefused(rig, CampaignMode.Independent, Campaign(rig, CampaignMode.Independent) with { Rollbacks = [posing] }, FleetError.WrongImage);
    });

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(3, 90_000)]
    public void A_client_that_crashes_at_a_message_ends_in_all_or_nothing(int buses, int offMs)
    {
        int messages = 0;
        Run(buses, async rig =>
        {
            await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing));
            messages = rig.MessageCount;
        });
        List<string> ends = [];
        for (int at = 1; at <= messages; at += EveryStep.Stride(61))
        {
            Run(buses, async rig =>
            {
                rig.OnMessage = number =>
                {
                    if (number == at)
                    {
                        rig.Crash(offMs);
                    }
                };
                ends.Add(await EndOf(rig, await rig.UpdateAsync(Campaign(rig, CampaignMode.AllOrNothing)), $"message {at}"));
            });
        }

        output.WriteLine($"{buses} buses, {messages} messages, {ends.Count} crashes of {offMs} ms: {ends.Count(end => end == "2.0.0 Confirmed")} kept, {ends.Count(end => end == "1.0.0 Confirmed")} back");
        Assert.All(ends, end => Assert.True(end is "1.0.0 Confirmed" or "2.0.0 Confirmed", end));
        Assert.Contains("2.0.0 Confirmed", ends);
    }

    [Theory]
    [InlineData(1, true, 2_000)]
    [InlineData(3, false, 90_000)]
    public void A_server_that_is_killed_at_a_step_goes_on_and_signs_nothing_twice(int buses, bool isStored, int offMs)
    {
        int kept = 0, back = 0;
        bool isKilled = true;
        for (int at = 1; isKilled; at += EveryStep.Stride(11))
        {
            Run(buses, async rig =>
            {
                long before = rig.Fleet!.SignatureCount;
                (IReadOnlyList<TargetResult> results, isKilled) = await rig.UpdateKilledAsync(Campaign(rig, CampaignMode.AllOrNothing), at, isStored, offMs);
                string end = await EndOf(rig, results, $"step {at}");
                Assert.True(end is "1.0.0 Confirmed" or "2.0.0 Confirmed", end);
                kept += end == "2.0.0 Confirmed" ? 1 : 0;
                back += end == "2.0.0 Confirmed" ? 0 : 1;

                // A kill may lose the signature that was made in its step, and no other.
                Assert.InRange(rig.Fleet.SignatureCount - before, 1, 2);
            });
        }

        output.WriteLine($"{buses} buses, {(isStored ? "stored" : "not stored")}, {offMs} ms: {kept} kept, {back} back");
        Assert.True(kept > 1);
    }

    private static void Run(int buses, Func<GroupRig, Task> story)
    {
        using GroupRig rig = new(buses, isFleet: true);
        rig.Run(() => story(rig));
    }

    private static Campaign Campaign(GroupRig rig, CampaignMode mode, params (int Index, string Behaviour)[] faulty) => new("group", rig.Targets(Next, 2, faulty)) { Mode = mode };

    private static Task RequireRefused(GroupRig rig, CampaignMode mode, params FleetError[] errors) => RequireRefused(rig, mode, Campaign(rig, mode), errors);

    // Nothing of it is kept, at least one target says why, and each ECU that was meddled with runs what it ran.
    private static async Task RequireRefused(GroupRig rig, CampaignMode mode, Campaign campaign, params FleetError[] errors)
    {
        IReadOnlyList<TargetResult> results = await rig.UpdateAsync(campaign);
        string said = string.Join("; ", results.Select(result => $"{result.End} {result.Reason}: {result.Message}"));
        Assert.True(results.Any(result => errors.Any(error => error.Reason() == result.Reason)), said);
        Assert.All(results, result => Assert.True(result.Reason is "" or "None" || errors.Any(error => error.Reason() == result.Reason), said));
        string[] running = await rig.SettleAsync();
        Assert.Equal("1.0.0 Confirmed", running[0]);
        Assert.All(running.Zip(results), end => Assert.True(end.Second.IsGood == (end.First == "2.0.0 Confirmed"), $"{end.First}; {said}"));
        Assert.True(mode == CampaignMode.Independent || !results.Any(result => result.IsGood), said);
    }

    private static async Task<string> EndOf(GroupRig rig, IReadOnlyList<TargetResult> results, string where)
    {
        string[] running = await rig.SettleAsync();
        bool isTold = results.All(result => result.IsGood) == (running[0] == "2.0.0 Confirmed");
        return running.Distinct().Count() == 1 && isTold ? running[0] : $"{where}: {string.Join(", ", running)}; told {string.Join(", ", results.Select(result => $"{result.End} {result.Reason}"))}";
    }

    private static bool IsCarrying(EsyncMessage request) => request.Body.VehicleManifest is not null && request.Body.Campaign?.Id == "group";

    private static EsyncMessage With(EsyncMessage request, string manifest) => request with { Body = request.Body with { VehicleManifest = manifest } };

    // The request's package for the same ECU, under this version and with another package's file.
    private static EsyncMessage Swapped(EsyncMessage request, CampaignTarget other, string version)
    {
        if (request.Body.Package.Type != EsyncTarget.Of(other.Ecu))
        {
            return request;
        }

        string sha256 = EsyncSim.Server.Campaign.Sha256Of(other.File);
        EsyncVersion offered = new() { Sha256 = sha256, Downloadables = [new EsyncDownloadable { Url = new Topics("V1").Package(sha256), Length = other.File.Length, Sha256 = sha256 }] };
        return request with { Body = request.Body with { Package = request.Body.Package with { Version = version, VersionList = new Dictionary<string, EsyncVersion> { [version] = offered } } } };
    }

    private static string SignAs(TestKey key, VehicleManifest manifest) => Convert.ToBase64String(SuitEnvelope.Sign(manifest.Encode(), [key.Signer], EnvelopeKind.Vehicle).Encode());
}
