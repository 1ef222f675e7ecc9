// The processor under nanoFramework: TickCount64 is steady and steps by a millisecond on STM32.
// Package nanoFramework.Runtime.Native. Tests: tests/Surface compiles it; what stands on it is tested through IMachine.
using System;
using System.Threading;
using EsyncAgent.Drivers;
using nanoFramework.Runtime.Native;

namespace EsyncAgent.Boards;

/// <summary>Clock and reset of the framework.</summary>
public sealed class NanoMachine : IMachine
{
    /// <inheritdoc/>
    public uint NowMs
    {
        get { return (uint)Environment.TickCount64; }
    }

    /// <inheritdoc/>
    public long Ticks
    {
        get { return Environment.TickCount64; }
    }

    /// <summary>Free bytes of the managed heap after a collection.</summary>
    public static uint FreeMemory
    {
        get { return nanoFramework.Runtime.Native.GC.Run(true); }
    }

    /// <summary>Resets the processor: RebootDevice only asks for it and returns, and other threads may go on for up to a second.</summary>
    public static void RebootNow()
    {
        Power.RebootDevice();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <inheritdoc/>
    public void Reboot()
    {
        RebootNow();
    }
}
