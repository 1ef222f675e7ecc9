// Entropy from time: how far an interpreter's loop gets between two steps of a clock, and when it was asked. Cache, flash
// and interrupts decide the first, whoever sends a request the second. Weak, a bit or two a sample; never alone.
// Invariant: bounded: four steps of the clock, or so many rounds where it stands still.
// Tests: tests/boards/drivers/EntropySourceTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>Jitter between the processor and its clock.</summary>
public sealed class ClockJitter : IEntropySource
{
    private const int SampleCount = 4;
    private const int RoundsMax = 20_000;

    private readonly IMachine _machine;

    /// <summary>Makes it.</summary>
    public ClockJitter(IMachine machine)
    {
        _machine = machine;
    }

    /// <inheritdoc/>
    public int Read(byte[] into)
    {
        int length = 0;
        for (int i = 0; i < SampleCount && length + 3 <= into.Length; i++)
        {
            long start = _machine.Ticks;
            int rounds = 0;
            while (_machine.Ticks == start && rounds < RoundsMax)
            {
                rounds++;
            }

            into[length] = (byte)rounds;
            into[length + 1] = (byte)(rounds >> 8);
            into[length + 2] = (byte)start;
            length += 3;
        }

        return length;
    }
}
