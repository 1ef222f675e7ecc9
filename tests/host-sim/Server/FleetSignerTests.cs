// The server's vehicle manifests: what they say of a campaign's state, when a new one is signed and when none is, and how they are numbered.
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class FleetSignerTests
{
    private readonly ServerLedger _ledger = new("s");
    private long _nowMs = 1_000;

    [Fact]
    public void A_manifest_names_the_application_targets_that_have_reported_in_order()
    {
        VehicleManifest manifest = Of(Seal(State(Target("motor", 1), Target("battery", 2), Target("fan", null), Target("motor", 3) with { Part = TargetPart.Rules })));
        Assert.Equal(["battery", "motor"], manifest.Entries.Select(entry => entry.Ecu));
        Assert.True(manifest.Entries[1].Is(new VehicleManifestEntry("motor", "2.0.0", TestFleet.Of(0xAA, 32), TestFleet.Of(1, 16))));
        Assert.Equal((1_000, "V1", "c1", 1_000 + FleetSigner.DefaultValidMs), (manifest.Sequence, manifest.Vehicle, manifest.Campaign, manifest.NotAfterMs));
    }

    [Fact]
    public void Those_that_have_got_it_are_named_and_those_that_did_not_are_not()
    {
        VehicleManifest manifest = Of(Seal(State(
            Target("a", 1) with { End = TargetEnd.UpToDate },
            Target("b", 1) with { End = TargetEnd.Completed },
            Target("c", 1) with { End = TargetEnd.RolledBack },
            Target("d", 1) with { End = TargetEnd.Failed },
            Target("e", 1) with { At = 1 },
            Target("f", 1) with { At = 2 })));
        Assert.Equal(["a 2.0.0", "b 2.0.0", "e 1.5.0"], manifest.Entries.Select(entry => $"{entry.Ecu} {entry.Version}"));
    }

    [Fact]
    public void The_same_is_signed_once_and_anew_when_a_nonce_a_version_or_the_time_is_another()
    {
        SigningKey key = SigningKey.FromSeedText(SigningRole.Fleet, new SigningParameters(1, 5, 4), "counted");
        FleetSigner signer = new(new MemorySigner(key), () => _nowMs, validMs: 500);
        VehicleCampaign Seal(VehicleCampaign state) => signer.Sealed(state, "V1", _ledger, Digest);

        VehicleCampaign first = Seal(State(Target("motor", 1)));
        _nowMs += 500;
        Assert.Same(first, Seal(first));
        Assert.Equal(1, key.NextIndex);

        VehicleCampaign asked = Seal(first with { Targets = [Target("motor", 2)] });
        Assert.Equal(1_500, Of(asked).Sequence);
        VehicleCampaign back = Seal(asked with { Targets = [Target("motor", 2) with { At = 1 }] });
        Assert.Equal(1_501, Of(back).Sequence);
        _nowMs += 501;
        Assert.Equal((2_001, 2_501), (Of(Seal(back)).Sequence, Of(Seal(back)).NotAfterMs));
        Assert.Equal(5, key.NextIndex);
    }

    [Fact]
    public void Nothing_is_signed_before_anybody_has_reported()
    {
        VehicleCampaign state = State(Target("motor", null));
        Assert.Same(state, Seal(state));
        Assert.Equal(0, _ledger.LastManifest);
    }

    [Fact]
    public void Numbers_only_grow_also_over_a_restart_a_lost_ledger_and_a_clock_that_goes_back()
    {
        Assert.Equal(1_000, _ledger.NextManifest(1_000));
        Assert.Equal(1_001, _ledger.NextManifest(500));
        ServerLedger again = ServerLedger.Of(_ledger.Form);
        Assert.Equal(1_002, again.NextManifest(900));
        Assert.Equal(2_000, new ServerLedger("lost").NextManifest(2_000));
        Assert.Equal(1, new ServerLedger("new").NextManifest(0));
    }

    [Fact]
    public void Requests_that_bring_or_keep_an_application_carry_one()
    {
        VehicleCampaign state = State(Target("motor", 1), Target("motor", 1) with { Part = TargetPart.Trust });
        Assert.All(
            [EsyncType.ReadyDownload, EsyncType.PrepareUpdate, EsyncType.ReadyUpdate, EsyncType.ConfirmUpdate],
            type => Assert.Equal((true, false), (FleetSigner.IsCarrying(state, new CampaignAsk(0, type)), FleetSigner.IsCarrying(state, new CampaignAsk(1, type)))));
        Assert.False(FleetSigner.IsCarrying(state, new CampaignAsk(0, EsyncType.QueryPackage)));
        Assert.True(FleetSigner.IsCarrying(state, new CampaignAsk(-1, EsyncType.CommitUpdate)));
        Assert.False(FleetSigner.IsCarrying(state, new CampaignAsk(-1, EsyncType.RollbackUpdate)));
    }

    [Fact]
    public void A_key_of_another_role_and_a_vehicle_that_no_manifest_can_name_are_told()
    {
        UserErrorException role = Assert.Throws<UserErrorException>(() => new FleetSigner(new TestKey(SigningRole.Author, "author").Signer, () => 0));
        Assert.Equal(ExitCode.KeyProblem, role.ExitCode);
        SigningKey key = SigningKey.FromSeedText(SigningRole.Fleet, new SigningParameters(1, 5, 4), "unused");
        FleetSigner signer = new(new MemorySigner(key), () => 0);
        UserErrorException vehicle = Assert.Throws<UserErrorException>(() => signer.Sealed(State(Target("motor", 1)), new string('V', 65), _ledger, Digest));
        Assert.Contains("1 to 64", vehicle.Message);
        Assert.Equal(0, key.NextIndex);
    }

    private static VehicleManifest Of(VehicleCampaign state)
    {
        SignedVehicleManifest signed = SignedVehicleManifest.Decode(Convert.FromBase64String(state.VehicleManifest!));
        return signed.Manifest;
    }

    private static byte[]? Digest(string sha256) => sha256 == "none" ? null : TestFleet.Of(0xAA, 32);

    private static VehicleCampaign State(params TargetState[] targets) => new() { Id = "c1", Targets = targets };

    private static TargetState Target(string ecu, byte? nonce) => new()
    {
        Ecu = ecu,
        Nonce = nonce is { } value ? Convert.ToHexStringLower(TestFleet.Of(value, 16)) : null,
        Versions = [new OfferedVersion("2.0.0", ecu, "new", 1), new OfferedVersion("1.5.0", ecu, "older", 1), new OfferedVersion("1.0.0", ecu, null, 0)],
    };

    private VehicleCampaign Seal(VehicleCampaign state) => new FleetSigner(TestFleet.Key.Signer, () => _nowMs).Sealed(state, "V1", _ledger, Digest);
}
