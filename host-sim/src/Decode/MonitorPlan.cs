// What a monitor knows of a bus before it hears it: which identifiers are whose, and what of it the user wants to see.
// Invariant: an identifier has one meaning on a bus; two ECUs share the functional one only, which is then nobody's.
// Tests: tests/host-sim/Decode/BusMonitorTests.cs, tests/host-sim/Cli/MonitorCommandTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncSim.Decode;

/// <summary>A CAN identifier with its format.</summary>
/// <param name="Value">11 or 29 bits.</param>
/// <param name="IsExtended">True for 29 bits.</param>
public readonly record struct CanId(uint Value, bool IsExtended)
{
    private const uint StandardMax = 0x7FF;
    private const uint ExtendedMax = 0x1FFFFFFF;
    private const int ExtendedDigits = 8;

    /// <summary>Reads hexadecimal digits: eight are 29 bits, fewer 11 where that is enough.</summary>
    /// <exception cref="UserErrorException">They are no identifier.</exception>
    public static CanId Parse(string text)
    {
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return digits.Length is > 0 and <= ExtendedDigits && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) && value <= ExtendedMax
            ? new CanId(value, digits.Length == ExtendedDigits || value > StandardMax)
            : throw new UserErrorException(ExitCode.BadUsage, $"{text} is no CAN identifier; it takes hexadecimal digits, as 7E0 or 18DA10F1 (eight for 29 bits)");
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);
}

/// <summary>Who talks on an identifier.</summary>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="IsResponse">True when the ECU sends.</param>
/// <param name="Text">Reads its messages.</param>
/// <param name="IsFunctional">True for all ECUs at once.</param>
public sealed record MonitorParty(string Ecu, bool IsResponse, UdsText Text, bool IsFunctional = false);

/// <summary>What is known, and what is wanted.</summary>
public sealed class MonitorPlan
{
    private readonly Dictionary<CanId, MonitorParty> _parties = [];
    private readonly Dictionary<CanId, string> _names = [];

    /// <summary>Layer of the lines.</summary>
    public MonitorLayer Layer { get; init; } = MonitorLayer.Uds;

    /// <summary>Identifiers that are shown; empty for all.</summary>
    public IReadOnlyCollection<CanId> Only { get; init; } = [];

    /// <summary>Who talks on an identifier; null for nobody known.</summary>
    public MonitorParty? PartyOf(CanId identifier) => _parties.GetValueOrDefault(identifier);

    /// <summary>What an identifier is known for; empty for nothing.</summary>
    public string NameOf(CanId identifier) => _names.GetValueOrDefault(identifier, string.Empty);

    /// <summary>Adds an ECU of nf.config with all its identifiers.</summary>
    public void Add(EcuDefinition ecu)
    {
        CanIfConfig ids = ecu.Config.CanIf;
        UdsText text = UdsText.Of(ecu);
        Add(new CanId(ids.PhysicalRxId, ids.IsExtended), new MonitorParty(ecu.Name, false, text), $"requests to {ecu.Name}");
        Add(new CanId(ids.TxId, ids.IsExtended), new MonitorParty(ecu.Name, true, text), $"responses of {ecu.Name}");
        if (ids.FunctionalRxId != CanIfConfig.NoIdentifier)
        {
            Add(new CanId(ids.FunctionalRxId, ids.IsExtended), new MonitorParty("all", false, text, IsFunctional: true), "requests to all ECUs");
        }

        if (ids.PeriodicTxId != CanIfConfig.NoIdentifier)
        {
            _names.TryAdd(new CanId(ids.PeriodicTxId, ids.IsExtended), $"periodic data of {ecu.Name}");
        }

        foreach (IGrouping<uint, ConfiguredSignal> frame in ecu.SignalEntries.Where(signal => signal.Can is not null).GroupBy(signal => signal.Can!.MarkedIdentifier))
        {
            CanSource source = frame.First().Can!;
            _names.TryAdd(new CanId(source.Identifier, source.IsExtended), string.Join(", ", frame.Select(signal => signal.Definition.Path)));
        }
    }

    /// <summary>Adds a pair of identifiers of an ECU that nf.config does not know.</summary>
    /// <param name="text">Request and response: 7E0:7E8.</param>
    /// <exception cref="UserErrorException">It is no such pair.</exception>
    public void AddPair(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 2)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--pair {text} is none; it takes the identifiers of requests and responses, as 7E0:7E8");
        }

        UdsText words = UdsText.Foreign();
        Add(CanId.Parse(parts[0]), new MonitorParty(text, false, words), $"requests of {text}");
        Add(CanId.Parse(parts[1]), new MonitorParty(text, true, words), $"responses of {text}");
    }

    private void Add(CanId identifier, MonitorParty party, string name)
    {
        _parties.TryAdd(identifier, party);
        _names.TryAdd(identifier, name);
    }
}
