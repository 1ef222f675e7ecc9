// One update of one ECU with what a user brings: server, message network, vehicle and bus as in the demo.
// Invariant: a virtual ECU's flash file is written when the update has ended, however it ended; the ECU's own words say why.
// Tests: tests/host-sim/Cli.
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Rules;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>What shall be updated, and with what.</summary>
public sealed record UpdateRequest
{
    /// <summary>The package, trust file or rules file.</summary>
    public required UpdateFile File { get; init; }

    /// <summary>The ECU.</summary>
    public required EcuDefinition Ecu { get; init; }

    /// <summary>Where it is.</summary>
    public required EcuLocation Location { get; init; }

    /// <summary>The ECU's identity and secret.</summary>
    public required DeviceFile Device { get; init; }

    /// <summary>Address of a broker; null starts one in the process.</summary>
    public BrokerAccess? Broker { get; init; }

    /// <summary>Bytes of a TransferData request; null: chosen by what is lost (<see cref="UpdatePolicy.BlockLength"/>).</summary>
    public int? BlockLength { get; init; }

    /// <summary>Seed of chance; null takes a new one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Ends the run before its end; the flash file is then left as it was.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Sees the bus traffic; null for nobody.</summary>
    public IBusObserver? Log { get; init; }

    /// <summary>The ECU whose class a file is for.</summary>
    /// <exception cref="UserErrorException">There is none, or more than one.</exception>
    public static EcuDefinition FindEcu(NfConfig config, UpdateFile file, string path)
    {
        EcuDefinition[] matches = [.. config.Ecus.Values.Where(ecu => ecu.Config.Fota.ClassId.AsSpan().SequenceEqual(file.ClassId))];
        return matches.Length == 1
            ? matches[0]
            : throw new UserErrorException(
                ExitCode.BadFile,
                $"{path} is for class {new Guid(file.ClassId, bigEndian: true)}, which {(matches.Length == 0 ? "no ECU" : "more than one ECU")} of {config.Path} has; name one with --ecu");
    }
}

/// <summary>How it went; the error is null when the ECU runs the package's version, trusts the trust file's keys, or collects by the rules.</summary>
public sealed record UpdateRunResult(DemoReport Report, UserErrorException? Error);

/// <summary>Runs one update.</summary>
public static class UpdateRun
{
    /// <summary>Runs it.</summary>
    /// <exception cref="UserErrorException">
    /// Flash file, bus or broker are not usable, or the ECU does not answer; nothing was changed. Or the bus failed in the middle.
    /// </exception>
    public static UpdateRunResult Run(UpdateRequest request, IDemoScreen screen)
    {
        using IEcuAccess access = request.Location.Open(request.Ecu, isNewAllowed: false, request.Seed, request.Log);
        return Run(request, access, screen);
    }

    /// <summary>Runs it on an ECU that was opened.</summary>
    internal static UpdateRunResult Run(UpdateRequest request, IEcuAccess access, IDemoScreen screen)
    {
        VirtualTime time = access.Bus.Time;
        access.StopOn(request.Stop);
        List<TransferResult> transfers = [];
        TransferMeter meter = new(access.Bus, request.Ecu, screen, transfers) { Version = request.File.Version };
        using MqttMessageNetwork network = new(time, request.Broker);
        IMessageLink serverLink = network.Join("server");
        IMessageLink vehicleLink = network.Join("vehicle");
        EcuClient client = access.Connect(new DeviceCredentials(request.Device.DeviceId, request.Device.DeviceSecret));
        access.Start();
        (DemoStep step, UserErrorException? error) = time.Run(async () =>
        {
            Topics topics = new(await ReadVehicleAsync(client, access));
            screen.Note($"vehicle {topics.Vehicle}, messages over {network.Description}");
            CampaignServer server = new(time, serverLink, topics, new MemoryCampaignStore(Guid.NewGuid().ToString("N")));
            VehicleEcu ecu = new(request.Ecu.Name, client, new UpdatePolicy { BlockLength = request.BlockLength }, meter) { Signals = request.Ecu.Signals };
            VehicleClient vehicle = new(time, vehicleLink, topics, [ecu], VehicleJournal.InMemory(Guid.NewGuid().ToString("N")));
            _ = vehicle.RunAsync();
            return await UpdateAsync(request, server, client, screen);
        });
        if (error is not null && !serverLink.IsConnected)
        {
            error = new UserErrorException(ExitCode.BrokerUnreachable, $"the broker at {network.Description} went away during the update and did not come back: {error.Message}");
        }

        access.Finish();
        return new UpdateRunResult(new DemoReport([step], transfers) { VirtualSeconds = time.NowNs / (double)VirtualTime.NsPerSecond }, error);
    }

    private static async Task<(DemoStep Step, UserErrorException? Error)> UpdateAsync(
        UpdateRequest request, CampaignServer server, EcuClient client, IDemoScreen screen)
    {
        UpdateFile file = request.File;
        CampaignTarget target = new() { Ecu = request.Ecu.Name, PackageName = file.Name, Part = file.Part, Version = file.Version, File = file.Bytes };
        if (file.Part != TargetPart.Application)
        {
            screen.Note($"for {request.Ecu.Name}: {file.Expected}, {file.Bytes.Length} bytes");
        }

        TargetResult result = (await server.RunAsync(new Campaign("update", [target])))[0];
        foreach (IncrementalFailure failure in result.IncrementalFailures)
        {
            screen.Note($"{target.Ecu} did not take the {failure.Encoding} form ({failure.Reason}); the image was sent in full");
        }

        if (result.End == TargetEnd.UpToDate)
        {
            screen.Note($"{result.Message}; nothing was sent");
        }

        string observed = await ObserveAsync(client, screen, target.Part);
        string what = target.Part switch
        {
            TargetPart.Trust => "other keys",
            TargetPart.Rules => "collection rules",
            _ => $"update to {file.Version}",
        };
        DemoStep step = new($"{request.Ecu.Name}: {what}", file.Expected, observed, result.IsGood && observed == file.Expected);
        screen.Step(step);
        return (step, step.Pass ? null : ErrorOf(request, result));
    }

    // The vehicle's identification number, from the ECU itself.
    private static async Task<string> ReadVehicleAsync(EcuClient client, IEcuAccess access)
    {
        try
        {
            await client.AwaitPresenceAsync();
            return await client.ReadTextAsync(0xF190);
        }
        catch (DiagnosticException exception)
        {
            throw new UserErrorException(ExitCode.EcuRefused, $"the ECU {access.Definition.Name} {access.Place} cannot be updated: {exception.Message}");
        }
    }

    // What runs, by the version report, or which keys count, or which rules; the security events that the report tells of go to the screen.
    private static async Task<string> ObserveAsync(EcuClient client, IDemoScreen screen, TargetPart part)
    {
        try
        {
            await client.AwaitPresenceAsync();
            await client.SessionAsync(0x03);
            VersionReport report = await client.ReadVersionReportAsync();
            foreach (SecurityEvent entry in report.SecurityEvents)
            {
                screen.Note($"security event {entry}");
            }

            if (part != TargetPart.Application)
            {
                return part == TargetPart.Trust
                    ? (await client.ReadTrustStateAsync()).ToString()
                    : RulesState.Of(await new ReportChannel(client).ReadStateAsync()).ToString();
            }

            return report.RunningBank < report.States.Count ? $"{report.ApplicationVersion} {report.States[report.RunningBank]}" : "no application";
        }
        catch (DiagnosticException exception)
        {
            return exception.Message;
        }
    }

    private static UserErrorException ErrorOf(UpdateRequest request, TargetResult result)
    {
        bool isKeyProblem = result.Reason is nameof(FotaError.SignatureInvalid) or nameof(FotaError.RoleMissing) or nameof(FotaError.DigestMismatch);
        int code = result.End == TargetEnd.RolledBack ? ExitCode.UnexpectedOutcome : isKeyProblem ? ExitCode.KeyProblem : ExitCode.EcuRefused;
        string consequence = result.End == TargetEnd.RolledBack ? "went back on its own" : request.File.Part == TargetPart.Rules ? "keeps the rules that it has" : "was not updated";
        return new UserErrorException(code, $"the ECU {request.Ecu.Name} {consequence}: {result.Message}");
    }
}
