// What was published, signal by signal and moment by moment: by an application, or in a frame that ended on the bus. What a server has is
// held against it, by a way of its own: nothing here is the agent's or the collector's arithmetic.
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncTests.Vehicle;

/// <summary>The signals of one ECU as they were.</summary>
public sealed class ManyTruth
{
    private readonly Dictionary<string, List<(long AtNs, long? Raw)>> _signals = [];
    private readonly Dictionary<string, SignalDefinition> _definitions;

    public ManyTruth(EcuDefinition ecu)
    {
        _definitions = ecu.SignalEntries.ToDictionary(signal => signal.Definition.Path, signal => signal.Definition);
        foreach (string path in _definitions.Keys)
        {
            _signals[path] = [(0, null)];
        }
    }

    /// <summary>A raw value is in force from a moment on.</summary>
    public void Add(string path, long atNs, long raw) => _signals[path].Add((atNs, raw));

    /// <summary>The ECU has lost its memory.</summary>
    public void Forget(long atNs)
    {
        foreach (List<(long AtNs, long? Raw)> values in _signals.Values)
        {
            values.Add((atNs, null));
        }
    }

    /// <summary>True when a signal had this physical value at some moment of a span; null is no value.</summary>
    public bool Had(string path, double? physical, long fromNs, long toNs)
    {
        List<(long AtNs, long? Raw)> values = _signals[path];
        int last = values.BinarySearch((toNs, null), Comparer<(long AtNs, long? Raw)>.Create((a, b) => a.AtNs.CompareTo(b.AtNs)));
        last = last >= 0 ? last : ~last - 1;
        for (int i = last; i >= 0; i--)
        {
            if (IsEqual(path, values[i].Raw, physical))
            {
                return true;
            }

            if (values[i].AtNs <= fromNs)
            {
                return false;
            }
        }

        return false;
    }

    private bool IsEqual(string path, long? raw, double? physical)
    {
        if (raw is null || physical is null)
        {
            return raw is null && physical is null;
        }

        SignalDefinition signal = _definitions[path];
        double exact = (raw.Value * signal.Factor) + signal.Offset;
        return Math.Abs(exact - physical.Value) <= 1e-9 * Math.Max(1, Math.Abs(exact));
    }
}
