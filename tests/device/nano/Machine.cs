// What device tests ask of the machine, on nanoFramework: heap in use after a collection, and a clock.
// Tests: tests/Surface compiles it; it runs on devices only.
using System;

namespace EsyncAgent.DeviceTests;

/// <summary>The device, or the virtual device.</summary>
internal static class Machine
{
    /// <summary>Bytes of heap in use, against an arbitrary level: only differences count.</summary>
    internal static int UsedBytes
    {
        get { return -(int)nanoFramework.Runtime.Native.GC.Run(true); }
    }

    /// <summary>Microseconds since some moment; wraps after 71 minutes.</summary>
    internal static uint NowUs
    {
        get { return (uint)(DateTime.UtcNow.Ticks / 10); }
    }
}
