// The messages of ECUs as a DBC file: diagnostic requests, responses and periodic data as frames of eight bytes with their sender, and the
// frames that signals are read from, as `esync signals export` writes them.
// Invariants: an identifier is one message, be it that several ECUs read or hear it; the same nf.config gives the same bytes.
// Tests: tests/host-sim/Describe/VehicleDbcTests.cs.
using System.Globalization;
using System.Text;
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Signals;

namespace EsyncSim.Describe;

/// <summary>Makes DBC files.</summary>
internal static class VehicleDbc
{
    private const uint ExtendedBit = 0x80000000;
    private const string Tester = "Tester", Marker = "BU_:";

    /// <summary>The file.</summary>
    /// <param name="ecus">ECUs of one bus.</param>
    /// <exception cref="UserErrorException">They are not on one bus: identifiers mean something on theirs only.</exception>
    public static string Print(IReadOnlyList<EcuDefinition> ecus)
    {
        if (ecus.Select(ecu => ecu.Bus.Name).Distinct().Count() > 1)
        {
            throw new UserErrorException(
                ExitCode.BadUsage, $"the ECUs {string.Join(", ", ecus.Select(ecu => $"{ecu.Name} on {ecu.Bus.Name}"))} are on different buses, and a DBC file is of one; choose with --ecu or --bus");
        }

        string[] nodes = [.. ecus.Select(NodeOf), Tester];
        string signals = DbcExport.Print(string.Join('_', ecus.Select(ecu => ecu.Name)), SignalsOf(ecus));
        string reader = signals.Split('\n').First(line => line.StartsWith(Marker, StringComparison.Ordinal))[(Marker.Length + 1)..];
        List<string> lines = [.. signals.Split('\n').Select(line => line.StartsWith(Marker, StringComparison.Ordinal) ? $"{Marker} {string.Join(' ', nodes)} {reader}" : line)];
        int at = lines.FindIndex(line => line.StartsWith(Marker, StringComparison.Ordinal)) + 1;
        lines.InsertRange(at, Diagnostic(ecus));
        return string.Join('\n', lines);
    }

    private static string NodeOf(EcuDefinition ecu) => DbcNames.ToVss(ecu.Name, "Ecu");

    // Several ECUs may read the same signal of a frame: once is enough.
    private static IEnumerable<ConfiguredSignal> SignalsOf(IReadOnlyList<EcuDefinition> ecus) =>
        ecus.SelectMany(ecu => ecu.SignalEntries).Where(signal => signal.Can is not null).DistinctBy(signal => (signal.Can!.MarkedIdentifier, signal.Can.Bits, signal.Can.Multiplexor, signal.Definition.Path));

    private static List<string> Diagnostic(IReadOnlyList<EcuDefinition> ecus)
    {
        StringBuilder text = new();
        foreach (CanIfConfig ids in ecus.Select(ecu => ecu.Config.CanIf).DistinctBy(ids => ids.FunctionalRxId).Where(ids => ids.FunctionalRxId != CanIfConfig.NoIdentifier))
        {
            Message(text, ids.FunctionalRxId, ids.IsExtended, $"DiagRequestAll_{Hex(ids.FunctionalRxId)}", Tester, string.Join(',', ecus.Select(NodeOf)));
        }

        foreach (EcuDefinition ecu in ecus)
        {
            CanIfConfig ids = ecu.Config.CanIf;
            string node = NodeOf(ecu);
            Message(text, ids.PhysicalRxId, ids.IsExtended, $"DiagRequest_{node}", Tester, node);
            Message(text, ids.TxId, ids.IsExtended, $"DiagResponse_{node}", node, Tester);
            if (ids.PeriodicTxId != CanIfConfig.NoIdentifier)
            {
                Message(text, ids.PeriodicTxId, ids.IsExtended, $"DiagPeriodic_{node}", node, Tester);
            }
        }

        return [.. text.ToString().TrimEnd('\n').Split('\n')];
    }

    // A diagnostic frame as one field of eight bytes: what is in it ISO-TP says.
    private static void Message(StringBuilder text, uint identifier, bool isExtended, string name, string sender, string receivers)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nBO_ {identifier | (isExtended ? ExtendedBit : 0)} {name}: 8 {sender}\n SG_ {name}_Data : 0|64@1+ (1,0) [0|0] \"\" {receivers}\n");
    }

    private static string Hex(uint identifier) => identifier.ToString("X", CultureInfo.InvariantCulture);
}
