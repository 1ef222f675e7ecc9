// esync provision: gives a new ECU its identity, its secret and the keys that it trusts, over UDS (31 01 0220).
// Invariants: the device file is on the disk before the ECU gets the secret, and is removed again only when the ECU cannot
// have it: when it refused, or was never asked. An existing one is used as it is and never overwritten.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Logs;
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
        Option<string[]> anchors = new("--anchor") { Description = "Public key that the ECU shall trust (from `esync keys new`); once for each role", Required = true, HelpName = "FILE" };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new("provision", "Provision an ECU: device identifier, device secret and trust anchors, once in its life.")
        {
            ecu, anchors, config,
        };
        BusOption bus = new(command, "Memory of a virtual ECU; made when it is not there", "Identity and secret of the ECU; made when it is not there");
        LogOption log = new(command);
        command.WithExample("esync provision --ecu motor --flash motor.flash --anchor author.pub --anchor oem.pub", "a new ECU in motor.flash, its secret in motor.flash.device");
        command.WithExample("esync provision --ecu motor --bus socketcan:can0 --device motor.device --anchor author.pub --anchor oem.pub", "the same for a board on the CAN interface can0");
        FieldsFile json = new(command);
        command.SetAction(parsed => json.Run(parsed, output =>
        {
            EcuDefinition definition = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault()).Ecu(parsed.GetRequiredValue(ecu));
            (EcuLocation location, string devicePath) = bus.Read(parsed);
            TrustAnchor[] trusted = [.. parsed.GetRequiredValue(anchors).Select(TrustAnchor.Load)];
            RequireRoles(definition, trusted);
            OutputFiles.RequireWritable(location.FlashPath, devicePath);
            using BusLog? traffic = log.Open(parsed);
            using IEcuAccess access = location.Open(definition, isNewAllowed: true, log: traffic);
            return Run(output, access, devicePath, trusted);
        }));
        return command;
    }

    /// <summary>Provisions an ECU that was opened.</summary>
    internal static int Run(TextWriter output, IEcuAccess access, string devicePath, TrustAnchor[] anchors)
    {
        bool isNew = !File.Exists(devicePath);
        DeviceFile identity = isNew ? DeviceFile.Create(RandomNumberGenerator.GetBytes(DeviceFile.DeviceIdLength)) : DeviceFile.Load(devicePath);
        byte[] record = ProvisioningRecord.Build(identity.DeviceId, identity.DeviceSecret, anchors);
        if (isNew)
        {
            identity.Save(devicePath);
        }

        VersionReport report;
        bool isAsked = false;
        try
        {
            EcuClient client = access.Connect(new DeviceCredentials(identity.DeviceId, identity.DeviceSecret));
            access.Start();
            report = access.Bus.Time.Run(() => ProvisionAsync(client, record, isNew, () => isAsked = true));
        }
        catch (NoResponseException exception) when (isAsked)
        {
            throw new UserErrorException(
                ExitCode.EcuRefused,
                $"the ECU {access.Definition.Name} {access.Place} may be provisioned or not, it does not say: {exception.Message}; keep {devicePath} and run this again with it");
        }
        catch (DiagnosticException exception)
        {
            if (isNew)
            {
                File.Delete(devicePath);
            }

            throw new UserErrorException(ExitCode.EcuRefused, $"the ECU {access.Definition.Name} {access.Place} was not provisioned: {exception.Message}");
        }

        access.Finish();
        Terminal.WriteFields(
            output,
            $"{access.Definition.Name} is provisioned",
            [
                ("device identifier", Convert.ToHexStringLower(report.DeviceId)),
                ("agent", report.AgentVersion.ToString()),
                ("trusts", string.Join(", ", anchors.Select(anchor => $"{anchor.Role.Name()} {Convert.ToHexStringLower(anchor.KeyId)[..8]}"))),
                ("ECU", access.Place),
                ("secret", $"{devicePath}: keep it; the ECU cannot be updated without it"),
            ]);
        return ExitCode.Ok;
    }

    /// <summary>Gives an ECU its provisioning record; returns what it says of itself then.</summary>
    internal static async Task<VersionReport> ProvisionAsync(EcuClient client, byte[] record, bool isNewSecret, Action asking)
    {
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        asking();
        try
        {
            await client.RoutineAsync(ProvisionRoutine, "provision", record);
        }
        catch (DiagnosticException refusal) when (isNewSecret && refusal is not NoResponseException)
        {
            // A report under a secret that nobody else has: this very request came through, and its first answer was lost.
            await client.SessionAsync(0x03);
            if (!(await client.ReadVersionReportAsync()).IsAuthentic)
            {
                throw;
            }
        }

        return await client.ReadVersionReportAsync();
    }

    /// <summary>Refuses keys with which the ECU could never be updated.</summary>
    internal static void RequireRoles(EcuDefinition definition, TrustAnchor[] anchors)
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
