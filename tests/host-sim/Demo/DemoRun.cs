// Demos that tests share: each is run once.
using EsyncSim.Demo;
using EsyncSim.Logs;

namespace EsyncTests.HostSim.Demo;

public sealed class DemoRun
{
    private DemoRun(DemoOptions options)
    {
        using StringWriter output = new();
        using StringWriter candump = new();
        Report = DemoScript.Run(options with { Log = new CandumpLog(candump) }, new PlainScreen(output));
        Output = output.ToString();
        Candump = candump.ToString();
    }

    /// <summary>Seed 1 over the broker in the process, as `esync demo` runs it.</summary>
    public static Lazy<DemoRun> Standard { get; } = new(() => Make(1, isNetworkVirtual: false));

    public DemoReport Report { get; }

    public string Output { get; }

    public string Candump { get; }

    public static DemoRun Make(ulong seed, bool isNetworkVirtual, string? board = null, string? config = null) =>
        new(new DemoOptions { Seed = seed, Board = board, ConfigPath = config ?? Repository.PathOf("nf.config"), IsNetworkVirtual = isNetworkVirtual });
}
