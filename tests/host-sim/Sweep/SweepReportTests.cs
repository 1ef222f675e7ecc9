// A sweep as JUnit XML: a suite for each scenario, a case for each part, a failure where something was found.
using System.Xml.Linq;
using EsyncSim.Sweep;
using Xunit;

namespace EsyncTests.HostSim.Sweep;

public sealed class SweepReportTests
{
    [Fact]
    public void A_finding_is_a_failure_of_its_part_and_says_how_to_repeat_it()
    {
        SweepFinding finding = new(SweepFault.Brick, "activate on w25q32, operation 7", "no image runs", "--only activate:w25q32:7:ProgramBits");
        SweepReport report = new(
            [
                new SweepCell("full-image", "w25q32") { Cuts = 10, Restarts = 3 },
                new SweepCell("activate", "w25q32") { Cuts = 5, Restarts = 1, Findings = [finding] },
                new SweepCell("activate", "stm32f7") { Cuts = 5 },
            ],
            TimeSpan.FromSeconds(8),
            TimeSpan.Zero);

        XElement root = XDocument.Load(new MemoryStream(report.ToJUnit())).Root!;

        Assert.Equal(["full-image", "activate"], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        Assert.Equal(("3", "1"), (root.Attribute("tests")!.Value, root.Attribute("failures")!.Value));
        XElement failed = Assert.Single(root.Descendants("testcase"), one => one.Element("failure") is not null);
        Assert.Equal("1 findings in 5 cuts, the first: no image runs", failed.Element("failure")!.Attribute("message")!.Value);
        Assert.Contains("repeat it: esync sweep --only activate:w25q32:7:ProgramBits", failed.Element("system-out")!.Value);
        Assert.Equal(["6.000", "2.000", "0.000"], root.Descendants("testcase").Select(one => one.Attribute("time")!.Value));
    }
}
