// What `esync conformance` judges, and by what: the options for ECU, bus, profile and what is at hand.
// Invariant: an ECU on a real bus is opened only when everything that was named could be read.
// Tests: tests/host-sim/Conformance/ConformanceCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Conformance;
using EsyncSim.Files;
using EsyncSim.Logs;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>The options that say what is judged.</summary>
internal sealed class ConformanceOptions
{
    private const string DefaultEcu = "motor";

    private readonly Option<string> _bus = new("--bus")
    {
        Description = $"The bus that the ECU is on: {BusAddress.Forms}. On a real bus time is real, and nothing is written without --destructive",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => BusAddress.Virtual.ToString(),
    };

    private readonly Option<string?> _profile = new("--profile") { Description = "What the ECU is; made from nf.config when it is not given", HelpName = "FILE" };
    private readonly Option<string?> _ecu = new("--ecu") { Description = $"Name of the ECU in nf.config; {DefaultEcu} on the virtual bus", HelpName = "NAME" };
    private readonly Option<string?> _device = new("--device") { Description = "Identity and secret of an ECU on a real bus, for cases that need access", HelpName = "FILE" };
    private readonly Option<string[]> _package = new("--package") { Description = "A package that the ECU on a real bus would install; several, each newer than the one before", HelpName = "FILE" };
    private readonly Option<bool> _destructive = new("--destructive") { Description = "Let cases write and erase in the ECU on a real bus" };
    private readonly Option<ulong> _seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides on the virtual bus", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };

    private readonly LogOption _log;

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "Memory of the virtual ECU as each case begins with it: taken from there, or written there once it is prepared; for one seed",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public ConformanceOptions(Command command)
    {
        foreach (Option option in new Option[] { _bus, _profile, _ecu, _device, _package, _destructive, _seed, _memory, _config })
        {
            command.Add(option);
        }

        _log = new LogOption(command);
    }

    /// <summary>Begins the log of the traffic; null when nobody wants one.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public BusLog? OpenLog(ParseResult parsed) => _log.Open(parsed);

    /// <summary>The profile that the options name.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public ConformanceProfile ReadProfile(ParseResult parsed) => parsed.GetValue(_profile) is { } path
        ? ProfileReader.Load(path)
        : ProfileOfConfig.Of(Definition(parsed));

    /// <summary>Opens the target, and says in words when this is.</summary>
    /// <exception cref="UserErrorException">The options do not fit each other, or a file or the bus cannot be used.</exception>
    public IConformanceTarget Open(ParseResult parsed, IBusObserver? log, CancellationToken stop, out string when)
    {
        BusAddress address = BusAddress.Parse(parsed.GetRequiredValue(_bus));
        bool isForReal = parsed.GetValue(_device) is not null || parsed.GetValue(_package) is { Length: > 0 } || parsed.GetValue(_destructive);
        if (address.IsVirtual && isForReal)
        {
            throw new UserErrorException(ExitCode.BadUsage, "--device, --package and --destructive are for an ECU on a real bus; the virtual one is made for the run, with what it needs");
        }

        if (!address.IsVirtual && (parsed.GetValue(_memory) is not null || (parsed.GetValue(_profile) is null && parsed.GetValue(_ecu) is null)))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"an ECU on {address} needs --profile FILE, or --ecu NAME for one of nf.config, and no --memory");
        }

        ConformanceProfile profile = ReadProfile(parsed);
        return address.IsVirtual ? OpenVirtual(parsed, profile, log, stop, out when) : OpenReal(parsed, address, profile, log, stop, out when);
    }

    private IConformanceTarget OpenVirtual(ParseResult parsed, ConformanceProfile profile, IBusObserver? log, CancellationToken stop, out string when)
    {
        ulong seed = parsed.GetValue(_seed);
        string? path = parsed.GetValue(_memory);
        OutputFiles.RequireWritable(path);
        EcuDefinition definition = Definition(parsed);
        byte[]? memory = path is not null && File.Exists(path) ? AtomicFile.ReadInput(path, "memory", int.MaxValue) : null;
        if (memory is not null && memory.Length != definition.FlashPart.Size)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is no memory of {definition.Name}: it has {memory.Length} bytes instead of {definition.FlashPart.Size}");
        }

        VirtualConformanceTarget target = new(definition, profile, seed, stop, memory) { Log = log };
        if (memory is null)
        {
            OutputFiles.Write(path, target.Memory);
        }

        when = string.Create(CultureInfo.InvariantCulture, $"in virtual time, seed {seed}");
        return target;
    }

    private RealConformanceTarget OpenReal(
        ParseResult parsed, BusAddress address, ConformanceProfile profile, IBusObserver? log, CancellationToken stop, out string when)
    {
        DeviceFile? device = parsed.GetValue(_device) is { } path ? DeviceFile.Load(path) : null;
        DeviceCredentials? secret = device is null ? null : new DeviceCredentials(device.DeviceId, device.DeviceSecret);
        Package[] packages = [.. (parsed.GetValue(_package) ?? []).Select(Package.Load)];
        ConformanceMeans means = new(RandomNumberGenerator.GetBytes, secret, new ConformanceAccess(profile, secret), new Lazy<IReadOnlyList<Package>>(packages), null);
        RealBus bus = new(new VirtualTime(), address.Open(), profile.Addressing.BitRate, TimeProvider.System) { Stop = stop };
        if (log is not null)
        {
            bus.Observe(log);
        }

        when = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return new RealConformanceTarget(bus, address.ToString(), profile, means, parsed.GetValue(_destructive));
    }

    private EcuDefinition Definition(ParseResult parsed) =>
        NfConfig.Load(parsed.GetValue(_config) ?? NfConfig.FindDefault()).Ecu(parsed.GetValue(_ecu) ?? DefaultEcu);
}
