// esync provision: gives a new ECU its identity, its secret and the keys that it trusts, over UDS (31 01 0220).
// Invariants: the device file is on the disk before the ECU gets the secret, and is removed again when the ECU refuses;
// an existing one is used as it is and never overwritten.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The command `provision`.</summary>
internal static class ProvisionCommand
{
    private const ushort ProvisionRoutine = 0x0220;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> ecu = new("--ecu") { Description = "Name of the ECU in the configuration", Required = true, HelpName = "NAME" };
        Option<string> flash = new("--flash") { Description = "The virtual ECU's memory; made when it is not there", Required = true, HelpName = "FILE" };
        Option<string[]> anchors = new("--anchor") { Description = "Public key that the ECU shall trust (from `esync keys new`); once for each role", Required = true, HelpName = "FILE" };
        Option<string?> device = new("--device") { Description = "Identity and secret of the ECU; made when it is not there. Default: the flash file's name and .device", HelpName = "FILE" };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new("provision", "Provision a virtual ECU: device identifier, device secret and trust anchors, once in its life.")
        {
            ecu, flash, anchors, device, config,
        };
        command.WithExample("esync provision --ecu motor --flash motor.flash --anchor author.pub --anchor oem.pub", "a new ECU in motor.flash, its secret in motor.flash.device");
        command.SetAction(parsed =>
        {
            EcuDefinition definition = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault()).Ecu(parsed.GetRequiredValue(ecu));
            string flashPath = parsed.GetRequiredValue(flash);
            string devicePath = parsed.GetValue(device) ?? DefaultDevicePath(flashPath);
            return Run(parsed.InvocationConfiguration.Output, definition, flashPath, devicePath, parsed.GetRequiredValue(anchors));
        });
        return command;
    }

    /// <summary>Where the device file lies when nobody says otherwise.</summary>
    public static string DefaultDevicePath(string flashPath) => flashPath + ".device";

    private static int Run(TextWriter output, EcuDefinition definition, string flashPath, string devicePath, string[] anchorPaths)
    {
        TrustAnchor[] anchors = [.. anchorPaths.Select(TrustAnchor.Load)];
        RequireRoles(definition, anchors);
        OutputFiles.RequireWritable(flashPath, devicePath);
        StoredEcu stored = new(definition, flashPath, isNewAllowed: true, seed: null, candump: null);
        bool isNew = !File.Exists(devicePath);
        DeviceFile identity = isNew ? DeviceFile.Create(RandomNumberGenerator.GetBytes(DeviceFile.DeviceIdLength)) : DeviceFile.Load(devicePath);
        byte[] record = ProvisioningRecord.Build(identity.DeviceId, identity.DeviceSecret, anchors);
        if (isNew)
        {
            identity.Save(devicePath);
        }

        VersionReport report;
        try
        {
            EcuClient client = stored.Ecu.Connect(new DeviceCredentials(identity.DeviceId, identity.DeviceSecret));
            stored.Ecu.Ecu.PowerOn();
            report = stored.Bench.Time.Run(() => ProvisionAsync(client, record));
        }
        catch (DiagnosticException exception)
        {
            if (isNew)
            {
                File.Delete(devicePath);
            }

            throw new UserErrorException(ExitCode.EcuRefused, $"the ECU {definition.Name} in {flashPath} was not provisioned: {exception.Message}");
        }

        stored.Save();
        Terminal.WriteFields(
            output,
            $"{definition.Name} is provisioned",
            [
                ("device identifier", Convert.ToHexStringLower(report.DeviceId)),
                ("agent", report.AgentVersion.ToString()),
                ("trusts", string.Join(", ", anchors.Select(anchor => $"{anchor.Role.Name()} {Convert.ToHexStringLower(anchor.KeyId)[..8]}"))),
                ("memory", flashPath),
                ("secret", $"{devicePath}: keep it; the ECU cannot be updated without it"),
            ]);
        return ExitCode.Ok;
    }

    private static async Task<VersionReport> ProvisionAsync(EcuClient client, byte[] record)
    {
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        await client.RoutineAsync(ProvisionRoutine, "provision", record);
        return await client.ReadVersionReportAsync();
    }

    private static void RequireRoles(EcuDefinition definition, TrustAnchor[] anchors)
    {
        IEnumerable<SigningRole> missing = definition.Config.Fota.RequiredRoles
            .Select(role => (SigningRole)role)
            .Where(role => anchors.All(anchor => anchor.Role != role));
        string names = string.Join(" and ", missing.Select(role => role.Name()));
        if (names.Length > 0)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"the ECU {definition.Name} wants signatures in the role {names}; give a public key of it with --anchor, or it could never be updated");
        }
    }
}
