// What an ECU must not take: manifests that are forged, old or for others, images that are damaged, steps out of their order;
// and the version report, which nobody can forge.
// Clause: PROTOCOL.md, "Manifest", "Routines", "Access".
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using EsyncSim.Client;
using EsyncSim.Packages;
using static EsyncSim.Conformance.CaseSteps;
using static EsyncSim.Conformance.LifeCycleSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of refusals.</summary>
internal static class LifeCycleTrustCases
{
    private const string Manifest = "PROTOCOL.md, \"Manifest\"";
    private const string Routines = "PROTOCOL.md, \"Routines\"";
    private const string Tables = "PROTOCOL.md, \"Chunk tables\"";
    private const ConformanceNeeds Access = ConformanceNeeds.Access | ConformanceNeeds.Programming | ConformanceNeeds.Destructive;
    private const ConformanceNeeds Needs = Access | ConformanceNeeds.Package;
    private const ConformanceNeeds Keys = Needs | ConformanceNeeds.Keys;
    private const ushort Report = 0x0204;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("LC-040", "the version report is authentic", "PROTOCOL.md, \"Access\"", "The report is authenticated with the ECU's report key, and the nonce of the request is in it", ConformanceNeeds.Access, ReportAsync),
        new("LC-041", "the version report of another nonce", "PROTOCOL.md, \"Access\"", "Another nonce gives another report: an old one cannot pass for a new one", ConformanceNeeds.Access, NoncesAsync),
        new("LC-050", "a manifest with a wrong signature", Manifest, "A manifest of whose signature a bit is changed is refused, and the bank stays as it was", Needs, scene => RefusedAsync(scene, PackageTampering.FlipSignatureBit(scene.Package, 1, 4000).Full!.Envelope)),
        new("LC-051", "a manifest that was changed", Manifest, "A manifest of which a bit is changed is refused", Needs, scene => RefusedAsync(scene, PackageTampering.FlipManifestBit(scene.Package, 400).Full!.Envelope)),
        new("LC-052", "no manifest at all", Manifest, "Bytes that are no manifest are refused", Needs, scene => RefusedAsync(scene, [.. Enumerable.Range(0, 600).Select(i => (byte)(i * 31))])),
        new("LC-053", "an older manifest", Manifest, "A manifest with a lower sequence number than one that was taken is refused", Keys, scene => RefusedAsync(scene, Sign(scene, keys => keys.NextManifest(AttackKeys.RunningSequence - 1)))),
        new("LC-054", "a manifest with a lower securityVersion", Manifest, "A manifest with a securityVersion below the floor is refused", Keys, scene => RefusedAsync(scene, Sign(scene, keys => keys.NextManifest(securityVersion: AttackKeys.Floor - 1)))),
        new("LC-055", "a manifest for another device", Manifest, "A manifest with another device's identifier is refused", Keys, scene => RefusedAsync(scene, Sign(scene, keys => keys.NextManifest() with { DeviceId = new byte[16] }))),
        new("LC-056", "a manifest for another class", Manifest, "A manifest for another class of ECU is refused", Keys, scene => RefusedAsync(scene, Sign(scene, keys => keys.NextManifest() with { ClassId = new byte[16] }))),
        new("LC-057", "a manifest with one signature of two", Manifest, "A manifest without the signature of a role that is needed is refused", Keys, scene => RefusedAsync(scene, OneSigner(scene))),
        new("LC-058", "a manifest of a stranger", Manifest, "A manifest signed by keys that the ECU does not know is refused", Keys, scene => RefusedAsync(scene, Stranger(scene))),
        new("LC-060", "erasing without a manifest", Routines, "FF00 without an authenticated manifest is refused by 22", Access, EraseAsync),
        new("LC-061", "an image without a manifest", "PROTOCOL.md, \"Transfer\"", "34 for the image is refused by 24 or 22 while no manifest is bound", Access, DownloadAsync),
        new("LC-062", "checking half an image", Routines, "FF01 is refused as long as the image is not whole", Needs, CheckAsync),
        new("LC-063", "activating half an image", Routines, "0211 is refused as long as the image is not checked", Needs, ActivateAsync),
        new("LC-064", "a damaged image", Tables, "A byte of the image that is not what the manifest says ends the transfer by 72, and the image is not whole", Needs, DamagedAsync),
        new("LC-065", "routines without access", Routines, "The routines of an update are refused by 33 without access", ConformanceNeeds.Programming | ConformanceNeeds.Destructive, WithoutAccessAsync),
        new("LC-066", "routines in another session", Routines, "Routines of the programming session are refused in the extended session", ConformanceNeeds.Access | ConformanceNeeds.Destructive, OtherSessionAsync),
    ];

    private static async Task ReportAsync(ConformanceScene scene)
    {
        scene.Routine(Report);
        await scene.GoAsync(Extended);
        byte[] nonce = scene.Random(16);
        Exchange exchange = await scene.ExchangeAsync([.. scene.Routine(Report), .. nonce]);
        scene.ExpectBegin("report", exchange, 0x71, 0x01, 0x02, 0x04);
        scene.Expect(exchange.Response?.AsSpan().IndexOf(nonce) > 0, "the nonce is in the report", exchange.Text);
        VersionReport? report = null;
        string why = "it is";
        try
        {
            report = await scene.Client.ReadVersionReportAsync();
        }
        catch (DiagnosticException refusal)
        {
            why = refusal.Message;
        }

        scene.Expect(report is { IsAuthentic: true }, "a report that is authenticated with the ECU's key", report is { IsAuthentic: false } ? "its authentication code is wrong" : why);
    }

    private static async Task NoncesAsync(ConformanceScene scene)
    {
        scene.Routine(Report);
        await scene.GoAsync(Extended);
        byte[] once = await scene.RequireAsync([.. scene.Routine(Report), .. scene.Random(16)]);
        byte[] again = await scene.RequireAsync([.. scene.Routine(Report), .. scene.Random(16)]);
        scene.Expect(!once.AsSpan(^32..).SequenceEqual(again.AsSpan(^32..)), "another authentication code", $"{Convert.ToHexString(once.AsSpan(^8..))}, then {Convert.ToHexString(again.AsSpan(^8..))}");
        scene.Expect(once.Length == again.Length, "reports of one length", $"{once.Length} and {again.Length} bytes");
    }

    private static async Task RefusedAsync(ConformanceScene scene, byte[] envelope)
    {
        scene.Routine(Authenticate);
        VersionReport before = await scene.ReportAsync();
        await scene.GoForUpdateAsync();
        Exchange staged = await scene.StageAsync(envelope);
        scene.Expect(ResultOf(staged) is > 0, "31 01 0210 → a result other than 0000", Words(staged));
        VersionReport after = await scene.ReportAsync();
        scene.Expect(after.States.SequenceEqual(before.States), $"the banks stay {string.Join(", ", before.States)}", string.Join(", ", after.States));
    }

    // Signatures of a copy of the keys: the run's own are for packages.
    private static byte[] Sign(ConformanceScene scene, Func<AttackKeys, SuitManifest> make)
    {
        AttackKeys keys = scene.Keys.Copy();
        return keys.Sign(make(keys));
    }

    private static byte[] OneSigner(ConformanceScene scene)
    {
        AttackKeys keys = scene.Keys.Copy();
        return keys.Sign(ManifestEncoder.Encode(keys.NextManifest()), [keys.Author]);
    }

    private static byte[] Stranger(ConformanceScene scene)
    {
        AttackKeys keys = scene.Keys.Copy();
        return keys.Sign(ManifestEncoder.Encode(keys.NextManifest()), [keys.Stranger]);
    }

    private static async Task EraseAsync(ConformanceScene scene)
    {
        await scene.GoForUpdateAsync();
        await scene.ExpectNrcAsync("erase memory", scene.Routine(Erase), 0x22);
    }

    private static async Task DownloadAsync(ConformanceScene scene)
    {
        await scene.GoForUpdateAsync();
        await scene.ExpectNrcAsync("an image", scene.DownloadRequest(0x1000, scene.ImageAddress()), 0x24, 0x22, 0x70);
    }

    private static async Task HalfAsync(ConformanceScene scene)
    {
        UpdateImage image = Image(scene.Package);
        await scene.BindAsync(scene.Package);
        await scene.SendAsync(image.Payload, scene.ImageAddress(), bytesMax: image.Payload.Length / 2, isEnded: false);
        await scene.GoForUpdateAsync();
    }

    private static async Task CheckAsync(ConformanceScene scene)
    {
        await HalfAsync(scene);
        await scene.ExpectRefusedAsync("half an image", Check, 0x22, 0x24);
    }

    private static async Task ActivateAsync(ConformanceScene scene)
    {
        await HalfAsync(scene);
        await scene.ExpectRefusedAsync("half an image", Activate, 0x22, 0x24);
    }

    private static async Task DamagedAsync(ConformanceScene scene)
    {
        byte[] payload = Image(scene.Package).Payload.ToArray();
        payload[^10] ^= 0x01;
        await scene.BindAsync(scene.Package);
        Exchange sent = await scene.SendAsync(payload, scene.ImageAddress());
        scene.Expect(sent.Nrc == 0x72, "a bit of the image is wrong: 36 or 37 → NRC 72", sent.Text);
        await scene.ExpectRefusedAsync("the image is not whole", Check, 0x22, 0x24);
    }

    private static async Task WithoutAccessAsync(ConformanceScene scene)
    {
        scene.LifeCycle();
        RoutineProfile[] guarded = [.. scene.Profile.Routines.Where(routine => routine.NeedsAccess && routine.Sessions.Contains(Programming))];
        if (guarded.Length == 0)
        {
            scene.NotApplicable("the profile names no routine of the programming session that needs access");
        }

        await scene.GoAsync(Programming);
        foreach (RoutineProfile routine in guarded)
        {
            await scene.ExpectNrcAsync("without access", scene.Routine(routine.Identifier), 0x33);
        }
    }

    private static async Task OtherSessionAsync(ConformanceScene scene)
    {
        scene.LifeCycle();
        RoutineProfile routine = scene.Profile.Routines.FirstOrDefault(one => one.NeedsAccess && !one.Sessions.Contains(Extended))
            ?? throw new NotApplicableException("the profile names no routine of the programming session alone");
        await scene.OpenExtendedAsync();
        await scene.ExpectNrcAsync("in the extended session", scene.Routine(routine.Identifier), 0x31, 0x7F, 0x7E);
    }
}
