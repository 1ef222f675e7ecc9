// Campaigns in the server's database: how each stands, its plan, who has consented, and which vehicles have begun.
// Invariants: a campaign's text and packages never change, only how it stands and, when it begins, which vehicles it is for; of a
// vehicle one answer to the question for consent counts, the first; no more vehicles begin than may, however many servers there are.
// Tests: tests/host-sim/Server/CloudStoreTests.cs, CloudServerTests.cs, SeveralServersTests.cs.
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>The campaigns of a database.</summary>
public sealed class CampaignTable
{
    private readonly CloudStore _store;

    internal CampaignTable(CloudStore store) => _store = store;

    /// <summary>All campaigns, the newest first.</summary>
    public IReadOnlyList<StoredCampaign> All => _store.All(Read, "SELECT id, text, files, state, why FROM campaign ORDER BY created DESC, id");

    /// <summary>How a campaign stands; null when it is not in here.</summary>
    public StoredCampaign? Find(string id) => _store.All(Read, "SELECT id, text, files, state, why FROM campaign WHERE id = $a", id).FirstOrDefault();

    /// <summary>When a campaign came and when it changed last, UTC in milliseconds since 1970.</summary>
    public (long CreatedMs, long ChangedMs) TimesOf(string id) => _store.All(row => (row.GetInt64(0), row.GetInt64(1)), "SELECT created, changed FROM campaign WHERE id = $a", id).Single();

    /// <summary>Stores how a campaign stands.</summary>
    public void Save(StoredCampaign campaign) => _store.Transact(transaction => Save(transaction, campaign));

    /// <summary>Stores a campaign with its plan, whose packages are in the store.</summary>
    internal void Save(StoredCampaign campaign, PlanForm plan) => _store.Transact(transaction =>
    {
        Save(transaction, campaign);
        _store.Do(
            transaction, "UPDATE campaign SET plan = $b, consent = $c WHERE id = $a",
            campaign.Id, JsonSerializer.Serialize(plan, CloudJsonContext.Default.PlanForm), plan.IsConsentRequired ? "required" : "none");
        foreach (string sha256 in plan.Files)
        {
            _store.Do(transaction, "INSERT INTO need (campaign, package) VALUES ($a, $b) ON CONFLICT DO NOTHING", campaign.Id, sha256);
        }
    });

    /// <summary>A campaign's plan; null when it is not in here, or from a server that kept none.</summary>
    internal PlanForm? PlanOf(string id) =>
        _store.Ask("SELECT plan FROM campaign WHERE id = $a", id) is string plan ? JsonSerializer.Deserialize(plan, CloudJsonContext.Default.PlanForm) : null;

    /// <summary>All that was said about consent in a campaign, by VIN.</summary>
    public IReadOnlyList<StoredConsent> ConsentsOf(string id) => _store.All(
        row => new StoredConsent(row.GetString(0), row.GetString(1) == "given", row.GetString(2), row.GetInt64(3)), "SELECT vin, answer, by, at FROM consent WHERE campaign = $a ORDER BY vin", id);

    /// <summary>Stores a person's word about a vehicle; false when there was one before.</summary>
    internal bool TryConsent(string id, string vin, bool isGiven, string by)
    {
        bool isFirst = false;
        _store.Transact(transaction =>
        {
            isFirst = _store.Do(
                transaction, "INSERT INTO consent (campaign, vin, answer, by, at) VALUES ($a, $b, $c, $d, $e) ON CONFLICT DO NOTHING", id, vin, isGiven ? "given" : "refused", by, _store.NowMs) > 0;
            if (isFirst)
            {
                _store.Events.Add(transaction, $"{by} {(isGiven ? "has consented" : "did not consent")} to the update of {vin}", id, vin);
            }
        });
        return isFirst;
    }

    /// <summary>Vehicles that have begun, each with whether it has ended.</summary>
    internal IReadOnlyDictionary<string, bool> RunsOf(string id) =>
        _store.All(row => (Vin: row.GetString(0), HasEnded: row.GetBoolean(1)), "SELECT vin, ended FROM run WHERE campaign = $a", id).ToDictionary(run => run.Vin, run => run.HasEnded);

    /// <summary>Vehicles that have ended, and how many of them have all that the campaign wanted.</summary>
    internal (int Ended, int Good) EndedOf(string id) => _store.All(
        row => (row.GetInt32(0), row.GetInt32(1)),
        "SELECT count(*), coalesce(sum(NOT EXISTS (SELECT 1 FROM target WHERE target.campaign = run.campaign AND target.vin = run.vin AND end NOT IN ('UpToDate', 'Completed'))), 0) FROM run WHERE campaign = $a AND ended = 1",
        id).Single();

    /// <summary>Vehicles that are under way and do not wait for consent.</summary>
    internal int UnderWay(string id) => (int)(long)_store.Ask("SELECT count(*) FROM run WHERE campaign = $a AND ended = 0 AND waits = 0", id)!;

    /// <summary>
    /// Lets a vehicle begin: its first state is stored. False when as many as may are under way (those that wait for consent take no
    /// place), when it is in the middle of another campaign, or when another server has it.
    /// </summary>
    internal bool TryBegin(VehicleCampaign state, string vin, int parallelMax, VehicleLeases leases)
    {
        bool hasBegun = false;
        _store.Transact(transaction =>
        {
            leases.Require(transaction, vin);
            long underWay = (long)_store.AskIn(transaction, "SELECT count(*) FROM run WHERE campaign = $a AND ended = 0 AND waits = 0", state.Id)!;
            bool isBusy = _store.AskIn(transaction, "SELECT 1 FROM run WHERE vin = $a AND ended = 0", vin) is not null;
            hasBegun = underWay < parallelMax && !isBusy;
            if (hasBegun)
            {
                _store.Save(transaction, vin, state);
                _store.Events.Add(transaction, $"{vin} has begun", state.Id, vin);
            }
        });
        return hasBegun;
    }

    private void Save(SqliteTransaction transaction, StoredCampaign campaign)
    {
        _store.Do(
            transaction,
            "INSERT INTO campaign (id, text, files, state, why, created, changed) VALUES ($a, $b, $c, $d, $e, $f, $f) ON CONFLICT (id) DO UPDATE SET state = $d, why = $e, changed = $f",
            campaign.Id, campaign.Text, campaign.FilesDigest, campaign.State.ToString(), campaign.Why, _store.NowMs);
        _store.Events.Add(transaction, $"campaign {campaign.Id}: {campaign.State}{(campaign.Why.Length > 0 ? $", {campaign.Why}" : string.Empty)}", campaign.Id);
    }

    private static StoredCampaign Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), Enum.Parse<CampaignState>(row.GetString(3)), row.GetString(4));
}
