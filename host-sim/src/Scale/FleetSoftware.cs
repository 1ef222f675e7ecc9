// What all vehicles of a fleet share: ECUs of nf.config with their keys, the flash they begin with, and the release they are to get.
// Invariant: made once, never changed afterwards; worlds on several threads read it at the same time. A vehicle's flash is the shared
// one until it is written, sector by sector (FlashMemory).
// It must not know servers or networks.
// Tests: tests/host-sim/Scale.
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Simulation;

namespace EsyncSim.Scale;

/// <summary>Software of a fleet.</summary>
public sealed class FleetSoftware
{
    /// <summary>Vehicles of a fleet at most: their numbers have eight digits.</summary>
    public const int VehiclesMax = 99_999_999;

    // Of the releases the one that has a compressed form and a patch of what the vehicles begin with.
    private const int WantedRelease = 3;

    /// <summary>Makes keys, packages and first flash.</summary>
    /// <param name="configPath">ECU configuration.</param>
    /// <param name="names">ECUs of each vehicle; null takes two.</param>
    /// <exception cref="UserErrorException">The configuration is not usable, or has no such ECU.</exception>
    public FleetSoftware(string configPath, IReadOnlyList<string>? names = null)
    {
        Fleet fleet = new(configPath);
        string[] wanted = names is { Count: > 0 } ? [.. names.Distinct()] : [.. fleet.Ecus.Take(2).Select(ecu => ecu.Name)];
        Ecus = [.. wanted.Select(name => fleet.Ecus.FirstOrDefault(ecu => ecu.Name == name)
            ?? throw new UserErrorException(ExitCode.BadUsage, $"--ecus {name}: a vehicle of the fleet can have {string.Join(", ", fleet.Ecus.Select(ecu => ecu.Name))}"))];
    }

    /// <summary>ECUs of each vehicle.</summary>
    public IReadOnlyList<FleetEcu> Ecus { get; }

    /// <summary>Version that the built-in campaign brings to every ECU.</summary>
    public string WantedVersion => Wanted(Ecus[0]).Version;

    /// <summary>Identification number of a vehicle, from 0.</summary>
    public static string VinOf(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ESYNC0FLT{number:D8}");

    /// <summary>The built-in campaign.</summary>
    public Campaign Campaign(string id, CampaignMode mode) =>
        new(id, [.. Ecus.Select(ecu => new CampaignTarget { Ecu = ecu.Name, PackageName = Wanted(ecu).Package.Name, Version = Wanted(ecu).Version, File = Wanted(ecu).File })]) { Mode = mode };

    /// <summary>Writes the built-in campaign as a file, with its packages beside it, for a server that is another program.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Write(string folder, string id, CampaignMode mode, int first, int vehicles, int parallelMax)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot make the folder {folder}: {exception.Message}");
        }

        foreach (FleetEcu ecu in Ecus)
        {
            AtomicFile.WriteOutput(Path.Combine(folder, $"{ecu.Name}.esp"), Wanted(ecu).File);
        }

        string[] lines =
        [
            $"campaign: {id}",
            $"mode: {(mode == CampaignMode.AllOrNothing ? "all-or-nothing" : "independent")}",
            $"parallelMax: {parallelMax}",
            "vehicles:",
            .. Enumerable.Range(first, vehicles).Select(number => $"  - {VinOf(number)}"),
            "targets:",
            .. Ecus.Select(ecu => $"  - {{ ecu: {ecu.Name}, package: {ecu.Name}.esp }}"),
        ];
        AtomicFile.WriteOutput(Path.Combine(folder, "campaign.yaml"), System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }

    private static Release Wanted(FleetEcu ecu) => ecu.Releases[WantedRelease];
}
