// What the agent offers to an application. Contract version 1, frozen: additions are a new version.
// Calls only note what is reported and return at once; the agent acts in its own cycle.
// Tests: tests/host-sim/Applications.
namespace EsyncAgent.App;

/// <summary>The agent's side of the contract.</summary>
public interface IApplicationServices
{
    /// <summary>Version of the contract that is resident; 1 for this one.</summary>
    ushort ContractVersion { get; }

    /// <summary>Reports a diagnostic event (number from nf.config, 0 to 255) as failed or passed; it becomes a DTC status.</summary>
    void ReportEvent(byte eventNumber, bool isFailed);
}
