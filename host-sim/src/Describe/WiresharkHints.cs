// What Wireshark and tshark must be told to decode our buses: which CAN identifiers carry ISO-TP, and that UDS is above it. As a profile folder
// of Wireshark, and as the options of a tshark command line.
// Invariant: only diagnostic identifiers of nf.config stand in them, so that other traffic is not taken for ISO-TP.
// Tests: tests/host-sim/Describe/WiresharkHintsTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncSim.Describe;

/// <summary>Makes hints.</summary>
internal static class WiresharkHints
{
    /// <summary>Files of a profile by name.</summary>
    public static IReadOnlyDictionary<string, string> Profile(IReadOnlyList<EcuDefinition> ecus) => new Dictionary<string, string>
    {
        ["preferences"] = $"iso15765.can.ids: {List(ecus, false)}\niso15765.can.extended_ids: {List(ecus, true)}\n",
        ["decode_as_entries"] = "decode_as_entry: iso15765.subdissector,0,(none),UDS\n",
    };

    /// <summary>The same as options of tshark.</summary>
    public static string Options(IReadOnlyList<EcuDefinition> ecus)
    {
        string[] ids = [.. new[] { (Name: "ids", Text: List(ecus, false)), (Name: "extended_ids", Text: List(ecus, true)) }
            .Where(list => list.Text.Length > 0).Select(list => $"-o iso15765.can.{list.Name}:{list.Text}")];
        return $"{string.Join(' ', ids)} -d iso15765.subdissector,uds";
    }

    private static string List(IReadOnlyList<EcuDefinition> ecus, bool isExtended)
    {
        IEnumerable<uint> all = ecus.Select(ecu => ecu.Config.CanIf).Where(ids => ids.IsExtended == isExtended).SelectMany(ids => new[] { ids.PhysicalRxId, ids.FunctionalRxId, ids.TxId });
        return string.Join(',', all.Where(id => id != CanIfConfig.NoIdentifier).Distinct().Order().Select(id => id.ToString(CultureInfo.InvariantCulture)));
    }
}
