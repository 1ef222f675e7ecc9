// What the vehicle's client says of failures and of progress, as messages. Plain data: when and how they go out is the client's matter.
// Tests: tests/Vehicle.
using EsyncSim.Client;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Makes messages of the client.</summary>
internal static class VehicleAnswers
{
    /// <summary>A package whose step failed; what ran before still runs.</summary>
    public static EsyncPackage Failed(EsyncPackage package, string message, bool isTerminal) => package with
    {
        Status = EsyncStatus.InstallFailed,
        Message = message,
        VersionList = null,
        IsTerminalFailure = isTerminal ? true : null,
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

    /// <summary>How far the transfer of an image is.</summary>
    public static EsyncMessage Progress(EsyncPackage package, UpdateImage image, int position) => new()
    {
        Type = EsyncType.UpdateReport,
        Body = new EsyncBody
        {
            Package = Named(package),
            Progress = UpdateProgress.PercentOf(image, position),
            IsIndeterminate = false,
            Stage = "US_TRANSFER",
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
