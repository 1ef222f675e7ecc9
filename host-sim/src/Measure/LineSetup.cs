// What one run on the line is made of: board, bus, flow control, tester, faults. Plain data.
// Tests: tests/host-sim/Measure.
using EsyncSim.Bus;

namespace EsyncSim.Measure;

/// <summary>How the tester's computer reaches the bus.</summary>
public enum LineTester
{
    /// <summary>A controller of its own, told at once of each frame: the next one follows after the interframe space, and any STmin is kept to the microsecond.</summary>
    Ideal,

    /// <summary>The same, but its timer knows whole milliseconds: an STmin of 100 to 900 µs becomes 1 ms.</summary>
    WholeMilliseconds,

    /// <summary>An adapter on USB (<see cref="UsbAdapter"/>), and the tester waits for the confirmation of each frame.</summary>
    Usb,

    /// <summary>The same adapter, and the tester hands frames on as long as the adapter takes them.</summary>
    UsbAhead,
}

/// <summary>One run.</summary>
public sealed record LineSetup
{
    /// <summary>Bytes of the image unless a run names another length: one bank of nf.config.</summary>
    public const int ImageLengthDefault = 256 * 1024;

    /// <summary>Board of the ECU, of boards/.</summary>
    public string Board { get; init; } = "virtual";

    /// <summary>Bits per second of the bus.</summary>
    public int BitRate { get; init; } = 500_000;

    /// <summary>Bytes of the image; less on a board whose memory cannot load as much.</summary>
    public int ImageLength { get; init; } = ImageLengthDefault;

    /// <summary>Block size that the ECU announces, 0 for no limit, whatever board.yaml says; null: what that says the driver can stand.</summary>
    public byte? BlockSize { get; init; }

    /// <summary>STmin code that the ECU announces, in the same way; null: what board.yaml says the driver asks for.</summary>
    public byte? SeparationTimeMin { get; init; }

    /// <summary>The tester.</summary>
    public LineTester Tester { get; init; }

    /// <summary>Fault that strikes frames of the payload phase; null for none.</summary>
    public BusFaultKind? Fault { get; init; }

    /// <summary>Share of the frames that it strikes, 0 to 1.</summary>
    public double FaultShare { get; init; }

    /// <summary>Bytes of a TransferData request; null: chosen by what is lost (<see cref="Client.UpdatePolicy.BlockLength"/>).</summary>
    public int? BlockLength { get; init; }

    /// <summary>Decides content, faults and jitter.</summary>
    public ulong Seed { get; init; } = 1;
}
