// What every ODX document has in common: its root, the xsi:type of an element, and how it is written to bytes.
// Invariant: the same description gives the same bytes.
// Clause: ISO 22901-1:2008 (ODX 2.2). Tests: tests/host-sim/Describe/OdxTests.cs.
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace EsyncSim.Describe;

/// <summary>Parts of ODX documents.</summary>
internal static class Odx
{
    /// <summary>Version of the data model.</summary>
    public const string ModelVersion = "2.2.0";

    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>The type of an element whose name has several.</summary>
    public static XAttribute Type(string name) => new(Instance + "type", name);

    /// <summary>A document around its one category.</summary>
    public static byte[] Document(XElement category) => Bytes(new XElement(
        "ODX", new XAttribute("MODEL-VERSION", ModelVersion), new XAttribute(XNamespace.Xmlns + "xsi", Instance), new XAttribute(Instance + "noNamespaceSchemaLocation", "odx.xsd"), category));

    /// <summary>An element with an ID, a short name and a name for people.</summary>
    public static XElement Named(string element, string id, string shortName, string longName, params object?[] content) =>
        new(element, new XAttribute("ID", id), new XElement("SHORT-NAME", shortName), new XElement("LONG-NAME", longName), content);

    /// <summary>XML as UTF-8 with one line feed at each end of line.</summary>
    public static byte[] Bytes(XElement root)
    {
        using MemoryStream file = new();
        using (XmlWriter writer = XmlWriter.Create(file, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" }))
        {
            new XDocument(new XDeclaration("1.0", "UTF-8", null), root).Save(writer);
        }

        return file.ToArray();
    }
}
