// The agent as the program of a virtual ECU: its composition from one configuration object, nothing else.
// It must hold no behaviour: what a virtual ECU does, the agent's own sources do.
// Tests: tests/host-sim/Ecu/EcuMAgentTests.cs.
using EsyncAgent;

namespace EsyncSim.Ecu;

/// <summary>The agent's sources on simulated ports.</summary>
public sealed class EcuMAgent(EcuConfig config, EcuPorts ports) : IAgent
{
    /// <summary>The composed agent, for tools that look inside.</summary>
    public EcuM EcuM { get; } = new(config, ports.Can, ports.Flash, ports.Crypto, ports.Mcu, ports.Application);

    /// <inheritdoc/>
    public bool IsServing => EcuM.IsRunning;

    /// <inheritdoc/>
    public uint CompressionCount => EcuM.Csm.CompressionCount;

    /// <inheritdoc/>
    public uint TakenBitCount => EcuM.Fota.Decoder?.TakenBitCount ?? 0;

    /// <inheritdoc/>
    public uint MadeByteCount => EcuM.Fota.Decoder?.MadeByteCount ?? 0;

    /// <inheritdoc/>
    public uint ReadSignalCount => EcuM.Data.ReadSignalCount;

    /// <inheritdoc/>
    public uint TakenSignalCount => EcuM.Data.TakenSignalCount;

    /// <inheritdoc/>
    public uint RuleInstructionCount => EcuM.Data.Engine?.SpentInstructions ?? 0;

    /// <inheritdoc/>
    public bool IsSendingPeriodically => EcuM.Dcm.IsSendingPeriodically;

    /// <inheritdoc/>
    public uint WrittenCount => EcuM.Data.Reports.WrittenCount;

    /// <inheritdoc/>
    public uint WrittenByteCount => EcuM.Data.Reports.WrittenByteCount;

    /// <inheritdoc/>
    public void MainFunction(uint nowMs) => EcuM.MainFunction(nowMs);
}
