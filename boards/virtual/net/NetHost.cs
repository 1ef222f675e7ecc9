// The emulator's machine on net10.0: console, stopwatch, and the managed heap as the garbage collector counts it.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;
using System.Diagnostics;

namespace EsyncAgent.Emulator;

/// <summary>A process of .NET 10.</summary>
public sealed class NetHost : IEmulatorHost
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _usedAtStart = GC.GetTotalMemory(forceFullCollection: true);

    /// <inheritdoc/>
    public uint NowMs
    {
        get { return (uint)_clock.ElapsedMilliseconds; }
    }

    /// <inheritdoc/>
    public int UsedBytes
    {
        get { return (int)(GC.GetTotalMemory(forceFullCollection: true) - _usedAtStart); }
    }

    /// <inheritdoc/>
    public void WriteLine(string line)
    {
        Console.WriteLine(line);
    }
}
