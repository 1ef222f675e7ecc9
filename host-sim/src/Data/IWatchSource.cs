// Where somebody who looks gets reports from: a broker, or a vehicle inside this program.
// Tests: tests/host-sim/Cli/DataCommandTests.cs.
namespace EsyncSim.Data;

/// <summary>A source of reports.</summary>
public interface IWatchSource : IDisposable
{
    /// <summary>Where it is, for people.</summary>
    string Description { get; }

    /// <summary>The next message; null when none came within the time, or nobody wants it any more.</summary>
    Task<(string Vehicle, DataBatch Batch)?> NextAsync(TimeSpan timeout, CancellationToken stop);
}
