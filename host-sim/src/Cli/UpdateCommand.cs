// esync update: one update of one ECU, virtual or real, with what the user brings, over the same way as in a vehicle.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using EsyncSim.Demo;

namespace EsyncSim.Cli;

/// <summary>The command `update`.</summary>
internal static class UpdateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> package = new("--package") { Description = "Signed package (from `esync package build`), trust file (from `esync keys rotate`) or rules file (from `esync rules build`)", Required = true, HelpName = "FILE" };
        ToolCommand command = new("update", "Update an ECU with a package, or the keys that it trusts with a trust file: server, client, bus and agent as in a vehicle. A virtual ECU's memory stays in a file.") { package };
        DeliveryOptions delivery = new(command);
        command.WithExample("esync update --package motor-2.esp --flash motor.flash", "brings the package to the ECU and confirms it when its self-test passes");
        command.WithExample("esync update --package motor-1.trust --flash motor.flash", "the ECU trusts the keys in it from then on, and no others");
        command.WithExample("esync update --package motor-2.esp --bus socketcan:can0 --ecu motor --device motor.device", "the same for a board on the CAN interface can0");
        command.WithExample("esync update --package motor-2.esp --bus slcan:/dev/ttyACM0?bitrate=500000 --ecu motor --device motor.device", "the same through a serial adapter");
        command.WithExample("esync update --package motor-2.esp --bus socketcand://127.0.0.1:28600/can0 --ecu motor --device motor.device", "the same at a bus that another program serves, such as `esync ecu run`");
        command.SetAction((parsed, stop) => Task.Run(() => delivery.Run(parsed, parsed.GetRequiredValue(package), UpdateFile.Load, stop), CancellationToken.None));
        return command;
    }
}
