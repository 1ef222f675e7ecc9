// Port to the microcontroller: reset, identity, entropy, time.
// Time is a free-running 32-bit millisecond counter: differences count, absolute values mean nothing.
// Tests: tests/agent-firmware/EcuM.
namespace EsyncAgent;

/// <summary>Why the processor started.</summary>
public enum McuResetCause : byte
{
    /// <summary>The board cannot tell.</summary>
    Unknown = 0,

    /// <summary>Power came on.</summary>
    PowerOn = 1,

    /// <summary>The agent asked for it by <see cref="IMcu.Reset"/>.</summary>
    Software = 2,

    /// <summary>A watchdog fired.</summary>
    Watchdog = 3,
}

/// <summary>The microcontroller.</summary>
public interface IMcu
{
    /// <summary>Why the processor started.</summary>
    McuResetCause ResetCause { get; }

    /// <summary>Milliseconds since some moment; wraps after 49.7 days.</summary>
    uint NowMs { get; }

    /// <summary>Writes the chip's unique identifier; returns its length, 0 when the board has none.</summary>
    int ReadUniqueId(byte[] into);

    /// <summary>Fills the whole array with bytes that nobody can predict.</summary>
    void ReadEntropy(byte[] into);

    /// <summary>Resets the processor. May return (a simulated one does); the caller must do nothing afterwards.</summary>
    void Reset();
}
