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

    /// <summary>Filter for all packages that the server sends.</summary>
    public string Packages => $"{Root}/{Vehicle}/package/+";

    /// <summary>Server to vehicle, the bytes of one package file.</summary>
    public string Package(string sha256) => $"{Root}/{Vehicle}/package/{sha256}";
}
