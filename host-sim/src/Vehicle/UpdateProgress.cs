// Passes what an update does on to an observer, and tells the server every tenth part of the transfer.
// Tests: tests/Vehicle.
using EsyncSim.Client;

namespace EsyncSim.Vehicle;

/// <summary>Observer that reports percentages.</summary>
internal sealed class UpdateProgress(IUpdateObserver? inner, Action<UpdateImage, int> report) : IUpdateObserver
{
    private const int PercentStep = 10;
    private UpdateImage? _image;
    private int _reported;

    /// <summary>Percent of the payload, in the steps in which it is told.</summary>
    public static int PercentOf(UpdateImage image, int position) => (int)(position * 100L / Math.Max(image.Payload.Length, 1)) / PercentStep * PercentStep;

    /// <inheritdoc/>
    public void Stage(UpdateStage stage) => inner?.Stage(stage);

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset)
    {
        _image = image;
        _reported = -1;
        inner?.TransferBegins(image, offset);
    }

    /// <inheritdoc/>
    public void Transferred(int position)
    {
        inner?.Transferred(position);
        if (_image is { } image && PercentOf(image, position) is int percent && percent > _reported)
        {
            _reported = percent;
            report(image, position);
        }
    }

    /// <inheritdoc/>
    public void BlockLengthChanged(BlockLengthChange change) => inner?.BlockLengthChanged(change);

    /// <inheritdoc/>
    public void TransferEnds() => inner?.TransferEnds();

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast) => inner?.AttemptEnded(attempt, outcome, isLast);
}
