// Counts in which forms images were sent to the ECUs of a run, from their beginning or from where one was broken off, and how
// often the whole image followed a form that was refused.
// Invariant: it only counts; a report that is repeated counts once.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Client;
using EsyncSim.Server;

namespace EsyncSim.Simulation;

/// <summary>Transfers of a run.</summary>
public sealed class TransferCount : IUpdateObserver
{
    /// <summary>What the fallbacks are counted under.</summary>
    public const string Fallbacks = "whole image after a refused form";

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<(string?, int?)> _heard = [];

    /// <summary>How often, by form.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>The vehicle has published a message.</summary>
    public void Hear(EsyncMessage message)
    {
        if (message.Type == EsyncType.IncrementalFailed && _heard.Add((message.Epoch, message.Body.Sequence)))
        {
            Count(Fallbacks);
        }
    }

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset) => Count(EncodingText.Of(image.Encoding) + (offset > 0 ? ", resumed" : string.Empty));

    /// <inheritdoc/>
    public void Stage(UpdateStage stage)
    {
    }

    /// <inheritdoc/>
    public void Transferred(int position)
    {
    }

    /// <inheritdoc/>
    public void TransferEnds()
    {
    }

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
