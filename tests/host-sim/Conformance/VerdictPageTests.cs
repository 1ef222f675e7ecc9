// The page to hand on: it says what the report says, needs nothing from elsewhere, and escapes what an ECU or a profile says.
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class VerdictPageTests
{
    private static readonly ConformanceProfile Profile = new()
    {
        Name = "pump <script>",
        Source = "pump & co.yaml",
        Addressing = new AddressingProfile { Request = 0x712, Response = 0x71A },
    };

    [Fact]
    public void A_failed_case_stands_there_with_clause_expectation_and_frames_in_words()
    {
        string html = Page(Result(ConformanceVerdict.Pass), Result(
            ConformanceVerdict.Fail,
            new ConformanceStep("7E 00", "NRC 11 <b>", false),
            new BusFrame(0x712, false, [0x02, 0x3E, 0x00, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC]),
            new BusFrame(0x71A, false, [0x03, 0x7F, 0x3E, 0x11, 0xCC, 0xCC, 0xCC, 0xCC])));

        Assert.Contains("<b>FAIL</b><span>1 of 2 applicable cases passed</span>", html);
        Assert.Contains("ISO 15765-2:2016 §9.6.2", html);
        Assert.Contains("NRC 11 &lt;b&gt;", html);
        Assert.Contains("pump &lt;script&gt;", html);
        Assert.Contains("pump &amp; co.yaml", html);
        Assert.Contains("<td>71A</td><td>03 7F 3E 11 CC CC CC CC</td>", html);
        Assert.Contains("TesterPresent", html);
    }

    [Fact]
    public void A_page_without_a_failure_says_pass_and_needs_nothing_from_elsewhere()
    {
        string html = Page(Result(ConformanceVerdict.Pass));

        Assert.Contains("<b>PASS</b>", html);
        Assert.DoesNotContain("What failed", html);
        Assert.All(["http:", "https:", "<script", "@import", "src=", "url("], word => Assert.DoesNotContain(word, html));
    }

    [Fact]
    public void A_run_in_which_nothing_applied_has_not_passed()
    {
        ConformanceReport report = new("t", Profile, "now", [Result(ConformanceVerdict.NotApplicable)]);

        Assert.False(report.IsPassed);
        Assert.Equal("none applies", report.Score.Text);
    }

    private static string Page(params ConformanceResult[] results) => Encoding.UTF8.GetString(VerdictPage.Write(new ConformanceReport("pump on socketcan:can0", Profile, "today", results)));

    private static ConformanceResult Result(ConformanceVerdict verdict, ConformanceStep? step = null, params BusFrame[] frames) => new(
        TransportReceptionCases.All[0], verdict, step is null ? [] : [step], string.Empty, [.. frames.Select((frame, i) => new EvidenceFrame(frame, i * 1_000_000))], 0, string.Empty, 0);
}
