// Judges restarts, each state once: an agent follows from its flash, so that equal contents and equal expectations have one
// verdict, which counts for all cuts that leave them.
// Invariant: contents are equal when their cells, their unstable bits, their programmed units and their interrupted erases
// are; what unstable bits read as follows from the contents and the seed alone.
// Tests: tests/host-sim/Sweep.
using System.Buffers.Binary;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Verdicts so far.</summary>
internal sealed class CutVerdicts(ulong seed)
{
    private readonly Dictionary<string, Exception?> _verdicts = [];
    private readonly HashSet<string> _cutAgain = [];

    /// <summary>Restarts really run.</summary>
    public int Restarts { get; private set; }

    /// <summary>What the restart of a fork throws; null when all is well.</summary>
    /// <param name="fork">The world after the cut.</param>
    /// <param name="cutAgain">Called with each operation of the restart when it is to be cut as well; null: it is not.</param>
    public Exception? Judge(IPowerCutScenario fork, Action<FlashOperation>? cutAgain)
    {
        string? key = fork.Expectation is { } expected ? $"{Settle(fork.Flash)} {expected}" : null;
        bool isKnown = key is not null && _verdicts.ContainsKey(key);
        if (isKnown && (cutAgain is null || !_cutAgain.Add(key!)))
        {
            return _verdicts[key!];
        }

        fork.Flash.Observer = cutAgain ?? fork.Guard;
        Exception? verdict = Run(fork);
        if (key is not null)
        {
            _verdicts[key] = verdict;
            _ = cutAgain is not null && _cutAgain.Add(key);
        }

        return verdict;
    }

    private Exception? Run(IPowerCutScenario fork)
    {
        try
        {
            Restarts++;
            fork.Restart();
            return null;
        }
        catch (Exception error) when (error is not (OperationCanceledException or SweepFailedException))
        {
            return error;
        }
    }

    private string Settle(FlashModel flash)
    {
        byte[] fingerprint = flash.Memory.Fingerprint();
        flash.Memory.Reseed(BinaryPrimitives.ReadUInt64LittleEndian(fingerprint) ^ seed);
        return Convert.ToHexString(fingerprint);
    }
}

/// <summary>A finding that nobody takes: it ends the sweep.</summary>
internal sealed class SweepFailedException(string message, Exception inner) : Exception(message, inner);
