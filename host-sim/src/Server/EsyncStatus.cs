// The words for how a step stands and how it ended, as eSync's update agent library libua has them.
// Documented with examples in host-sim/README.md, "Messages".
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Values of <c>package.status</c>.</summary>
public static class EsyncStatus
{
    /// <summary>The download may begin.</summary>
    public const string DownloadConsent = "DOWNLOAD_CONSENT";

    /// <summary>Not now; ask again.</summary>
    public const string DownloadPostponed = "DOWNLOAD_POSTPONED";

    /// <summary>No.</summary>
    public const string DownloadDenied = "DOWNLOAD_DENIED";

    /// <summary>The image is in the ECU, whole and checked.</summary>
    public const string InstallReady = "INSTALL_READY";

    /// <summary>The image runs on trial.</summary>
    public const string InstallInProgress = "INSTALL_IN_PROGRESS";

    /// <summary>The image runs and is confirmed.</summary>
    public const string InstallCompleted = "INSTALL_COMPLETED";

    /// <summary>The step failed; what ran before still runs.</summary>
    public const string InstallFailed = "INSTALL_FAILED";

    /// <summary>The trial failed; the ECU went back to what ran before.</summary>
    public const string InstallRollback = "INSTALL_ROLLBACK";
}

/// <summary>Values of <c>body.stage</c>.</summary>
public static class EsyncStage
{
    /// <summary>A package comes into the vehicle.</summary>
    public const string Download = "US_DOWNLOAD";

    /// <summary>An image goes into the ECU.</summary>
    public const string Transfer = "US_TRANSFER";
}
