// The story of the demo, step by step. What a step shows is read from the ECU over UDS after the step, by a version report
// whose HMAC was checked; the server's own view must agree with it.
// Invariant: every step ends with an expectation, and the demo passes only when each of them is met.
// Tests: tests/host-sim/Demo.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Devices;
using EsyncSim.Packages;
using EsyncSim.Server;

namespace EsyncSim.Demo;

/// <summary>Runs the demo.</summary>
public sealed class DemoScript
{
    private const string First = "1.0.0";
    private const string Second = "2.0.0";
    private const int CutAtPercent = 40;
    private const ushort TableDid = 0x0102;
    private const ushort NewDid = 0x0103;

    private readonly DemoWorld _world;
    private readonly ulong _seed;
    private readonly IDemoScreen _screen;
    private readonly DemoSteps _steps;
    private readonly DemoOptions _options;
    private readonly Dictionary<string, byte[]> _tablesBefore = [];
    private DemoDataReport? _data;

    private DemoScript(DemoWorld world, DemoOptions options, IDemoScreen screen)
    {
        _world = world;
        _options = options;
        _seed = options.Seed;
        _screen = screen;
        _steps = new DemoSteps(world, screen);
    }

    /// <summary>Runs a demo from beginning to end.</summary>
    /// <exception cref="UserErrorException">Configuration or broker are not usable.</exception>
    public static DemoReport Run(DemoOptions options, IDemoScreen screen)
    {
        using DemoWorld world = new(options, screen);
        DemoScript script = new(world, options, screen);
        world.Time.Run(script.RunAsync);
        return new DemoReport(script._steps.All, world.Transfers, script._data) { VirtualSeconds = world.Time.NowNs / (double)VirtualTime.NsPerSecond };
    }

    private async Task RunAsync()
    {
        _screen.Chapter("Two new ECUs are provisioned and get their first application");
        _screen.Note($"{_world.Bench.Bus.BitRate / 1000} kbit/s, {string.Join(", ", _world.Ecus.Select(Identifiers))}, seed {_seed}");
        foreach (DemoEcu ecu in _world.Ecus)
        {
            ecu.Bench.Ecu.PowerOn();
        }

        foreach (DemoEcu ecu in _world.Ecus)
        {
            await ProvisionAsync(ecu);
        }

        await ConnectAsync();
        foreach (DemoEcu ecu in _world.Ecus)
        {
            ecu.Releases[First] = ecu.Sign(ecu.Request(First, 1));
            await InstallAsync($"{ecu.Name}: first installation of {First}", ecu, ecu.Releases[First], First);
        }

        _screen.Chapter("Inventory: what each ECU says of itself, with proof");
        foreach (DemoEcu ecu in _world.Ecus)
        {
            await InventoryAsync(ecu);
        }

        _screen.Chapter($"A campaign updates both to {Second}");
        await UpdateBothAsync();
        _screen.Chapter("Faulty versions go back on their own");
        await RollBackAsync(_world.Motor, "2.1.0-selftest", "fails its self-test", FotaError.SelfTestFailed);
        await RollBackAsync(_world.Battery, "2.1.0-throws", "throws while it starts", FotaError.ApplicationFaulted);
        await RollBackAsync(_world.Motor, "2.1.1-stall", "stops answering", FotaError.AliveLost);
        _screen.Chapter("The power fails in the middle of a download");
        await CutPowerAsync(_world.Battery, "2.0.1");
        await new SmallUpdates(_world, _steps, _screen).RunAsync();
        _screen.Chapter("Packages that are not what they should be are refused");
        await RefuseAllAsync(_world.Motor);
        _data = await new DataChapter(_world, _steps, _screen, _options).RunAsync();
        foreach (DemoEcu ecu in _world.Ecus)
        {
            NoteStrayWrites(ecu);
        }

        if (_world.Vehicle.IsFaulted)
        {
            await _world.Vehicle;
        }
    }

    private void NoteStrayWrites(DemoEcu ecu)
    {
        if (ecu.Bench.Ecu.Can is StockCanModel { StrayWriteTotal: > 0 } can)
        {
            _screen.Note($"{ecu.Name}: nanoFramework's receive ring wrote {can.StrayWriteTotal} frames outside of its memory, which a real board may not survive;");
            _screen.Note("  blockSize: 1 in nf.config avoids it (boards/README.md, \"The native CAN of STM32 boards\")");
        }
    }

    private async Task ProvisionAsync(DemoEcu ecu)
    {
        await ecu.Client.AwaitPresenceAsync();
        await ecu.Client.SessionAsync(0x03);
        await ecu.Client.RoutineAsync(0x0220, "provision", ecu.ProvisioningRecord);
        VersionReport report = await ecu.Client.ReadVersionReportAsync();
        await ecu.Client.SessionAsync(0x01);
        string observed = $"device {Convert.ToHexStringLower(report.DeviceId)[..8]}, report {(report.IsAuthentic ? "authentic" : "not authentic")}";
        _steps.Check($"{ecu.Name}: provision", $"device {Convert.ToHexStringLower(ecu.Credentials.DeviceId)[..8]}, report authentic", observed);
    }

    private async Task ConnectAsync()
    {
        string vehicle = await _world.Motor.Client.ReadTextAsync(0xF190);
        _steps.Server = _world.Connect(vehicle);
        _screen.Note($"vehicle {vehicle}, messages over {_world.Network.Description}");
    }

    private async Task InventoryAsync(DemoEcu ecu)
    {
        EcuClient client = ecu.Client;
        string part = await client.ReadTextAsync(0xF187);
        string hardware = await client.ReadTextAsync(0xF191);
        string serial = await client.ReadTextAsync(0xF18C);
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        _screen.Note($"{ecu.Name}: part {part}, hardware {hardware}, serial {serial}, agent {report.AgentVersion}, bank A {report.States[0]}, bank B {report.States[1]}, securityVersion floor {report.SecurityVersionFloor}");
        EsyncMessage? answer = await _steps.Server.QueryAsync(ecu.Name, ecu.Name);
        string server = answer?.Body.Ecu?.IsAuthentic == true ? $"server was told {answer.Body.Package.Version}" : "server was told nothing";
        _steps.Check($"{ecu.Name}: inventory", $"{First} Confirmed, server was told {First}", $"{DemoSteps.Running(report)}, {server}");
        _tablesBefore[ecu.Name] = await TryReadAsync(ecu, TableDid);
    }

    private async Task UpdateBothAsync()
    {
        List<CampaignTarget> targets = [];
        foreach (DemoEcu ecu in _world.Ecus)
        {
            ecu.Releases[Second] = ecu.Sign(ecu.Request(Second, 2));
            targets.Add(ecu.Target(ecu.Releases[Second], Second) with { RollbackVersions = [First] });
        }

        IReadOnlyList<TargetResult> results = await _steps.RunAsync(targets);
        foreach ((DemoEcu ecu, TargetResult result) in _world.Ecus.Zip(results))
        {
            VersionReport report = await DemoSteps.ReadReportAsync(ecu);
            _steps.Check($"{ecu.Name}: update to {Second}", $"{Second} Confirmed", DemoSteps.Running(report) + DemoSteps.Doubt(result, TargetEnd.Completed));
            byte[] before = _tablesBefore[ecu.Name];
            byte[] tables = await TryReadAsync(ecu, TableDid);
            byte[] news = await TryReadAsync(ecu, NewDid);
            string observed = $"0102 {(tables.AsSpan().SequenceEqual(before) ? "as before" : "changed")}, 0103 {(news.Length > 0 ? "answers" : "unknown")}";
            _screen.Note($"{ecu.Name}: DID 0102 was {ecu.Words(before)}, is {ecu.Words(tables)}; DID 0103 is new: {ecu.NewWords(news)}");
            _steps.Check($"{ecu.Name}: the new application runs", "0102 changed, 0103 answers", observed);
        }
    }

    private async Task InstallAsync(string name, DemoEcu ecu, Package package, string release)
    {
        TargetResult result = await _steps.RunAsync(ecu, package, release);
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        _steps.Check(name, $"{release} Confirmed", DemoSteps.Running(report) + DemoSteps.Doubt(result, TargetEnd.Completed));
    }

    private async Task RollBackAsync(DemoEcu ecu, string release, string fault, FotaError reason)
    {
        string before = DemoSteps.Running(await DemoSteps.ReadReportAsync(ecu));
        TargetResult result = await _steps.RunAsync(ecu, ecu.Sign(ecu.Request(release, 2)), release);
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        string observed = $"{DemoSteps.Running(report)}, {report.LastError}{DemoSteps.Doubt(result, TargetEnd.RolledBack)}";
        _steps.Check($"{ecu.Name}: {release} {fault}", $"{before}, {reason}", observed);
    }

    private async Task CutPowerAsync(DemoEcu ecu, string release)
    {
        Package package = ecu.Sign(ecu.Request(release, 2));
        ecu.Releases[release] = package;
        int total = package.Full!.Payload.Length;
        TargetResult result = await _steps.RunCutAsync(ecu, package, release, (total * CutAtPercent / 100) + 1, 1);
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        string resumed = ecu.Meter.LastOffset > 0 ? "resumed in the middle" : "from the beginning";
        _screen.Note($"{ecu.Name}: the download went on at byte {ecu.Meter.LastOffset} of {total}");
        _steps.Check(
            $"{ecu.Name}: power cut in mid-download of {release}",
            $"{release} Confirmed, resumed in the middle",
            $"{DemoSteps.Running(report)}, {resumed}{DemoSteps.Doubt(result, TargetEnd.Completed)}");
    }

    private async Task RefuseAllAsync(DemoEcu ecu)
    {
        const int SomeBit = 200_000;
        await RefuseAsync(ecu, "one bit of the image flipped", PackageTampering.FlipImageBit(ecu.Sign(ecu.Request(Second, 2)), SomeBit), FotaError.ChunkMismatch);
        await RefuseAsync(ecu, "signed in one role only", ecu.SignAsAuthorOnly(ecu.Request(Second, 2)), FotaError.RoleMissing);
        PackageRequest other = PackageTampering.ForOtherDevice(ecu.Request(Second, 2), ecu.Credentials.DeviceId);
        await RefuseAsync(ecu, "for another device", ecu.Sign(other), FotaError.WrongDevice);
        await RefuseAsync(ecu, $"an older one ({First} again)", ecu.Releases[First], FotaError.SequenceTooLow);
    }

    private async Task RefuseAsync(DemoEcu ecu, string what, Package package, FotaError reason)
    {
        string before = DemoSteps.Running(await DemoSteps.ReadReportAsync(ecu));

        // Named differently, since the server leaves an ECU alone that runs the version already.
        TargetResult result = await _steps.RunAsync(ecu, package, $"{Second}-forged");
        UpdateState state = await ecu.Client.ReadUpdateStateAsync();
        VersionReport report = await DemoSteps.ReadReportAsync(ecu);
        if (report.SecurityEvents.Count > 0)
        {
            _screen.Note($"{ecu.Name}: security event {report.SecurityEvents[0]}");
        }

        _steps.Check($"{ecu.Name}: {what}", $"{before}, {reason}", $"{DemoSteps.Running(report)}, {state.LastError}{DemoSteps.Doubt(result, TargetEnd.Failed)}");
    }

    private static async Task<byte[]> TryReadAsync(DemoEcu ecu, ushort identifier)
    {
        try
        {
            return await ecu.Client.ReadAsync(identifier);
        }
        catch (NegativeResponseException)
        {
            return [];
        }
    }

    private static string Identifiers(DemoEcu ecu)
    {
        CanIfConfig can = ecu.Bench.Definition.Config.CanIf;
        return $"{ecu.Name} {can.PhysicalRxId:X3}/{can.TxId:X3}";
    }
}
