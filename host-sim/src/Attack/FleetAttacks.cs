// Attacks on a vehicle as a whole: holding it at an old set of versions, and putting versions together that do not belong together. The attacker has
// the server's place and all that was ever sent, images that author and oem have signed among it, but no fleet key. The defence is the vehicle's
// client, and is tried here as that uses it, over the ECU's own version report.
// Clause: host-sim/README.md, "Vehicle manifest"; Uptane Standard 2.1.0 §4.3 (freeze, mix-and-match).
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Attack;

/// <summary>Attacks on the set of versions.</summary>
internal static class FleetAttacks
{
    private const string Vehicle = "ESYNC0ATTACKED001";
    private const string Other = "other";
    private const string Followed = "followed";
    private const long NowMs = 1_800_000_000_000;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("vehicle-freeze", AttackOrigin.Uptane, "Show a vehicle's client an old vehicle manifest, one that is over, or one on another report", AttackNeeds.Secret, AttackTrace.Nothing, FreezeAsync)
        {
            Limit = "a vehicle whose clock was set back takes a manifest for longer; its number and the reports' nonces still count. That nothing comes at all is seen by the server alone",
        },
        new("vehicle-mix-and-match", AttackOrigin.Uptane, "Versions that do not belong together, by others' manifests, parts of a set and other images", AttackNeeds.Secret, AttackTrace.Nothing, MixAsync)
        {
            Limit = "in a campaign of independent targets one that fails leaves a mixture, as its maker allowed; all or nothing leaves none",
        },
    ];

    private static async Task FreezeAsync(AttackScene scene)
    {
        Fleet fleet = await Fleet.MeetAsync(scene);
        byte[] before = fleet.Nonce;
        fleet.Expect("a manifest as the server means it", fleet.Manifest(), Followed);
        await fleet.ReportAsync();
        fleet.Expect("the same after the ECU was asked anew", fleet.Manifest() with { Entries = fleet.Entries(before) }, FleetError.Stale.Reason());
        fleet.Expect("one that rests on the report of another ECU", fleet.Manifest() with { Entries = fleet.Entries(scene.Means.Entropy(VehicleManifest.NonceLength)) }, FleetError.Stale.Reason());
        fleet.Expect("one with a number before the last", fleet.Manifest() with { Sequence = Fleet.LastSequence - 1 }, FleetError.SequenceTooLow.Reason());
        fleet.Expect("one that ended a millisecond ago", fleet.Manifest() with { NotAfterMs = NowMs - 1 }, FleetError.Expired.Reason());
        fleet.Log("no manifest", fleet.Judge(null), FleetError.Missing.Reason());
    }

    private static async Task MixAsync(AttackScene scene)
    {
        Fleet fleet = await Fleet.MeetAsync(scene);
        VehicleManifest good = fleet.Manifest();
        fleet.Expect("a manifest as the server means it", good, Followed);
        fleet.Expect("another vehicle's", good with { Vehicle = "ESYNC0ATTACKED002" }, FleetError.WrongVehicle.Reason());
        fleet.Expect("another campaign's", good with { Campaign = "before" }, FleetError.WrongCampaign.Reason());
        fleet.Expect("one that names another version than is brought", good with { Entries = [.. good.Entries.Select(entry => entry with { Version = "1.0.0" })] }, FleetError.WrongVersion.Reason());
        fleet.Expect("one that does not name the ECU", good with { Entries = [.. good.Entries.Where(entry => entry.Ecu == Other)] }, FleetError.NotNamed.Reason());
        fleet.Log("a commit of a part of the set", fleet.Judge(fleet.Sign(good), fleet.Commit(fleet.Name)), FleetError.WrongGroup.Reason());
        fleet.Log("a commit of all of it", fleet.Judge(fleet.Sign(good), fleet.Commit(fleet.Name, Other)), Followed);
        fleet.Log("an older image that calls itself the new version", Images(good, fleet.Name, 0xEE, "2.0.0"), FleetError.WrongImage.Reason());
        fleet.Log("the right image under another version", Images(good, fleet.Name, Fleet.Digest, "1.9.0"), FleetError.WrongImage.Reason());
        fleet.Log("a manifest signed in the role oem", fleet.Judge(Fleet.SignAs(SigningRole.Oem, "fleet", good)), FleetError.NotSigned.Reason());
        fleet.Log("a manifest signed by a stranger's fleet key", fleet.Judge(Fleet.SignAs(SigningRole.Fleet, "stranger", good)), FleetError.NotSigned.Reason());
        byte[] changed = Convert.FromBase64String(fleet.Sign(good));
        changed[^1] ^= 1;
        fleet.Log("a manifest with a bit of a nonce flipped", fleet.Judge(Convert.ToBase64String(changed)), FleetError.NotSigned.Reason());
    }

    private static string Images(VehicleManifest manifest, string ecu, byte digest, string version)
    {
        UpdateImage image = new(default, [], 0, new byte[1], version) { ImageDigest = Fleet.Fill(digest) };
        FleetVerdict verdict = FleetPolicy.CheckImages(manifest, ecu, new UpdateImages([image]));
        return verdict.IsPassed ? Followed : verdict.Error.Reason();
    }

    // A vehicle of the attacked ECU and another one, its client, and the server's fleet key.
    private sealed class Fleet
    {
        public const long LastSequence = 40;
        public const byte Digest = 0xD2;
        private const string Campaign = "spring";
        private readonly AttackScene _scene;
        private readonly FleetPolicy _policy;
        private FleetMemory _known = new FleetMemory().WithTaken(LastSequence).With(new ReportedEcu(Other, Convert.ToHexStringLower(new byte[VehicleManifest.NonceLength]), "1.0.0", true));

        private Fleet(AttackScene scene)
        {
            _scene = scene;
            Name = scene.Access.Definition.Name;
            TrustAnchor[] anchors = [Key(SigningRole.Fleet, "fleet").Anchor, Key(SigningRole.Oem, "fleet").Anchor];
            _policy = new FleetPolicy(Vehicle, anchors, () => NowMs);
        }

        public string Name { get; }

        public byte[] Nonce { get; private set; } = [];

        public static async Task<Fleet> MeetAsync(AttackScene scene)
        {
            Fleet fleet = new(scene);
            await scene.EnterAsync(DcmSession.Extended);
            await fleet.ReportAsync();
            return fleet;
        }

        public static byte[] Fill(byte value) => [.. Enumerable.Repeat(value, 32)];

        /// <summary>The ECU is asked what it runs, with a nonce of the client, and the client keeps that.</summary>
        public async Task ReportAsync()
        {
            VersionReport report = await _scene.Client.ReadVersionReportAsync();
            Nonce = report.Bytes[VersionReport.NonceOffset..VersionReport.MacOffset];
            _known = _known.With(ReportedEcu.Of(Name, report));
        }

        public VehicleManifestEntry[] Entries(byte[] nonce) =>
            [.. new[] { new VehicleManifestEntry(Name, "2.0.0", Fill(Digest), nonce), new VehicleManifestEntry(Other, "2.0.0", Fill(Digest), new byte[VehicleManifest.NonceLength]) }.OrderBy(entry => entry.Ecu, StringComparer.Ordinal)];

        public VehicleManifest Manifest() => new() { Sequence = LastSequence, Vehicle = Vehicle, Campaign = Campaign, NotAfterMs = NowMs, Entries = Entries(Nonce) };

        public string Sign(VehicleManifest manifest) => SignAs(SigningRole.Fleet, "fleet", manifest);

        // Each signature by a key grown anew: what its index signs counts for nothing here.
        public static string SignAs(SigningRole role, string name, VehicleManifest manifest) =>
            Convert.ToBase64String(SuitEnvelope.Sign(manifest.Encode(), [new MemorySigner(Key(role, name))], EnvelopeKind.Vehicle).Encode());

        public EsyncBody Commit(params string[] ecus) =>
            new() { Package = new EsyncPackage { Type = EsyncTarget.Vehicle, Name = Campaign }, Group = [.. ecus.Select(Offer)], Campaign = new EsyncCampaign(Campaign) };

        /// <summary>What the client makes of a request to bring version 2.0.0 to the ECU, or of another one.</summary>
        public string Judge(string? manifest, EsyncBody? request = null)
        {
            EsyncBody body = request ?? new EsyncBody { Package = Offer(Name), Campaign = new EsyncCampaign(Campaign) };
            FleetVerdict verdict = _policy.Check(body with { VehicleManifest = manifest }, _known);
            return verdict.IsPassed ? Followed : verdict.Error.Reason();
        }

        public void Expect(string what, VehicleManifest manifest, string expected) => Log(what, Judge(Sign(manifest)), expected);

        public void Log(string what, string came, string expected) => _scene.Log.Add(what, expected, came);

        private static EsyncPackage Offer(string ecu) => new() { Type = EsyncTarget.Of(ecu), Name = ecu, Version = "2.0.0" };

        private static SigningKey Key(SigningRole role, string name) => SigningKey.FromSeedText(role, new SigningParameters(1, 5, 4), $"attack {name}");
    }
}
