// Names of the topics between server and vehicle. Documented in host-sim/README.md, "Messages".
// Tests: tests/host-sim/Server.
namespace EsyncSim.Server;

/// <summary>Topics of one vehicle.</summary>
/// <param name="Vehicle">Vehicle identification number.</param>
public sealed record Topics(string Vehicle)
{
    private const string Root = "esync/v1";

    /// <summary>Server to vehicle, JSON.</summary>
    public string ToVehicle => $"{Root}/{Vehicle}/to-vehicle";

    /// <summary>Vehicle to server, JSON.</summary>
    public string FromVehicle => $"{Root}/{Vehicle}/from-vehicle";

    /// <summary>Vehicle to server, JSON: that it is there, and with which ECUs.</summary>
    public string Announce => $"{Root}/{Vehicle}/announce";

    /// <summary>Filter for what all vehicles announce.</summary>
    public static string AllAnnouncements => $"{Root}/+/announce";

    /// <summary>Filter by which servers share what all vehicles announce.</summary>
    public static string SharedAnnouncements => TopicFilter.Shared("esync-servers", AllAnnouncements);

    /// <summary>The vehicle that a topic is about; null when it is about none.</summary>
    public static string? VehicleOf(string topic) => topic.Split('/') is [_, _, { Length: > 0 } vehicle, _, ..] && topic.StartsWith(Root, StringComparison.Ordinal) ? vehicle : null;

    /// <summary>Filter for all packages that the server sends.</summary>
    public string Packages => $"{Root}/{Vehicle}/package/+";

    /// <summary>Server to vehicle, the bytes of one package file.</summary>
    public string Package(string sha256) => $"{Root}/{Vehicle}/package/{sha256}";

    /// <summary>Vehicle to server, JSON: what an ECU reports.</summary>
    public string Data(string ecu) => $"{Root}/{Vehicle}/data/{ecu}";

    /// <summary>Server to vehicle, JSON: which reports the server has.</summary>
    public string DataAcknowledged => $"{Root}/{Vehicle}/data-ack";

    /// <summary>Filter for what all ECUs of all vehicles report.</summary>
    public static string AllData => $"{Root}/+/data/+";

    /// <summary>Takes <see cref="Data"/> apart; null when the topic is none of these.</summary>
    public static (string Vehicle, string Ecu)? TryParseData(string topic) =>
        TopicFilter.Matches(AllData, topic) && topic.Split('/') is [_, _, { Length: > 0 } vehicle, _, { Length: > 0 } ecu] ? (vehicle, ecu) : null;
}
