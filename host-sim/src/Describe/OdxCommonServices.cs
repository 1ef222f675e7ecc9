// The services of the agent that are the same in every ECU, as ODX describes them: sessions, reset, access, fault memory, communication,
// download, tester present.
// Invariant: what stands here is what PROTOCOL.md says ("Services", "Access", "Transfer"); lengths are tested against a virtual ECU's answers.
// Tests: tests/host-sim/Describe/OdxTests.cs, OdxAgainstEcuTests.cs.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Decode;

namespace EsyncSim.Describe;

/// <summary>Adds services to a layer.</summary>
/// <param name="layer">The layer.</param>
/// <param name="ecu">The ECU.</param>
internal sealed class OdxCommonServices(OdxLayer layer, EcuDefinition ecu)
{
    private const int Positive = 0x40;
    private static readonly string[] Diagnostic = ["programming", "extended"];

    private OdxDictionary Types => layer.Types;

    /// <summary>Adds all of them.</summary>
    public void Add()
    {
        AddSessions();
        AddAccess();
        AddFaultMemory();
        AddCommunication();
        AddDownload();
        AddLiveData();
    }

    private void AddSessions()
    {
        foreach ((string session, byte number) in new[] { ("default", (byte)1), ("programming", (byte)2), ("extended", (byte)3) })
        {
            Plain($"Session_{session}", $"{session} session", "session", "SESSION", 0x10, number) (
                message => message.Value("p2_server_max", 2, Types.Counted(2, "ms")).Value("p2_star_server_max", 2, Types.Counted(2, "10 ms")),
                service => service with
                {
                    IsSuppressible = true,
                    Sessions = session == "programming" ? Diagnostic : [],
                    Transitions = LayerSteps(session),
                });
        }

        Plain("Reset_hard", "hard reset", "session", "FUNCTION", 0x11, 1)(null, service => service with { IsSuppressible = true, Sessions = Diagnostic });
        Plain("Reset_soft", "soft reset", "session", "FUNCTION", 0x11, 3)(null, service => service with { IsSuppressible = true, Sessions = Diagnostic });
        Plain("TesterPresent", "tester present", "session", "TESTERPRESENT", 0x3E, 0)(null, service => service with { IsSuppressible = true });
    }

    private static IReadOnlyList<string> LayerSteps(string session) => OdxLayer.StepsTo(session);

    private void AddAccess()
    {
        Plain("SecurityAccess_requestSeed", "request seed", "access", "SECURITY", 0x27, 1)(
            message => message.Value("seed", 16, Types.Bytes(16)), service => service with { Sessions = Diagnostic });
        layer.Add(new OdxService(
            "SecurityAccess_sendKey", "send key", "access", "SECURITY", OdxMessage.Of(0x27).Subfunction(2).Value("key", 16, Types.Bytes(16)), OdxMessage.Of(0x67).Subfunction(2))
        {
            Sessions = Diagnostic,
            Transitions = ["access.closed_to_open"],
        });
        Plain("Authentication_deAuthenticate", "deauthenticate", "access", "SECURITY", 0x29, 0)(
            message => message.Value("return_value", 1, Types.Unsigned(1)), service => service with { Sessions = Diagnostic, Transitions = ["access.open_to_closed"] });
        layer.Add(new OdxService(
            "Authentication_requestChallenge", "request challenge", "access", "SECURITY",
            OdxMessage.Of(0x29).Subfunction(5).Constant("communication_configuration", 0).Value("algorithm", 16, Types.Bytes(16)),
            OdxMessage.Of(0x69).Subfunction(5).Value("return_value", 1, Types.Unsigned(1)).Value("algorithm", 16, Types.Bytes(16)).Constant("challenge_length", 16, 2)
                .Value("challenge", 16, Types.Bytes(16)).Constant("needed_parameter_length", 0, 2))
        {
            Sessions = Diagnostic,
        });
        layer.Add(new OdxService(
            "Authentication_verifyProof", "verify proof of ownership, unidirectional", "access", "SECURITY",
            OdxMessage.Of(0x29).Subfunction(6).Value("algorithm", 16, Types.Bytes(16)).Constant("proof_length", 32, 2).Value("proof", 32, Types.Bytes(32)).Constant("challenge_length", 16, 2)
                .Value("challenge_client", 16, Types.Bytes(16)).Constant("additional_parameter_length", 0, 2),
            OdxMessage.Of(0x69).Subfunction(6).Value("return_value", 1, Types.Unsigned(1)).Value("algorithm", 16, Types.Bytes(16)).Constant("session_key_length", 0, 2))
        {
            Sessions = Diagnostic,
            Transitions = ["access.closed_to_open"],
        });
        Plain("Authentication_configuration", "authentication configuration", "access", "SECURITY", 0x29, 8)(
            message => message.Value("return_value", 1, Types.Unsigned(1)), service => service with { Sessions = Diagnostic });
    }

    private void AddFaultMemory()
    {
        const string Class = "faultMemory";
        string status = Types.Unsigned(1), dtc = Types.Dtcs(Codes());
        string records = Types.Records("dtc_and_status", new OdxMessage().Value("dtc", 3, dtc).Value("status", 1, status).Parameters);
        string counters = Types.Records("dtc_and_counter", new OdxMessage().Value("dtc", 3, dtc).Value("fault_detection_counter", 1, status).Parameters);
        layer.Add(new OdxService("ClearDTC", "clear DTCs", Class, "CLEARDTC", OdxMessage.Of(0x14).Value("group", 3, Types.Unsigned(3)), OdxMessage.Of(0x54)) { Sessions = ["default", "extended"] });
        ReadDtc("number", "number of DTCs by status mask", 1, true, message => message.Value("availability_mask", 1, status).Value("format", 1, status).Value("count", 2, Types.Counted(2, "DTCs")));
        ReadDtc("byStatus", "DTCs by status mask", 2, true, message => message.Value("availability_mask", 1, status).Rest("dtcs", records));
        ReadDtc("supported", "supported DTCs", 0x0A, false, message => message.Value("availability_mask", 1, status).Rest("dtcs", records));
        ReadDtc("permanent", "permanent DTCs", 0x15, false, message => message.Value("availability_mask", 1, status).Rest("dtcs", records));
        ReadDtc("counters", "fault detection counters", 0x14, false, message => message.Rest("dtcs", counters));
        foreach ((string name, string longName, byte number) in new[] { ("snapshot", "snapshot of a DTC", (byte)4), ("extended", "extended data of a DTC", (byte)6) })
        {
            layer.Add(new OdxService(
                $"ReadDTC_{name}", longName, Class, "FAULTREAD",
                OdxMessage.Of(0x19).Subfunction(number).Value("dtc", 3, Types.Unsigned(3)).Value("record", 1, status),
                OdxMessage.Of(0x59).Subfunction(number).Value("dtc", 3, dtc).Value("status", 1, status).Rest("records", Types.Rest()))
            {
                IsSuppressible = true,
            });
        }

        foreach ((string name, byte number) in new[] { ("on", (byte)1), ("off", (byte)2) })
        {
            Plain($"ControlDTCSetting_{name}", $"DTC setting {name}", Class, "FUNCTION", 0x85, number)(null, service => service with { IsSuppressible = true, Sessions = Diagnostic });
        }
    }

    private IEnumerable<(uint Code, string Text)> Codes() => ecu.Config.Dem.Dtcs.Zip(ecu.Config.Dem.Events).DistinctBy(pair => pair.First).Select(pair => (pair.First, DtcNames.NameOf(pair.Second)));

    private void ReadDtc(string name, string longName, byte number, bool hasMask, Func<OdxMessage, OdxMessage> response)
    {
        OdxMessage request = OdxMessage.Of(0x19).Subfunction(number);
        layer.Add(new OdxService($"ReadDTC_{name}", longName, "faultMemory", "FAULTREAD", hasMask ? request.Value("status_mask", 1, Types.Unsigned(1)) : request, response(OdxMessage.Of(0x59).Subfunction(number)))
        {
            IsSuppressible = true,
        });
    }

    private void AddCommunication()
    {
        for (byte number = 0; number <= 3; number++)
        {
            string what = UdsNames.Subfunction(0x28, number);
            layer.Add(new OdxService(
                $"CommunicationControl_{OdxDictionary.ShortName(what)}", what, "communication", "FUNCTION",
                OdxMessage.Of(0x28).Subfunction(number).Value("communication_type", 1, Types.Unsigned(1)), OdxMessage.Of(0x68).Subfunction(number))
            {
                IsSuppressible = true,
                Sessions = Diagnostic,
            });
        }
    }

    private void AddDownload()
    {
        Update("RequestDownload", "request download",
            OdxMessage.Of(0x34).Value("data_format", 1, Types.Unsigned(1)).Constant("address_and_length_format", 0x44).Value("address", 4, Types.Unsigned(4)).Value("size", 4, Types.Counted(4, "byte")),
            OdxMessage.Of(0x74).Constant("length_format", 0x20).Value("block_length_max", 2, Types.Counted(2, "byte")));
        Update("TransferData", "transfer data",
            OdxMessage.Of(0x36).Value("block_sequence_counter", 1, Types.Unsigned(1)).Rest("data", Types.Rest()),
            OdxMessage.Of(0x76).Repeat("block_sequence_counter", 1, 1));
        Update("RequestTransferExit", "request transfer exit", OdxMessage.Of(0x37), OdxMessage.Of(0x77));
        layer.Add(new OdxService(
            "Write_F15A_fingerprint", UdsNames.Identifier(0xF15A), "update", "STOREDDATA",
            OdxMessage.Of(0x2E).Constant("did", 0xF15A, 2, "ID").Value("date", 3, Types.Bytes(3)).Value("tester_serial_number", 6, Types.Bytes(6)),
            OdxMessage.Of(0x6E).Constant("did", 0xF15A, 2, "ID"))
        {
            Sessions = ["programming"],
            NeedsAccess = true,
        });
    }

    private void AddLiveData()
    {
        layer.Add(new OdxService(
            "Define_byIdentifier", "define an identifier by parts of others", "data", "FUNCTION",
            OdxMessage.Of(0x2C).Subfunction(1).Value("did", 2, Types.Unsigned(2)).Rest("parts", Types.Rest()), OdxMessage.Of(0x6C).Subfunction(1).Repeat("did", 2, 2))
        {
            Sessions = ["extended"],
            IsSuppressible = true,
        });
        layer.Add(new OdxService(
            "Define_clear", "clear defined identifiers", "data", "FUNCTION",
            OdxMessage.Of(0x2C).Subfunction(3).Rest("did", Types.Rest()), OdxMessage.Of(0x6C).Subfunction(3).Rest("did", Types.Rest()))
        {
            Sessions = ["extended"],
            IsSuppressible = true,
        });
        if (ecu.Config.CanIf.PeriodicTxId == CanIfConfig.NoIdentifier)
        {
            return;
        }

        string mode = Types.Table("transmission_mode", 1, [(1, "slow"), (2, "medium"), (3, "fast"), (4, "stop")]);
        layer.Add(new OdxService(
            "ReadPeriodically", "read data by periodic identifier", "data", "CURRENTDATA",
            OdxMessage.Of(0x2A).Value("transmission_mode", 1, mode).Rest("periodic_identifiers", Types.Rest()), OdxMessage.Of(0x6A))
        {
            Sessions = ["extended"],
        });
    }

    private void Update(string name, string longName, OdxMessage request, OdxMessage response) =>
        layer.Add(new OdxService(name, longName, "update", "DOWNLOAD", request, response) { Sessions = ["programming"], NeedsAccess = true });

    // A service with nothing but its subfunction in the request, and in the response what is given.
    private Action<Func<OdxMessage, OdxMessage>?, Func<OdxService, OdxService>> Plain(string name, string longName, string functional, string semantic, byte sid, byte number) => (response, change) =>
    {
        OdxMessage answer = OdxMessage.Of((byte)(sid + Positive)).Subfunction(number);
        layer.Add(change(new OdxService(name, longName, functional, semantic, OdxMessage.Of(sid).Subfunction(number), response?.Invoke(answer) ?? answer)));
    };
}
