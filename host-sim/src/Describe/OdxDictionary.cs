// The data dictionary of an ODX layer: simple types, tables of texts, signals with their scaling, DTCs, structures, units. Whoever describes a
// service asks for what it needs by its meaning and gets its ID; each thing is made once.
// Invariants: short names are letters, digits and underscores, and unique in their kind, for ODX refers to things by them.
// Clause: ISO 22901-1:2008 §7.3.6 (data object properties, structures). Tests: tests/host-sim/Describe/OdxTests.cs.
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Describe;

/// <summary>Makes DIAG-DATA-DICTIONARY-SPEC.</summary>
/// <param name="prefix">Begins all its IDs.</param>
internal sealed class OdxDictionary(string prefix)
{
    private readonly OrderedDictionary<string, XElement> _dops = [];
    private readonly OrderedDictionary<string, XElement> _dtcDops = [];
    private readonly OrderedDictionary<string, XElement> _structures = [];
    private readonly OrderedDictionary<string, XElement> _fields = [];
    private readonly OrderedDictionary<string, XElement> _units = [];

    /// <summary>Letters, digits and underscores of a name.</summary>
    public static string ShortName(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? $"_{text}" : text.ToString();
    }

    /// <summary>Unsigned number of 1 to 4 bytes.</summary>
    public string Unsigned(int bytes) => Dop($"uint{bytes * 8}", () => [Identical(), Coded("A_UINT32", bytes * 8), Physical("A_UINT32", "HEX")]);

    /// <summary>Unsigned decimal number with a unit.</summary>
    public string Counted(int bytes, string unit) => Dop(
        $"uint{bytes * 8}_{ShortName(unit)}", () => [Identical(), Coded("A_UINT32", bytes * 8), Physical("A_UINT32", "DEC"), UnitRef(unit)]);

    /// <summary>Bytes of a fixed length.</summary>
    public string Bytes(int length) => Dop($"bytes{length}", () => [Identical(), Coded("A_BYTEFIELD", length * 8), Physical("A_BYTEFIELD")]);

    /// <summary>Bytes up to the end of the message.</summary>
    public string Rest() => Dop("bytes", () => [Identical(), ToEnd("A_BYTEFIELD"), Physical("A_BYTEFIELD")]);

    /// <summary>Text of a fixed length.</summary>
    public string Text(int length) => Dop($"text{length}", () => [Identical(), Coded("A_ASCIISTRING", length * 8, "ISO-8859-1"), Physical("A_UNICODE2STRING")]);

    /// <summary>Text up to the end of the message.</summary>
    public string TextRest() => Dop("text", () => [Identical(), ToEnd("A_ASCIISTRING", "ISO-8859-1"), Physical("A_UNICODE2STRING")]);

    /// <summary>Numbers that stand for texts; others are told as "reserved".</summary>
    public string Table(string name, int bytes, IEnumerable<(long Value, string Text)> rows) => Dop(name, () =>
    [
        new XElement(
            "COMPU-METHOD",
            new XElement("CATEGORY", "TEXTTABLE"),
            new XElement(
                "COMPU-INTERNAL-TO-PHYS",
                new XElement("COMPU-SCALES", rows.Select(row => new XElement(
                    "COMPU-SCALE", Limit("LOWER-LIMIT", row.Value), Limit("UPPER-LIMIT", row.Value), new XElement("COMPU-CONST", new XElement("VT", row.Text))))),
                new XElement("COMPU-DEFAULT-VALUE", new XElement("VT", "reserved")))),
        Coded("A_UINT32", bytes * 8), Physical("A_UNICODE2STRING"),
    ]);

    /// <summary>The value of a signal.</summary>
    public string Signal(ConfiguredSignal signal)
    {
        SignalDefinition what = signal.Definition;
        return Dop($"signal_{what.Did:X4}_{ShortName(what.Path)}", () =>
        [
            Linear(what.Factor, what.Offset), Raw(what.Type), Physical("A_FLOAT64"),
            new XElement("INTERNAL-CONSTR", Limit("LOWER-LIMIT", signal.RawMin), Limit("UPPER-LIMIT", signal.RawMax)),
            what.Unit.Length > 0 ? UnitRef(what.Unit) : null,
        ]);
    }

    /// <summary>The value of an output.</summary>
    public string Output(OutputDefinition output) => Dop($"output_{output.Did:X4}_{ShortName(output.Name)}", () =>
    [
        Identical(), Raw(output.Type), Physical(IsSigned(output.Type) ? "A_INT32" : "A_UINT32", "DEC"),
        new XElement("INTERNAL-CONSTR", Limit("LOWER-LIMIT", output.Min), Limit("UPPER-LIMIT", output.Max)),
    ]);

    /// <summary>The DTCs of the ECU.</summary>
    public string Dtcs(IEnumerable<(uint Code, string Text)> codes)
    {
        string id = $"{prefix}.DTCDOP.dtc";
        _dtcDops.TryAdd("dtc", new XElement(
            "DTC-DOP", new XAttribute("ID", id), new XElement("SHORT-NAME", "dtc"), Coded("A_UINT32", 24), Physical("A_UINT32", "HEX"), Identical(),
            new XElement("DTCS", codes.Select(code => new XElement(
                "DTC", new XAttribute("ID", string.Create(CultureInfo.InvariantCulture, $"{prefix}.DTC.{code.Code:X6}")), new XElement("SHORT-NAME", string.Create(CultureInfo.InvariantCulture, $"DTC_{code.Code:X6}")),
                new XElement("TROUBLE-CODE", code.Code), new XElement("DISPLAY-TROUBLE-CODE", string.Create(CultureInfo.InvariantCulture, $"{code.Code:X6}")), new XElement("TEXT", code.Text))))));
        return id;
    }

    /// <summary>Records of one form up to the end of the message.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="parameters">Parameters of a record.</param>
    public string Records(string name, IEnumerable<XElement> parameters)
    {
        string structure = $"{prefix}.STRUCT.{name}", id = $"{prefix}.EOPDU.{name}";
        _structures.TryAdd(name, new XElement("STRUCTURE", new XAttribute("ID", structure), new XElement("SHORT-NAME", name), new XElement("PARAMS", parameters)));
        _fields.TryAdd(name, new XElement("END-OF-PDU-FIELD", new XAttribute("ID", id), new XElement("SHORT-NAME", name + "_list"), Ref("BASIC-STRUCTURE-REF", structure)));
        return id;
    }

    /// <summary>The whole dictionary, in the order of the standard.</summary>
    public XElement ToXml() => new(
        "DIAG-DATA-DICTIONARY-SPEC",
        Group("DTC-DOPS", _dtcDops), Group("DATA-OBJECT-PROPS", _dops), Group("STRUCTURES", _structures), Group("END-OF-PDU-FIELDS", _fields),
        _units.Count == 0 ? null : new XElement("UNIT-SPEC", Group("UNITS", _units)));

    /// <summary>A reference within the document.</summary>
    public static XElement Ref(string element, string id) => new(element, new XAttribute("ID-REF", id));

    /// <summary>A type of fixed length in bits.</summary>
    public static XElement Coded(string type, int bits, string? encoding = null) => new(
        "DIAG-CODED-TYPE", encoding is null ? null : new XAttribute("BASE-TYPE-ENCODING", encoding), new XAttribute("BASE-DATA-TYPE", type), Odx.Type("STANDARD-LENGTH-TYPE"), new XElement("BIT-LENGTH", bits));

    private static XElement? Group(string name, OrderedDictionary<string, XElement> items) => items.Count == 0 ? null : new XElement(name, items.Values);

    private static XElement ToEnd(string type, string? encoding = null) => new(
        "DIAG-CODED-TYPE", encoding is null ? null : new XAttribute("BASE-TYPE-ENCODING", encoding), new XAttribute("BASE-DATA-TYPE", type), new XAttribute("TERMINATION", "END-OF-PDU"),
        Odx.Type("MIN-MAX-LENGTH-TYPE"), new XElement("MIN-LENGTH", 0));

    private static XElement Physical(string type, string? radix = null) => new(
        "PHYSICAL-TYPE", new XAttribute("BASE-DATA-TYPE", type), radix is null ? null : new XAttribute("DISPLAY-RADIX", radix));

    private static XElement Identical() => new("COMPU-METHOD", new XElement("CATEGORY", "IDENTICAL"));

    private static XElement Linear(double factor, double offset) => new(
        "COMPU-METHOD",
        new XElement("CATEGORY", "LINEAR"),
        new XElement("COMPU-INTERNAL-TO-PHYS", new XElement("COMPU-SCALES", new XElement("COMPU-SCALE", new XElement(
            "COMPU-RATIONAL-COEFFS", new XElement("COMPU-NUMERATOR", new XElement("V", Number(offset)), new XElement("V", Number(factor))), new XElement("COMPU-DENOMINATOR", new XElement("V", 1)))))));

    private static XElement Limit(string name, long value) => new(name, new XAttribute("INTERVAL-TYPE", "CLOSED"), value);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static bool IsSigned(SignalType type) => type is SignalType.Int8 or SignalType.Int16 or SignalType.Int32;

    private static XElement Raw(SignalType type)
    {
        int bits = type switch { SignalType.UInt16 or SignalType.Int16 => 16, SignalType.UInt32 or SignalType.Int32 => 32, _ => 8 };
        return IsSigned(type) ? Coded("A_INT32", bits, "2C") : Coded("A_UINT32", bits);
    }

    private string Dop(string name, Func<object?[]> content)
    {
        string id = $"{prefix}.DOP.{name}";
        if (!_dops.ContainsKey(name))
        {
            _dops.Add(name, new XElement("DATA-OBJECT-PROP", new XAttribute("ID", id), new XElement("SHORT-NAME", name), content()));
        }

        return id;
    }

    private XElement UnitRef(string unit)
    {
        string name = ShortName(unit), id = $"{prefix}.UNIT.{name}";
        _units.TryAdd(name, new XElement("UNIT", new XAttribute("ID", id), new XElement("SHORT-NAME", name), new XElement("DISPLAY-NAME", unit)));
        return Ref("UNIT-REF", id);
    }
}
