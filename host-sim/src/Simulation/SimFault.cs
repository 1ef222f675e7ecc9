// One fault of a run: what strikes, whom, when and how hard, all of it drawn before the run begins. A list of them is all
// that a run has of faults, so that any part of the list can be run again.
// Invariant: two runs of one seed with the same list are the same; to leave one out draws no other differently.
// Tests: tests/host-sim/Simulation.
using System.Globalization;
using System.Text;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>Kinds of faults. Numbers are only appended.</summary>
public enum FaultKind
{
    /// <summary>Frames are on the wire, and no receiver gets them.</summary>
    FrameDrop,

    /// <summary>Frames are destroyed and sent again.</summary>
    FrameCorruption,

    /// <summary>Frames are received twice.</summary>
    FrameDuplication,

    /// <summary>Frames arrive late.</summary>
    FrameDelay,

    /// <summary>A node of the highest priority leaves no gap on the bus.</summary>
    BabblingNode,

    /// <summary>A node goes bus-off.</summary>
    BusOff,

    /// <summary>The broker is away, and with it what is under way.</summary>
    BrokerLoss,

    /// <summary>Messages between server and vehicle are lost.</summary>
    MessageLoss,

    /// <summary>Messages come twice.</summary>
    MessageDuplication,

    /// <summary>Messages come late, and others overtake them.</summary>
    MessageDelay,

    /// <summary>The vehicle's client ends in the middle, and starts anew from what its disk kept.</summary>
    ClientCrash,

    /// <summary>The processor of an ECU is reset from outside.</summary>
    EcuReset,

    /// <summary>The power of an ECU fails at a moment.</summary>
    PowerCut,

    /// <summary>The power of an ECU fails in the middle of a flash operation.</summary>
    PowerCutInFlash,

    /// <summary>A flash operation fails and says so.</summary>
    FlashError,

    /// <summary>A flash program leaves wrong bits and does not say so.</summary>
    FlashWrongBits,

    /// <summary>The millisecond counter of an ECU jumps.</summary>
    ClockJump,

    /// <summary>The 32-bit millisecond counter of an ECU wraps.</summary>
    ClockWrap,
}

/// <summary>One fault.</summary>
public sealed record SimFault
{
    /// <summary>What.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Place in the drawn list; it names the fault's own chance.</summary>
    public required int Number { get; init; }

    /// <summary>Whom: index of the ECU; −1: no one in particular.</summary>
    public int Ecu { get; init; } = -1;

    /// <summary>When, in milliseconds of virtual time; for faults in the flash the number of the operation.</summary>
    public long At { get; init; }

    /// <summary>How often it strikes at most: frames, messages, resets, operations.</summary>
    public int Count { get; init; } = 1;

    /// <summary>What lies between two strikes: operations, or milliseconds between resets.</summary>
    public int Gap { get; init; } = 1;

    /// <summary>How long, or how far, in milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>Which identifier of the ECU (0 request, 1 response) or which node (0 tester, 1 ECU).</summary>
    public int Side { get; init; }

    /// <summary>Which of the models of its kind a cut flash operation follows (<see cref="CutModels"/>), counted from 0; what a crash leaves on the client's disk.</summary>
    public int CutVariant { get; init; }

    /// <summary>The model that a cut follows.</summary>
    public CutModel CutOf(FlashOperationKind kind) => CutModels.Of(kind)[CutVariant % CutModels.Of(kind).Count];

    /// <summary>Name of a kind, as reports give it: <c>frame-drop</c>.</summary>
    public static string NameOf(FaultKind kind)
    {
        StringBuilder name = new();
        foreach (char c in kind.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    /// <summary>The fault in words.</summary>
    /// <param name="ecuName">Name of the ECU with an index.</param>
    public string Describe(Func<int, string> ecuName)
    {
        string whom = Ecu < 0 ? string.Empty : $" {ecuName(Ecu)}";
        string what = Kind switch
        {
            FaultKind.FrameDrop or FaultKind.FrameCorruption or FaultKind.FrameDuplication => $"{Count} frames of the {SideName}",
            FaultKind.FrameDelay => $"{Count} frames of the {SideName} by up to {DurationMs} ms",
            FaultKind.BabblingNode or FaultKind.BrokerLoss => $"for {DurationMs} ms",
            FaultKind.ClientCrash => $"({(CutVariant == 0 ? "process" : $"power, disk variant {CutVariant}")}) for {DurationMs} ms",
            FaultKind.BusOff => Side == 0 ? "(tester)" : "(ECU)",
            FaultKind.MessageLoss or FaultKind.MessageDuplication => $"{Count} messages",
            FaultKind.MessageDelay => $"{Count} messages by up to {DurationMs} ms",
            FaultKind.PowerCut => $"(cut model {CutVariant}), off for {DurationMs} ms",
            FaultKind.EcuReset => $"{Count} times, {Gap} ms between",
            FaultKind.PowerCutInFlash => $"at operation {At}{Again} (cut model {CutVariant}), off for {DurationMs} ms",
            FaultKind.FlashError or FaultKind.FlashWrongBits => $"at operation {At}{Again}",
            FaultKind.ClockJump => $"by {DurationMs} ms",
            FaultKind.ClockWrap => $"{DurationMs} ms after each start",
            _ => string.Empty,
        };
        string when = IsByOperation || Kind == FaultKind.ClockWrap ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" at {At / 1000.0:F3} s");
        return $"#{Number} {NameOf(Kind)}{whom}{when} {what}".TrimEnd();
    }

    /// <summary>True for an operation that this fault strikes.</summary>
    public bool StrikesOperation(long number) => number >= At && (number - At) % Gap == 0 && (number - At) / Gap < Count;

    private string Again => Count == 1 ? string.Empty : $", {Count} times, every {Gap}";

    private bool IsByOperation => Kind is FaultKind.PowerCutInFlash or FaultKind.FlashError or FaultKind.FlashWrongBits;

    private string SideName => Side == 0 ? "requests" : "responses";
}
