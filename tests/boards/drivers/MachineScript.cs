// A processor for the drivers' tests: clocks that the test moves, and a reset that is only counted.
using EsyncAgent.Drivers;

namespace EsyncTests.Boards.Drivers;

internal sealed class MachineScript : IMachine
{
    private int _reads;

    public uint NowMs { get; set; }

    /// <summary>Readings after which <see cref="Ticks"/> goes one further; 0 lets it stand still.</summary>
    public int ReadsPerTick { get; init; } = 100;

    public int Reboots { get; private set; }

    public long Ticks => ReadsPerTick == 0 ? 0 : ++_reads / ReadsPerTick;

    public int Reads => _reads;

    public void Reboot() => Reboots++;
}
