// The emulated ECU: what a power supply and a reset do to it. What a chip keeps is given (flash, clock, the end of the
// bus); agent, drivers and loader are made anew at each start and thrown away before the next.
// Invariant: between two starts nothing lives on but the flash's contents, the clock and the entropy.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using EsyncAgent.Drivers;

namespace EsyncAgent.Emulator;

/// <summary>One ECU of nf.config in this process.</summary>
public sealed class EmulatedEcu
{
    private readonly EcuConfig _config;
    private readonly RamFls _flash;
    private readonly LoopbackCan _can;
    private readonly EmulatorMcu _mcu;
    private EcuM _agent;

    /// <summary>An ECU without power.</summary>
    public EmulatedEcu(EcuConfig config, RamFls flash, LoopbackCan can, EmulatorMcu mcu)
    {
        _config = config;
        _flash = flash;
        _can = can;
        _mcu = mcu;
    }

    /// <summary>True from <see cref="PowerOn"/> until the flash lost its power.</summary>
    public bool IsOn
    {
        get { return _agent != null; }
    }

    /// <summary>Times that the processor started.</summary>
    public int StartCount { get; private set; }

    /// <summary>Power comes on.</summary>
    public void PowerOn()
    {
        _flash.PowerOn();
        Start(McuResetCause.PowerOn);
    }

    /// <summary>One turn of the agent. A reset that it asks for happens at once.</summary>
    public void Turn()
    {
        if (_agent == null)
        {
            return;
        }

        _agent.MainFunction(_mcu.NowMs);
        if (_flash.IsPowerLost)
        {
            // What the agent still did in this turn nobody has seen: its frames are gone.
            _agent = null;
            _can.Other.Clear();
        }
        else if (_mcu.IsResetRequested)
        {
            Start(McuResetCause.Software);
        }
    }

    private void Start(McuResetCause cause)
    {
        _agent = null; // its memory is free before the next one is made
        _can.Clear();
        _mcu.Start(cause);
        StartCount++;
        _agent = new EcuM(_config, _can, _flash, new ManagedCrypto(), _mcu, new CompiledInLoader());
    }
}
