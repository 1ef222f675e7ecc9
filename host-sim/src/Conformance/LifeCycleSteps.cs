// Steps of an update as PROTOCOL.md has them, for cases of its life cycle: manifest, image, activation, what runs.
// Invariants: every request goes by the scene, so that it is evidence; a step that only prepares ends the case as
// inconclusive; where the profile names no life cycle or no such routine the case is not applicable.
// Clause: PROTOCOL.md, "Routines", "Transfer", "Banks".
// Tests: tests/host-sim/Conformance.
using EsyncAgent;
using EsyncSim.Attack;
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Vehicle;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Steps of an update.</summary>
internal static class LifeCycleSteps
{
    /// <summary>Authenticate manifest.</summary>
    public const ushort Authenticate = 0x0210;

    /// <summary>Activate.</summary>
    public const ushort Activate = 0x0211;

    /// <summary>Confirm.</summary>
    public const ushort Confirm = 0x0212;

    /// <summary>Roll back.</summary>
    public const ushort RollBack = 0x0213;

    /// <summary>Erase memory.</summary>
    public const ushort Erase = 0xFF00;

    /// <summary>Check programming dependencies.</summary>
    public const ushort Check = 0xFF01;

    private const string Done = "result 0000";

    /// <summary>The life cycle of the profile; the case is not applicable without it.</summary>
    public static LifeCycleProfile LifeCycle(this ConformanceScene scene) =>
        scene.Profile.LifeCycle ?? throw new NotApplicableException("the profile names no life cycle (lifeCycle)");

    /// <summary>31 01 for a routine of the profile.</summary>
    public static byte[] Routine(this ConformanceScene scene, ushort identifier)
    {
        scene.LifeCycle();
        if (scene.Profile.Routines.All(routine => routine.Identifier != identifier))
        {
            scene.NotApplicable($"the profile names no routine {identifier:X4}");
        }

        return [0x31, 0x01, .. Two(identifier)];
    }

    /// <summary>The result of a routine: 0 when it was done; null when it did not run.</summary>
    public static int? ResultOf(Exchange exchange) => exchange.IsPositive && exchange.Response!.Length == 6 ? (exchange.Response[4] << 8) | exchange.Response[5] : null;

    /// <summary>Runs a routine and expects that it is done.</summary>
    public static async Task<Exchange> ExpectDoneAsync(this ConformanceScene scene, string what, ushort identifier)
    {
        Exchange exchange = await scene.ExchangeAsync(scene.Routine(identifier));
        scene.Expect(ResultOf(exchange) == 0, $"{what}: 31 01 {identifier:X4} → {Done}", Words(exchange));
        return exchange;
    }

    /// <summary>Runs a routine and expects that it is refused, by a result or by one of these negative response codes.</summary>
    public static async Task ExpectRefusedAsync(this ConformanceScene scene, string what, ushort identifier, params byte[] codes)
    {
        Exchange exchange = await scene.ExchangeAsync(scene.Routine(identifier));
        bool isMet = ResultOf(exchange) is > 0 || (exchange.Nrc is { } code && codes.Contains(code));
        scene.Expect(isMet, $"{what}: 31 01 {identifier:X4} → {(codes.Length == 0 ? "a result other than 0000" : $"a result other than 0000, or {string.Join(" or ", codes.Select(Answer.Nrc))}")}", Words(exchange));
    }

    /// <summary>Runs a routine that only prepares.</summary>
    public static async Task RequireDoneAsync(this ConformanceScene scene, ushort identifier)
    {
        Exchange exchange = await scene.ExchangeAsync(scene.Routine(identifier));
        if (ResultOf(exchange) != 0)
        {
            scene.Inconclusive($"31 01 {identifier:X4} prepares the case and was answered: {Words(exchange)}");
        }
    }

    /// <summary>Programming session with access.</summary>
    public static async Task GoForUpdateAsync(this ConformanceScene scene)
    {
        scene.LifeCycle();
        await scene.GoAsync(Programming);
        await scene.OpenAsync();
    }

    /// <summary>34, 36 and, unless it is left out, 37; gives the last exchange, the first that was not positive.</summary>
    public static async Task<Exchange> SendAsync(this ConformanceScene scene, ReadOnlyMemory<byte> data, uint address, int bytesMax = int.MaxValue, bool isEnded = true)
    {
        Exchange exchange = await scene.ExchangeAsync(scene.DownloadRequest((uint)data.Length, address));
        if (!exchange.IsPositive)
        {
            return exchange;
        }

        int longest = exchange.Response![2..].Aggregate(0, (value, next) => (value << 8) | next) - 2;
        byte counter = 1;
        for (int at = 0; at < Math.Min(data.Length, bytesMax) && exchange.IsPositive; counter++)
        {
            int count = Math.Min(longest, data.Length - at);
            exchange = await scene.ExchangeAsync([0x36, counter, .. data.Slice(at, count).Span]);
            at += count;
        }

        return exchange.IsPositive && isEnded ? await scene.ExchangeAsync([0x37]) : exchange;
    }

    /// <summary>Brings a manifest to the ECU and lets it be authenticated; gives the exchange with the routine.</summary>
    public static async Task<Exchange> StageAsync(this ConformanceScene scene, ReadOnlyMemory<byte> envelope)
    {
        Exchange sent = await scene.SendAsync(envelope, ManifestAddress(scene));
        return sent.IsPositive ? await scene.ExchangeAsync(scene.Routine(Authenticate)) : throw new InconclusiveException($"the manifest could not be sent: {sent.Text}");
    }

    /// <summary>The image of a package, as a whole.</summary>
    public static UpdateImage Image(Package package) => PackageImages.Full(package);

    /// <summary>Access, manifest, erased memory: the image may come.</summary>
    public static async Task BindAsync(this ConformanceScene scene, Package package)
    {
        await scene.GoForUpdateAsync();
        Exchange staged = await scene.StageAsync(Image(package).Envelope);
        if (ResultOf(staged) != 0)
        {
            scene.Inconclusive($"the manifest was not taken: {Words(staged)}");
        }

        await scene.RequireDoneAsync(Erase);
    }

    /// <summary>An image that is in the ECU, whole and checked.</summary>
    public static async Task InstallAsync(this ConformanceScene scene, Package package)
    {
        await scene.BindAsync(package);
        Exchange sent = await scene.SendAsync(Image(package).Payload, ImageAddress(scene));
        if (!sent.IsPositive)
        {
            scene.Inconclusive($"the image could not be sent: {sent.Text}");
        }

        await scene.RequireDoneAsync(Check);
    }

    /// <summary>An image on trial, running.</summary>
    public static async Task TryOutAsync(this ConformanceScene scene, Package package)
    {
        await scene.InstallAsync(package);
        await scene.RequireDoneAsync(Activate);
        await scene.RequireAsync(0x11, 0x01);
        await scene.AwaitPresenceAsync();
    }

    /// <summary>Extended session with access.</summary>
    public static async Task OpenExtendedAsync(this ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        await scene.OpenAsync();
    }

    /// <summary>Confirms the trial: asked again until the self-test has passed. Gives the last exchange.</summary>
    public static async Task<Exchange> ConfirmAsync(this ConformanceScene scene)
    {
        const int TriesMax = 12;
        const int PauseMs = 250;
        await scene.OpenExtendedAsync();
        Exchange exchange = await scene.ExchangeAsync(scene.Routine(Confirm));
        for (int i = 0; i < TriesMax && ResultOf(exchange) is > 0; i++)
        {
            await scene.Time.DelayMs(PauseMs);
            exchange = await scene.ExchangeAsync(scene.Routine(Confirm));
        }

        return exchange;
    }

    /// <summary>The version report, in the extended session.</summary>
    public static async Task<VersionReport> ReportAsync(this ConformanceScene scene)
    {
        scene.LifeCycle();
        await scene.GoAsync(Extended);
        return await scene.Client.ReadVersionReportAsync();
    }

    /// <summary>Expects which version runs, and whether it is confirmed.</summary>
    public static async Task ExpectRunsAsync(this ConformanceScene scene, string when, string version, bool isConfirmed)
    {
        VersionReport report = await scene.ReportAsync();
        BankState state = report.RunningBank < report.States.Count ? report.States[report.RunningBank] : BankState.Empty;
        bool isMet = report.ApplicationVersion == version && (state == BankState.Confirmed) == isConfirmed;
        scene.Expect(isMet, $"{when}: version {version} runs, {(isConfirmed ? "confirmed" : "on trial")}", $"version {report.ApplicationVersion} runs, its bank is {state}");
    }

    /// <summary>The version that runs now.</summary>
    public static async Task<string> VersionAsync(this ConformanceScene scene) => (await scene.ReportAsync()).ApplicationVersion;

    /// <summary>Address of the area that manifests go to.</summary>
    public static uint ManifestAddress(this ConformanceScene scene) =>
        scene.Profile.Download?.ManifestAddress ?? throw new NotApplicableException("the profile names no address for manifests (download.manifestAddress)");

    /// <summary>Address of the area that images go to.</summary>
    public static uint ImageAddress(this ConformanceScene scene) =>
        scene.Profile.Download?.ImageAddress ?? throw new NotApplicableException("the profile names no address for images (download.imageAddress)");

    /// <summary>What a routine answered, in words.</summary>
    public static string Words(Exchange exchange) => ResultOf(exchange) is { } result ? $"result {result:X4} {(FotaError)result}" : exchange.Text;
}
