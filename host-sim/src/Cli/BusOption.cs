// The options that say where an ECU is: --bus, and --flash for a virtual one. A real one needs more on the command line,
// for there is no file beside which its device file could lie.
// Tests: tests/host-sim/Cli/BusOptionTests.cs.
using System.CommandLine;
using EsyncSim.Bench;
using EsyncSim.Bus.Real;

namespace EsyncSim.Cli;

/// <summary>Options of a command that works on one ECU.</summary>
internal sealed class BusOption
{
    private readonly Option<string> _bus = new("--bus")
    {
        Description = $"The bus that the ECU is on: {BusAddress.Forms}. A real bus needs --device, and no --flash",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => BusAddress.Virtual.ToString(),
    };

    private readonly Option<string?> _flash;
    private readonly Option<string?> _device;

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="flash">What the flash file is to the command.</param>
    /// <param name="device">What the device file is to the command.</param>
    public BusOption(Command command, string flash, string device)
    {
        _flash = new Option<string?>("--flash") { Description = flash, HelpName = "FILE" };
        _device = new Option<string?>("--device") { Description = $"{device}. Default: the flash file's name and .device", HelpName = "FILE" };
        command.Add(_bus);
        command.Add(_flash);
        command.Add(_device);
    }

    /// <summary>Where the ECU is, and its device file.</summary>
    /// <exception cref="UserErrorException">The options do not fit each other.</exception>
    public (EcuLocation Location, string DevicePath) Read(ParseResult parsed)
    {
        BusAddress bus = BusAddress.Parse(parsed.GetRequiredValue(_bus));
        string? flash = parsed.GetValue(_flash);
        string? device = parsed.GetValue(_device);
        if (bus.IsVirtual)
        {
            return flash is null
                ? throw new UserErrorException(ExitCode.BadUsage, "a virtual ECU needs --flash FILE, its memory; a real one is reached with --bus")
                : (new EcuLocation(bus, flash), device ?? flash + ".device");
        }

        if (flash is not null)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--flash is the memory of a virtual ECU; the one on {bus} keeps its own");
        }

        return device is null
            ? throw new UserErrorException(ExitCode.BadUsage, $"an ECU on {bus} needs --device FILE, its identity and secret")
            : (new EcuLocation(bus, null), device);
    }
}
