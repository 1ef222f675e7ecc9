// The microcontroller of a virtual ECU: reset cause, clock, identity, entropy from a seed.
// Invariant: two ECUs with different seeds differ in identity and entropy; the same seed repeats both, and goes on
// across resets, so that no challenge comes twice.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Ecu;

/// <summary>The port <see cref="IMcu"/> in virtual time.</summary>
public sealed class McuModel : IMcu
{
    private readonly VirtualTime _time;
    private readonly ProcessorClock _clock;
    private readonly SeededRandom _entropy;
    private readonly byte[] _uniqueId = new byte[12];
    private long _startNs;

    internal McuModel(VirtualTime time, ProcessorClock clock, ulong seed)
    {
        _time = time;
        _clock = clock;
        _entropy = new SeededRandom(seed, "entropy");
        new SeededRandom(seed, "unique id").Fill(_uniqueId);
    }

    /// <inheritdoc/>
    public McuResetCause ResetCause { get; private set; }

    /// <summary>What the millisecond counter shows at the start; changing it lets the clock jump, or nearly wrap.</summary>
    public uint ClockOffsetMs { get; set; }

    /// <summary>The counter at the processor's moment: within a long turn it goes on.</summary>
    public uint NowMs => (uint)((_clock.NowNs - _startNs) / VirtualTime.NsPerMs) + ClockOffsetMs;

    /// <summary>True when the agent asked for a reset in the present turn.</summary>
    internal bool IsResetWished { get; private set; }

    /// <summary>Moment at which the millisecond counter goes on, after now.</summary>
    internal long NextMsNs => _time.NowNs + VirtualTime.NsPerMs - ((_time.NowNs - _startNs) % VirtualTime.NsPerMs);

    /// <inheritdoc/>
    public int ReadUniqueId(byte[] into)
    {
        _uniqueId.CopyTo(into, 0);
        return _uniqueId.Length;
    }

    /// <inheritdoc/>
    public void ReadEntropy(byte[] into) => _entropy.Fill(into);

    /// <inheritdoc/>
    public void Reset() => IsResetWished = true;

    internal void Start(McuResetCause cause)
    {
        ResetCause = cause;
        IsResetWished = false;
        _startNs = _time.NowNs;
    }
}
