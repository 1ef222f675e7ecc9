// What a virtual ECU needs of the program that it runs, and what it offers to it.
// The agent itself comes in by EcuMAgent; tests of the ECU bring smaller programs.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;

namespace EsyncSim.Ecu;

/// <summary>A program with a cyclic function, as it stands in the RAM of an ECU.</summary>
public interface IAgent
{
    /// <summary>True when it serves requests; false in its start-up.</summary>
    bool IsServing { get; }

    /// <summary>SHA-256 compressions in managed code so far; wraps.</summary>
    uint CompressionCount { get; }

    /// <summary>Bits of compressed images that were taken so far; wraps.</summary>
    uint TakenBitCount => 0;

    /// <summary>Bytes that came out of them; wraps.</summary>
    uint MadeByteCount => 0;

    /// <summary>Signals that were read out of CAN frames so far; wraps.</summary>
    uint ReadSignalCount => 0;

    /// <summary>Signals that were taken from the application so far; wraps.</summary>
    uint TakenSignalCount => 0;

    /// <summary>IL instructions that evaluating collection rules has cost so far, by the agent's own upper bounds; wraps.</summary>
    uint RuleInstructionCount => 0;

    /// <summary>True while service 2A has anything to send.</summary>
    bool IsSendingPeriodically => false;

    /// <summary>Records of the report log that were brought into the flash so far; wraps.</summary>
    uint WrittenCount => 0;

    /// <summary>Their bytes; wraps.</summary>
    uint WrittenByteCount => 0;

    /// <summary>One turn.</summary>
    void MainFunction(uint nowMs);
}

/// <summary>The ports of one ECU.</summary>
/// <param name="Can">CAN controller.</param>
/// <param name="Flash">Flash part.</param>
/// <param name="Crypto">Native cryptography.</param>
/// <param name="Mcu">Microcontroller.</param>
/// <param name="Application">Loader of the application.</param>
public sealed record EcuPorts(ICan Can, IFls Flash, ICrypto Crypto, IMcu Mcu, IApplicationLoader Application);
