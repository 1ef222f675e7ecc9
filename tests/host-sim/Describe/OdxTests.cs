// The container against the structure that ODX 2.2 prescribes: documents, IDs that are unique and references that resolve, the order of
// elements, and what of nf.config must be found in it.
using System.IO.Compression;
using System.Xml.Linq;
using EsyncSim.Config;
using EsyncSim.Describe;
using Xunit;

namespace EsyncTests.HostSim.Describe;

public sealed class OdxTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));
    private static readonly EcuDefinition[] Ecus = [.. Config.Ecus.Values];
    private static readonly IReadOnlyDictionary<string, XElement> Files = Open(PdxFile.Build(Ecus));

    private static XElement Layers => Files["esync.odx-d"];

    [Fact]
    public void The_catalogue_names_every_document()
    {
        Assert.Equal(
            Files.Keys.Where(name => name != "index.xml").Order(StringComparer.Ordinal),
            Files["index.xml"].Descendants("FILE").Select(file => file.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_are_unique_and_every_reference_resolves()
    {
        Dictionary<string, HashSet<string>> ids = [];
        foreach (XElement document in Documents())
        {
            string[] all = [.. document.Descendants().Select(element => (string?)element.Attribute("ID")).OfType<string>()];
            Assert.Equal(all.Length, all.Distinct().Count());
            ids[document.Elements().Single().Element("SHORT-NAME")!.Value] = [.. all];
        }

        int count = 0;
        foreach (XElement document in Documents())
        {
            string own = document.Elements().Single().Element("SHORT-NAME")!.Value;
            foreach (XElement reference in document.Descendants().Where(element => element.Attribute("ID-REF") is not null))
            {
                Assert.Contains(reference.Attribute("ID-REF")!.Value, ids[reference.Attribute("DOCREF")?.Value ?? own]);
                count++;
            }
        }

        Assert.True(count > 500, $"{count} references");
    }

    [Fact]
    public void Short_names_are_names_and_unique_in_their_list()
    {
        foreach (XElement document in Documents())
        {
            Assert.All(document.Descendants("SHORT-NAME"), name => Assert.Matches("^[A-Za-z_][A-Za-z0-9_]*$", name.Value));
            foreach (XElement list in document.Descendants().Where(element => element.Elements().Count(child => child.Element("SHORT-NAME") is not null) > 1))
            {
                string[] names = [.. list.Elements().Select(child => child.Element("SHORT-NAME")?.Value).OfType<string>()];
                Assert.True(names.Length == names.Distinct().Count(), $"{list.Name} has a short name twice: {string.Join(' ', names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))}");
            }
        }
    }

    [Fact]
    public void Elements_stand_in_the_order_of_the_standard()
    {
        string[] variant =
        [
            "SHORT-NAME", "LONG-NAME", "FUNCT-CLASSS", "DIAG-DATA-DICTIONARY-SPEC", "DIAG-COMMS", "REQUESTS", "POS-RESPONSES", "GLOBAL-NEG-RESPONSES", "STATE-CHARTS", "COMPARAM-REFS", "PARENT-REFS",
        ];
        string[] service =
        [
            "SHORT-NAME", "LONG-NAME", "FUNCT-CLASS-REFS", "PRE-CONDITION-STATE-REFS", "STATE-TRANSITION-REFS", "REQUEST-REF", "POS-RESPONSE-REFS", "POS-RESPONSE-SUPPRESSABLE",
        ];
        string[] property = ["SHORT-NAME", "COMPU-METHOD", "DIAG-CODED-TYPE", "PHYSICAL-TYPE", "INTERNAL-CONSTR", "UNIT-REF"];
        string[] dictionary = ["DTC-DOPS", "DATA-OBJECT-PROPS", "STRUCTURES", "END-OF-PDU-FIELDS", "UNIT-SPEC"];
        foreach ((string element, string[] order) in new[] { ("BASE-VARIANT", variant), ("DIAG-SERVICE", service), ("DATA-OBJECT-PROP", property), ("DIAG-DATA-DICTIONARY-SPEC", dictionary) })
        {
            Assert.NotEmpty(Layers.Descendants(element));
            Assert.All(Layers.Descendants(element), one =>
            {
                int[] places = [.. one.Elements().Select(child => Array.IndexOf(order, child.Name.LocalName))];
                Assert.DoesNotContain(-1, places);
                Assert.Equal(places.Order(), places);
            });
        }
    }

    [Fact]
    public void Parameters_lie_one_behind_the_other()
    {
        foreach (XElement parameters in Layers.Descendants("PARAMS"))
        {
            int[] positions = [.. parameters.Elements("PARAM").Select(parameter => (int)parameter.Element("BYTE-POSITION")!)];
            Assert.Equal(positions.Order(), positions);
            Assert.Equal(0, positions[0]);
        }
    }

    [Fact]
    public void Every_identifier_signal_output_routine_and_dtc_of_an_ecu_is_in_its_layer()
    {
        foreach (EcuDefinition ecu in Ecus)
        {
            XElement layer = Layers.Descendants("BASE-VARIANT").Single(one => one.Element("SHORT-NAME")!.Value == ecu.Name);
            string[] services = [.. layer.Descendants("DIAG-SERVICE").Select(one => one.Element("SHORT-NAME")!.Value)];
            IEnumerable<int> dids = ecu.SignalEntries.Select(signal => (int)signal.Definition.Did).Concat(ecu.Outputs.Select(output => (int)output.Did)).Concat(ecu.Config.Dcm.ConstantIds.Select(did => (int)did));
            Assert.All(dids, did => Assert.Contains(services, name => name.StartsWith($"Read_{did:X4}_", StringComparison.Ordinal)));
            Assert.Equal(ecu.Outputs.Count * 4, services.Count(name => name.StartsWith("Control_", StringComparison.Ordinal)));
            Assert.Equal(14, services.Count(name => name.StartsWith("Start_", StringComparison.Ordinal)));
            Assert.Equal(ecu.Config.Dem.Dtcs.Distinct().Order(), layer.Descendants("TROUBLE-CODE").Select(code => (uint)code).Order());
            string[] table = [.. layer.Element("COMPARAM-REFS")!.Descendants("COMPLEX-VALUE").Single().Elements().Select(value => value.Value)];
            Assert.Equal([$"{ecu.Config.CanIf.PhysicalRxId}", $"{ecu.Config.CanIf.TxId}"], [table[1], table[4]]);
        }
    }

    [Fact]
    public void The_same_configuration_gives_the_same_bytes() => Assert.Equal(PdxFile.Build(Ecus), PdxFile.Build(Ecus));

    private static IEnumerable<XElement> Documents() => Files.Where(file => file.Key != "index.xml").Select(file => file.Value);

    private static Dictionary<string, XElement> Open(byte[] pdx)
    {
        using ZipArchive zip = new(new MemoryStream(pdx));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry => XDocument.Load(entry.Open()).Root!);
    }
}
