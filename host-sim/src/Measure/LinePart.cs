// Where the time of a payload phase goes: every nanosecond of it belongs to exactly one part, so that the parts add up to the whole.
// While a frame or a failed attempt is on the bus, the interframe space after it included, the time is that frame's. While the bus is free it belongs
// to whoever sends the next frame of the conversation; in the ECU's time, what its processor does comes first, then what its flash does.
// What goes on beside the bus (the pipeline) is therefore in no part: it costs nothing.
// Tests: tests/host-sim/Measure/LineBreakdownTests.cs.
namespace EsyncSim.Measure;

/// <summary>One part of the payload phase.</summary>
public enum LinePart
{
    /// <summary>Consecutive frames of the tester on the bus: what cannot be saved.</summary>
    ConsecutiveFrames,

    /// <summary>Other frames of the transfer on the bus: first frames, flow control, requests and responses of one frame.</summary>
    OtherFrames,

    /// <summary>Frames that have nothing to do with the transfer (tester present), and attempts that ended in an error frame.</summary>
    ForeignFrames,

    /// <summary>Bus free, the tester is next: its turnaround, gaps that STmin asks for, and timeouts.</summary>
    TesterTurnaround,

    /// <summary>Bus free, the ECU is next: its processor works, and on nothing that a part below names.</summary>
    Processor,

    /// <summary>Bus free, the ECU is next: its processor begins an erase, or has nothing else to do while the flash erases.</summary>
    Erase,

    /// <summary>The same for programming.</summary>
    Program,

    /// <summary>Bus free, the ECU is next: its processor computes a tag, or reads back what was programmed.</summary>
    Verify,

    /// <summary>Frames 7F xx 78, and the free bus between one and the answer as far as no part above has it.</summary>
    ResponsePending,

    /// <summary>Bus free, the ECU is next, and neither processor nor flash has anything to do: a turn of the idle loop, or a wait.</summary>
    EcuTurnaround,
}
