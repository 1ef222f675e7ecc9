// A machine for the emulator that prints into a list and has a clock and a heap of its own, so that tests depend on neither.
using EsyncAgent.Emulator;

namespace EsyncTests.Boards.Virtual;

internal sealed class QuietHost : IEmulatorHost
{
    private uint _nowMs;

    public List<string> Lines { get; } = [];

    public int UsedBytes { get; set; }

    /// <summary>Asked for at each look at the clock, with the number of the look.</summary>
    public Action<uint>? ClockRead { get; set; }

    public uint NowMs
    {
        get
        {
            uint nowMs = _nowMs++;
            ClockRead?.Invoke(nowMs);
            return nowMs;
        }
    }

    public void WriteLine(string line) => Lines.Add(line);
}
