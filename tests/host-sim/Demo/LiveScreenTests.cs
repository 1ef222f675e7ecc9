// The demo on a terminal: bars and lines, drawn on a terminal that is only a string.
using EsyncSim.Demo;
using Spectre.Console;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public class LiveScreenTests
{
    [Fact]
    public void Steps_transfers_and_names_with_brackets_are_drawn()
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 160;
        int result = LiveScreen.Run(console, screen =>
        {
            screen.Chapter("A chapter [of brackets]");
            screen.TransferBegins("motor", "2.0.0", 0, 1000);
            screen.Transferred(500, 25.3, 88.8);
            screen.TransferEnds(new TransferResult("motor", "virtual", "full", 1000, 1000, 1000, 100, 0.04, 0.04, 25.3, 28.5, 88.8) { Version = "2.0.0" }, TransferEnd.Whole);
            screen.Note("a [note]");
            screen.Step(new DemoStep("a step", "1", "1", true));
            screen.Step(new DemoStep("another", "[1]", "[2]", false));
            return 7;
        });

        Assert.Equal(7, result);
        string text = output.ToString();
        Assert.Contains("A chapter [of brackets]", text);
        Assert.Contains("motor 2.0.0: 1,000 of 1,000 bytes in 0.04 s on the bus, 25.3 kB/s, 88.8 % of the line rate", text);
        Assert.Contains("50%", text);
        Assert.Contains("expected: [1]", text);
    }
}
