// esync rules push: a rules file to one ECU, virtual or real, through server, vehicle's client and bus.
// Invariant: the ECU judges the rules; what it refuses is told with its own reason and what to do.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/host-sim/Cli/RulesPushTests.cs.
using System.CommandLine;
using EsyncSim.Demo;
using EsyncSim.Rules;

namespace EsyncSim.Cli;

/// <summary>The command `rules push`.</summary>
internal static class RulesPushCommand
{
    /// <summary>Makes the command.</summary>
    public static ToolCommand Create()
    {
        Argument<string> file = new("FILE") { Description = "Rules file (from `esync rules build`)" };
        ToolCommand command = new(
            "push",
            "Bring a rules file to an ECU: server, client, bus and agent as in a vehicle. The rules take the place of those in force at once, without a restart; "
            + "an ECU that refuses them keeps what it has and says why. Rules that are in force already change nothing. A virtual ECU's memory stays in a file.") { file };
        DeliveryOptions delivery = new(command);
        command
            .WithExample("esync rules push motor-1.rules --flash motor.flash", "to a virtual ECU, whose memory is in motor.flash")
            .WithExample("esync rules push motor-1.rules --bus socketcan:can0 --ecu motor --device motor.device", "the same for a board on the CAN interface can0");
        command.SetAction((parsed, stop) => Task.Run(() => delivery.Run(parsed, parsed.GetRequiredValue(file), Load, stop), CancellationToken.None));
        return command;
    }

    private static UpdateFile Load(string path) => File.Exists(path) && !RulesFile.IsRulesFile(path)
        ? throw new UserErrorException(ExitCode.BadFile, $"{path} is no rules file; `esync rules build --ecu NAME --rules FILE --sequence N --key FILE --out FILE` makes one from YAML and signs it")
        : UpdateFile.Of(RulesFile.Load(path), path);
}
