// A run as JUnit XML, the form that CI servers read: <testsuites> with one <testsuite> for each step.
// Invariants: counts are those of the cases below them; characters that XML cannot hold (a serial line has them) become
// U+FFFD; the same run gives the same file.
// Tests: tests/host-sim/Hil/HilRunTests.cs.
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace EsyncSim.Hil;

/// <summary>Writes JUnit XML.</summary>
internal static class JUnitReport
{
    /// <summary>The report as a file.</summary>
    public static byte[] Write(string name, IReadOnlyList<HilSuite> suites)
    {
        XElement root = new("testsuites", new XAttribute("name", Clean(name)), Counts(suites), suites.Select(Suite));
        using MemoryStream file = new();
        using (XmlWriter writer = XmlWriter.Create(file, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" }))
        {
            new XDocument(root).Save(writer);
        }

        return file.ToArray();
    }

    private static XElement Suite(HilSuite suite) =>
        new("testsuite", new XAttribute("name", Clean(suite.Name)), Counts([suite]), suite.Cases.Select(Case));

    private static XElement Case(HilCase one)
    {
        XElement element = new(
            "testcase",
            new XAttribute("classname", Clean(one.Class)),
            new XAttribute("name", Clean(one.Name)),
            new XAttribute("time", Seconds(one.Seconds)));
        if (one.End != HilEnd.Passed)
        {
            string kind = one.End switch { HilEnd.Failed => "failure", HilEnd.Error => "error", _ => "skipped" };
            element.Add(new XElement(kind, new XAttribute("message", Clean(one.Message))));
        }

        if (one.Output.Length > 0)
        {
            element.Add(new XElement("system-out", Clean(one.Output)));
        }

        return element;
    }

    private static XAttribute[] Counts(IReadOnlyList<HilSuite> suites) =>
    [
        new("tests", suites.Sum(suite => suite.Cases.Count)),
        new("failures", suites.Sum(suite => suite.Count(HilEnd.Failed))),
        new("errors", suites.Sum(suite => suite.Count(HilEnd.Error))),
        new("skipped", suites.Sum(suite => suite.Count(HilEnd.Skipped))),
        new("time", Seconds(suites.Sum(suite => suite.Seconds))),
    ];

    private static string Seconds(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isAllowed = rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value);
            clean.Append(isAllowed ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }
}
