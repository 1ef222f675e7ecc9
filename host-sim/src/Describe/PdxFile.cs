// The diagnostics of ECUs as a PDX container: a zip with the ODX documents and index.xml, the catalogue of them.
// Invariant: the same nf.config gives the same file to the byte, dates included.
// Clause: ISO 22901-1:2008 §7.2 (packaged ODX). Tests: tests/host-sim/Describe/OdxTests.cs.
using System.IO.Compression;
using System.Xml.Linq;
using EsyncSim.Config;

namespace EsyncSim.Describe;

/// <summary>Makes a container.</summary>
internal static class PdxFile
{
    private const string Date = "1980-01-01T00:00:00";
    private const string Mime = "application/x-asam.odx.";

    /// <summary>The container as bytes.</summary>
    /// <param name="ecus">The ECUs.</param>
    public static byte[] Build(IReadOnlyList<EcuDefinition> ecus)
    {
        List<(string File, byte[] Content)> documents = [("esync.odx-d", Odx.Document(Layers(ecus))), .. OdxComparams.Documents()];
        documents.Insert(0, ("index.xml", Index(documents.Select(document => document.File))));
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in documents)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream stream = entry.Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    private static XElement Layers(IReadOnlyList<EcuDefinition> ecus)
    {
        const string Protocol = "esync.protocol";
        return Odx.Named(
            "DIAG-LAYER-CONTAINER", "esync", "esync", "eSync ECU agents",
            new XElement("PROTOCOLS", OdxComparams.Protocol(Protocol)),
            new XElement("BASE-VARIANTS", ecus.Select(ecu => Variant(ecu, Protocol))));
    }

    private static XElement Variant(EcuDefinition ecu, string protocol)
    {
        OdxLayer layer = new(ecu.Name);
        new OdxCommonServices(layer, ecu).Add();
        new OdxDataServices(layer, ecu).Add();
        return layer.ToXml($"{ecu.Name} on {ecu.Bus.Name}", OdxComparams.Values(ecu), protocol);
    }

    private static byte[] Index(IEnumerable<string> files) => Odx.Bytes(new XElement(
        "CATALOG", new XAttribute("F-DTD-VERSION", "ODX-" + Odx.ModelVersion), new XElement("SHORT-NAME", "esync"),
        new XElement("ABLOCKS", files.Select(name => new XElement(
            "ABLOCK", new XAttribute("UPD", "UNCHANGED"), new XElement("SHORT-NAME", OdxDictionary.ShortName(name)),
            new XElement("FILES", new XElement("FILE", new XAttribute("CREATION-DATE", Date), new XAttribute("MIME-TYPE", Mime + name[(name.LastIndexOf('.') + 1)..]), name)))))));
}
