// Everything that a run needs, put together: flash, bus, ECU and tester, and the turn that moves them all on.
// Invariant: a turn is a millisecond of virtual time; first the ECU has it, then the tester.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>The ECU, its surroundings and the scripted client.</summary>
public sealed class World
{
    private const int SectorLength = 2048;
    private const int SectorCount = 47;
    private const int PageSize = 256;
    private const int WriteUnit = 16;

    private readonly EmulatorMcu _mcu = new EmulatorMcu();

    /// <summary>A new ECU without power, its flash erased.</summary>
    public World(PackageShelf packages, Steps steps)
    {
        EcuConfig config = EmulatorConfig.Create();
        LoopbackCan can = LoopbackCan.Create();
        Packages = packages;
        Steps = steps;
        Flash = NewFlash();
        Ecu = new EmulatedEcu(config, Flash, can, _mcu);
        Tester = new Tester(this, config, can.Other);
        Client = new Client(this, Tester);
    }

    /// <summary>The log.</summary>
    public Steps Steps { get; }

    /// <summary>Where packages are taken from.</summary>
    public PackageShelf Packages { get; }

    /// <summary>The ECU's flash.</summary>
    public RamFls Flash { get; }

    /// <summary>The ECU.</summary>
    public EmulatedEcu Ecu { get; }

    /// <summary>The client's wire.</summary>
    public Tester Tester { get; }

    /// <summary>The client.</summary>
    public Client Client { get; }

    /// <summary>Virtual time in milliseconds; wraps.</summary>
    public uint NowMs
    {
        get { return _mcu.NowMs; }
    }

    /// <summary>A new part, erased: `ram` of board.yaml, which the flash map of the ECU fills.</summary>
    public static RamFls NewFlash()
    {
        return new RamFls(SectorCount, SectorLength, PageSize, WriteUnit);
    }

    /// <summary>A millisecond goes by.</summary>
    public void Turn()
    {
        _mcu.Tick();
        Ecu.Turn();
        Tester.Turn(_mcu.NowMs);
    }

    /// <summary>Some milliseconds go by.</summary>
    public void Wait(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            Turn();
        }
    }
}
