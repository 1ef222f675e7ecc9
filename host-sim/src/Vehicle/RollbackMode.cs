// How an ECU's failure is told to a server that gave a list of versions to return to: the rollback modes of eSync's libua, by their names.
// Tests: tests/Vehicle/LibuaScenarioTests.cs.
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>Who begins the way back, and who says where to.</summary>
public enum RollbackMode
{
    /// <summary><c>URB_NONE</c>: told as it happened, and no version is named.</summary>
    None,

    /// <summary><c>URB_DMC_INITIATED_WITH_UA_INTENT</c>: INSTALL_FAILED with the next version of the list; when there is none left, a terminal failure.</summary>
    ClientInitiatedWithIntent,

    /// <summary><c>URB_DMC_INITIATED_NO_UA_INTENT</c>: INSTALL_FAILED, and no version is named although there may be one.</summary>
    ClientInitiatedWithoutIntent,

    /// <summary><c>URB_UA_INITIATED</c>: INSTALL_ROLLBACK with the next version of the list; when there is none left, INSTALL_FAILED and a terminal failure.</summary>
    AgentInitiated,
}

/// <summary>Tells failures.</summary>
internal static class RollbackStatus
{
    /// <summary>The status of a failed update, from what it is by itself.</summary>
    /// <param name="mode">The ECU's mode.</param>
    /// <param name="request">The package as it was requested, with the list and how far in it the server is.</param>
    /// <param name="failed">The status as it happened.</param>
    public static EsyncPackage Of(RollbackMode mode, EsyncPackage request, EsyncPackage failed)
    {
        if (request.RollbackVersions is not { Count: > 0 } list || mode == RollbackMode.None)
        {
            return failed;
        }

        string? next = request.RollbackVersion is null ? list[0] : list.SkipWhile(version => version != request.RollbackVersion).Skip(1).FirstOrDefault();
        return mode switch
        {
            RollbackMode.ClientInitiatedWithIntent => failed with { Status = EsyncStatus.InstallFailed, RollbackVersion = next, IsTerminalFailure = next is null ? true : null },
            RollbackMode.ClientInitiatedWithoutIntent => failed with { Status = EsyncStatus.InstallFailed, RollbackVersion = null, IsTerminalFailure = null },
            _ when next is null => failed with { Status = EsyncStatus.InstallFailed, RollbackVersion = null, IsTerminalFailure = true },
            _ => failed with { Status = EsyncStatus.InstallRollback, RollbackVersion = next, IsTerminalFailure = null },
        };
    }
}
