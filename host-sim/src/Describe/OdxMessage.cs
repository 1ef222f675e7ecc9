// The parameters of an ODX request or response, one behind the other: constants, values of the dictionary, bytes of the request once more.
// Invariants: positions follow from lengths, so that what is described has no gap; behind what goes up to the end of the message nothing follows.
// Clause: ISO 22901-1:2008 §7.3.5. Tests: tests/host-sim/Describe/OdxTests.cs.
using System.Xml.Linq;

namespace EsyncSim.Describe;

/// <summary>Collects parameters.</summary>
internal sealed class OdxMessage
{
    private readonly List<XElement> _parameters = [];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>True when the last parameter goes up to the end of the message.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The parameters.</summary>
    public IEnumerable<XElement> Parameters => _parameters;

    /// <summary>A message that begins with its service identifier.</summary>
    public static OdxMessage Of(byte sid) => new OdxMessage().Constant("sid", sid, 1, "SERVICE-ID");

    /// <summary>Adds a constant of 1 to 4 bytes.</summary>
    public OdxMessage Constant(string name, uint value, int bytes = 1, string semantic = "DATA") =>
        Add("CODED-CONST", name, semantic, bytes, new XElement("CODED-VALUE", value), OdxDictionary.Coded("A_UINT32", bytes * 8));

    /// <summary>Adds a subfunction.</summary>
    public OdxMessage Subfunction(byte value) => Constant("subfunction", value, 1, "SUBFUNCTION");

    /// <summary>Adds a value of a type of the dictionary.</summary>
    public OdxMessage Value(string name, int bytes, string dop) => Add("VALUE", name, "DATA", bytes, OdxDictionary.Ref("DOP-REF", dop));

    /// <summary>Adds a value that goes up to the end of the message.</summary>
    public OdxMessage Rest(string name, string dop)
    {
        Add("VALUE", name, "DATA", 0, OdxDictionary.Ref("DOP-REF", dop));
        IsOpen = true;
        return this;
    }

    /// <summary>Adds bytes that a response repeats from its request.</summary>
    public OdxMessage Repeat(string name, int bytes, int requestPosition, string semantic = "DATA") => Add(
        "MATCHING-REQUEST-PARAM", name, semantic, bytes, new XElement("REQUEST-BYTE-POS", requestPosition), new XElement("BYTE-LENGTH", bytes));

    private OdxMessage Add(string type, string name, string semantic, int bytes, params object[] content)
    {
        if (IsOpen)
        {
            throw new InvalidOperationException($"{name} stands behind what goes up to the end of the message");
        }

        _parameters.Add(new XElement("PARAM", new XAttribute("SEMANTIC", semantic), Odx.Type(type), new XElement("SHORT-NAME", name), new XElement("BYTE-POSITION", Length), content));
        Length += bytes;
        return this;
    }
}
