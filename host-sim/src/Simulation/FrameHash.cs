// One number that stands for all traffic of a run: each frame, its fate and its moment.
// Not for anything that an adversary could want to meet; it tells whether two runs were the same.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;

namespace EsyncSim.Simulation;

/// <summary>Hash of a bus's traffic.</summary>
public sealed class FrameHash : IBusObserver
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    /// <summary>The hash so far.</summary>
    public ulong Value { get; private set; } = 1;

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        Add(record.Frame.Data);
        Add(((ulong)record.Frame.Identifier << 8) | ((ulong)(byte)record.Fate << 4) | (byte)record.Frame.Length);
        Add((ulong)record.EndNs);
    }

    private void Add(ulong value) => Value = ulong.RotateLeft((Value ^ value) * Prime, 29);
}
