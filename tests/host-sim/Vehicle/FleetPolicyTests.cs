// The vehicle's client judges requests by vehicle manifests: what passes, and each way in which one does not, as an attacker would try it who has
// every message that was ever sent but no fleet key.
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class FleetPolicyTests
{
    private static readonly FleetMemory Known = new FleetMemory { Sequence = 7 }.With(Report("battery", 0x01)).With(Report("motor", 0x01));
    private long _nowMs = 1_000_000;

    [Fact]
    public void What_the_manifest_says_passes_for_one_ECU_and_for_the_group()
    {
        VehicleManifest manifest = TestFleet.Manifest();
        FleetVerdict verdict = Check(manifest, Offer("motor"));
        Assert.True(verdict.IsPassed, verdict.Text);
        Assert.Equal(7, verdict.Manifest!.Sequence);
        Assert.True(Check(manifest, Offer("battery"), Offer("motor")).IsPassed);
    }

    [Fact]
    public void Without_a_manifest_or_with_something_else_nothing_passes()
    {
        Assert.Equal(FleetError.Missing, Judge(null).Error);
        Assert.Equal(FleetError.Malformed, Judge("no base64!").Error);
        Assert.Equal(FleetError.Malformed, Judge(string.Empty).Error);
        Assert.Equal(FleetError.Malformed, Judge(Convert.ToBase64String([1, 2, 3])).Error);
        byte[] trust = SuitEnvelope.Sign(TestFleet.Manifest().Encode(), [TestFleet.Key.Signer], EnvelopeKind.Trust).Encode();
        Assert.Equal(FleetError.Malformed, Judge(Convert.ToBase64String(trust)).Error);
    }

    [Fact]
    public void A_signature_by_another_key_or_in_another_role_counts_for_nothing()
    {
        Assert.Equal(FleetError.NotSigned, Judge(Text(TestFleet.Manifest(), TestFleet.OtherKey)).Error);
        TestKey oem = new(SigningRole.Oem, "oem");
        string text = Convert.ToBase64String(SuitEnvelope.Sign(TestFleet.Manifest().Encode(), [oem.Signer], EnvelopeKind.Vehicle).Encode());
        FleetVerdict verdict = new FleetPolicy(TestFleet.Vehicle, [oem.Anchor, TestFleet.Key.Anchor], () => _nowMs).Check(Body(text, null, Offer("motor")), Known);
        Assert.Equal(FleetError.NotSigned, verdict.Error);
        Assert.Contains("role fleet", verdict.Text);
    }

    [Fact]
    public void A_manifest_of_another_vehicle_or_campaign_is_refused()
    {
        Assert.Equal(FleetError.WrongVehicle, Check(TestFleet.Manifest() with { Vehicle = "V2" }, Offer("motor")).Error);
        Assert.Equal(FleetError.WrongCampaign, Check(TestFleet.Manifest() with { Campaign = "c0" }, Offer("motor")).Error);
    }

    [Fact]
    public void A_manifest_counts_up_to_its_last_millisecond()
    {
        Assert.True(Check(TestFleet.Manifest(), Offer("motor")).IsPassed);
        _nowMs++;
        FleetVerdict verdict = Check(TestFleet.Manifest(), Offer("motor"));
        Assert.Equal(FleetError.Expired, verdict.Error);
        Assert.Contains("1970-01-01T00:16:40.000Z", verdict.Text);
    }

    [Fact]
    public void A_manifest_before_the_last_one_is_refused_and_the_last_one_is_not()
    {
        Assert.Equal(FleetError.SequenceTooLow, Check(TestFleet.Manifest() with { Sequence = 6 }, Offer("motor")).Error);
        Assert.True(Check(TestFleet.Manifest() with { Sequence = 8 }, Offer("motor")).IsPassed);
        Assert.Equal(8, Known.WithTaken(8).WithTaken(3).Sequence);
    }

    [Fact]
    public void A_manifest_that_rests_on_another_report_is_stale()
    {
        Assert.Equal(FleetError.Stale, Check(TestFleet.Manifest(TestFleet.Entry("motor", nonce: 0x02)), Offer("motor")).Error);
        Assert.Equal(FleetError.Stale, Check(TestFleet.Manifest(TestFleet.Entry("fan")), Offer("fan")).Error);

        // The nonce of another ECU's report.
        FleetMemory known = Known.With(Report("motor", 0x03));
        Assert.Equal(FleetError.Stale, Policy().Check(Body(Text(TestFleet.Manifest()), null, Offer("motor")), known).Error);

        // What the request is not about may have been asked anew meanwhile: its own request will tell.
        Assert.True(Policy().Check(Body(Text(TestFleet.Manifest()), null, Offer("battery")), known).IsPassed);
    }

    [Fact]
    public void An_ECU_or_a_version_that_the_manifest_does_not_have_is_refused()
    {
        Assert.Equal(FleetError.NotNamed, Check(TestFleet.Manifest(TestFleet.Entry("battery")), Offer("motor")).Error);
        Assert.Equal(FleetError.WrongVersion, Check(TestFleet.Manifest(), Offer("motor", "1.9.0")).Error);
    }

    [Fact]
    public void A_group_that_lacks_an_ECU_is_kept_only_when_that_one_runs_its_version_already()
    {
        VehicleManifest manifest = TestFleet.Manifest();
        Assert.Equal(FleetError.WrongGroup, CheckGroup(manifest, Known, Offer("motor")).Error);
        Assert.True(CheckGroup(manifest, Known.With(Report("battery", 0x01, "2.0.0")), Offer("motor")).IsPassed);
        Assert.Equal(FleetError.WrongGroup, CheckGroup(manifest, Known.With(Report("battery", 0x01, "2.0.0", isConfirmed: false)), Offer("motor")).Error);
        Assert.Equal(FleetError.Stale, CheckGroup(manifest, Known.With(Report("battery", 0x02, "2.0.0")), Offer("motor")).Error);
        Assert.Equal(FleetError.WrongGroup, CheckGroup(manifest, Known).Error);
    }

    [Fact]
    public void A_group_with_an_ECU_too_many_or_twice_is_refused()
    {
        Assert.Equal(FleetError.NotNamed, Check(TestFleet.Manifest(), Offer("battery"), Offer("fan"), Offer("motor")).Error);
        Assert.Equal(FleetError.WrongGroup, Check(TestFleet.Manifest(), Offer("battery"), Offer("motor"), Offer("motor")).Error);
        Assert.Equal(FleetError.WrongVersion, Check(TestFleet.Manifest(), Offer("battery", "1.0.0"), Offer("motor")).Error);
    }

    [Fact]
    public void A_group_is_kept_only_with_the_images_that_were_put_on_trial()
    {
        FleetMemory wrong = Known.WithImage("motor", TestFleet.Of(0xD2, 32)), right = Known.WithImage("motor", TestFleet.Of(0xD1, 32));
        EsyncPackage[] group = [Offer("battery"), Offer("motor")];
        Assert.Equal(FleetError.WrongImage, CheckGroup(TestFleet.Manifest(), wrong, group).Error);
        Assert.True(CheckGroup(TestFleet.Manifest(), right, group).IsPassed);

        // A further report does not make it forget, and one that never reported is not on trial.
        Assert.Equal(FleetError.WrongImage, CheckGroup(TestFleet.Manifest(), wrong.With(Report("motor", 0x01)), group).Error);
        Assert.Equal(Known.WithImage("fan", new byte[32]), Known);
    }

    [Fact]
    public void A_group_that_is_committed_goes_forward_whatever_its_age_but_to_nothing_else()
    {
        _nowMs += 1_000_000;
        FleetMemory later = new FleetMemory { Sequence = 99 }.With(Report("motor", 0x09));
        FleetVerdict Judge(VehicleManifest manifest, params EsyncPackage[] group) => Policy().Check(Body(Text(manifest), group, Group), later, isCommitted: true);

        Assert.True(Judge(TestFleet.Manifest(), Offer("battery"), Offer("motor")).IsPassed);
        Assert.Equal(FleetError.WrongVersion, Judge(TestFleet.Manifest(), Offer("battery"), Offer("motor", "1.0.0")).Error);
        Assert.Equal(FleetError.NotNamed, Judge(TestFleet.Manifest(), Offer("fan")).Error);
        Assert.Equal(FleetError.WrongVehicle, Judge(TestFleet.Manifest() with { Vehicle = "V2" }, Offer("motor")).Error);
    }

    [Fact]
    public void The_package_must_hold_the_image_and_the_version_of_the_manifest()
    {
        UpdateImages images = PackageImages.Of(TestPackages.Build());
        byte[] digest = images.All[0].ImageDigest!;
        VehicleManifest Manifest(string version, byte[] image) => TestFleet.Manifest(new VehicleManifestEntry("motor", version, image, new byte[16]));

        Assert.Equal(System.Security.Cryptography.SHA256.HashData(TestPackages.Image()), digest);
        Assert.True(FleetPolicy.CheckImages(Manifest("2.0.0", digest), "motor", images).IsPassed);

        // An older image that says it were the new version, and one whose text names another version than the manifest.
        FleetVerdict verdict = FleetPolicy.CheckImages(Manifest("2.0.0", TestFleet.Of(0xD1, 32)), "motor", images);
        Assert.Equal(FleetError.WrongImage, verdict.Error);
        Assert.Contains("d1d1d1d1", verdict.Text);
        Assert.Equal(FleetError.WrongImage, FleetPolicy.CheckImages(Manifest("2.0.1", digest), "motor", images).Error);

        // One form of the right image does not cover for another form of a wrong one, nor for one that does not tell.
        UpdateImage other = PackageImages.Of(TestPackages.Build(TestPackages.Request() with { Image = TestPackages.ImageOf("2.0.0", TestPackages.Code(5000)) })).All[0];
        Assert.Equal(FleetError.WrongImage, FleetPolicy.CheckImages(Manifest("2.0.0", digest), "motor", new UpdateImages([images.All[0], other])).Error);
        Assert.Equal(FleetError.WrongImage, FleetPolicy.CheckImages(Manifest("2.0.0", digest), "motor", new UpdateImages([images.All[0] with { ImageDigest = null }])).Error);
    }

    [Fact]
    public void The_memory_of_reports_is_bounded_and_has_the_newest_of_each_ECU()
    {
        FleetMemory memory = new();
        for (int i = 0; i < FleetMemory.ReportCountMax + 2; i++)
        {
            memory = memory.With(Report($"ecu{i}", 0x01)).With(Report("motor", (byte)i));
        }

        Assert.Equal(FleetMemory.ReportCountMax, memory.Reports.Count);
        Assert.True(memory.Find("motor")!.Has(TestFleet.Of(FleetMemory.ReportCountMax + 1, 16)));
        Assert.Null(memory.Find("ecu0"));
        Assert.NotNull(memory.Find("ecu10"));
    }

    [Fact]
    public void Reasons_are_words_and_those_that_come_of_age_are_renewed()
    {
        FleetError[] renewable = [.. Enum.GetValues<FleetError>().Where(error => FleetErrors.IsRenewable(error.Reason()))];
        Assert.Equal([FleetError.Missing, FleetError.Expired, FleetError.SequenceTooLow, FleetError.Stale, FleetError.NotNamed], renewable);
        Assert.Equal("VehicleManifestExpired", FleetError.Expired.Reason());
        Assert.True(FleetErrors.IsOne("VehicleManifestWrongGroup"));
        Assert.False(FleetErrors.IsOne("SelfTestFailed"));
        Assert.False(FleetErrors.IsOne(null));
        Assert.Equal("motor", EsyncTarget.EcuOf("/ECU/motor"));
        Assert.Equal("motor", EsyncTarget.EcuOf("/ECU/motor/rules"));
    }

    private static readonly EsyncPackage Group = new() { Type = EsyncTarget.Vehicle, Name = TestFleet.Campaign };

    private static ReportedEcu Report(string ecu, byte nonce, string version = "1.0.0", bool isConfirmed = true) => new(ecu, Convert.ToHexStringLower(TestFleet.Of(nonce, 16)), version, isConfirmed);

    private static EsyncPackage Offer(string ecu, string version = "2.0.0") => new() { Type = EsyncTarget.Of(ecu), Name = ecu, Version = version };

    private static string Text(VehicleManifest manifest, TestKey? key = null) => Convert.ToBase64String(TestFleet.Sign(manifest, key).Document);

    private static EsyncBody Body(string? text, IReadOnlyList<EsyncPackage>? group, EsyncPackage package) =>
        new() { Package = package, Group = group, Campaign = new EsyncCampaign(TestFleet.Campaign), VehicleManifest = text };

    private FleetPolicy Policy() => new(TestFleet.Vehicle, [TestFleet.Key.Anchor], () => _nowMs);

    private FleetVerdict Judge(string? text) => Policy().Check(Body(text, null, Offer("motor")), Known);

    // One package is a request about one ECU, more are a group.
    private FleetVerdict Check(VehicleManifest manifest, params EsyncPackage[] packages) => packages is [{ } one]
        ? Policy().Check(Body(Text(manifest), null, one), Known)
        : CheckGroup(manifest, Known, packages);

    private FleetVerdict CheckGroup(VehicleManifest manifest, FleetMemory known, params EsyncPackage[] packages) =>
        Policy().Check(Body(Text(manifest), packages, Group), known);
}
