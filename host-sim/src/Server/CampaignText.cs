// A campaign as text whose packages are named by their SHA-256: what goes to a server that has them in its store.
// Invariant: read by CampaignFile it is the same campaign.
// Tests: tests/host-sim/Server/CampaignFileTests.cs.
using System.Text.Encodings.Web;
using System.Text.Json;
using EsyncSim.Data;

namespace EsyncSim.Server;

/// <summary>Writes campaigns.</summary>
internal static class CampaignText
{
    /// <summary>The campaign as JSON.</summary>
    public static string Of(CampaignPlan plan)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, plan);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, CampaignPlan plan)
    {
        Campaign campaign = plan.Campaign;
        json.WriteStartObject();
        json.WriteString("campaign", campaign.Id);
        WriteList(json, "vehicles", plan.Vehicles);
        WriteMap(json, "select", ("class", plan.Select?.ClassId), ("ecu", plan.Select?.Ecu), ("version", plan.Select?.Version));
        json.WriteString("mode", campaign.Mode == CampaignMode.AllOrNothing ? "all-or-nothing" : "independent");
        json.WriteString("consent", campaign.IsConsentRequired ? "required" : "none");
        json.WriteNumber("retries", campaign.RetriesMax);
        json.WriteNumber("parallelMax", plan.ParallelMax);
        WriteMap(json, "window", ("from", plan.Window is { FromMs: > 0 } from ? UtcText.Of(from.FromMs) : null), ("to", plan.Window is { ToMs: < long.MaxValue } to ? UtcText.Of(to.ToMs) : null));
        if (plan.Abort is { } abort)
        {
            json.WriteStartObject("abort");
            json.WriteNumber("failureRate", abort.FailureRate);
            json.WriteNumber("atLeast", abort.AtLeast);
            json.WriteEndObject();
        }

        json.WriteStartArray("targets");
        foreach (CampaignTarget target in campaign.Targets)
        {
            json.WriteStartObject();
            json.WriteString("ecu", target.Ecu);
            json.WriteString("package", Campaign.Sha256Of(target.File));
            WriteList(json, "after", target.After);
            WriteList(json, "rollback", [.. target.RollbackVersions.Select(version => PackageOf(campaign, target, version) ?? version)]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string? PackageOf(Campaign campaign, CampaignTarget target, string version) =>
        campaign.Rollbacks.FirstOrDefault(older => older.Ecu == target.Ecu && older.Part == target.Part && older.Version == version) is { } found ? Campaign.Sha256Of(found.File) : null;

    private static void WriteList(Utf8JsonWriter json, string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(key);
            foreach (string value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteMap(Utf8JsonWriter json, string key, params (string Key, string? Value)[] values)
    {
        if (values.Any(value => value.Value is not null))
        {
            json.WriteStartObject(key);
            foreach ((string name, string? value) in values.Where(value => value.Value is not null))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }
    }
}
