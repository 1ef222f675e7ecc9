// esync attack: every attack of the threat model against a virtual ECU, or those that need nothing but the bus against any.
// Tests: tests/host-sim/Attack, tests/host-sim/Cli.
using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using EsyncSim.Attack;
using EsyncSim.Bench;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Signing;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `attack`.</summary>
internal static class AttackCommand
{
    private const string DefaultEcu = "motor";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> bus = new("--bus")
        {
            Description = $"The bus that the ECU is on: {BusAddress.Forms}. On a real bus only attacks that need no model are tried",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => BusAddress.Virtual.ToString(),
        };
        Option<string?> ecu = new("--ecu") { Description = $"Name of the ECU in nf.config; {DefaultEcu} on the virtual bus", HelpName = "NAME" };
        Option<string?> device = new("--device") { Description = "Identity and secret of an ECU on a real bus, for attacks that play its owner", HelpName = "FILE" };
        Option<string[]> only = new("--only") { Description = "Try this attack; may stand several times", HelpName = "NAME" };
        Option<bool> list = new("--list") { Description = "Name the attacks and what each tries, and try none" };
        Option<string?> json = new("--json") { Description = "Write every step as JSON", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write JUnit XML", HelpName = "FILE" };
        Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides on the virtual bus", DefaultValueFactory = _ => 1 };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new(
            "attack",
            "Attack an ECU in every way that its design says it withstands, and check that it does. Ends with 0 only when all that was tried was repelled.")
        {
            bus, ecu, device, only, list, json, junit, seed, config,
        };
        command.WithExample("esync attack", "all attacks on a virtual ECU, with a table of what was expected and came")
            .WithExample("esync attack --only rollback-sequence --json attack.json", "one attack, each message of it in a file")
            .WithExample("esync attack --bus socketcan:can0 --ecu motor --device motor.device", "what can be tried on a board; the rest is told as not applicable");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                IReadOnlyList<AttackCase> attacks = AttackCatalogue.Select(parsed.GetValue(only) ?? []);
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(list))
                {
                    Terminal.WriteTable(output, ["attack", "from", "what"], attacks.Select(attack => new[] { attack.Name, attack.Origin.ToString(), attack.What }));
                    return ExitCode.Ok;
                }

                OutputFiles.RequireWritable(parsed.GetValue(json), parsed.GetValue(junit));
                BusAddress address = BusAddress.Parse(parsed.GetRequiredValue(bus));
                EcuDefinition definition = Definition(parsed.GetValue(config), address, parsed.GetValue(ecu));
                Stopwatch wall = Stopwatch.StartNew();
                using IAttackTarget target = Target(address, definition, parsed.GetValue(device), parsed.GetValue(seed), stop);
                AttackReport report = Run(Terminal.ConsoleOf(output), attacks, target);
                OutputFiles.Write(parsed.GetValue(json), report.ToJson());
                OutputFiles.Write(parsed.GetValue(junit), report.ToJUnit());
                report.Write(Terminal.ConsoleOf(output), wall.Elapsed);
                return report.IsPassed ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs attacks and tells how each one ended, as it ends.</summary>
    internal static AttackReport Run(IAnsiConsole console, IReadOnlyList<AttackCase> attacks, IAttackTarget target)
    {
        List<AttackResult> results = [];
        foreach (AttackCase attack in attacks)
        {
            AttackResult result = AttackRunner.Run(attack, target);
            results.Add(result);
            console.WriteLine($"{results.Count,3}/{attacks.Count}  {AttackReport.Word(result.Verdict),-14}  {attack.Name}");
        }

        return new AttackReport(target.Place, results);
    }

    private static EcuDefinition Definition(string? config, BusAddress address, string? name)
    {
        NfConfig configuration = NfConfig.Load(config ?? NfConfig.FindDefault());
        return !address.IsVirtual && name is null
            ? throw new UserErrorException(ExitCode.BadUsage, $"--ecu NAME says which ECU of {configuration.Path} is on {address}")
            : configuration.Ecu(name ?? DefaultEcu);
    }

    private static IAttackTarget Target(BusAddress address, EcuDefinition definition, string? devicePath, ulong seed, CancellationToken stop)
    {
        if (address.IsVirtual)
        {
            return devicePath is null
                ? new ModelTarget(definition, seed, stop)
                : throw new UserErrorException(ExitCode.BadUsage, "--device is for an ECU on a real bus; the virtual one is made for the run, with a secret of its own");
        }

        DeviceFile? device = devicePath is null ? null : DeviceFile.Load(devicePath);
        IEcuAccess access = new EcuLocation(address, null).Open(definition, isNewAllowed: false);
        access.StopOn(stop);
        access.Start();
        return new SharedTarget(access, RandomNumberGenerator.GetBytes, device is null ? null : new DeviceCredentials(device.DeviceId, device.DeviceSecret));
    }
}
