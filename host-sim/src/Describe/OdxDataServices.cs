// What differs from ECU to ECU: services that read identifiers, set outputs and start routines, from nf.config.
// Tests: tests/host-sim/Describe/OdxTests.cs, OdxAgainstEcuTests.cs.
using System.Globalization;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Decode;

namespace EsyncSim.Describe;

/// <summary>Adds services to a layer.</summary>
/// <param name="layer">The layer.</param>
/// <param name="ecu">The ECU.</param>
internal sealed class OdxDataServices(OdxLayer layer, EcuDefinition ecu)
{
    private OdxDictionary Types => layer.Types;

    /// <summary>Adds all of them.</summary>
    public void Add()
    {
        OdxRecords records = new(Types);
        HashSet<ushort> known = [];
        foreach ((ushort did, RecordFields fields) in records.Identifiers())
        {
            known.Add(did);
            Read(did, UdsNames.Identifier(did), did is >= 0xF180 and <= 0xF19E ? "IDENTIFICATION" : "STOREDDATA", did >= 0xFD00 ? "update" : "identification", fields);
        }

        for (int i = 0; i < ecu.Config.Dcm.ConstantIds.Length; i++)
        {
            ushort did = ecu.Config.Dcm.ConstantIds[i];
            byte[] record = ecu.Config.Dcm.ConstantRecords[i];
            if (known.Add(did))
            {
                string type = Array.TrueForAll(record, value => value is >= 0x20 and < 0x7F) ? Types.Text(record.Length) : Types.Bytes(record.Length);
                Read(did, UdsNames.Identifier(did), "IDENTIFICATION", "identification", message => message.Value("value", record.Length, type));
            }
        }

        AddSignals();
        AddOutputs();
        foreach ((ushort routine, string[] sessions, bool needsAccess, RecordFields options, RecordFields status) in records.Routines())
        {
            AddRoutine(routine, sessions, needsAccess, options, status);
        }
    }

    private static string NameOf(string verb, ushort number, string name) => string.Create(CultureInfo.InvariantCulture, $"{verb}_{number:X4}_{OdxDictionary.ShortName(name)}");

    private void Read(ushort did, string name, string semantic, string functional, RecordFields fields) => layer.Add(new OdxService(
        NameOf("Read", did, name), name, functional, semantic, OdxMessage.Of(0x22).Constant("did", did, 2, "ID"), fields(OdxMessage.Of(0x62).Constant("did", did, 2, "ID"))));

    private void AddSignals()
    {
        string quality = Types.Table("quality", 1, [(0, "valid"), (1, "never set"), (2, "out of range"), (3, "timed out")]);
        foreach (ConfiguredSignal signal in ecu.SignalEntries)
        {
            SignalDefinition what = signal.Definition;
            Read(what.Did, what.Path, "CURRENTDATA", "data", message => message.Value("quality", 1, quality).Value("value", what.ValueLength, Types.Signal(signal)));
        }
    }

    private void AddOutputs()
    {
        foreach (OutputDefinition output in ecu.Outputs)
        {
            int length = new SignalDefinition(string.Empty, 0, output.Type, string.Empty, 1, 0, 0, 0).ValueLength;
            Read(output.Did, output.Name, "CURRENTDATA", "data", message => message.Value("value", length, Types.Output(output)));
            foreach ((string name, byte parameter) in new[] { ("return", (byte)0), ("default", (byte)1), ("freeze", (byte)2), ("adjust", (byte)3) })
            {
                OdxMessage request = OdxMessage.Of(0x2F).Constant("did", output.Did, 2, "ID").Constant("parameter", parameter);
                layer.Add(new OdxService(
                    NameOf($"Control_{name}", output.Did, output.Name), $"{name}: {output.Name}", "data", "CONTROL",
                    parameter == 3 ? request.Value("value", length, Types.Output(output)) : request,
                    OdxMessage.Of(0x6F).Constant("did", output.Did, 2, "ID").Constant("parameter", parameter).Value("value", length, Types.Output(output)))
                {
                    Sessions = ["extended"],
                    NeedsAccess = true,
                });
            }
        }
    }

    private void AddRoutine(ushort routine, string[] sessions, bool needsAccess, RecordFields options, RecordFields status)
    {
        string name = UdsNames.Routines[routine].Name;
        layer.Add(new OdxService(
            NameOf("Start", routine, name), name, "update", "ROUTINE",
            options(OdxMessage.Of(0x31).Subfunction(1).Constant("routine", routine, 2, "ID")),
            status(OdxMessage.Of(0x71).Subfunction(1).Constant("routine", routine, 2, "ID")))
        {
            Sessions = sessions,
            NeedsAccess = needsAccess,
        });
    }
}
