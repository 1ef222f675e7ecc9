// Passes what an update does on to an observer, and tells the server every tenth part of the transfer.
// Tests: tests/Vehicle.
using EsyncSim.Client;

namespace EsyncSim.Vehicle;

/// <summary>Observer that reports percentages.</summary>
internal sealed class UpdateProgress(IUpdateObserver? inner, Action<int> report) : IUpdateObserver
{
    private const int PercentStep = 10;
    private int _total;
    private int _reported;

    /// <inheritdoc/>
    public void Stage(UpdateStage stage) => inner?.Stage(stage);

    /// <inheritdoc/>
    public void TransferBegins(int offset, int total)
    {
        _total = total;
        _reported = -1;
        inner?.TransferBegins(offset, total);
    }

    /// <inheritdoc/>
    public void Transferred(int position)
    {
        inner?.Transferred(position);
        int percent = (int)(position * 100L / Math.Max(_total, 1)) / PercentStep * PercentStep;
        if (percent > _reported)
        {
            _reported = percent;
            report(percent);
        }
    }

    /// <inheritdoc/>
    public void TransferEnds() => inner?.TransferEnds();

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast) => inner?.AttemptEnded(attempt, outcome, isLast);
}
