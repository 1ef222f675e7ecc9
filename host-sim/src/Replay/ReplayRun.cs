// Plays frames to a bus, each at its moment or as soon after it as the bus takes it.
// Invariants: the order is kept; a frame counts as sent when it has left the bus; a bus that takes none for a second ends the run with one
// clear line. It answers to nothing: what the frames bring about is for others to see.
// Tests: tests/host-sim/Replay/ReplayRunTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Replay;

/// <summary>How it went.</summary>
/// <param name="Sent">Frames that left the bus.</param>
/// <param name="Seconds">From the beginning to the last frame.</param>
/// <param name="LatestMs">By how much the latest frame was late.</param>
public sealed record ReplayCount(long Sent, double Seconds, double LatestMs);

/// <summary>Plays to one bus.</summary>
public sealed class ReplayRun
{
    private const long PatienceNs = VirtualTime.NsPerSecond;

    private readonly VirtualTime _time;
    private readonly ITesterCan _can;
    private readonly SimSignal _free;
    private readonly CanFrame _frame = new();
    private long _sent;
    private long _taken;
    private long _latestNs;

    /// <summary>Takes a controller that nobody else uses.</summary>
    public ReplayRun(VirtualTime time, ITesterCan can)
    {
        _time = time;
        _can = can;
        _free = new SimSignal(time);
        can.FrameSent = () =>
        {
            _sent++;
            _free.Set();
        };
        can.PowerOn();
    }

    /// <summary>Plays, and returns when the last frame has left the bus.</summary>
    /// <exception cref="UserErrorException">The bus takes no frame.</exception>
    public async Task<ReplayCount> PlayAsync(ReplayPlan plan)
    {
        long beginNs = _time.NowNs;
        foreach (ReplayFrame frame in plan.Frames)
        {
            long dueNs = beginNs + frame.DueNs;
            if (dueNs > _time.NowNs)
            {
                await _time.Delay(dueNs - _time.NowNs);
            }

            await SendAsync(frame.Frame);
            _latestNs = Math.Max(_latestNs, _time.NowNs - dueNs);
        }

        while (_sent < _taken)
        {
            await AwaitFreeAsync();
        }

        return new ReplayCount(_sent, (_time.NowNs - beginNs) / (double)VirtualTime.NsPerSecond, _latestNs / (double)VirtualTime.NsPerMs);
    }

    private async Task SendAsync(BusFrame frame)
    {
        frame.CopyTo(_frame);
        _free.Reset();
        while (!_can.TrySend(_frame))
        {
            await AwaitFreeAsync();
        }

        _taken++;
    }

    private async Task AwaitFreeAsync()
    {
        if (!await _free.Wait(PatienceNs))
        {
            throw new UserErrorException(ExitCode.BusUnusable, $"the bus takes no frame any more after {_sent}: is another node on it, at the same bit rate?");
        }
    }
}
