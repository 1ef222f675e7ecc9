// esync config export: nf.config for the tools of others: DBC, ODX in a PDX container, a profile of Wireshark.
// Invariant: what can be written is decided before anything is; the same nf.config gives the same files.
// Tests: tests/host-sim/Cli/ConfigExportTests.cs.
using System.CommandLine;
using EsyncSim.Config;
using EsyncSim.Describe;

namespace EsyncSim.Cli;

/// <summary>The command `config export`.</summary>
internal static class ConfigExportCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="config">The option that names the configuration.</param>
    public static ToolCommand Create(Option<string?> config)
    {
        Option<string?> dbc = new("--dbc") { Description = "Write the messages of one bus as a DBC file: diagnostic ones, and the frames that signals are read from", HelpName = "FILE" };
        Option<string?> odx = new("--odx") { Description = "Write the diagnostics as ODX 2.2 in a PDX container: services, identifiers, routines, DTCs, sessions, access, communication parameters", HelpName = "FILE" };
        Option<string?> wireshark = new("--wireshark") { Description = "Write a profile of Wireshark that decodes ISO-TP and UDS on our identifiers, and print the same for tshark", HelpName = "FOLDER" };
        Option<string[]> ecu = new("--ecu") { Description = "Describe this ECU; may stand several times. Without it all of nf.config", HelpName = "NAME" };
        Option<string?> bus = new("--bus") { Description = "Describe the ECUs of this bus of nf.config", HelpName = "NAME" };
        ToolCommand command = new("export", "Describe the ECUs of nf.config for the tools of others.") { dbc, odx, wireshark, ecu, bus, config };
        command.WithExample("esync config export --odx vehicle.pdx", "the diagnostics of all ECUs, for ODX tools")
            .WithExample("esync config export --dbc powertrain.dbc --bus powertrain", "the messages of one bus")
            .WithExample("esync config export --wireshark ~/.config/wireshark/profiles/esync", "a profile: choose it in Wireshark, or `tshark -C esync -r update.pcapng`");
        command.SetAction(parsed =>
        {
            NfConfig configuration = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault());
            EcuDefinition[] ecus = Choose(configuration, parsed.GetValue(ecu) ?? [], parsed.GetValue(bus));
            if (parsed.GetValue(dbc) is null && parsed.GetValue(odx) is null && parsed.GetValue(wireshark) is null)
            {
                throw new UserErrorException(ExitCode.BadUsage, "say what to write: --dbc FILE, --odx FILE, --wireshark FOLDER, or several of them");
            }

            OutputFiles.RequireWritable(parsed.GetValue(dbc), parsed.GetValue(odx));
            string? messages = parsed.GetValue(dbc) is null ? null : VehicleDbc.Print(ecus);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(odx) is { } pdx)
            {
                OutputFiles.Write(pdx, PdxFile.Build(ecus));
                output.WriteLine($"{pdx}: ODX {Odx.ModelVersion}, {Names(ecus)}");
            }

            if (messages is not null)
            {
                OutputFiles.Write(parsed.GetValue(dbc), messages);
                output.WriteLine($"{parsed.GetValue(dbc)}: {Names(ecus)}");
            }

            if (parsed.GetValue(wireshark) is { } folder)
            {
                WriteProfile(folder, ecus);
                output.WriteLine($"{folder}: a profile for {Names(ecus)}");
                output.WriteLine($"tshark -r FILE {WiresharkHints.Options(ecus)}");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string Names(EcuDefinition[] ecus) => string.Join(", ", ecus.Select(ecu => ecu.Name));

    private static EcuDefinition[] Choose(NfConfig config, string[] names, string? bus)
    {
        if (bus is not null && !config.Buses.ContainsKey(bus))
        {
            throw new UserErrorException(ExitCode.BadFile, $"{config.Path} has no bus `{bus}`. Its buses are {string.Join(", ", config.Buses.Keys)}.");
        }

        EcuDefinition[] chosen = [.. (names.Length == 0 ? config.Ecus.Values : names.Distinct().Select(config.Ecu)).Where(ecu => bus is null || ecu.Bus.Name == bus)];
        return chosen.Length > 0 ? chosen : throw new UserErrorException(ExitCode.BadUsage, $"none of the ECUs is on the bus {bus}");
    }

    private static void WriteProfile(string folder, EcuDefinition[] ecus)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write the folder {folder}: {error.Message}");
        }

        foreach ((string name, string text) in WiresharkHints.Profile(ecus))
        {
            OutputFiles.Write(Path.Combine(folder, name), text);
        }
    }
}
