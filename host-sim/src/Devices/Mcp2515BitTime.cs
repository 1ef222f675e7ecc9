// The bit rate that CNF1 to CNF3 of an MCP2515 give with its crystal.
// A quantum is two crystal periods times BRP + 1; the bit has a synchronisation quantum and three segments.
// Microchip DS20001801J §5 (registers 5-1 to 5-3; §5.3 for the rules between the segments).
// Tests: tests/host-sim/Devices/Mcp2515BusTests.cs.
namespace EsyncSim.Devices;

/// <summary>Bit time of an MCP2515.</summary>
internal readonly record struct Mcp2515BitTime(byte Cnf1, byte Cnf2, byte Cnf3)
{
    private const int BtlMode = 0x80;

    /// <summary>Quanta of the propagation segment.</summary>
    internal int PropagationSegment => (Cnf2 & 7) + 1;

    /// <summary>Quanta of phase segment 1.</summary>
    internal int PhaseSegment1 => ((Cnf2 >> 3) & 7) + 1;

    /// <summary>Quanta of phase segment 2: of CNF3 when BTLMODE is set, else as long as phase segment 1 and at least 2.</summary>
    internal int PhaseSegment2 => (Cnf2 & BtlMode) != 0 ? (Cnf3 & 7) + 1 : Math.Max(PhaseSegment1, 2);

    /// <summary>Quanta of the synchronisation jump width.</summary>
    internal int SyncJumpWidth => (Cnf1 >> 6) + 1;

    /// <summary>Quanta of a bit.</summary>
    internal int Quanta => 1 + PropagationSegment + PhaseSegment1 + PhaseSegment2;

    /// <summary>True when the segments keep the data sheet's rules.</summary>
    internal bool IsAllowed =>
        PhaseSegment2 >= 2 && PropagationSegment + PhaseSegment1 >= PhaseSegment2 && PhaseSegment2 > SyncJumpWidth;

    /// <summary>True when a bit lasts exactly as long as on a bus of this rate.</summary>
    internal bool Gives(int bitRate, int crystalHz) => (long)bitRate * 2 * ((Cnf1 & 0x3F) + 1) * Quanta == crystalHz;
}
