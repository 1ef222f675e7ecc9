// What of an ECU an attack must leave as it was, read over the bus: the image that runs, banks, floor, digests, rollbacks;
// and where flash can be looked into, the three copies of the boot record.
// Clause: PROTOCOL.md, "Version report", DID FD03, "Boot record".
// Tests: tests/host-sim/Attack.
using System.Buffers.Binary;
using System.Globalization;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Attack;

/// <summary>State of an ECU at one moment.</summary>
/// <param name="Running">Running bank, its state, digest and application version, and whether the report was authentic.</param>
/// <param name="Floor">securityVersion floor.</param>
/// <param name="OtherBank">State and digest of the other bank, highest sequence number.</param>
/// <param name="Rollbacks">Rollbacks so far.</param>
/// <param name="BootRecords">Copies of the boot record; null for an ECU that cannot be looked into.</param>
internal sealed record EcuState(string Running, uint Floor, string OtherBank, int Rollbacks, byte[]? BootRecords)
{
    /// <summary>Reads it; ends in the default session.</summary>
    public static async Task<EcuState> ReadAsync(EcuClient client, ModelEcu? model)
    {
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        VersionReport report = await client.ReadVersionReportAsync();
        byte[] last = await client.ReadAsync(0xFD03);
        await client.SessionAsync(0x01);
        int running = report.RunningBank;
        bool isRunning = running < report.States.Count;
        string name = isRunning
            ? $"{report.ApplicationVersion} {report.States[running]} in bank {(running == 0 ? 'A' : 'B')}, manifest {Convert.ToHexStringLower(report.ManifestDigests[running])[..8]}"
            : "no application";
        int other = report.ActiveBank == 0 ? 1 : 0;
        string otherBank = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.States[other]}, manifest {Convert.ToHexStringLower(report.ManifestDigests[other])[..8]}, sequence {report.SequenceNumberMax}");
        return new EcuState(
            name + (report.IsAuthentic ? ", authentic" : string.Empty),
            report.SecurityVersionFloor,
            otherBank,
            BinaryPrimitives.ReadUInt16BigEndian(last.AsSpan(6)),
            model?.BootRecords());
    }

    /// <summary>Adds to a log what has become of this state.</summary>
    public void Compare(EcuState after, AttackTrace trace, AttackLog log)
    {
        const string Still = "after the attack";
        if (trace == AttackTrace.Update)
        {
            return;
        }

        log.Add($"{Still}: what runs", Running, after.Running);
        log.Add($"{Still}: floor", Number(Floor), Number(after.Floor));
        if (trace == AttackTrace.OtherBank)
        {
            return;
        }

        log.Add($"{Still}: the other bank", OtherBank, after.OtherBank);
        log.Add($"{Still}: rollbacks", Number((uint)Rollbacks), Number((uint)after.Rollbacks));
        if (BootRecords is not null && after.BootRecords is not null)
        {
            log.Add($"{Still}: boot record", "unchanged", BootRecords.SequenceEqual(after.BootRecords) ? "unchanged" : "changed");
        }
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}
