// Where a server keeps what it must not forget of one vehicle: the numbers of its messages, and where the vehicle is in its
// campaign. Both are stored in one step, since an answer that counted must have had its effect, and once.
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Keeps the server's side of one vehicle.</summary>
public interface ICampaignStore
{
    /// <summary>Numbers of requests and messages; stored with the next <see cref="Save"/>.</summary>
    ServerLedger Ledger { get; }

    /// <summary>False when another server speaks with the vehicle: then nothing is said to it.</summary>
    bool IsOurs { get; }

    /// <summary>The campaign that was saved last under this name; null when there is none.</summary>
    VehicleCampaign? Find(string id);

    /// <summary>Notes what an answer to query-package says of an ECU; stored with the next <see cref="Save"/>.</summary>
    void Note(EsyncMessage answer);

    /// <summary>Stores the state and <see cref="Ledger"/>: both, or neither. Null stores the ledger alone.</summary>
    /// <exception cref="LeaseLostException">Another server has the vehicle; nothing is stored.</exception>
    void Save(VehicleCampaign? state);
}

/// <summary>A store that ends with the process: for a server whose vehicles end with it too.</summary>
/// <param name="epoch">Name of the ledger's life: another one than any server before had with the same vehicle.</param>
public sealed class MemoryCampaignStore(string epoch) : ICampaignStore
{
    private VehicleCampaign? _last;

    /// <inheritdoc/>
    public ServerLedger Ledger { get; } = new(epoch);

    /// <inheritdoc/>
    public bool IsOurs => true;

    /// <inheritdoc/>
    public VehicleCampaign? Find(string id) => _last?.Id == id ? _last : null;

    /// <inheritdoc/>
    public void Note(EsyncMessage answer)
    {
        // Nobody asks for it after the process.
    }

    /// <inheritdoc/>
    public void Save(VehicleCampaign? state) => _last = state ?? _last;
}
