// The demo as lines of text: for files, pipes and logs. No colour, no cursor movement, no bars.
// Tests: tests/host-sim/Demo.
using System.Globalization;

namespace EsyncSim.Demo;

/// <summary>Writes lines.</summary>
public sealed class PlainScreen(TextWriter output) : IDemoScreen
{
    private string _version = string.Empty;
    private int _chapters;

    /// <inheritdoc/>
    public void Chapter(string title) => output.WriteLine($"{(_chapters++ == 0 ? string.Empty : "\n")}{_chapters}. {title}");

    /// <inheritdoc/>
    public void Note(string text) => output.WriteLine($"     {text}");

    /// <inheritdoc/>
    public void Step(DemoStep step)
    {
        output.WriteLine($"   {(step.Pass ? "ok  " : "FAIL")} {step.Name}: {step.Observed}");
        if (!step.Pass)
        {
            output.WriteLine($"        expected: {step.Expected}");
        }
    }

    /// <inheritdoc/>
    public void TransferBegins(string ecu, string version, int offset, int total) => _version = version;

    /// <inheritdoc/>
    public void Transferred(int position, double kBps, double percentOfLimit)
    {
    }

    /// <inheritdoc/>
    public void TransferEnds(TransferResult result, bool isWhole) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"     {result.Ecu} {_version}: {result.Bytes:N0} of {result.ImageBytes:N0} bytes in {result.BusSeconds:F2} s, {result.KBps:F1} kB/s, {result.PercentOfLimit:F1} % of the line rate{(isWhole ? string.Empty : ", interrupted")}"));
}
