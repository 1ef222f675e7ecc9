// esync ecu run: virtual ECUs in real time, with places to listen at for whoever speaks CAN or UDS over TCP.
// Invariants: a line for each place that is listened at is on the output before the first client can come in; Ctrl-C ends with 0.
// Tests: tests/host-sim/Cli/EcuCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using EsyncSim.Bench;
using EsyncSim.Bus.Serve;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Logs;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The verb `ecu`.</summary>
internal static class EcuCommand
{
    private const string Unlimited = "unlimited";
    private const double SpeedMin = 0.01;
    private const double SpeedMax = 1000;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new ToolCommand("ecu", "Virtual ECUs for other programs.") { CreateRun() }
        .WithExample("esync ecu run --help", "the ECUs of nf.config behind socketcand, slcan or lines of UDS");

    private static ToolCommand CreateRun()
    {
        Option<string[]> ecus = new("--ecu") { Description = "An ECU of nf.config; once for each, all of one bus", Required = true, HelpName = "NAME" };
        Option<string[]> listen = new("--listen") { Description = $"Where clients come in, once for each place: {ListenAddress.Forms}. Port 0 takes a free one", Required = true, HelpName = "ADDRESS" };
        Option<string[]> flash = new("--flash") { Description = "Memory that stays, as of `esync provision`; made when it is not there. Without it the memory is fresh and gone at the end. NAME where there are several ECUs", HelpName = "[NAME=]FILE" };
        Option<string[]> device = new("--device") { Description = "Identity and secret: an ECU with fresh memory is provisioned with it before clients come in; made when it is not there. NAME where there are several ECUs", HelpName = "[NAME=]FILE" };
        Option<string[]> anchors = new("--anchor") { Description = "Public key that an ECU shall trust which is provisioned; once for each role", HelpName = "FILE" };
        Option<string> speed = new("--speed")
        {
            Description = "Seconds of the bus in one of the wall clock. unlimited: what ECUs and frames need passes at once, what clients need passes as it does",
            HelpName = "N|" + Unlimited,
            DefaultValueFactory = _ => "1",
        };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new(
            "run",
            "Run virtual ECUs on a virtual bus in real time until Ctrl-C or SIGTERM (what a shell runs in the background hears SIGTERM alone), and let other programs in over TCP: python-can, SavvyCAN and Kayak by socketcand, "
            + "slcan tools as at a serial adapter, gallia by lines of UDS. What one client sends the others hear.")
        {
            ecus, listen, flash, device, anchors, speed, config,
        };
        LogOption log = new(command);
        command.WithExample("esync ecu run --ecu motor --listen socketcand://127.0.0.1:28600/can0", "the motor, new from the factory; python-can: interface socketcand, host 127.0.0.1, port 28600, channel can0")
            .WithExample("esync ecu run --ecu motor --flash motor.flash --listen slcan+tcp://127.0.0.1:3333 --listen tcp-lines://127.0.0.1:4444", "one that was provisioned, behind two protocols")
            .WithExample("esync ecu run --ecu motor --device motor.device --anchor author.pub --anchor oem.pub --listen socketcand://127.0.0.1:28600/can0", "a new one that is provisioned, for `esync update --bus socketcand://127.0.0.1:28600/can0 --ecu motor --device motor.device --package FILE`");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                double? times = ParseSpeed(parsed.GetRequiredValue(speed));
                ListenAddress[] places = [.. parsed.GetRequiredValue(listen).Select(ListenAddress.Parse)];
                NfConfig configuration = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault());
                EcuDefinition[] definitions = [.. parsed.GetRequiredValue(ecus).Distinct().Select(configuration.Ecu)];
                TrustAnchor[] trusted = [.. (parsed.GetValue(anchors) ?? []).Select(TrustAnchor.Load)];
                using LiveBench bench = new(definitions);
                using BusLog? traffic = log.Open(parsed);
                Prepare(bench, FilesOf(definitions, "--flash", parsed.GetValue(flash)), FilesOf(definitions, "--device", parsed.GetValue(device)), trusted);
                if (traffic is not null)
                {
                    bench.Bus.Observe(traffic); // not before: provisioning takes no time of the wall clock, from which the log has its dates
                }

                Serve(parsed.InvocationConfiguration.Output, bench, places, times, stop);
                return ExitCode.Ok;
            },
            CancellationToken.None));
        return command;
    }

    private static void Prepare(LiveBench bench, Dictionary<string, string> flash, Dictionary<string, string> device, TrustAnchor[] anchors)
    {
        foreach (BenchEcu ecu in bench.Ecus)
        {
            bool isKnown = flash.TryGetValue(ecu.Name, out string? memory) && bench.Keep(ecu, memory);
            if (!isKnown && device.TryGetValue(ecu.Name, out string? path))
            {
                Provision(bench, ecu, path, anchors);
            }
        }
    }

    private static void Provision(LiveBench bench, BenchEcu ecu, string path, TrustAnchor[] anchors)
    {
        ProvisionCommand.RequireRoles(ecu.Definition, anchors);
        DeviceFile identity = File.Exists(path) ? DeviceFile.Load(path) : DeviceFile.Create(RandomNumberGenerator.GetBytes(DeviceFile.DeviceIdLength));
        if (!File.Exists(path))
        {
            identity.Save(path);
        }

        byte[] record = ProvisioningRecord.Build(identity.DeviceId, identity.DeviceSecret, anchors);
        EcuClient client = ecu.Connect(new DeviceCredentials(identity.DeviceId, identity.DeviceSecret));
        ecu.Ecu.PowerOn();
        bench.Time.Run(() => ProvisionCommand.ProvisionAsync(client, record, isNewSecret: true, () => { }));
    }

    private static void Serve(TextWriter output, LiveBench bench, ListenAddress[] places, double? speed, CancellationToken stop)
    {
        void Say(string line)
        {
            output.WriteLine(line);
            output.Flush();
        }

        ListenAddress[] open = [.. places.Select(place => bench.Listen(place, Say))];
        Say($"{string.Join(", ", bench.Ecus.Select(ecu => ecu.Name))} on a bus of {bench.Bus.BitRate / 1000} kbit/s, {(speed is { } times ? string.Create(CultureInfo.InvariantCulture, $"{times} times real time") : "as fast as clients ask")}; Ctrl-C ends");
        foreach (ListenAddress place in open)
        {
            Say($"listening at {place}");
        }

        bench.Run(TimeProvider.System, speed, stop);
        Say("stopped");
    }

    private static double? ParseSpeed(string text)
    {
        if (text == Unlimited)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) && speed is >= SpeedMin and <= SpeedMax
            ? speed
            : throw new UserErrorException(ExitCode.BadUsage, string.Create(CultureInfo.InvariantCulture, $"--speed {text} is no speed; it takes a number from {SpeedMin} to {SpeedMax}, or {Unlimited}"));
    }

    // NAME=FILE, or FILE alone where there is one ECU.
    private static Dictionary<string, string> FilesOf(EcuDefinition[] ecus, string option, string[]? texts)
    {
        Dictionary<string, string> files = [];
        foreach (string text in texts ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string? name = equals > 0 && Array.Exists(ecus, ecu => ecu.Name == text[..equals]) ? text[..equals] : null;
            string? owner = name ?? (ecus.Length == 1 ? ecus[0].Name : null);
            if (owner is null || !files.TryAdd(owner, name is null ? text : text[(equals + 1)..]))
            {
                throw new UserErrorException(ExitCode.BadUsage, $"{option} {text} does not say whose file that is, or is one too many; write {option} {ecus[0].Name}=FILE, once for each ECU");
            }
        }

        return files;
    }
}
