// What a run of a fleet has shown, as data; the JSON form is the one of `esync fleet --json`.
// Invariant: everything but Measured follows from the options, so that one seed gives the same report again, to the byte.
// Tests: tests/host-sim/Scale.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Scale;

/// <summary>What the run cost on this machine.</summary>
public sealed record FleetMeasured
{
    /// <summary>Cores that worked.</summary>
    public required int Cores { get; init; }

    /// <summary>Wall time of the campaign, in seconds; making keys and vehicles and the check are not in it.</summary>
    public required double Seconds { get; init; }

    /// <summary>Processor time of the campaign, in seconds.</summary>
    public required double ProcessorSeconds { get; init; }

    /// <summary>Vehicles that came to their end, for each core and minute.</summary>
    public required double VehiclesPerCoreMinute { get; init; }

    /// <summary>The same for each minute of processor time: what is left when other programs have no part in it.</summary>
    public required double VehiclesPerProcessorMinute { get; init; }

    /// <summary>Messages in a second of wall time.</summary>
    public required double MessagesPerSecond { get; init; }

    /// <summary>Managed heap that a vehicle takes, in bytes: after the campaign, less what was there before the first vehicle.</summary>
    public required long HeapBytesPerVehicle { get; init; }

    /// <summary>Working set at its largest, in bytes.</summary>
    public required long WorkingSetBytes { get; init; }
}

/// <summary>Figures of a fleet.</summary>
public sealed record FleetReport
{
    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Vehicles.</summary>
    public required int Vehicles { get; init; }

    /// <summary>ECUs of each.</summary>
    public required IReadOnlyList<string> Ecus { get; init; }

    /// <summary>Messages that got lost on purpose, of a hundred.</summary>
    public required int LossyPercent { get; init; }

    /// <summary>Vehicles whose image fails its trial.</summary>
    public required int BadVehicles { get; init; }

    /// <summary>How the campaign stands in the end; empty where the server is another program.</summary>
    public required string Campaign { get; init; }

    /// <summary>Vehicles all of whose ECUs show the wanted version confirmed, in an authentic report read after the campaign.</summary>
    public required int Confirmed { get; init; }

    /// <summary>What runs: "ECU version state", and on how many vehicles.</summary>
    public required IReadOnlyDictionary<string, int> Running { get; init; }

    /// <summary>Targets by how they ended and why, as the server has it: "Completed", "RolledBack TrialFailed"; how many.</summary>
    public required IReadOnlyDictionary<string, int> Ends { get; init; }

    /// <summary>Vehicles where the server has another end than the ECUs show.</summary>
    public required int Contradictions { get; init; }

    /// <summary>Virtual time that the campaign took, in seconds; of the slowest vehicle where the server is another program.</summary>
    public required double VirtualSeconds { get; init; }

    /// <summary>Messages of server and vehicles.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages of them that got lost.</summary>
    public required long MessagesLost { get; init; }

    /// <summary>Bytes of them.</summary>
    public required long MessageBytes { get; init; }

    /// <summary>Frames on all buses.</summary>
    public required long BusFrames { get; init; }

    /// <summary>What it cost; null leaves it out.</summary>
    public FleetMeasured? Measured { get; init; }

    /// <summary>"pass" when nothing contradicts, and every vehicle is confirmed that is not bad or was not begun because the campaign was aborted.</summary>
    public string Outcome => Contradictions == 0 && (Campaign == "Aborted" || Confirmed == Vehicles - BadVehicles) ? "pass" : "fail";

    /// <summary>The report as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FleetJsonContext.Default.FleetReport);
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetReport))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;
