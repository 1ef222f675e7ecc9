// esync campaign …: what one wants of a server that runs (`esync server --web`), over its interface.
// Tests: tests/host-sim/Cli/CampaignClientTests.cs.
using System.CommandLine;
using System.Text;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Web;

namespace EsyncSim.Cli;

/// <summary>The command `campaign`.</summary>
internal static class CampaignCommand
{
    private const int TokenFileLengthMax = 4096;

    private static readonly Option<string> ServerOption = new("--server")
    {
        Description = $"The server's address; http://{WebAddress.Default} if nothing is said",
        HelpName = "URL",
        DefaultValueFactory = _ => $"http://{WebAddress.Default}",
    };

    private static readonly Option<string?> TokenOption = new("--token") { Description = "File with the server's token, where it asks for one", HelpName = "FILE" };

    /// <summary>Makes the command.</summary>
    public static Command Create() => new ToolCommand("campaign", "Give a server that runs (`esync server --web`) packages and campaigns, and say how they go on: begin, pause, resume, cancel, consent.")
    {
        Start(), Upload(), List(), Show(),
        Turn("pause", "Let no further vehicle begin.", "esync campaign pause spring-26 --why \"a look at the first\"", "vehicles under way go on"),
        Turn("resume", "Let vehicles begin again after a pause.", "esync campaign resume spring-26", "goes on with the next vehicle"),
        Turn("cancel", "Give a campaign up; vehicles under way stop where they can.", "esync campaign cancel spring-26 --why \"wrong package\"", "a group that is not committed goes back"),
        Consent(),
    }
        .WithExample("esync campaign start spring-26.yaml", "uploads the packages that the file names, stores the campaign and begins it")
        .WithExample("esync campaign show spring-26", "where each vehicle and each ECU is")
        .WithExample("esync campaign consent spring-26 ESYNC0DEM0VEH1C01 --given --by \"fleet desk\"", "the vehicle goes on, where the campaign says `consent: required`");

    private static Command Start()
    {
        Argument<string> what = new("campaign") { Description = "Campaign file, or the name of a draft that the server has", HelpName = "FILE|NAME" };
        Option<bool> draft = new("--draft") { Description = "Only store it; `esync campaign start NAME` begins it" };
        ToolCommand command = Make("start", "Store a campaign with its packages, and begin it.", what, draft);
        command.WithExample("esync campaign start spring-26.yaml --draft", "stores it; nothing is sent to vehicles");
        command.WithExample("esync campaign start spring-26", "begins it");
        command.SetAction(parsed => Do(parsed, client =>
        {
            string name = parsed.GetRequiredValue(what);
            string id = name;
            if (File.Exists(name) || name.Contains('/') || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                id = client.Draft(CampaignFile.Load(name)).Id;
            }

            return Line(parsed.GetValue(draft) ? client.Show(id) : client.Turn(id, "start"));
        }));
        return command;
    }

    private static Command Upload()
    {
        Argument<string[]> files = new("package") { Description = "Package, trust file or rules file", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        ToolCommand command = Make("upload", "Store packages in the server, for campaigns that name them by SHA-256 or as name@version.", files);
        command.WithExample("esync campaign upload motor-2.esp motor.rules", "one line each: name@version, SHA-256, forms");
        command.SetAction(parsed => Do(parsed, client => string.Join(Environment.NewLine, parsed.GetRequiredValue(files).Select(path =>
        {
            StoredPackage package = client.Upload(AtomicFile.ReadInput(path, "package", Package.LengthMax), Path.GetFileName(path));
            return $"{package.Name}@{package.Version}  {package.Sha256}  {string.Join(", ", package.Forms.Select(form => $"{form.Encoding ?? package.Part.ToString()} {form.TransferLength} bytes"))}";
        }))));
        return command;
    }

    private static Command List()
    {
        Option<bool> vehicles = new("--vehicles") { Description = "The vehicles that the server knows, and what their ECUs run, instead of campaigns" };
        ToolCommand command = Make("list", "Say which campaigns the server has and how they stand.", vehicles);
        command.WithExample("esync campaign list --vehicles", "what `select` of a campaign file can find");
        FieldsFile json = new(command);
        command.SetAction(parsed => json.Run(parsed, output =>
        {
            using CampaignClient client = Connect(parsed);
            if (parsed.GetValue(vehicles))
            {
                Terminal.WriteTable(output, ["vehicle", "seen", "ECU", "version", "class"], client.Vehicles().Select(vehicle => client.Vehicle(vehicle.Vin)).SelectMany(RowsOf));
            }
            else
            {
                Terminal.WriteTable(output, ["campaign", "state", "mode", "vehicles", "ended", "good", "why"], client.List().Select(campaign => new[]
                {
                    campaign.Id, campaign.State, campaign.Mode, Text(campaign.Vehicles), Text(campaign.Ended), Text(campaign.Good), campaign.Why,
                }));
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Show()
    {
        Argument<string> id = new("campaign") { Description = "Name of the campaign", HelpName = "NAME" };
        ToolCommand command = Make("show", "Say where each vehicle and each ECU of a campaign is, and in which form it gets its image.", id);
        command.WithExample("esync campaign show spring-26", "a table, one line for each ECU");
        FieldsFile json = new(command);
        command.SetAction(parsed => json.Run(parsed, output =>
        {
            using CampaignClient client = Connect(parsed);
            CampaignView campaign = client.Show(parsed.GetRequiredValue(id));
            output.WriteLine(Line(campaign));
            Terminal.WriteTable(output, ["vehicle", "stands", "ECU", "version", "step", "form", "message"], campaign.Vehicles.SelectMany(vehicle => vehicle.Targets.Count == 0
                ? [[vehicle.Vin, vehicle.State, "–", "–", "–", "–", string.Empty]]
                : vehicle.Targets.Select(target => new[] { vehicle.Vin, vehicle.State, target.Ecu, target.Wanted, target.End ?? target.Step, target.Encoding ?? "–", target.Message })));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Turn(string how, string description, string example, string meaning)
    {
        Argument<string> id = new("campaign") { Description = "Name of the campaign", HelpName = "NAME" };
        Option<string?> why = new("--why") { Description = "A sentence for those who look", HelpName = "TEXT" };
        ToolCommand command = Make(how, description, id, why);
        command.WithExample(example, meaning);
        command.SetAction(parsed => Do(parsed, client => Line(client.Turn(parsed.GetRequiredValue(id), how, parsed.GetValue(why)))));
        return command;
    }

    private static Command Consent()
    {
        Argument<string> id = new("campaign") { Description = "Name of the campaign", HelpName = "NAME" };
        Argument<string> vin = new("vehicle") { Description = "The vehicle", HelpName = "VIN" };
        Option<bool> given = new("--given") { Description = "It may be updated" };
        Option<bool> refused = new("--refused") { Description = "It may not" };
        Option<string> by = new("--by") { Description = "Who says so; the name of this user if nothing is said", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        ToolCommand command = Make("consent", "Say whether a vehicle may be updated, where the campaign asks for it (`consent: required`). The first word counts.", id, vin, given, refused, by);
        command.WithExample("esync campaign consent spring-26 ESYNC0DEM0VEH1C01 --refused --by \"its driver\"", "nothing is sent to its ECUs");
        command.SetAction(parsed => parsed.GetValue(given) == parsed.GetValue(refused)
            ? throw new UserErrorException(ExitCode.BadUsage, "say one of --given and --refused")
            : Do(parsed, client => Line(client.Consent(parsed.GetRequiredValue(id), parsed.GetRequiredValue(vin), parsed.GetValue(given), parsed.GetRequiredValue(by)))));
        return command;
    }

    private static ToolCommand Make(string name, string description, params Symbol[] symbols)
    {
        ToolCommand command = new(name, description);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.Add(ServerOption);
        command.Add(TokenOption);
        return command;
    }

    private static CampaignClient Connect(ParseResult parsed)
    {
        string? token = parsed.GetValue(TokenOption) is { } path ? Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "token file", TokenFileLengthMax)).Trim() : null;
        return new CampaignClient(parsed.GetRequiredValue(ServerOption), token);
    }

    private static int Do(ParseResult parsed, Func<CampaignClient, string> act)
    {
        using CampaignClient client = Connect(parsed);
        parsed.InvocationConfiguration.Output.WriteLine(act(client));
        return ExitCode.Ok;
    }

    private static string Line(CampaignView campaign) =>
        $"campaign {campaign.Id}: {campaign.State}{(campaign.Why.Length > 0 ? $", {campaign.Why}" : string.Empty)}; {campaign.Vehicles.Count(vehicle => vehicle.State == "ended")} of {campaign.Vehicles.Count} vehicles have ended";

    private static IEnumerable<string[]> RowsOf(VehicleView vehicle)
    {
        string seen = vehicle.SeenMs == 0 ? "never" : UtcText.Of(vehicle.SeenMs);
        return vehicle.Ecus.Count == 0 ? [[vehicle.Vin, seen, "–", "–", "–"]] : vehicle.Ecus.Select(ecu => new[] { vehicle.Vin, seen, ecu.Name, ecu.Version ?? "–", ecu.Class ?? "–" });
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
