// What the vehicle's client asks an ECU before an update, each question a session of its own.
// Clause: PROTOCOL.md, "Routines" (0203), "Data identifiers" (FD05).
// Tests: tests/host-sim/Vehicle/VehicleClientTests.cs, tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Questions to ECUs.</summary>
internal static class EcuQuestions
{
    /// <summary>Whether it takes an update now, as an answer to ready-download.</summary>
    /// <exception cref="DiagnosticException">It does not answer.</exception>
    public static async Task<EsyncPackage> ConsentAsync(VehicleEcu ecu, EsyncPackage package)
    {
        using EcuTurn turn = await ecu.Gate.EnterAsync();
        await ecu.Client.SessionAsync(0x03);
        (int consent, int reasons) = await ecu.Client.CheckPreconditionsAsync();
        await ecu.Client.SessionAsync(0x01);
        string status = consent switch
        {
            1 => EsyncStatus.DownloadConsent,
            2 => EsyncStatus.DownloadPostponed,
            _ => EsyncStatus.DownloadDenied,
        };
        return package with { Status = status, Message = consent == 1 ? null : $"the ECU does not consent to an update now (reasons {reasons:X2})", VersionList = null };
    }

    /// <summary>What it takes, as DID FD05 says it, in hexadecimal; null when it has no such record: it then gets the whole image.</summary>
    /// <exception cref="DiagnosticException">It does not answer.</exception>
    public static async Task<string?> LimitsAsync(VehicleEcu ecu)
    {
        try
        {
            return Convert.ToHexStringLower(await ecu.Client.ReadAsync(0xFD05, UpdateLimits.RecordLength));
        }
        catch (NegativeResponseException)
        {
            return null;
        }
    }
}
