// Communication parameters of ODX: which parameters there are, in documents of their own (COMPARAM-SUBSET), the stack that they are of
// (COMPARAM-SPEC), and the values of one ECU. Names are those of ISO 22900-2, values those of nf.config; only what an ECU sets is defined.
// Invariant: the parts of CP_UniqueRespIdTable stand in the order of its definition, in every value.
// Clauses: ISO 22901-1:2008 §7.4, ISO 22900-2:2017 Annex B. Tests: tests/host-sim/Describe/OdxTests.cs.
using System.Xml.Linq;
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncSim.Describe;

/// <summary>Makes parameters.</summary>
internal static class OdxComparams
{
    /// <summary>Name of the stack's document.</summary>
    public const string Spec = "ISO_15765_3_on_ISO_15765_2";

    private const string Transport = "ISO_15765_2", Application = "ISO_15765_3", Link = "ISO_11898_2_DWCAN", Table = "CP_UniqueRespIdTable";

    private static readonly (string Name, bool IsText)[] TableParts =
    [
        ("CP_CanPhysReqFormat", true), ("CP_CanPhysReqId", false), ("CP_CanPhysReqExtAddr", false), ("CP_CanRespUSDTFormat", true), ("CP_CanRespUSDTId", false),
        ("CP_CanRespUSDTExtAddr", false), ("CP_CanRespUUDTFormat", true), ("CP_CanRespUUDTId", false), ("CP_CanRespUUDTExtAddr", false), ("CP_ECULayerShortName", true),
    ];

    // Times are microseconds.
    private static readonly (string Document, string Class, string Name, string Usage)[] Simple =
    [
        (Link, "BUSTYPE", "CP_Baudrate", "ECU-COMM"),
        (Transport, "COM", "CP_CanFuncReqId", "ECU-COMM"),
        (Transport, "COM", "CP_BlockSize", "ECU-COMM"),
        (Transport, "COM", "CP_StMin", "ECU-COMM"),
        (Transport, "COM", "CP_CanFillerByte", "ECU-COMM"),
        (Transport, "TIMING", "CP_As", "ECU-COMM"),
        (Transport, "TIMING", "CP_Bs", "ECU-COMM"),
        (Transport, "TIMING", "CP_Cr", "ECU-COMM"),
        (Application, "TIMING", "CP_P2Max", "ECU-COMM"),
        (Application, "TIMING", "CP_P2Star", "ECU-COMM"),
        (Application, "TESTER_PRESENT", "CP_TesterPresentTime", "TESTER"),
    ];

    /// <summary>Documents by file name.</summary>
    public static IEnumerable<(string File, byte[] Content)> Documents()
    {
        foreach ((string document, string category) in new[] { (Link, "PHY"), (Transport, "TRANS"), (Application, "APP") })
        {
            yield return ($"{document}.odx-cs", Odx.Document(Odx.Named(
                "COMPARAM-SUBSET", document, document, document, new XAttribute("CATEGORY", category),
                new XElement("COMPARAMS", Simple.Where(one => one.Document == document).Select(one => Parameter(document, one.Class, one.Name, one.Usage, "0", "number"))),
                document == Transport ? new XElement("COMPLEX-COMPARAMS", TableDefinition()) : null,
                new XElement("DATA-OBJECT-PROPS", Type(document, "number", "A_UINT32"), Type(document, "text", "A_UNICODE2STRING")))));
        }

        yield return ($"{Spec}.odx-c", Odx.Document(Odx.Named(
            "COMPARAM-SPEC", Spec, Spec, "UDS on CAN",
            new XElement("PROT-STACKS", Odx.Named(
                "PROT-STACK", $"{Spec}.stack", "stack", "ISO 14229, ISO 15765-2, ISO 11898-2",
                new XElement("PDU-PROTOCOL-TYPE", Spec),
                new XElement("PHYSICAL-LINK-TYPE", Link),
                new XElement("COMPARAM-SUBSET-REFS", new[] { Link, Transport, Application }.Select(document => Ref("COMPARAM-SUBSET-REF", document, document, "COMPARAM-SUBSET"))))))));
    }

    /// <summary>The protocol layer of all ECUs.</summary>
    public static XElement Protocol(string id) => Odx.Named(
        "PROTOCOL", id, "UDS_on_CAN", "ISO 14229 on ISO 15765-2", Ref("COMPARAM-SPEC-REF", Spec, Spec, "COMPARAM-SPEC"), new XElement("PROT-STACK-SNREF", new XAttribute("SHORT-NAME", "stack")));

    /// <summary>Values of an ECU.</summary>
    public static XElement Values(EcuDefinition ecu)
    {
        CanIfConfig ids = ecu.Config.CanIf;
        CanTpConfig transport = ecu.Config.CanTp;
        string bits = ids.IsExtended ? "29-bit" : "11-bit";
        string[] table =
        [
            $"normal segmented {bits} transmit with FC", Text(ids.PhysicalRxId), "0", $"normal segmented {bits} receive with FC", Text(ids.TxId), "0",
            $"normal unsegmented {bits} receive", Text(ids.PeriodicTxId), "0", ecu.Name,
        ];
        List<XElement> values =
        [
            Value(Link, "CP_Baudrate", ecu.Bus.BitRate),
            Ref("COMPARAM-REF", $"{Transport}.{Table}", Transport, "COMPARAM-SUBSET", new XElement("COMPLEX-VALUE", table.Select(text => new XElement("SIMPLE-VALUE", text)))),
            Value(Transport, "CP_BlockSize", transport.BlockSize),
            Value(Transport, "CP_StMin", Microseconds(transport.SeparationTimeMin)),
            Value(Transport, "CP_CanFillerByte", transport.Padding),
            Value(Transport, "CP_As", transport.NAsMs * 1000u),
            Value(Transport, "CP_Bs", transport.NBsMs * 1000u),
            Value(Transport, "CP_Cr", transport.NCrMs * 1000u),
            Value(Application, "CP_P2Max", ecu.Config.Dcm.P2ServerMsMax * 1000u),
            Value(Application, "CP_P2Star", ecu.Config.Dcm.P2StarServerMsMax * 1000u),
            Value(Application, "CP_TesterPresentTime", ecu.Config.Dcm.S3ServerMs * 400u),
        ];
        if (ids.FunctionalRxId != CanIfConfig.NoIdentifier)
        {
            values.Add(Value(Transport, "CP_CanFuncReqId", ids.FunctionalRxId));
        }

        return new XElement("COMPARAM-REFS", values);
    }

    private static string Text(uint value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // ISO 15765-2:2016 §9.6.5.4.
    private static uint Microseconds(byte separationTime) => separationTime <= 0x7F ? separationTime * 1000u : (separationTime - 0xF0u) * 100u;

    private static XElement Value(string document, string name, uint value) => Ref("COMPARAM-REF", $"{document}.{name}", document, "COMPARAM-SUBSET", new XElement("SIMPLE-VALUE", value));

    private static XElement Ref(string element, string id, string document, string kind, params object[] content) =>
        new(element, new XAttribute("ID-REF", id), new XAttribute("DOCREF", document), new XAttribute("DOCTYPE", kind), content);

    private static XElement Parameter(string document, string kind, string name, string usage, string value, string type) => new(
        "COMPARAM", new XAttribute("ID", $"{document}.{name}"), new XAttribute("PARAM-CLASS", kind), new XAttribute("CPTYPE", "STANDARD"), new XAttribute("CPUSAGE", usage),
        new XElement("SHORT-NAME", name), new XElement("PHYSICAL-DEFAULT-VALUE", value), OdxDictionary.Ref("DATA-OBJECT-PROP-REF", $"{document}.DOP.{type}"));

    private static XElement TableDefinition() => new(
        "COMPLEX-COMPARAM", new XAttribute("ID", $"{Transport}.{Table}"), new XAttribute("PARAM-CLASS", "UNIQUE_ID"), new XAttribute("CPTYPE", "STANDARD"), new XAttribute("CPUSAGE", "ECU-COMM"),
        new XAttribute("ALLOW-MULTIPLE-VALUES", "true"), new XElement("SHORT-NAME", Table),
        TableParts.Select(part => Parameter(Transport, "UNIQUE_ID", part.Name, "ECU-COMM", part.IsText ? "none" : "0", part.IsText ? "text" : "number")));

    private static XElement Type(string document, string name, string type) => new(
        "DATA-OBJECT-PROP", new XAttribute("ID", $"{document}.DOP.{name}"), new XElement("SHORT-NAME", name), new XElement("COMPU-METHOD", new XElement("CATEGORY", "IDENTICAL")),
        type == "A_UINT32"
            ? OdxDictionary.Coded(type, 32)
            : new XElement("DIAG-CODED-TYPE", new XAttribute("BASE-DATA-TYPE", type), new XAttribute("TERMINATION", "END-OF-PDU"), Odx.Type("MIN-MAX-LENGTH-TYPE"), new XElement("MIN-LENGTH", 0)),
        new XElement("PHYSICAL-TYPE", new XAttribute("BASE-DATA-TYPE", type)));
}
