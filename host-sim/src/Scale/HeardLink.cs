// A vehicle's link that is listened to: how much passes, and how each of its ECUs has ended, in the vehicle's own words.
// Invariant: it changes nothing of what passes.
// Tests: tests/host-sim/Scale/FleetOverBrokerTests.cs.
using EsyncSim.Server;

namespace EsyncSim.Scale;

/// <summary>Counts what passes a link.</summary>
internal sealed class HeardLink(IMessageLink inner, Topics topics) : IMessageLink
{
    private readonly Dictionary<string, string> _ends = [];
    private volatile int _endCount;

    /// <summary>Messages in both directions.</summary>
    public long Count { get; private set; }

    /// <summary>Their bytes, topics not counted.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Targets that have ended; any thread may ask.</summary>
    public int EndCount => _endCount;

    /// <summary>Status that ended the last update of each target.</summary>
    public IReadOnlyDictionary<string, string> Ends => _ends;

    /// <inheritdoc/>
    public bool IsConnected => inner.IsConnected;

    /// <inheritdoc/>
    public Action? Restored
    {
        get => inner.Restored;
        set => inner.Restored = value;
    }

    /// <inheritdoc/>
    public void Subscribe(string filter, MessageHandler handler) => inner.Subscribe(filter, (topic, payload) =>
    {
        Note(payload);
        handler(topic, payload);
    });

    /// <inheritdoc/>
    public void Unsubscribe(string filter) => inner.Unsubscribe(filter);

    /// <inheritdoc/>
    public void Publish(string topic, ReadOnlyMemory<byte> payload)
    {
        Note(payload);
        if (topic == topics.FromVehicle && EsyncJson.TryDecode(payload) is { Type: EsyncType.UpdateStatus, Body: { } body })
        {
            foreach (EsyncPackage package in (body.Group ?? []).Append(body.Package).Where(package => package.Status is EsyncStatus.InstallCompleted or EsyncStatus.InstallFailed or EsyncStatus.InstallRollback))
            {
                _ends[package.Type] = package.Status!;
                _endCount = _ends.Count;
            }
        }

        inner.Publish(topic, payload);
    }

    /// <inheritdoc/>
    public void Leave() => inner.Leave();

    private void Note(ReadOnlyMemory<byte> payload)
    {
        Count++;
        ByteCount += payload.Length;
    }
}
