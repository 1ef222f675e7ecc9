// The style of the verdict page: the page's colours by light-dark(), light ones in print, A4 with small type.
// It must not name anything outside the file: no font, image or script from elsewhere.
// Tests: tests/host-sim/Conformance/VerdictPageTests.cs.
namespace EsyncSim.Conformance;

/// <summary>Style of <see cref="VerdictPage"/>.</summary>
internal static class VerdictStyle
{
    /// <summary>The style sheet.</summary>
    public const string Css = """
        :root {
          color-scheme: light dark;
          --ground: light-dark(#ffffff, #12161b);
          --line: light-dark(#d3d9e0, #2f3842);
          --text: light-dark(#18202a, #dfe5ec);
          --quiet: light-dark(#525d69, #a0abb7);
          --accent: light-dark(#1a56b0, #7fb2ff);
          --good: light-dark(#176639, #6bd394);
          --warn: light-dark(#7a4b00, #f0b955);
          --bad: light-dark(#ab1f1f, #ff9a92);
          --good-ground: light-dark(#e2f3e8, #16311f);
          --bad-ground: light-dark(#fde7e5, #451d1b);
        }
        * { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--ground); color: var(--text); font: 13px/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        h1, h2, h3, p, dl, dd, table { margin: 0; }
        h1 { font-size: 1.4em; margin-bottom: .3em; }
        h2 { font-size: .9em; text-transform: uppercase; letter-spacing: .06em; color: var(--quiet); margin: 1.1em 0 .4em; }
        h3 { font-size: 1em; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .95em; }
        header { display: flex; gap: 1.2rem; align-items: stretch; }
        .verdict { flex: none; width: 11rem; display: flex; flex-direction: column; justify-content: center; align-items: center; text-align: center; border: 3px solid; border-radius: 8px; padding: .6rem; }
        .verdict b { font-size: 3rem; line-height: 1.1; letter-spacing: .04em; }
        .verdict.pass { color: var(--good); background: var(--good-ground); }
        .verdict.fail { color: var(--bad); background: var(--bad-ground); }
        dl > div { display: flex; gap: .6em; }
        dt { flex: none; width: 6.5em; color: var(--quiet); }
        dd { overflow-wrap: anywhere; }
        .sum { color: var(--quiet); margin: .6em 0; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; font-weight: 600; }
        .chapters td, .chapters th { padding: .15em .6em .15em 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        .chapters thead th { font-weight: 400; color: var(--quiet); }
        .chapters .bar { width: 22%; }
        .bar i { display: block; height: .6em; background: var(--good); border-radius: 2px; }
        .case { border-left: 4px solid var(--bad); padding: .1em 0 .1em .7em; margin: .7em 0; break-inside: avoid-page; }
        .case.inconclusive { border-color: var(--warn); }
        .case em { font-style: normal; color: var(--bad); margin-left: .4em; }
        .case.inconclusive em { color: var(--warn); }
        q { quotes: none; font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .92em; }
        .frames { font: 11px/1.35 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; margin-top: .3em; }
        .frames caption { text-align: left; color: var(--quiet); font-family: system-ui, "DejaVu Sans", sans-serif; }
        .frames td { padding: 0 .9em 0 0; white-space: nowrap; vertical-align: top; }
        .frames td:first-child { text-align: right; font-variant-numeric: tabular-nums; }
        .frames td:last-child { white-space: normal; width: 100%; }
        .frames .ecu { color: var(--accent); }
        .list { columns: 3; column-gap: 1.2em; font-size: 11px; line-height: 1.35; }
        .list div { break-inside: avoid; padding-left: 1.2em; text-indent: -1.2em; }
        .list .pass b { color: var(--good); }
        .list .fail { color: var(--bad); font-weight: 600; }
        .list .inconclusive { color: var(--warn); font-weight: 600; }
        .not.applicable { color: var(--quiet); }
        @media (max-width: 40rem) { header { flex-direction: column; } .verdict { width: auto; } .list { columns: 1; } }
        @page { size: A4; margin: 9mm 10mm; }
        @media print {
          :root { color-scheme: light; }
          body { padding: 0; max-width: none; font-size: 10px; }
          .verdict { width: 8.5rem; }
          .verdict b { font-size: 2.2rem; }
          .frames { font-size: 7px; }
          .list { font-size: 7.4px; line-height: 1.2; columns: 4; column-gap: 1em; }
          h2 { margin-top: .7em; }
        }

        """;
}
