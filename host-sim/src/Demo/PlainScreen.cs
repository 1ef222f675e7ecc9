// The demo as lines of text: for files, pipes and logs. No colour, no cursor movement, no bars.
// Tests: tests/host-sim/Demo.
namespace EsyncSim.Demo;

/// <summary>Writes lines.</summary>
public sealed class PlainScreen(TextWriter output) : IDemoScreen
{
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
    public void TransferBegins(string ecu, string version, int offset, int total)
    {
    }

    /// <inheritdoc/>
    public void Transferred(int position, double kBps, double percentOfLimit)
    {
    }

    /// <inheritdoc/>
    public void TransferEnds(TransferResult result, TransferEnd end) => Note(DemoText.Of(result, end));
}
