// The vehicles that a server speaks with: one CampaignServer each, whatever campaigns it goes through, for as long as the server has its
// lease.
// Invariants: without the lease there is no subscription and nothing is published; a lease that was lost silences its CampaignServer at
// once. Leases are renewed as long as any is held.
// Tests: tests/host-sim/Server/SeveralServersTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>Hears what passes between this server and a vehicle; repetitions are not told.</summary>
internal delegate void VehicleMessage(string vin, bool isToVehicle, EsyncMessage message);

/// <summary>Vehicles and who speaks with them.</summary>
public sealed class ServedVehicles
{
    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly CloudStore _store;
    private readonly SimEvent _renew;
    private readonly Dictionary<string, CampaignServer> _servers = [];

    /// <summary>A server that has no vehicle yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">Where the vehicles are.</param>
    /// <param name="store">The database that it may share with other servers.</param>
    /// <param name="owner">Its name: another one than any other server has.</param>
    public ServedVehicles(VirtualTime time, IMessageLink link, CloudStore store, string owner)
    {
        _time = time;
        _link = link;
        _store = store;
        Leases = new VehicleLeases(store, owner);
        _renew = time.CreateEvent(Renew);
    }

    /// <summary>Longest wait for an answer of a vehicle, in nanoseconds.</summary>
    public long AnswerNsMax { get; set; } = 600 * VirtualTime.NsPerSecond;

    /// <summary>Address below which vehicles get packages over HTTP; null sends them over the link.</summary>
    public string? PackagesUrl { get; set; }

    /// <summary>Signs vehicle manifests; null sends none.</summary>
    public FleetSigner? Fleet { get; set; }

    /// <summary>True when it has fallen silent.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Leases of this server.</summary>
    public VehicleLeases Leases { get; }

    /// <summary>Packages that are handed out.</summary>
    public PackageShelf Shelf { get; } = new();

    /// <summary>Called with each message.</summary>
    internal VehicleMessage? Heard { get; set; }

    /// <summary>Speaks with a vehicle; null while another server does.</summary>
    public CampaignServer? TryServe(string vin)
    {
        DropStopped(vin);
        return !IsStopped && Leases.TryTake(vin) ? Serve(vin) : null;
    }

    /// <summary>A vehicle has announced itself; takes it when nobody has it.</summary>
    public void Announced(string vin, EsyncMessage announcement)
    {
        DropStopped(vin);
        if (Leases.TryTake(vin, transaction => _store.Inventory.Announced(transaction, vin, announcement.Body.Ecus ?? [])))
        {
            Serve(vin);
        }
    }

    /// <summary>Falls silent and gives all vehicles free.</summary>
    public void Stop()
    {
        Silence();
        Leases.Release();
    }

    /// <summary>Falls silent as a server that is killed does: leases stay until they are over.</summary>
    internal void Silence()
    {
        IsStopped = true;
        _renew.Cancel();
        foreach (CampaignServer server in _servers.Values)
        {
            server.Stop();
        }

        _servers.Clear();
    }

    // One whose lease was over, if only for a moment, never speaks again: another takes its place.
    private void DropStopped(string vin)
    {
        if (_servers.TryGetValue(vin, out CampaignServer? server) && server.IsStopped)
        {
            server.Stop();
            _servers.Remove(vin);
            Leases.Forget(vin);
        }
    }

    private CampaignServer Serve(string vin)
    {
        if (!_servers.TryGetValue(vin, out CampaignServer? server))
        {
            server = new CampaignServer(_time, _link, new Topics(vin), _store.Of(vin, Leases), new Ear(this, vin)) { AnswerNsMax = AnswerNsMax, Shelf = Shelf, PackagesUrl = PackagesUrl, Fleet = Fleet };
            _servers[vin] = server;
            if (_servers.Count == 1)
            {
                _renew.After(VehicleLeases.RenewMs * VirtualTime.NsPerMs);
            }
        }

        return server;
    }

    private void Renew()
    {
        foreach (string vin in Leases.Renew())
        {
            if (_servers.Remove(vin, out CampaignServer? server))
            {
                server.Stop();
            }
        }

        if (_servers.Count > 0)
        {
            _renew.After(VehicleLeases.RenewMs * VirtualTime.NsPerMs);
        }
    }

    private sealed class Ear(ServedVehicles vehicles, string vin) : ICampaignObserver
    {
        public void Message(bool isToVehicle, EsyncMessage message) => vehicles.Heard?.Invoke(vin, isToVehicle, message);
    }
}
