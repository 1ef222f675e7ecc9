// What the services of the diagnostic server work with: the neighbours below Dcm and the few objects that services
// share. Handed to each service's constructor, so that the dispatch table stays one line per service.
// Invariant: complete before the first service is made, never changed.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>Neighbours and shared state of the services.</summary>
public sealed class DcmParts
{
    /// <summary>Timing and identification.</summary>
    public DcmConfig Config;

    /// <summary>The way out for periodic data.</summary>
    public CanIf CanIf;

    /// <summary>The transport, for its flow control.</summary>
    public CanTp CanTp;

    /// <summary>Non-volatile blocks.</summary>
    public NvM NvM;

    /// <summary>Device identifier, keys and provisioning.</summary>
    public KeyStore Keys;

    /// <summary>Diagnostic events.</summary>
    public Dem Dem;

    /// <summary>Security events.</summary>
    public IdsM IdsM;

    /// <summary>Signals and outputs.</summary>
    public Data Data;

    /// <summary>Update target.</summary>
    public IUpdateTarget Target;

    /// <summary>The running application.</summary>
    public IApplicationLoader Application;

    /// <summary>Mode management.</summary>
    public IModeControl Modes;

    /// <summary>Active session.</summary>
    public DslSession Session;

    /// <summary>Access by 29 and 27.</summary>
    public AccessControl Access;

    /// <summary>The transfer under way.</summary>
    public DspTransfer Transfer;

    /// <summary>All records that an identifier stands for, but those that a tester defined.</summary>
    public DspRecords Records;

    /// <summary>Identifiers that a tester defined.</summary>
    public DspDynamics Dynamics;

    /// <summary>What is sent periodically.</summary>
    public DspPeriodic Periodic;
}
