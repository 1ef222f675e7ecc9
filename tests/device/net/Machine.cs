// What device tests ask of the machine, on .NET 10: bytes that this thread has allocated so far, garbage included, which is
// stricter than what a device can tell; and a clock.
using System;
using System.Diagnostics;

namespace EsyncAgent.DeviceTests;

/// <summary>This process.</summary>
internal static class Machine
{
    /// <summary>Bytes allocated by this thread since it began; only differences count.</summary>
    internal static int UsedBytes
    {
        get { return (int)GC.GetAllocatedBytesForCurrentThread(); }
    }

    /// <summary>Microseconds since some moment; wraps after 71 minutes.</summary>
    internal static uint NowUs
    {
        get { return (uint)(Stopwatch.GetTimestamp() * 1000000 / Stopwatch.Frequency); }
    }
}
