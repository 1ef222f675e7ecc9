// The bit time of a classic CAN bus in time quanta (ISO 11898-1:2015 §11.3): a synchronisation segment of one quantum,
// then the three segments below. Figures are real ones; each driver turns them into its registers' form.
// Invariant: computed and checked where nf.config is read (host-sim/src/Config); nothing here is computed on a board.
// Tests: tests/host-sim/Config/BitTimingTests.cs.
namespace EsyncAgent;

/// <summary>Bit timing of a CAN controller: the bit has 1 + PropagationSegment + PhaseSegment1 + PhaseSegment2 quanta.</summary>
public sealed class CanBitTiming
{
    /// <summary>Divides the board's CAN clock (`can.clockHz` of board.yaml) to the quantum clock; 1 to 1024 on bxCAN, 1 to 64 on an MCP2515, whose clock here is half its crystal.</summary>
    public ushort Prescaler;

    /// <summary>Quanta of the propagation segment, 1 to 8; a bxCAN has it in one with phase segment 1.</summary>
    public byte PropagationSegment;

    /// <summary>Quanta of phase segment 1, 1 to 8, or to 16 less the propagation segment on bxCAN; the sample point is at its end.</summary>
    public byte PhaseSegment1;

    /// <summary>Quanta of phase segment 2, 1 to 8.</summary>
    public byte PhaseSegment2;

    /// <summary>Quanta by which a bit may be lengthened or shortened to stay in step, 1 to 4.</summary>
    public byte SyncJumpWidth;
}
