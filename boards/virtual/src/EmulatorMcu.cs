// The processor of the emulated ECU: virtual milliseconds, an identity, entropy that repeats with each run.
// Invariants: no clock of the machine is read; the entropy goes on over resets, so that no challenge comes twice.
// On a board entropy is mixed by boards/drivers; this one protects nothing and need not.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Microcontroller in virtual time.</summary>
public sealed class EmulatorMcu : IMcu
{
    // Five seconds before the wrap of 32 bits, which thus lies in every run.
    private const uint StartMs = uint.MaxValue - 5000;

    private readonly byte[] _uniqueId = { 0x45, 0x4D, 0x55, 0x4C, 0x41, 0x54, 0x4F, 0x52, 0x00, 0x00, 0x00, 0x01 };
    private readonly PseudoRandom _entropy = new PseudoRandom(0x2545F491);

    /// <inheritdoc/>
    public McuResetCause ResetCause { get; private set; }

    /// <inheritdoc/>
    public uint NowMs { get; private set; } = StartMs;

    /// <summary>True from <see cref="Reset"/> to the next <see cref="Start"/>.</summary>
    public bool IsResetRequested { get; private set; }

    /// <summary>Time goes on by one millisecond.</summary>
    public void Tick()
    {
        NowMs++;
    }

    /// <summary>The processor starts.</summary>
    public void Start(McuResetCause cause)
    {
        ResetCause = cause;
        IsResetRequested = false;
    }

    /// <inheritdoc/>
    public int ReadUniqueId(byte[] into)
    {
        System.Array.Copy(_uniqueId, 0, into, 0, _uniqueId.Length);
        return _uniqueId.Length;
    }

    /// <inheritdoc/>
    public void ReadEntropy(byte[] into)
    {
        _entropy.Fill(into, 0, into.Length);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        IsResetRequested = true;
    }
}
