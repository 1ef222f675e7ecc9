// esync monitor: says in words what happens on a real bus, or happened in a log, until Ctrl-C or the end.
// Invariants: it sends nothing; with --json standard output holds JSON lines and nothing else, the last one with the statistics.
// Tests: tests/host-sim/Cli/MonitorCommandTests.cs.
using System.CommandLine;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Config;
using EsyncSim.Decode;
using EsyncSim.Logs;

namespace EsyncSim.Cli;

/// <summary>The command `monitor`.</summary>
internal static class MonitorCommand
{
    private const int BitRateDefault = 500_000;
    private const long EndlessNs = long.MaxValue / 3;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> bus = new("--bus") { Description = $"The real bus to listen to: {BusAddress.Forms}", HelpName = "ADDRESS" };
        Option<string?> read = new("--read") { Description = "Say what is in a log instead: candump (.log) or Vector ASC (.asc)", HelpName = "FILE" };
        Option<string[]> only = new("--only") { Description = "Show this identifier only, hexadecimal, eight digits for 29 bits; may stand several times", HelpName = "ID" };
        Option<string[]> ecu = new("--ecu") { Description = "Know this ECU of nf.config only; may stand several times. Without it all of them", HelpName = "NAME" };
        Option<string[]> pair = new("--pair") { Description = "Know an ECU that is not in nf.config by its identifiers, REQUEST:RESPONSE; may stand several times. ECUs of nf.config are then known by --ecu only", HelpName = "7E0:7E8" };
        Option<string> layer = new("--layer") { Description = "What a line is: frame, isotp, or uds, which is a message", HelpName = "LAYER", DefaultValueFactory = _ => "uds" };
        layer.AcceptOnlyFromAmong("frame", "isotp", "uds");
        Option<bool> json = new("--json") { Description = "Write JSON lines to standard output, the last one with the statistics" };
        Option<int?> seconds = new("--seconds") { Description = "End after so many seconds; without it at Ctrl-C", HelpName = "N" };
        Option<int?> rate = new("--bit-rate") { Description = "Bit rate of the bus, for its load; that of nf.config by default", HelpName = "N" };
        NumberOption.RequireFrom(1, seconds, rate);
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new(
            "monitor",
            "Say in words what happens on a bus, or what is in a log: diagnostic messages with the names of nf.config, a line each, and statistics at the end. It sends nothing.")
        {
            bus, read, only, ecu, pair, layer, json, seconds, rate, config,
        };
        LogOption log = new(command);
        command.WithExample("esync monitor --bus socketcan:can0", "messages from and to all ECUs of nf.config, until Ctrl-C")
            .WithExample("esync monitor --read update.log --ecu motor --layer isotp", "the ISO-TP frames of one ECU in a log")
            .WithExample("esync monitor --bus socketcan:can0 --pair 7E2:7EA --json", "an ECU that nf.config does not know, for a program")
            .WithExample("esync monitor --read drive.asc --log drive.pcapng --layer uds", "the same log for Wireshark");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                string[] pairs = parsed.GetValue(pair) ?? [];
                string[] names = parsed.GetValue(ecu) ?? [];
                EcuDefinition[] ecus = pairs.Length > 0 && names.Length == 0 ? [] : Ecus(NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault()), names);
                MonitorPlan plan = new()
                {
                    Layer = parsed.GetValue(layer) switch { "frame" => MonitorLayer.Frame, "isotp" => MonitorLayer.IsoTp, _ => MonitorLayer.Uds },
                    Only = [.. (parsed.GetValue(only) ?? []).Select(CanId.Parse)],
                };
                Array.ForEach(pairs, plan.AddPair);
                Array.ForEach(ecus, plan.Add);
                int bitRate = parsed.GetValue(rate) ?? (ecus.Length > 0 ? (int)ecus[0].Bus.BitRate : BitRateDefault);
                bool isJson = parsed.GetValue(json);
                TextWriter output = parsed.InvocationConfiguration.Output;
                BusMonitor monitor = new(plan, line => output.WriteLine(isJson ? line.ToJson() : line.ToText()));
                Action listen = Source(parsed.GetValue(bus), parsed.GetValue(read), monitor, bitRate, parsed.GetValue(seconds), parsed.InvocationConfiguration.Error, log, parsed, stop);
                listen();
                if (isJson)
                {
                    output.WriteLine(monitor.Statistics().ToJson());
                }
                else
                {
                    MonitorSummary.Write(output, monitor.Statistics());
                }

                return ExitCode.Ok;
            },
            CancellationToken.None));
        return command;
    }

    private static EcuDefinition[] Ecus(NfConfig config, string[] names) => names.Length == 0 ? [.. config.Ecus.Values] : [.. names.Select(config.Ecu)];

    private static Action Source(
        string? bus, string? read, BusMonitor monitor, int bitRate, int? seconds, TextWriter error, LogOption log, ParseResult parsed, CancellationToken stop)
    {
        if ((bus is null) == (read is null))
        {
            throw new UserErrorException(ExitCode.BadUsage, "name what to listen to: a real bus with --bus ADDRESS, or a log with --read FILE");
        }

        if (read is not null)
        {
            return () => ReadLog(read, monitor, bitRate, error, log, parsed, stop);
        }

        BusAddress address = BusAddress.Parse(bus!);
        return address.IsVirtual
            ? throw new UserErrorException(
                ExitCode.BadUsage,
                "virtual: is the bus inside another command's process, where nobody can listen. Let that command write a log (--log FILE) and read it with --read, or let `esync ecu run --listen socketcand://…` show its bus and name that address here")
            : () => Listen(address, monitor, bitRate, seconds, log, parsed, stop);
    }

    private static void ReadLog(string path, BusMonitor monitor, int bitRate, TextWriter error, LogOption log, ParseResult parsed, CancellationToken stop)
    {
        Dictionary<string, LoggedBus> buses = [];
        using BusLogReader reader = BusLogReader.Open(path);
        using BusLog? copy = log.Open(parsed, new LogClock(0));
        while (reader.TryRead(out LoggedFrame frame))
        {
            stop.ThrowIfCancellationRequested();
            if (!buses.TryGetValue(frame.Bus, out LoggedBus? bus))
            {
                bus = buses[frame.Bus] = new LoggedBus(frame.Bus, bitRate);
            }

            BusRecord record = frame.ToRecord(bus);
            monitor.OnRecord(record);
            copy?.OnRecord(record);
        }

        if (reader.LeftOut.Words is { Length: > 0 } words)
        {
            error.WriteLine($"{path}: left out: {words}");
        }
    }

    private static void Listen(BusAddress address, BusMonitor monitor, int bitRate, int? seconds, LogOption log, ParseResult parsed, CancellationToken stop)
    {
        using BusLog? copy = log.Open(parsed);
        VirtualTime time = new();
        using RealBus bus = new(time, address.Open(), bitRate, TimeProvider.System) { Stop = stop };
        bus.Observe(monitor);
        if (copy is not null)
        {
            bus.Observe(copy);
        }

        try
        {
            time.RunFor(seconds is { } some ? some * VirtualTime.NsPerSecond : EndlessNs);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how one ends it.
        }
    }
}
