// What differs between the two worlds that the emulator runs in: the terminal, the machine's clock, the heap. One small
// class for each lies beside these sources, in net and in nano.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>The machine around the emulator.</summary>
public interface IEmulatorHost
{
    /// <summary>Milliseconds since some moment, of the machine; only differences count.</summary>
    uint NowMs { get; }

    /// <summary>Bytes of heap in use more than when the program started, after a garbage collection.</summary>
    int UsedBytes { get; }

    /// <summary>Prints a line.</summary>
    void WriteLine(string line);
}
