// What `esync client` is asked for, and how its buses and ECUs are named on the command line.
//   --bus [NAME=]ADDRESS     without one every ECU is virtual, on a virtual bus of its name in nf.config
//   --ecu NAME=FILE[@BUS]    without @BUS: the only bus, or the one that is named as the ECU's in nf.config
// Invariants: buses are all virtual or all real; each ECU is on one of them, and named once.
// Tests: tests/host-sim/Cli/ClientRequestTests.cs, CampaignCommandsTests.cs.
using EsyncSim.Bench;
using EsyncSim.Bus.Real;
using EsyncSim.Config;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Cli;

/// <summary>A vehicle that is to have a client.</summary>
internal sealed record ClientRequest
{
    /// <summary>The broker.</summary>
    public required BrokerAccess Broker { get; init; }

    /// <summary>Vehicle identification number; null asks the first ECU.</summary>
    public string? Vehicle { get; init; }

    /// <summary>File of the journal.</summary>
    public required string Journal { get; init; }

    /// <summary>Buses with their ECUs.</summary>
    public required IReadOnlyList<BenchBus> Buses { get; init; }

    /// <summary>Fleet keys whose vehicle manifests are demanded; with none, none is.</summary>
    public IReadOnlyList<TrustAnchor> FleetAnchors { get; init; } = [];

    /// <summary>Directory of packages; null is beside the journal.</summary>
    public string? Packages { get; init; }

    /// <summary>When updates may begin.</summary>
    public UpdateHours Updates { get; init; } = UpdateHours.Always;

    /// <summary>Bytes of a TransferData request; null: chosen by what is lost (<see cref="Client.UpdatePolicy.BlockLength"/>).</summary>
    public int? BlockLength { get; init; }

    /// <summary>Directory of the queue of reports; null collects none.</summary>
    public string? Reports { get; init; }

    /// <summary>The buses and ECUs that options name.</summary>
    /// <exception cref="UserErrorException">An option is malformed, or does not fit the others.</exception>
    public static IReadOnlyList<BenchBus> ParseBuses(IReadOnlyList<string> buses, IReadOnlyList<string> ecus, NfConfig config)
    {
        (string Name, BusAddress Address)[] named = [.. buses.Select(ParseBus)];
        if (named.GroupBy(bus => bus.Name).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--bus {same.Key} stands twice; give each bus a name of its own: --bus NAME=ADDRESS");
        }

        if (named.Select(bus => bus.Address.IsVirtual).Distinct().Count() > 1)
        {
            throw new UserErrorException(ExitCode.BadUsage, "some buses are virtual and others real; a client's buses are all virtual or all real");
        }

        (EcuDefinition Ecu, string Path, string Bus)[] placed = [.. ecus.Select(text => ParseEcu(text, config, named))];
        if (placed.GroupBy(ecu => ecu.Ecu.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--ecu {twice.Key} stands twice; a vehicle has one ECU of each name");
        }

        return [.. placed.GroupBy(ecu => ecu.Bus).Select(bus => new BenchBus(
            bus.Key, named.FirstOrDefault(one => one.Name == bus.Key).Address ?? BusAddress.Virtual, [.. bus.Select(ecu => (ecu.Ecu, ecu.Path))]))];
    }

    private static (string Name, BusAddress Address) ParseBus(string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0 ? (text[..equals], BusAddress.Parse(text[(equals + 1)..])) : ("can0", BusAddress.Parse(text));
    }

    private static (EcuDefinition Ecu, string Path, string Bus) ParseEcu(string text, NfConfig config, IReadOnlyList<(string Name, BusAddress Address)> buses)
    {
        int equals = text.IndexOf('=');
        if (equals <= 0 || equals == text.Length - 1)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--ecu {text} names no ECU and its file; write --ecu NAME=FILE, such as motor=motor.flash");
        }

        EcuDefinition ecu = config.Ecu(text[..equals]);
        string path = text[(equals + 1)..];
        int at = path.LastIndexOf('@');
        if (at > 0 && buses.Any(bus => bus.Name == path[(at + 1)..]))
        {
            return (ecu, path[..at], path[(at + 1)..]);
        }

        return buses.Count switch
        {
            0 => (ecu, path, ecu.Bus.Name),
            1 => (ecu, path, buses[0].Name),
            _ when buses.Any(bus => bus.Name == ecu.Bus.Name) => (ecu, path, ecu.Bus.Name),
            _ => throw new UserErrorException(ExitCode.BadUsage, $"--ecu {text} does not say which of the buses {string.Join(", ", buses.Select(bus => bus.Name))} it is on; write --ecu {text}@{buses[0].Name}"),
        };
    }
}
