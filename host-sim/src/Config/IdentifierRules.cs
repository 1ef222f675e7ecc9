// CAN identifiers of all ECUs of one bus: each request and response is used once, functional requests are nobody's
// own, signals come from none of them, and 29-bit identifiers follow normal fixed addressing.
// Identifiers of 11 and of 29 bits are different frames on the wire and cannot clash.
// Tests: tests/host-sim/Config/IdentifierTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Rules that need more than one ECU, or more than one identifier.</summary>
internal sealed class IdentifierRules(ConfigProblems problems)
{
    private sealed record Use(string What, ConfigNode Place);

    private readonly Dictionary<(string Bus, bool IsExtended, uint Id), Use> _own = [];
    private readonly Dictionary<(string Bus, bool IsExtended, uint Id), Use> _functional = [];

    /// <summary>Adds an ECU, whose section `can` was read without a problem, and checks it against those before it.</summary>
    public void Add(EcuDefinition ecu, ConfigSection can)
    {
        CanIfConfig ids = ecu.Config.CanIf;
        if (ids.IsExtended)
        {
            CheckNormalFixed(ids, can);
        }

        AddOwn(ecu, can, "physicalRequest", ids.PhysicalRxId);
        AddOwn(ecu, can, "response", ids.TxId);
        if (ids.PeriodicTxId != CanIfConfig.NoIdentifier)
        {
            AddOwn(ecu, can, "periodicResponse", ids.PeriodicTxId);
        }

        var key = (ecu.Bus.Name, ids.IsExtended, ids.FunctionalRxId);
        var use = new Use($"functionalRequest of `{ecu.Name}`", can.Place("functionalRequest"));
        if (_own.TryGetValue(key, out Use? other))
        {
            Clash(ids.FunctionalRxId, use, other);
        }

        _functional.TryAdd(key, use);
    }

    /// <summary>Checks frames that signals come from against the identifiers of all ECUs on the bus, which are known by now.</summary>
    public void CheckSignals(EcuDefinition ecu, IReadOnlyList<PlacedSignal> signals)
    {
        foreach (PlacedSignal signal in SignalFrameRules.FramesOf(signals).Select(f => f.First()))
        {
            CanSource can = signal.Signal.Can!;
            var key = (ecu.Bus.Name, can.IsExtended, can.Identifier);
            if (_own.TryGetValue(key, out Use? other) || _functional.TryGetValue(key, out other))
            {
                Clash(can.Identifier, new Use($"the frame of `{signal.Signal.Definition.Path}`", signal.Place), other);
            }
        }
    }

    private void AddOwn(EcuDefinition ecu, ConfigSection can, string what, uint id)
    {
        var key = (ecu.Bus.Name, ecu.Config.CanIf.IsExtended, id);
        var use = new Use($"{what} of `{ecu.Name}`", can.Place(what));
        if (_own.TryGetValue(key, out Use? other) || _functional.TryGetValue(key, out other))
        {
            Clash(id, use, other);
        }
        else
        {
            _own.Add(key, use);
        }
    }

    private void Clash(uint id, Use use, Use other) =>
        problems.Add(use.Place, ConfigRule.IdentifierClash, $"0x{id:X} is {use.What} and {other.What} (line {other.Place.Line}) on the same bus", "Give each its own identifier");

    // ISO 15765-2:2016 §10.3.3: priority(3) 00 ‖ DA physical, DB functional ‖ target ‖ source.
    private void CheckNormalFixed(CanIfConfig ids, ConfigSection can)
    {
        uint swapped = (ids.PhysicalRxId & 0xFFFF0000) | (ids.PhysicalRxId & 0xFF) << 8 | (ids.PhysicalRxId >> 8 & 0xFF);
        if ((ids.PhysicalRxId >> 16 & 0x3FF) != 0xDA)
        {
            Refuse(can, "physicalRequest", ids.PhysicalRxId, "physical requests are 18DA ‖ ECU ‖ tester", "Write 0x18DA98F1 for ECU 98 and tester F1");
        }
        else if (ids.TxId != swapped)
        {
            Refuse(can, "response", ids.TxId, "a response is the request with target and source exchanged", $"Write 0x{swapped:X}");
        }

        if ((ids.FunctionalRxId >> 16 & 0x3FF) != 0xDB)
        {
            Refuse(can, "functionalRequest", ids.FunctionalRxId, "functional requests are 18DB ‖ group ‖ tester", "Write 0x18DB33F1 for the group 33 and tester F1");
        }
    }

    private void Refuse(ConfigSection can, string key, uint id, string form, string remedy) =>
        problems.Add(can.Place(key), ConfigRule.IdentifierForm, $"`{key}` 0x{id:X} is no normal fixed addressing (ISO 15765-2:2016 §10.3.3): {form}", remedy);
}
