// The figures of the line are counted in virtual time: what `esync bench line` measures is what the committed file says, to the last digit.
// Where a change makes them other ones on purpose, the command below writes the file anew.
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class LineFiguresTests
{
    private const string FilePath = "tests/host-sim/Measure/line-figures.json";
    private const string Command = "dotnet run --project host-sim -c Release -- bench line --json " + FilePath;
    private static readonly string ConfigPath = Repository.PathOf("nf.config");

    [Fact]
    public void The_figures_are_those_of_the_file()
    {
        BenchTable committed = BenchFile.Parse(File.ReadAllText(Repository.PathOf(FilePath))).Subjects.Single();

        BenchTable measured = LineBench.Measure(ConfigPath, false, _ => { }, TestContext.Current.CancellationToken);

        string[] changed = [.. measured.Rows.Select(Words).Except(committed.Rows.Select(Words))];
        Assert.True(changed.Length == 0, $"other figures than in {FilePath}; if they should be, write it with `{Command}`:\n{string.Join('\n', changed)}");
        Assert.Equal(committed.Rows.Select(row => row.Id), measured.Rows.Select(row => row.Id));
        Assert.Equal(committed.Rows.Count, committed.Rows.Select(row => row.Id).Distinct().Count());
    }

    [Fact]
    public void The_parts_of_a_run_add_up_to_its_payload_phase_and_the_stages_to_the_whole_update()
    {
        LineResult result = Run(new LineSetup { ImageLength = 32 * 1024 });

        Assert.Equal(result.PayloadNs, result.Parts.Sum());
        Assert.Equal(result.WholeNs, result.Stages.Values.Sum());
        Assert.All(result.Parts, ns => Assert.True(ns >= 0));
        Assert.InRange(result.Compressions, 1_000, 1_400); // two signatures of some 573, and digests
        Assert.InRange(result.PercentOfLimit, 50, 100);
        Assert.InRange(result.LimitKBps, 29, 31);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_one_another()
    {
        LineSetup setup = new() { ImageLength = 16 * 1024, Fault = EsyncSim.Bus.BusFaultKind.Corrupt, FaultShare = 0.05 };

        LineResult first = Run(setup);
        LineResult again = Run(setup);
        LineResult other = Run(setup with { Seed = 2 });

        Assert.Equal(first.Parts, again.Parts);
        Assert.Equal(first with { Parts = again.Parts, Stages = again.Stages }, again);
        Assert.True(first.Struck > 0);
        Assert.NotEqual(first.PayloadNs, other.PayloadNs);
        Assert.Equal(first.PayloadNs, first.Parts.Sum());
    }

    private static LineResult Run(LineSetup setup) => LineRun.Measure(setup, ConfigPath, LineRun.MakeKeys());

    private static string Words(BenchRow row) => FormattableString.Invariant($"{row.Id}: {row.Value:R} {row.Unit}");
}
