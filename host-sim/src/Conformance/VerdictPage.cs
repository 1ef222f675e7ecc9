// The verdict as one HTML file to hand on: who, what, by which profile, the verdict, the score by chapter, what failed with
// its clause, expectation and frames in words, and every case in a list. A run without failures prints on one A4 sheet.
// Invariants: needs nothing from elsewhere, no script and no network; prints in light colours whatever the screen's are;
// text of a profile or an ECU is escaped; the same run gives the same page.
// Tests: tests/host-sim/Conformance/VerdictPageTests.cs.
using System.Globalization;
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Decode;

namespace EsyncSim.Conformance;

/// <summary>Writes the page.</summary>
internal sealed class VerdictPage
{
    private const int FramesShown = 40;
    private readonly StringBuilder _html = new();
    private readonly ConformanceReport _report;

    private VerdictPage(ConformanceReport report) => _report = report;

    /// <summary>The page as a file.</summary>
    public static byte[] Write(ConformanceReport report)
    {
        VerdictPage page = new(report);
        page.Add($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Conformance of {Text(report.Profile.Name)}: {page.Verdict}</title>\n");
        page.Add($"<style>\n{VerdictStyle.Css}</style>\n</head>\n<body>\n");
        page.Head();
        page.Chapters();
        page.Broken();
        page.List();
        page.Add("</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page._html.ToString());
    }

    private string Verdict => _report.IsPassed ? "pass" : "fail";

    private void Head()
    {
        ConformanceScore score = _report.Score;
        AddressingProfile addressing = _report.Profile.Addressing;
        string functional = addressing.Functional is { } all ? $", to all {Identifier(all, addressing)}" : string.Empty;
        Add($"<header>\n<div class=\"verdict {Verdict}\"><b>{(_report.IsPassed ? "PASS" : "FAIL")}</b><span>{score.Text} applicable cases passed</span></div>\n");
        Add($"<div>\n<h1>Conformance of {Text(_report.Profile.Name)}</h1>\n<dl>\n");
        Fact("Judged", _report.Target);
        Fact("When", _report.When);
        Fact("Profile", _report.Profile.Source);
        Fact("Identifiers", $"requests {Identifier(addressing.Request, addressing)}, responses {Identifier(addressing.Response, addressing)}{functional}, {addressing.BitRate / 1000} kbit/s");
        Fact("By", "ISO 15765-2, ISO 14229-1 and -2, and the update life cycle of PROTOCOL.md; esync conformance");
        Add($"</dl>\n</div>\n</header>\n<p class=\"sum\">{score.Passed} passed, {score.Failed} failed, {score.Inconclusive} inconclusive, {score.NotApplicable} not applicable. ");
        Add("A case applies when the profile names what it is about and what it needs was at hand; an inconclusive one could not be tried to its end.</p>\n");
    }

    private void Chapters()
    {
        Add("<table class=\"chapters\">\n<thead><tr><th>Chapter</th><th>Passed of applicable</th><th></th><th>Failed</th><th>Inconclusive</th><th>Not applicable</th></tr></thead>\n<tbody>\n");
        foreach ((string _, string name, ConformanceScore score) in _report.Chapters)
        {
            string share = score.Applicable == 0 ? "0" : (100.0 * score.Passed / score.Applicable).ToString("F0", CultureInfo.InvariantCulture);
            Add($"<tr><th>{Text(name)}</th><td>{score.Text}</td><td class=\"bar\"><i style=\"width:{share}%\"></i></td><td>{score.Failed}</td><td>{score.Inconclusive}</td><td>{score.NotApplicable}</td></tr>\n");
        }

        Add("</tbody>\n</table>\n");
    }

    private void Broken()
    {
        ConformanceResult[] broken = [.. _report.Results.Where(result => result.Verdict is ConformanceVerdict.Fail or ConformanceVerdict.Inconclusive)];
        if (broken.Length == 0)
        {
            return;
        }

        Add("<h2>What failed or stayed open</h2>\n");
        foreach (ConformanceResult result in broken)
        {
            string word = ConformanceReport.Word(result.Verdict);
            Add($"<section class=\"case {word}\">\n<h3>{result.Case.Id} {Text(result.Case.Name)} <em>{word}</em></h3>\n");
            Add($"<p><b>{Text(result.Case.Clause)}</b>: {Text(result.Case.Requirement)}.</p>\n");
            foreach (ConformanceStep step in result.Steps.Where(step => !step.IsMet))
            {
                Add($"<p>Expected <q>{Text(step.Expected)}</q>, came <q>{Text(step.Came)}</q>.</p>\n");
            }

            if (result.Reason.Length > 0)
            {
                Add($"<p>{Text(result.Reason)}.</p>\n");
            }

            Frames(result);
            Add("</section>\n");
        }
    }

    // The last frames: what was expected otherwise is at the end, and before it what led to it.
    private void Frames(ConformanceResult result)
    {
        AddressingProfile addressing = _report.Profile.Addressing;
        IsoTpTrace requests = new(), responses = new(), functional = new();
        UdsText words = new(new SignalCatalogue([]));
        List<string> rows = [];
        foreach (EvidenceFrame evidence in result.Evidence)
        {
            BusFrame frame = evidence.Frame;
            bool isResponse = frame.Identifier == addressing.Response;
            bool isRequest = frame.Identifier == addressing.Request;
            string text = string.Empty;
            if (isResponse || isRequest || frame.Identifier == addressing.Functional)
            {
                IsoTpSight sight = (isResponse ? responses : isRequest ? requests : functional).Take(frame, evidence.AtNs, evidence.AtNs);
                text = sight.Message is not { } message || message.Bytes.Length == 0 ? sight.Text
                    : $"{sight.Text}: {(isResponse ? words.Response(message.Bytes) : words.Request(message.Bytes)).Text}";
            }

            string ms = (evidence.AtNs / (double)VirtualTime.NsPerMs).ToString("F3", CultureInfo.InvariantCulture);
            string data = string.Join(' ', Enumerable.Range(0, frame.Length).Select(i => frame[i].ToString("X2", CultureInfo.InvariantCulture)));
            rows.Add($"<tr class=\"{(isResponse ? "ecu" : "tester")}\"><td>{ms}</td><td>{Identifier(frame.Identifier, addressing)}</td><td>{data}</td><td>{Text(text)}</td></tr>\n");
        }

        int hidden = Math.Max(0, rows.Count - FramesShown) + result.FramesLeftOut;
        if (rows.Count == 0)
        {
            return;
        }

        string before = hidden > 0 ? $"; {hidden} frames before and between are in the JSON report or were not kept" : string.Empty;
        Add($"<table class=\"frames\">\n<caption>Frames, milliseconds from the beginning of the case{before}</caption>\n<tbody>\n");
        Add(string.Concat(rows.TakeLast(FramesShown)));
        Add("</tbody>\n</table>\n");
    }

    private void List()
    {
        Add("<h2>All cases</h2>\n<div class=\"list\">\n");
        foreach (ConformanceResult result in _report.Results)
        {
            string mark = result.Verdict switch
            {
                ConformanceVerdict.Pass => "✓",
                ConformanceVerdict.Fail => "✗",
                ConformanceVerdict.Inconclusive => "?",
                _ => "–",
            };
            string why = result.Verdict == ConformanceVerdict.NotApplicable ? $" title=\"{Text(result.Reason)}\"" : string.Empty;
            Add($"<div class=\"{ConformanceReport.Word(result.Verdict)}\"{why}><b>{mark}</b> <code>{result.Case.Id}</code> {Text(result.Case.Name)}</div>\n");
        }

        Add("</div>\n<p class=\"sum\">✓ pass, ✗ fail, ? inconclusive, – not applicable. Clauses, requirements, expectations and frames of every case: <code>esync conformance --list</code> and the JSON report.</p>\n");
    }

    private void Fact(string name, string value) => Add($"<div><dt>{name}</dt><dd>{Text(value)}</dd></div>\n");

    private void Add(string html) => _html.Append(html);

    private static string Identifier(uint identifier, AddressingProfile addressing) =>
        identifier.ToString(addressing.IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);

    private static string Text(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal);
}
