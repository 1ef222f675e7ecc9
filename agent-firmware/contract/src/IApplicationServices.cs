// What the agent offers to an application. Contract version 2, frozen: additions are a new version.
// Calls only note what is reported and return at once; the agent acts in its own cycle.
// Tests: tests/host-sim/Applications.
namespace EsyncAgent.App;

/// <summary>The agent's side of the contract.</summary>
public interface IApplicationServices
{
    /// <summary>Version of the contract that is resident; 2 for this one.</summary>
    ushort ContractVersion { get; }

    /// <summary>Reports a diagnostic event (number from nf.config, 0 to 255) as failed or passed; it becomes a DTC status.</summary>
    void ReportEvent(byte eventNumber, bool isFailed);

    /// <summary>
    /// Publishes the value of a signal of nf.config, raw: (physical − offset) / factor. A value out of the signal's range is not
    /// taken and marks it so; an identifier that this ECU does not have is passed over. Contract 2.
    /// </summary>
    void PublishSignal(ushort dataIdentifier, int rawValue);

    /// <summary>
    /// Tells what an output of nf.config shall be set to, raw, and returns what it is to be set to: a tester's value while
    /// he controls it (ISO 14229-1:2020, service 2F), else <paramref name="wantedValue"/>. To be called in each turn. Contract 2.
    /// </summary>
    int Output(ushort dataIdentifier, int wantedValue);
}
