// The emulator's machine on nanoFramework: console, clock, and the heap as the runtime's collector tells what is free.
// Invariant: made first in Main, so that everything that the emulator makes counts.
// Tests: none on net10.0, which lacks these packages; tests/Surface compiles it.
using System;

namespace EsyncAgent.Emulator;

/// <summary>A device, or the virtual device.</summary>
public sealed class NanoHost : IEmulatorHost
{
    private readonly uint _freeAtStart = nanoFramework.Runtime.Native.GC.Run(true);

    /// <inheritdoc/>
    public uint NowMs
    {
        get { return (uint)Environment.TickCount64; }
    }

    /// <inheritdoc/>
    public int UsedBytes
    {
        get { return (int)(_freeAtStart - nanoFramework.Runtime.Native.GC.Run(true)); }
    }

    /// <inheritdoc/>
    public void WriteLine(string line)
    {
        Console.WriteLine(line);
    }
}
