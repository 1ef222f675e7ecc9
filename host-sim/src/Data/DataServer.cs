// The server's side of reports: takes batches of all vehicles, stores what is new, and acknowledges what it has, the doubles too, for they
// came because an acknowledgement was lost.
// Invariants: nothing is acknowledged that is not in the store; what is no batch is counted and changes nothing.
// Tests: tests/host-sim/Data/DeliveryOfReportsTests.cs.
using EsyncSim.Server;

namespace EsyncSim.Data;

/// <summary>Hears what arrives at the server.</summary>
public interface IDataServerObserver
{
    /// <summary>Records of an ECU that are new and stored.</summary>
    /// <param name="vehicle">The vehicle.</param>
    /// <param name="batch">The message that they came in.</param>
    /// <param name="records">The new ones.</param>
    void Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records);
}

/// <summary>Receives reports.</summary>
public sealed class DataServer
{
    private readonly IMessageLink _link;
    private readonly DataStore _store;
    private readonly IDataServerObserver? _observer;

    /// <summary>Makes the server and listens to all vehicles.</summary>
    public DataServer(IMessageLink link, DataStore store, IDataServerObserver? observer = null)
    {
        _link = link;
        _store = store;
        _observer = observer;
        link.Subscribe(Topics.AllData, Receive);
    }

    /// <summary>Messages that were no batch.</summary>
    public long StrangeCount { get; private set; }

    private void Receive(string topic, ReadOnlyMemory<byte> payload)
    {
        if (Topics.TryParseData(topic) is not { } source || DataJson.TryDecode(payload) is not { } batch || batch.Ecu != source.Ecu)
        {
            StrangeCount++;
            return;
        }

        DataTaken taken = _store.Take(source.Vehicle, batch);
        _link.Publish(
            new Topics(source.Vehicle).DataAcknowledged,
            DataJson.Encode(new DataAcknowledgement(DataAcknowledgement.TypeName, batch.Ecu, batch.Epoch, taken.Last)));
        if (taken.New.Count > 0)
        {
            _observer?.Received(source.Vehicle, batch, taken.New);
        }
    }
}
