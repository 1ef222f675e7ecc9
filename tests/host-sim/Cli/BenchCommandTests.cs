// esync bench on the command line: the table with its goals, the file, the exit code, and what is refused.
using EsyncSim;
using EsyncSim.Measure;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class BenchCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_line_is_measured_and_the_file_says_what_the_table_says()
    {
        (int code, string output, string error) = await EsyncCommandLineTests.RunAsync("bench", "line", "--quick", "--check", "--json", _folder["line.json"]);

        BenchTable table = BenchFile.Parse(await File.ReadAllTextAsync(_folder["line.json"], TestContext.Current.CancellationToken)).Subjects.Single();
        Assert.Empty(error);
        BenchRow[] judged = [.. table.Rows.Where(row => row.IsMet is not null)];
        BenchRow[] missed = [.. judged.Where(row => row.IsMet is false)];
        Assert.Equal(missed.Length == 0 ? ExitCode.Ok : ExitCode.UnexpectedOutcome, code);
        Assert.Contains($"{judged.Length - missed.Length} of {judged.Length} goals met", output);
        Assert.All(missed, row => Assert.Contains("needed: ", row.Note));
        Assert.All(table.Rows, row => Assert.Contains(row.Figure.Trim(), output));
        Assert.All(table.Rows, row => Assert.StartsWith("line-", row.Id));
        Assert.Contains("line: payload phase at 1 Mbit/s", output);
        double parts = table.Rows.Where(row => row.Id.StartsWith("line-1m-part-", StringComparison.Ordinal)).Sum(row => row.Value);
        Assert.Equal(100, parts, 9);
    }

    [Fact]
    public async Task An_unknown_subject_and_a_file_that_cannot_be_written_are_refused_before_anything_is_measured()
    {
        Assert.Contains("line", await EsyncRun.Fails(ExitCode.BadUsage, "bench", "speed"));
        Assert.Contains("cannot write", await EsyncRun.Fails(ExitCode.BadFile, "bench", "line", "--json", _folder["not/there.json"]));
    }

    [Fact]
    public async Task What_needs_the_repository_says_so_elsewhere()
    {
        UserErrorException refusal = await Assert.ThrowsAsync<UserErrorException>(() => CountedBench.MeasureAsync(_folder["nf.config"], [CountedBench.Il], _ => { }, TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.BadFile, refusal.ExitCode);
        Assert.Contains("run esync inside of the repository", refusal.Message);
    }

    [Fact]
    public async Task Help_teaches_by_examples()
    {
        string help = await EsyncRun.Ok("bench", "--help");

        Assert.Contains("Examples:", help);
        Assert.Contains("esync bench line --check", help);
    }
}
