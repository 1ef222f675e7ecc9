// What the user may ask of a demo.
// Tests: tests/host-sim/Demo.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Demo;

/// <summary>Options of a demo.</summary>
public sealed record DemoOptions
{
    /// <summary>Decides everything that chance decides; the same seed gives the same frames.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Path of the configuration.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Board that both ECUs are put on; null leaves them where the configuration has them.</summary>
    public string? Board { get; init; }

    /// <summary>A broker; null starts one in the process.</summary>
    public BrokerAccess? Broker { get; init; }

    /// <summary>True: messages take virtual time and no broker is used.</summary>
    public bool IsNetworkVirtual { get; init; }

    /// <summary>Ends the run before its end.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Sees the bus traffic; null for nobody.</summary>
    public IBusObserver? Log { get; init; }
}
