// What the vehicle's client says of failures and of progress, as messages. Plain data: when and how they go out is the client's matter.
// Tests: tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Makes messages of the client.</summary>
internal static class VehicleAnswers
{
    /// <summary>What an ECU says of itself.</summary>
    public static EsyncEcu Said(VehicleEcu ecu, VersionReport report, string? limits) => new()
    {
        VersionReport = Convert.ToHexStringLower(report.Bytes),
        IsAuthentic = report.IsAuthentic,
        Limits = limits,
        ClassId = ecu.ClassId?.ToString(),
        State = report.RunningBank < report.States.Count ? report.States[report.RunningBank].ToString() : null,
    };

    /// <summary>A package whose step failed; what ran before still runs.</summary>
    public static EsyncPackage Failed(EsyncPackage package, string message, bool isTerminal) => package with
    {
        Status = EsyncStatus.InstallFailed,
        Message = message,
        VersionList = null,
        IsTerminalFailure = isTerminal ? true : null,
    };

    /// <summary>The answer to a download that is asked for when the vehicle takes none; null when it does.</summary>
    public static EsyncPackage? OutOfHours(EsyncPackage package, VehicleOptions options)
    {
        if (options.Updates == UpdateHours.Always)
        {
            return null;
        }

        long nowMs = options.UtcNowMs?.Invoke() ?? 0;
        long? nextMs = options.Updates.NextMs(nowMs);
        EsyncPackage said = package with { VersionList = null };
        return nextMs is null ? said with { Status = EsyncStatus.DownloadDenied, Message = "the vehicle takes no updates (--updates never)" }
            : nextMs > nowMs ? said with { Status = EsyncStatus.DownloadPostponed, NotBeforeMs = nextMs, Message = $"the vehicle takes updates from {UtcText.Of(nextMs.Value)} on (--updates)" }
            : null;
    }

    /// <summary>A request that no vehicle manifest stands behind; nothing was done about it.</summary>
    public static EsyncPackage Refused(EsyncMessage request, FleetRefusedException refusal) => request.Body.Package with
    {
        Status = request.Type == EsyncType.ReadyDownload ? EsyncStatus.DownloadDenied : EsyncStatus.InstallFailed,
        Message = refusal.Message,
        VersionList = null,
        IsTerminalFailure = FleetErrors.IsRenewable(refusal.Error.Reason()) ? null : true,
    };

    /// <summary>An ECU has refused a form of its image and gets it in full.</summary>
    public static EsyncMessage IncrementalFailed(EsyncBody request, UpdateImage image, UpdateOutcome refusal) => new()
    {
        Type = EsyncType.IncrementalFailed,
        Body = new EsyncBody
        {
            Package = Named(request.Package) with { Message = refusal.Text },
            Campaign = request.Campaign,
            Ecu = new EsyncEcu { Encoding = EncodingText.Of(image.Encoding), Reason = refusal.Reason.ToString() },
        },
    };

    /// <summary>How far the download of a package into the vehicle is.</summary>
    public static EsyncMessage Downloaded(EsyncPackage package, int have, int length) => new()
    {
        Type = EsyncType.UpdateReport,
        Body = new EsyncBody
        {
            Package = Named(package),
            Progress = (int)(have * 100L / length),
            IsIndeterminate = false,
            Stage = EsyncStage.Download,
            Ecu = new EsyncEcu { Bytes = have, TransferBytes = length },
        },
    };

    /// <summary>How far the transfer of an image is.</summary>
    public static EsyncMessage Progress(EsyncPackage package, UpdateImage image, int position) => new()
    {
        Type = EsyncType.UpdateReport,
        Body = new EsyncBody
        {
            Package = Named(package),
            Progress = UpdateProgress.PercentOf(image, position),
            IsIndeterminate = false,
            Stage = EsyncStage.Transfer,
            Ecu = new EsyncEcu
            {
                Encoding = EncodingText.Of(image.Encoding),
                Bytes = position,
                TransferBytes = image.Payload.Length,
                ImageBytes = image.ImageLength,
            },
        },
    };

    private static EsyncPackage Named(EsyncPackage package) => new() { Type = package.Type, Name = package.Name, Version = package.Version };
}
