// The wiring of a board: pins, the SPI bus, who is selected by which pin.
// Invariant: each pin of a board has one use.
// Tests: tests/host-sim/Config/BoardTests.cs.
using System.Text.RegularExpressions;

namespace EsyncSim.Config;

/// <summary>Reader of pins and SPI devices for one board.</summary>
internal sealed partial class WiringReader(ConfigProblems problems)
{
    private const string PinHint = "Write GPIO4 for an ESP32, PB8 for an STM32";

    private static readonly string[] BusSignals = ["sck", "miso", "mosi"];

    private readonly Dictionary<string, ConfigNode> _uses = [];

    /// <summary>Number that nanoFramework has for a pin: the GPIO's own, or 16 · port + pin of an STM32.</summary>
    public static int PinNumber(string pin) =>
        pin.StartsWith("GPIO", StringComparison.Ordinal) ? int.Parse(pin.AsSpan(4)) : ((pin[1] - 'A') * 16) + int.Parse(pin.AsSpan(2));

    /// <summary>The section `spi`; null when the board has none.</summary>
    public SpiBus? ReadBus(ConfigSection board)
    {
        ConfigSection spi = board.OptionalSection("spi");
        if (!spi.IsWritten)
        {
            return null;
        }

        var bus = new SpiBus(spi.Number("bus", 1, 6, "busId of System.Device.Spi counts from 1"), ReadPins(spi, "pins"));
        foreach (string signal in BusSignals.Except(bus.Pins.Keys))
        {
            problems.Add(spi.Place("pins"), ConfigRule.MissingKey, $"`{spi.Path}.pins` lacks `{signal}`", "Write pins: { sck: …, miso: …, mosi: … }");
        }

        spi.RefuseUnknown();
        return bus;
    }

    /// <summary>Chip select and clock of a device on the bus.</summary>
    public SpiDevice ReadDevice(ConfigSection section, SpiBus? bus)
    {
        if (bus is null)
        {
            problems.Add(section.At, ConfigRule.MissingKey, $"`{section.Path}` is on SPI, but the board has no section `spi`", "Write `spi:` with the bus's number and pins");
        }

        return new SpiDevice(ReadPin(section, "chipSelect"), section.Number("spiClockHz", 100_000, 50_000_000, "the clock of an SPI device"));
    }

    /// <summary>One pin that must be there.</summary>
    public string ReadPin(ConfigSection section, string key) => section.Scalar(key) is { } node ? Take(node) : "";

    /// <summary>Pins by signal; none when the key is not written.</summary>
    public IReadOnlyDictionary<string, string> ReadPins(ConfigSection section, string key)
    {
        ConfigNode? pins = section.Find(key);
        return pins is null ? new Dictionary<string, string>() : pins.Entries.ToDictionary(e => e.Key.Text, e => Take(e.Value));
    }

    private string Take(ConfigNode node)
    {
        if (!PinForm().IsMatch(node.Text))
        {
            problems.Add(node, ConfigRule.Malformed, $"`{node.Text}` is no pin", PinHint);
        }
        else if (!_uses.TryAdd(node.Text, node))
        {
            problems.Add(node, ConfigRule.PinClash, $"Pin {node.Text} has another use in line {_uses[node.Text].Line}", "Give each signal a pin of its own");
        }

        return node.Text;
    }

    [GeneratedRegex("^(GPIO[0-9]{1,2}|P[A-K]([0-9]|1[0-5]))$")]
    private static partial Regex PinForm();
}
