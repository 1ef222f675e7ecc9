// Runs what a server does while its campaigns show themselves: a table that lives in the terminal, or lines where there is none.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The server's screen.</summary>
internal sealed class ServerScreen
{
    private const long RefreshNs = 250 * VirtualTime.NsPerMs;

    // Some hundred years.
    private const long LimitNs = long.MaxValue / 3;

    private readonly VirtualTime _time;
    private readonly IAnsiConsole _console;
    private readonly bool _isTerminal;
    private readonly CampaignScreen _campaigns;

    /// <summary>A screen.</summary>
    /// <param name="output">Where it is.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="clock">The wall clock.</param>
    public ServerScreen(TextWriter output, VirtualTime time, TimeProvider clock)
    {
        _time = time;
        _console = Terminal.ConsoleOf(output);
        _isTerminal = _console.Profile.Out.IsTerminal;
        _campaigns = new CampaignScreen(clock, _isTerminal ? null : output);
    }

    /// <summary>Hears how campaigns go.</summary>
    public IDirectorObserver Observer => _campaigns;

    /// <summary>The campaign whose vehicles stand in the table; null before there is one.</summary>
    public CampaignDirector? Director
    {
        get => _campaigns.Director;
        set => _campaigns.Director = value;
    }

    /// <summary>Runs something to its end.</summary>
    public void Until(Func<Task> script)
    {
        if (!_isTerminal)
        {
            _time.Run(script, LimitNs);
            return;
        }

        _console.Live(Draw()).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            SimEvent? refresh = null;
            refresh = _time.CreateEvent(() =>
            {
                live.UpdateTarget(Draw());
                refresh!.After(RefreshNs);
            });
            refresh.After(0);
            _time.Run(script, LimitNs);
            refresh.Cancel();
        });
    }

    private Spectre.Console.Rendering.IRenderable Draw() => _campaigns.Draw(_console.Profile.Width, _console.Profile.Height);
}
