// The list of commands, in the order in which --help shows them: what a newcomer tries first stands first.
// Each command is a static class with `public static Command Create`.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.CommandLine.Help;
using EsyncSim.Files;

namespace EsyncSim.Cli;

/// <summary>Composes the root command.</summary>
public static class RootCommandFactory
{
    private const string Description =
        "eSync ECU agent: server, client, virtual CAN bus, virtual ECUs, signing and bench tools in one program.\n\n" +
        "An update goes the way that it goes in a vehicle: a signed package, an eSync campaign over MQTT, UDS over " +
        "ISO-TP over CAN, and an agent that checks every byte before it reaches the flash.";

    /// <summary>Makes the root command with all its parts.</summary>
    /// <param name="files">Where signing keys and what they sign are.</param>
    public static RootCommand Create(IFileSystem files)
    {
        RootCommand root = new(Description);
        root.Options.Add(EsyncCommandLine.Debug);
        foreach (Command command in Commands(files))
        {
            root.Subcommands.Add(command);
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        TeachingHelp page = new((HelpAction)help.Action!);
        help.Action = page;
        root.SetAction(page.Invoke); // `esync` alone is the question what it can do, not an error
        return root;
    }

    private static IEnumerable<Command> Commands(IFileSystem files)
    {
        yield return DemoCommand.Create();
        yield return ProvisionCommand.Create();
        yield return UpdateCommand.Create();
        yield return ServerCommand.Create(files);
        yield return CampaignCommand.Create();
        yield return ClientCommand.Create();
        yield return FleetCommand.Create();
        yield return DataCommand.Create();
        yield return EcuCommand.Create();
        yield return SimCommand.Create();
        yield return AttackCommand.Create();
        yield return ConformanceCommand.Create();
        yield return MonitorCommand.Create();
        yield return ReplayCommand.Create();
        yield return KeysCommand.Create(files);
        yield return PackageCommand.Create(files);
        yield return RulesCommand.Create(files);
        yield return ConfigCommand.Create();
        yield return SignalsCommand.Create();
        yield return HilCommand.Create();
        yield return SweepCommand.Create();
        yield return BenchCommand.Create();
    }
}
