// The processor of an ESP32: its tick counter steps by 10 ms, its time of day by a microsecond, and SteadyClock makes one
// clock of both.
// Package nanoFramework.Runtime.Native. Tests: tests/Surface compiles it; SteadyClock has tests of its own.
using System;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>Clock and reset of an ESP32.</summary>
public sealed class Esp32Machine : IMachine
{
    private readonly SteadyClock _clock = new SteadyClock();

    /// <inheritdoc/>
    public uint NowMs
    {
        get { return _clock.Read(DateTime.UtcNow.Ticks, Environment.TickCount64); }
    }

    /// <inheritdoc/>
    public long Ticks
    {
        get { return DateTime.UtcNow.Ticks; }
    }

    /// <inheritdoc/>
    public void Reboot()
    {
        NanoMachine.RebootNow();
    }
}
