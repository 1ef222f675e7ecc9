// A bus full of ECUs as text of nf.config: the repository's own defaults, and any number of ECUs with any number of signals, half of them
// published by the application, half read out of frames that a traffic node and the three next ECUs send.
// Invariants: each signal of an ECU is in one periodic rule and some in rules of the other kinds; the text is read and checked as any other.
using System.Globalization;
using System.Text;
using EsyncSim.Config;

namespace EsyncTests.Vehicle;

public sealed record ManyConfig
{
    /// <summary>DTC of the application's event 16.</summary>
    public const uint Dtc = 0x0A2B00;

    private const int NeighbourCount = 3;
    private const int SignalsPerFrame = 4;

    // Types, scaling: what an application publishes, one after the other.
    private static readonly string[] Published =
    [
        "type: uint16, unit: V, factor: 0.1", "type: int16, unit: Nm, factor: 0.01", "type: uint8, unit: Celsius, factor: 0.5, offset: -40", "type: int8, unit: percent",
        "type: boolean", "type: uint32, unit: m", "type: int32, unit: A, factor: 0.001", "type: uint16, unit: rpm",
    ];

    // What a frame carries: little-endian, big-endian, bits of all lengths, and two halves that a multiplexor tells apart.
    private static readonly string[][] Layouts =
    [
        [
            "type: uint16, factor: 0.1|startBit: 0, length: 16, byteOrder: little", "type: int16, factor: 0.01|startBit: 16, length: 16, byteOrder: little",
            "type: uint16|startBit: 32, length: 16, byteOrder: little", "type: int16|startBit: 48, length: 16, byteOrder: little",
        ],
        [
            "type: int16|startBit: 7, length: 16, byteOrder: big", "type: int16, factor: 0.5|startBit: 23, length: 12, byteOrder: big",
            "type: uint8|startBit: 39, length: 8, byteOrder: big", "type: uint32|startBit: 47, length: 24, byteOrder: big",
        ],
        [
            "type: boolean|startBit: 0, length: 1, byteOrder: little", "type: int8|startBit: 1, length: 7, byteOrder: little",
            "type: uint32|startBit: 8, length: 32, byteOrder: little", "type: int32|startBit: 40, length: 24, byteOrder: little",
        ],
        [
            "type: uint16|startBit: 8, length: 16, byteOrder: little, multiplexor: { startBit: 0, length: 8, byteOrder: little, value: 0 }",
            "type: int16|startBit: 8, length: 16, byteOrder: little, multiplexor: { startBit: 0, length: 8, byteOrder: little, value: 1 }",
            "type: uint32|startBit: 24, length: 32, byteOrder: little, multiplexor: { startBit: 0, length: 8, byteOrder: little, value: 0 }",
            "type: int32|startBit: 24, length: 32, byteOrder: little, multiplexor: { startBit: 0, length: 8, byteOrder: little, value: 1 }",
        ],
    ];

    /// <summary>ECUs on the bus, 4 or more.</summary>
    public int Ecus { get; init; } = 8;

    /// <summary>Signals of each; a multiple of 40.</summary>
    public int Signals { get; init; } = 200;

    /// <summary>Periods of the periodic rules in milliseconds; their signals together are all of an ECU.</summary>
    public IReadOnlyList<int> PeriodsMs { get; init; } = [1000, 1000, 2000, 5000];

    /// <summary>Time from one frame of an identifier to the next in milliseconds.</summary>
    public int FramePeriodMs { get; init; } = 100;

    /// <summary>Time from one change of a signal of the application to the next at the least, in milliseconds.</summary>
    public int PublishMs { get; init; } = 100;

    /// <summary>Least time between two triggers of a rule on change or condition, in milliseconds.</summary>
    public int IntervalMs { get; init; } = 1000;

    /// <summary>IL instructions that an evaluation may cost; the longest turn follows from it.</summary>
    public int IlPerTurnMax { get; init; } = 33_600;

    /// <summary>Name of an ECU.</summary>
    public static string NameOf(int ecu) => string.Create(CultureInfo.InvariantCulture, $"ecu{ecu}");

    /// <summary>Identifiers of the frames that the traffic node sends.</summary>
    public IEnumerable<uint> TrafficFrames => Enumerable.Range(0, Signals / 20).Select(frame => 0x100u + (uint)frame);

    /// <summary>Identifiers of the frames that an ECU's node sends.</summary>
    public IEnumerable<uint> FramesOf(int ecu) => Enumerable.Range(0, Signals / 40).Select(frame => 0x200u + (uint)((16 * (ecu % Ecus)) + frame));

    /// <summary>The file.</summary>
    public string Text()
    {
        string defaults = Repository.Read("nf.config");
        StringBuilder text = new(defaults[..(defaults.IndexOf("\necus:", StringComparison.Ordinal) + 1)]);
        text.Append("ecus:\n");
        for (int ecu = 0; ecu < Ecus; ecu++)
        {
            Append(text, ecu);
        }

        return text.ToString();
    }

    /// <summary>The ECUs.</summary>
    public IReadOnlyList<EcuDefinition> Read()
    {
        (NfConfig? config, IReadOnlyList<ConfigProblem> problems) = NfConfig.Read("many.config", Text(), [Repository.PathOf("boards")]);
        Xunit.Assert.Empty(problems);
        return [.. config!.Ecus.Values];
    }

    private void Append(StringBuilder text, int ecu)
    {
        (string Path, string Line)[] signals = [.. PublishedOf(ecu), .. ReceivedOf(ecu)];
        text.Append(CultureInfo.InvariantCulture, $$"""
              {{NameOf(ecu)}}:
                board: virtual
                bus: powertrain
                can: { physicalRequest: {{0x600 + ecu}}, response: {{0x680 + ecu}}, periodicResponse: {{0x580 + ecu}} }
                isoTp: { blockSize: 32, separationTimeMin: 0 }
                uds: { turnMsMax: {{(IlPerTurnMax + 2399) / 2400}} }
                suit: { classId: 7659864f-5090-51a7-a4da-e90b940232{{ecu:x2}} }
                records: {}
                events:
                  16: { dtc: {{Dtc}}, snapshot: [{{string.Join(", ", signals.Take(4).Select(signal => signal.Path))}}] }
                signals:
            {{string.Concat(signals.Select(signal => $"      {signal.Path}: {{ {signal.Line} }}\n"))}}    data:
                  ruleSignalsMax: {{Math.Min(255, Signals + 40)}}
                  queueLength: 4 KiB
                  ilPerTurnMax: {{IlPerTurnMax}}
                  rules:
            {{string.Concat(RulesOf([.. signals.Select(signal => signal.Path)]).Select(rule => $"        - {{ {rule} }}\n"))}}
            """);
    }

    private IEnumerable<(string Path, string Line)> PublishedOf(int ecu)
    {
        for (int i = 0; i < Signals / 2; i++)
        {
            int did = i < 20 ? 0xF200 + i : 0x0200 + i;
            yield return (string.Create(CultureInfo.InvariantCulture, $"Vehicle.Bench.Ecu{ecu}.Signal{i}"), string.Create(CultureInfo.InvariantCulture, $"did: {did}, {Published[i % Published.Length]}, source: application"));
        }
    }

    private IEnumerable<(string Path, string Line)> ReceivedOf(int ecu)
    {
        int did = 0x0400;
        foreach (uint frame in TrafficFrames.Concat(Enumerable.Range(1, NeighbourCount).SelectMany(next => FramesOf(ecu + next))))
        {
            string[] layout = Layouts[frame % Layouts.Length];
            for (int i = 0; i < SignalsPerFrame; i++, did++)
            {
                string[] parts = layout[i].Split('|');
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"Vehicle.Bench.Frame{frame:X}.Signal{i}"),
                    string.Create(CultureInfo.InvariantCulture, $"did: {did}, {parts[0]}, source: {{ can: {frame}, {parts[1]}, timeoutMs: {FramePeriodMs * 10} }}"));
            }
        }
    }

    // All signals in periodic rules, application's and others' mixed; ten of them in each of the others.
    private IEnumerable<string> RulesOf(string[] paths)
    {
        string List(IEnumerable<string> some) => $"signals: [{string.Join(", ", some)}]";
        for (int rule = 0; rule < PeriodsMs.Count; rule++)
        {
            string priority = rule < PeriodsMs.Count / 2 ? "low" : "normal";
            yield return string.Create(CultureInfo.InvariantCulture, $"id: {rule + 1}, {List(paths.Where((_, i) => i % PeriodsMs.Count == rule))}, everyMs: {PeriodsMs[rule]}, priority: {priority}");
        }

        string all = List(paths.Where((_, i) => i % (paths.Length / 10) == 0));
        yield return string.Create(CultureInfo.InvariantCulture, $"id: 10, {all}, onChange: {{ signal: {paths[0]}, threshold: 100, intervalMsMin: {IntervalMs} }}");
        yield return string.Create(CultureInfo.InvariantCulture, $"id: 11, {all}, when: {{ any: [\"{paths[1]} > 250\", \"{paths[^4]} > 6000\"], intervalMsMin: {IntervalMs} }}, window: {{ periodMs: 100, beforeMs: 400, afterMs: 400 }}");
        yield return $"id: 12, {all}, onDtc: any, priority: high, window: {{ periodMs: 50, beforeMs: 200, afterMs: 500 }}";
    }
}
