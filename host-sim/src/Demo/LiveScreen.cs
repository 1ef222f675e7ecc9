// The demo on a terminal: lines for what has ended, a bar for the transfer that is under way.
// Tests: tests/host-sim/Demo.
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EsyncSim.Demo;

/// <summary>Shows a demo with live progress bars.</summary>
public sealed class LiveScreen : IDemoScreen
{
    private readonly IAnsiConsole _console;
    private readonly ProgressContext _context;
    private ProgressTask? _task;
    private int _chapters;

    private LiveScreen(IAnsiConsole console, ProgressContext context)
    {
        _console = console;
        _context = context;
    }

    /// <summary>Runs something that shows itself on the terminal.</summary>
    public static T Run<T>(IAnsiConsole console, Func<IDemoScreen, T> show) => console.Progress()
        .AutoClear(true)
        .HideCompleted(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 32 }, new PercentageColumn(), new RateColumn())
        .Start(context => show(new LiveScreen(console, context)));

    /// <inheritdoc/>
    public void Chapter(string title)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold]{++_chapters}. {title}[/]");
    }

    /// <inheritdoc/>
    public void Note(string text) => _console.MarkupLineInterpolated($"     [grey]{text}[/]");

    /// <inheritdoc/>
    public void Step(DemoStep step)
    {
        if (step.Pass)
        {
            _console.MarkupLineInterpolated($"   [green]ok[/]   {step.Name}: {step.Observed}");
        }
        else
        {
            _console.MarkupLineInterpolated($"   [red]FAIL[/] {step.Name}: {step.Observed}");
            _console.MarkupLineInterpolated($"        [red]expected: {step.Expected}[/]");
        }
    }

    /// <inheritdoc/>
    public void TransferBegins(string ecu, string version, int offset, int total)
    {
        _task = _context.AddTask(Markup.Escape($"     {ecu} {version}"), maxValue: total);
        _task.Value = offset;
    }

    /// <inheritdoc/>
    public void Transferred(int position, double kBps, double percentOfLimit)
    {
        if (_task is not null)
        {
            _task.Value = position;
            _task.State.Update<Rate>(RateColumn.Key, _ => new Rate(kBps, percentOfLimit));
            _context.Refresh(); // a simulated transfer may take less real time than the bar's own period
        }
    }

    /// <inheritdoc/>
    public void TransferEnds(TransferResult result, TransferEnd end)
    {
        _task?.StopTask();
        _task = null;
        Note(DemoText.Of(result, end));
    }

    private sealed class RateColumn : ProgressColumn
    {
        public const string Key = "rate";

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.State.Get<Rate>(Key).ToString());
    }

    private readonly record struct Rate(double KBps, double PercentOfLimit)
    {
        public override string ToString() => DemoText.Rate(KBps, PercentOfLimit);
    }
}
