// What a page is told of a bench, as JSON: plain data, the same names in the snapshot that a page begins with and in what follows it.
// Invariants: times are UTC in milliseconds since 1970; what is not known is absent.
// Tests: tests/host-sim/Web/BenchViewTests.cs.
using System.Text.Json.Serialization;

namespace EsyncSim.Web;

/// <summary>The bench itself.</summary>
/// <param name="Vehicle">Vehicle identification number.</param>
/// <param name="Bus">Name of the bus.</param>
/// <param name="BitRate">Bits per second.</param>
/// <param name="Ecus">Names of the ECUs, in their order.</param>
/// <param name="Releases">Releases that ECUs can be updated to, by ECU.</param>
/// <param name="Faulty">The release of each ECU that fails its trial, with why.</param>
/// <param name="Broker">Where messages go, for people.</param>
/// <param name="Database">Database of the server.</param>
public sealed record BenchHead(
    string Vehicle, string Bus, int BitRate, IReadOnlyList<string> Ecus, IReadOnlyDictionary<string, IReadOnlyList<string>> Releases, IReadOnlyDictionary<string, BenchRelease> Faulty, string Broker, string Database);

/// <summary>A release with a word about it.</summary>
public sealed record BenchRelease(string Version, string Text);

/// <summary>One bank of an ECU.</summary>
/// <param name="Name">A or B.</param>
/// <param name="State">State of the boot record.</param>
/// <param name="Version">What it holds; empty when nobody knows.</param>
/// <param name="IsActive">True for the bank that starts next.</param>
/// <param name="IsRunning">True for the bank that runs.</param>
public sealed record BankView(string Name, string State, string Version, bool IsActive, bool IsRunning);

/// <summary>A DTC of an ECU.</summary>
/// <param name="Code">Three bytes, hexadecimal.</param>
/// <param name="Text">What it stands for; empty when nobody knows.</param>
/// <param name="Status">Status byte, hexadecimal.</param>
/// <param name="Words">Its bits in words, those that say something is or was wrong.</param>
/// <param name="IsFailed">True while its test fails.</param>
/// <param name="Occurrences">How often it failed.</param>
public sealed record DtcView(string Code, string Text, string Status, IReadOnlyList<string> Words, bool IsFailed, int Occurrences);

/// <summary>A transfer or what else an update does with an ECU.</summary>
public sealed record ProgressView
{
    /// <summary>Name of the stage; empty when nothing is under way.</summary>
    public string Stage { get; init; } = string.Empty;

    /// <summary>Version that is brought.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>Form in which it is sent.</summary>
    public string Encoding { get; init; } = string.Empty;

    /// <summary>Byte at which the transfer began.</summary>
    public int From { get; init; }

    /// <summary>Bytes that the ECU has of the form.</summary>
    public int Position { get; init; }

    /// <summary>Bytes of the form.</summary>
    public int Total { get; init; }

    /// <summary>Thousand bytes per second.</summary>
    public double KBps { get; init; }

    /// <summary>Share of what the bus could carry, in percent.</summary>
    public double PercentOfLimit { get; init; }

    /// <summary>True while bytes are sent.</summary>
    public bool IsTransferring { get; init; }

    /// <summary>How the last attempt ended, in words; empty when none has.</summary>
    public string Last { get; init; } = string.Empty;
}

/// <summary>An ECU.</summary>
public sealed record EcuView
{
    /// <summary>Name in nf.config.</summary>
    public required string Name { get; init; }

    /// <summary>Its board.</summary>
    public required string Board { get; init; }

    /// <summary>Identifiers of requests and responses, hexadecimal.</summary>
    public required string Identifiers { get; init; }

    /// <summary>running, starting or off.</summary>
    public string Power { get; init; } = "off";

    /// <summary>Version of the application that runs; empty when none does.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>Both banks.</summary>
    public IReadOnlyList<BankView> Banks { get; init; } = [];

    /// <summary>Starts that the trial has left.</summary>
    public int AttemptsLeft { get; init; }

    /// <summary>Highest SUIT sequence number that was accepted.</summary>
    public long Sequence { get; init; }

    /// <summary>securityVersion floor.</summary>
    public long SecurityVersion { get; init; }

    /// <summary>Rollbacks so far.</summary>
    public int Rollbacks { get; init; }

    /// <summary>eSync state of DID FD01.</summary>
    public string State { get; init; } = string.Empty;

    /// <summary>Reason of the last failure in words; empty when there is none.</summary>
    public string LastError { get; init; } = string.Empty;

    /// <summary>What an update does with it.</summary>
    public ProgressView Progress { get; init; } = new();

    /// <summary>DTCs that were ever tested as failed.</summary>
    public IReadOnlyList<DtcView> Dtcs { get; init; } = [];
}

/// <summary>A signal with its curve.</summary>
/// <param name="Id">ECU and path.</param>
/// <param name="Ecu">The ECU.</param>
/// <param name="Path">VSS path.</param>
/// <param name="Unit">Unit as VSS names it; empty for none.</param>
/// <param name="Text">Newest value as text.</param>
/// <param name="Quality">valid, or what is wrong with it.</param>
/// <param name="UtcMs">Its moment.</param>
/// <param name="Points">Points of the curve: moment and value by turns. In a delta only those that are new.</param>
public sealed record SignalView(string Id, string Ecu, string Path, string Unit, string Text, string Quality, long UtcMs, IReadOnlyList<double> Points);

/// <summary>The bus.</summary>
/// <param name="LoadPercent">Load of the last interval.</param>
/// <param name="Frames">Frames so far.</param>
/// <param name="ErrorFrames">Error frames so far.</param>
/// <param name="Points">Points of the load's curve; in a delta only those that are new.</param>
public sealed record BusView(double LoadPercent, long Frames, long ErrorFrames, IReadOnlyList<double> Points);

/// <summary>A fault that is in force.</summary>
/// <param name="Id">By which it is taken back: power-motor, drop, corrupt, babble or broker.</param>
/// <param name="Text">In words.</param>
/// <param name="Strikes">How often it has struck; null where nothing is counted.</param>
public sealed record FaultView(string Id, string Text, long? Strikes);

/// <summary>A line of what has happened.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="UtcMs">When.</param>
/// <param name="Ecu">Which ECU; empty for none.</param>
/// <param name="Level">info, good, warn or bad.</param>
/// <param name="Text">What.</param>
public sealed record NoteView(long Number, long UtcMs, string Ecu, string Level, string Text);

/// <summary>What a page begins with, or, with some parts absent, what has changed since.</summary>
public sealed record BenchUpdate
{
    /// <summary>UTC of it.</summary>
    public long NowMs { get; init; }

    /// <summary>The bench; in a snapshot only.</summary>
    public BenchHead? Head { get; init; }

    /// <summary>ECUs that are different.</summary>
    public IReadOnlyList<EcuView>? Ecus { get; init; }

    /// <summary>The bus.</summary>
    public BusView? Bus { get; init; }

    /// <summary>All faults in force.</summary>
    public IReadOnlyList<FaultView>? Faults { get; init; }

    /// <summary>Signals with something new.</summary>
    public IReadOnlyList<SignalView>? Signals { get; init; }

    /// <summary>Rows of the trace.</summary>
    public IReadOnlyList<TraceRow>? Trace { get; init; }

    /// <summary>Rows that were left out before them, since there were too many.</summary>
    public long? TraceSkipped { get; init; }

    /// <summary>What has happened.</summary>
    public IReadOnlyList<NoteView>? Notes { get; init; }

    /// <summary>True when nothing but the time is in it.</summary>
    [JsonIgnore]
    public bool IsEmpty => Head is null && Ecus is null && Bus is null && Faults is null && Signals is null && Trace is null && Notes is null;
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BenchUpdate))]
[JsonSerializable(typeof(UpdateOrder))]
[JsonSerializable(typeof(FaultOrder))]
[JsonSerializable(typeof(OrderDone))]
internal sealed partial class BenchJsonContext : JsonSerializerContext;
