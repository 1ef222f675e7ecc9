// One ECU of nf.config as host-sim needs it: the agent's own configuration object, and what lies around it.
// Invariant: whoever holds one holds a checked one; NfConfig.Load gives none otherwise.
// Tests: tests/host-sim/Config.
using EsyncAgent;
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>A CAN bus.</summary>
/// <param name="Name">Name in nf.config.</param>
/// <param name="BitRate">Bits per second.</param>
public sealed record BusDefinition(string Name, uint BitRate);

/// <summary>An ECU: configuration, board, bus, flash part.</summary>
/// <param name="Config">What the agent's composition takes; the same that the generated C# builds.</param>
/// <param name="Board">The board that it runs on.</param>
/// <param name="Bus">The bus that it is connected to.</param>
/// <param name="FlashPart">The part that holds its flash map.</param>
public sealed record EcuDefinition(EcuConfig Config, BoardDefinition Board, BusDefinition Bus, FlashPart FlashPart)
{
    /// <summary>Name in nf.config.</summary>
    public string Name => Config.Name;

    /// <summary>Its signals, ascending by identifier, with their ranges and sources.</summary>
    public IReadOnlyList<ConfiguredSignal> SignalEntries { get; init; } = [];

    /// <summary>What its signals mean, and the identifier of their table.</summary>
    public SignalCatalogue Signals => new(SignalEntries.Select(s => s.Definition));

    /// <summary>Its outputs, ascending by identifier.</summary>
    public IReadOnlyList<OutputDefinition> Outputs { get; init; } = [];
}
