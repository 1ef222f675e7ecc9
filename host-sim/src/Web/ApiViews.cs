// What the interface over HTTP tells, as data, and how it is taken from a server. Names are those of the JSON, in camelCase.
// Invariant: read on the pump's thread, and nothing in it belongs to the server afterwards.
// Tests: tests/host-sim/Web/CloudApiTests.cs.
using System.Text.Json.Serialization;
using EsyncSim.Server;

namespace EsyncSim.Web;

/// <summary>A vehicle.</summary>
/// <param name="Vin">Vehicle identification number.</param>
/// <param name="SeenMs">When it was heard last, UTC in milliseconds since 1970; 0 is never.</param>
/// <param name="AnnouncedMs">When it announced itself last.</param>
/// <param name="Owner">The server that speaks with it now.</param>
/// <param name="Ecus">Its ECUs.</param>
public sealed record VehicleView(string Vin, long SeenMs, long? AnnouncedMs, string? Owner, IReadOnlyList<EcuRecord> Ecus);

/// <summary>An ECU, as it said of itself last.</summary>
public sealed record EcuRecord(
    string Name, string? Bus, string? Class, string? Version, string? BankA, string? BankB, long? Sequence, long? SecurityVersion, string? DigestA, string? DigestB, bool? Authentic, string? Nonce, string? Limits,
    long SeenMs);

/// <summary>A campaign in a list.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Draft, Running, Paused, Aborted, Cancelled or Done.</param>
/// <param name="Why">A sentence, where the state does not say all.</param>
/// <param name="Mode">independent or all-or-nothing.</param>
/// <param name="Consent">none or required.</param>
/// <param name="Vehicles">How many it is for.</param>
/// <param name="Ended">How many of them have ended.</param>
/// <param name="Good">How many of these have all that it wanted.</param>
/// <param name="CreatedMs">When it came, UTC in milliseconds since 1970.</param>
/// <param name="ChangedMs">When its state changed last.</param>
public sealed record CampaignSummary(string Id, string State, string Why, string Mode, string Consent, int Vehicles, int Ended, int Good, long CreatedMs, long ChangedMs);

/// <summary>A campaign with its vehicles.</summary>
public sealed record CampaignView(
    string Id, string State, string Why, string Mode, string Consent, long CreatedMs, long ChangedMs, IReadOnlyList<CampaignVehicleView> Vehicles, string Text);

/// <summary>A vehicle in a campaign.</summary>
/// <param name="Vin">The vehicle.</param>
/// <param name="State">waiting, under way, waits for consent or ended.</param>
/// <param name="Consent">given or refused; null where nobody has said a word.</param>
/// <param name="Targets">Its ECUs.</param>
public sealed record CampaignVehicleView(string Vin, string State, string? Consent, IReadOnlyList<TargetView> Targets);

/// <summary>An ECU in a campaign.</summary>
/// <param name="Ecu">Its name.</param>
/// <param name="Part">Application, Trust or Rules.</param>
/// <param name="Wanted">Version that it should run.</param>
/// <param name="Bringing">Version that it is being brought to: another one on the way back.</param>
/// <param name="Step">Query, Consent, Prepare, Ready, Confirm or Ended.</param>
/// <param name="End">How it ended.</param>
/// <param name="Reason">Name of the error that ended it.</param>
/// <param name="Message">The same for people.</param>
/// <param name="Encoding">Form of the image that it gets.</param>
/// <param name="Why">Why this one, and why no other.</param>
public sealed record TargetView(string Ecu, string Part, string Wanted, string Bringing, string Step, string? End, string Reason, string Message, string? Encoding, string? Why);

/// <summary>A word about an update of a vehicle.</summary>
/// <param name="Answer">given or refused.</param>
/// <param name="By">Who says so.</param>
public sealed record ConsentOrder(string? Answer, string? By);

/// <summary>Why something is done to a campaign.</summary>
/// <param name="Why">A sentence for people.</param>
public sealed record CampaignOrder(string? Why);

/// <summary>Makes views.</summary>
internal static class ApiViews
{
    /// <summary>A vehicle.</summary>
    public static VehicleView Of(KnownVehicle vehicle, long nowMs) =>
        new(vehicle.Vin, vehicle.SeenMs, vehicle.AnnouncedMs, vehicle.OwnerUntilMs > nowMs ? vehicle.Owner : null, [.. vehicle.Ecus.Select(Of)]);

    /// <summary>An ECU.</summary>
    public static EcuRecord Of(KnownEcu ecu) => new(
        ecu.Name, ecu.Bus, ecu.ClassId, ecu.Version, ecu.BankA, ecu.BankB, ecu.Sequence, ecu.SecurityVersion, ecu.DigestA, ecu.DigestB, ecu.IsAuthentic, ecu.Nonce, ecu.Limits, ecu.SeenMs);

    /// <summary>A campaign in a list.</summary>
    public static CampaignSummary SummaryOf(CloudStore store, StoredCampaign campaign)
    {
        PlanForm? plan = store.Campaigns.PlanOf(campaign.Id);
        (long createdMs, long changedMs) = store.Campaigns.TimesOf(campaign.Id);
        (int ended, int good) = store.Campaigns.EndedOf(campaign.Id);
        return new CampaignSummary(campaign.Id, campaign.State.ToString(), campaign.Why, ModeOf(plan), ConsentOf(plan), plan?.Vehicles.Count ?? store.Campaigns.RunsOf(campaign.Id).Count, ended, good, createdMs, changedMs);
    }

    /// <summary>A campaign.</summary>
    public static CampaignView Of(CloudStore store, StoredCampaign campaign)
    {
        PlanForm? plan = store.Campaigns.PlanOf(campaign.Id);
        (long createdMs, long changedMs) = store.Campaigns.TimesOf(campaign.Id);
        Dictionary<string, string> consents = store.Campaigns.ConsentsOf(campaign.Id).ToDictionary(consent => consent.Vin, consent => consent.IsGiven ? "given" : "refused");
        IEnumerable<string> vehicles = (plan?.Vehicles ?? []).Union(store.Campaigns.RunsOf(campaign.Id).Keys);
        return new CampaignView(
            campaign.Id, campaign.State.ToString(), campaign.Why, ModeOf(plan), ConsentOf(plan), createdMs, changedMs,
            [.. vehicles.Select(vin => Of(vin, store.Find(vin, campaign.Id), consents.GetValueOrDefault(vin)))], campaign.Text);
    }

    private static CampaignVehicleView Of(string vin, VehicleCampaign? state, string? consent)
    {
        string stands = state is null ? "waiting" : state.HasEnded ? "ended" : state.IsWaitingForConsent && consent is null ? "waits for consent" : "under way";
        return new CampaignVehicleView(vin, stands, consent, [.. (state?.Targets ?? []).Select(Of)]);
    }

    private static TargetView Of(TargetState target) => new(
        target.Ecu, target.Part.ToString(), target.Versions[0].Version, target.Offer.Version, target.Step.ToString(), target.End?.ToString(), target.Reason, target.Message, target.Choice?.Encoding, target.Choice?.Why);

    private static string ModeOf(PlanForm? plan) => plan?.Mode == CampaignMode.AllOrNothing ? "all-or-nothing" : "independent";

    private static string ConsentOf(PlanForm? plan) => plan?.IsConsentRequired == true ? "required" : "none";
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<VehicleView>))]
[JsonSerializable(typeof(IReadOnlyList<EcuRecord>))]
[JsonSerializable(typeof(IReadOnlyList<StoredPackage>))]
[JsonSerializable(typeof(IReadOnlyList<CampaignSummary>))]
[JsonSerializable(typeof(IReadOnlyList<CloudEvent>))]
[JsonSerializable(typeof(CampaignView))]
[JsonSerializable(typeof(ConsentOrder))]
[JsonSerializable(typeof(CampaignOrder))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
