// What a simulation over many seeds has shown, as data; the JSON form is the one of `esync sim --json`.
// Tests: tests/host-sim/Simulation.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Simulation;

/// <summary>A seed that broke a rule.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Rule">Name of the rule.</param>
/// <param name="AtSeconds">Moment in virtual time.</param>
/// <param name="Text">What happened.</param>
/// <param name="Faults">The shortened fault list, in words.</param>
/// <param name="Candump">File with the traffic of the shortened run; null when none was asked for.</param>
public sealed record SeedFailure(ulong Seed, string Rule, double AtSeconds, string Text, IReadOnlyList<string> Faults, string? Candump);

/// <summary>Figures of all seeds.</summary>
public sealed record SimulationReport
{
    /// <summary>First seed.</summary>
    public required ulong FirstSeed { get; init; }

    /// <summary>Last seed.</summary>
    public required ulong LastSeed { get; init; }

    /// <summary>Seeds that count: at least one fault has struck.</summary>
    public required long Seeds { get; init; }

    /// <summary>Seeds that ran and do not count, since nothing has struck.</summary>
    public required long SeedsWithoutFault { get; init; }

    /// <summary>Faults that have struck.</summary>
    public required long FaultsStruck { get; init; }

    /// <summary>Faults that have struck, by kind.</summary>
    public required IReadOnlyDictionary<string, long> FaultsByKind { get; init; }

    /// <summary>Transfers of images, by form, those that went on where one was broken off apart.</summary>
    public required IReadOnlyDictionary<string, long> TransfersByForm { get; init; }

    /// <summary>Operations that changed a flash; the rules were held to each.</summary>
    public required long FlashOperations { get; init; }

    /// <summary>Virtual time of all runs, in hours.</summary>
    public required double VirtualHours { get; init; }

    /// <summary>Time that it took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Processor time of this process for one seed, in milliseconds.</summary>
    public required double ProcessorMsPerSeed { get; init; }

    /// <summary>Rules that were held to.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>Seeds that broke a rule.</summary>
    public required IReadOnlyList<SeedFailure> Failures { get; init; }

    /// <summary>"pass" when no rule was broken, else "fail".</summary>
    public string Outcome => Failures.Count == 0 ? "pass" : "fail";

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SimulationJsonContext.Default.SimulationReport);
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulationReport))]
internal sealed partial class SimulationJsonContext : JsonSerializerContext;
