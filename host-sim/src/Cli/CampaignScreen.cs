// How campaigns show themselves: a table that lives in the terminal, or a line for each answer of a vehicle where there is none.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.Globalization;
using EsyncSim.Data;
using EsyncSim.Server;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EsyncSim.Cli;

/// <summary>What is known of a campaign that runs.</summary>
/// <param name="clock">The wall clock.</param>
/// <param name="lines">Where lines go; null where a table is drawn.</param>
internal sealed class CampaignScreen(TimeProvider clock, TextWriter? lines) : IDirectorObserver
{
    private const int EventLinesMax = 4;

    // Head, rule, empty line, counts, and the line that the cursor stands in.
    private const int OtherLines = 6;
    private readonly Dictionary<(string Vehicle, string Type), int> _percent = [];
    private readonly Queue<string> _events = new();

    /// <summary>The campaign; null before it begins.</summary>
    public CampaignDirector? Director { get; set; }

    /// <summary>How a target stands, in words.</summary>
    public static string StandOf(TargetState target) => target.End is { } end ? end.ToString() : target.Step switch
    {
        TargetStep.Query => "asked what it runs",
        TargetStep.Consent => "asked for consent",
        TargetStep.Prepare => "transfer",
        TargetStep.Ready => "to be tried",
        _ => "on trial",
    };

    /// <inheritdoc/>
    public void Changed(StoredCampaign campaign) =>
        Say($"campaign {campaign.Id}: {campaign.State}{(campaign.Why.Length > 0 ? $", {campaign.Why}" : string.Empty)}");

    /// <inheritdoc/>
    public void Ended(string vehicle, VehicleCampaign state) =>
        Say($"{vehicle} ended: {string.Join(", ", state.Targets.Select(target => $"{NameOf(target.Type)} {StandOf(target)}"))}");

    /// <inheritdoc/>
    public void Message(string vehicle, bool isToVehicle, EsyncMessage message)
    {
        EsyncPackage package = message.Body.Package;
        if (message is { Type: EsyncType.UpdateReport, Body: { Stage: EsyncStage.Transfer, Progress: { } percent } })
        {
            _percent[(vehicle, package.Type)] = (int)percent;
        }
        else if (!isToVehicle && message.Type is not EsyncType.StartDownload and not EsyncType.UpdateReport)
        {
            string said = package.Status ?? (message.Type == EsyncType.IncrementalFailed ? "refuses a smaller form of the image" : $"runs {(package.Version is { Length: > 0 } version ? version : "no application")}");
            Say($"{vehicle} {NameOf(package.Type)}: {said}{(package.Message is { Length: > 0 } text ? $": {text}" : string.Empty)}");
        }
    }

    /// <summary>All targets of all vehicles, as rows of the table at the end.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<DirectedVehicle> vehicles) => vehicles.SelectMany(vehicle => vehicle.State is null
        ? [[vehicle.Vin, "–", "–", "not begun", string.Empty]]
        : vehicle.State.Targets.Select(target => new[] { vehicle.Vin, NameOf(target.Type), target.Versions[0].Version, StandOf(target), target.Message }));

    /// <summary>The table now: those under way first, then what has ended last.</summary>
    public IRenderable Draw(int width, int height)
    {
        IReadOnlyList<DirectedVehicle> vehicles = Director?.Vehicles ?? [];
        DirectedVehicle[] underWay = [.. vehicles.Where(vehicle => vehicle.State is { HasEnded: false })];
        DirectedVehicle[] ended = [.. vehicles.Where(vehicle => vehicle.State is { HasEnded: true })];
        int room = Math.Max(height - OtherLines - _events.Count, 1);
        Table table = new() { Border = TableBorder.Simple };
        foreach (string head in new[] { "vehicle", "ECU", "version", "stands", string.Empty })
        {
            table.AddColumn(new TableColumn(head) { NoWrap = true });
        }

        foreach (string[] row in underWay.Concat(ended.Reverse()).SelectMany(RowsOf).Take(room))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        string counts = string.Create(
            CultureInfo.InvariantCulture,
            $"campaign {Director?.Stands.Id}: {Director?.Stands.State}; vehicles: {vehicles.Count} in all, {vehicles.Count(vehicle => vehicle.IsGood)} good, {ended.Count(vehicle => !vehicle.IsGood)} failed, {underWay.Length} under way; Ctrl-C ends");
        return new Rows([table, Line("bold", counts, width), .. _events.Select(text => Line("grey", text, width))]);
    }

    private IEnumerable<string[]> RowsOf(DirectedVehicle vehicle) => vehicle.State!.Targets.Select(target => new[]
    {
        vehicle.Vin, NameOf(target.Type), target.Offer.Version, StandOf(target),
        target.End is null && target.Step == TargetStep.Prepare && _percent.TryGetValue((vehicle.Vin, target.Type), out int percent) ? $"{percent.ToString(CultureInfo.InvariantCulture)} %" : target.Reason,
    });

    private static string NameOf(string type) => type.StartsWith("/ECU/", StringComparison.Ordinal) ? type["/ECU/".Length..] : type.TrimStart('/');

    private static Markup Line(string style, string text, int width) =>
        new($"[{style}]{Markup.Escape(text.Length <= width ? text : $"{text[..Math.Max(width - 1, 0)]}…")}[/]");

    private void Say(string text)
    {
        string line = $"{UtcText.Of(clock.GetUtcNow().ToUnixTimeMilliseconds())} {text}";
        lines?.WriteLine(line);
        lines?.Flush();
        _events.Enqueue(line);
        if (_events.Count > EventLinesMax)
        {
            _events.Dequeue();
        }
    }
}
