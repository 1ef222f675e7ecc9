// The fuzzer runs: a short run of each target breaks no rule, a seed repeats a run, another one is another run.
// Longer runs are started by hand; tests/Fuzz/README.md says how.
using Xunit;

namespace EsyncTests.Fuzzing.Checks;

public sealed class FuzzRunTests
{
    private const ulong Seed = 20260101;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_short_run_of_each_target_breaks_no_rule_and_goes_beyond_its_seeds(string name)
    {
        FuzzTarget target = FuzzTargets.Make(name);
        FuzzReport report = FuzzContext.Run(name, target.SmokeInputs, Seed);
        Assert.True(report.Findings.Count == 0, string.Join('\n', report.Findings));
        Assert.Equal(target.SmokeInputs, report.Inputs);
        Assert.True(report.Kept > target.Seeds().Count, "no input showed anything new");
        Assert.InRange(report.OutcomesSeen, target.Parsers.Count == 0 ? 0 : 1, report.Outcomes);
    }

    [Fact]
    public void A_seed_repeats_a_run_to_the_last_input_and_another_one_does_not()
    {
        FuzzReport first = FuzzContext.Run("manifest", 2000, 7), again = FuzzContext.Run("manifest", 2000, 7), other = FuzzContext.Run("manifest", 2000, 8);
        Assert.Equal((first.Fingerprint, first.Kept, first.OutcomesSeen, first.StepsMax), (again.Fingerprint, again.Kept, again.OutcomesSeen, again.StepsMax));
        Assert.NotEqual(first.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void What_a_run_kept_is_where_the_next_one_begins()
    {
        string folder = Directory.CreateTempSubdirectory("esync-fuzz-").FullName;
        try
        {
            FuzzReport first = FuzzContext.Run("bundle", 2000, 1, folder);
            Assert.InRange(Directory.GetFiles(folder).Length, 4, first.Kept);
            int kept = Directory.GetFiles(folder).Length;
            FuzzReport next = FuzzContext.Run("bundle", kept + FuzzTargets.Make("bundle").Seeds().Count, 2, folder);
            Assert.Equal(first.OutcomesSeen, next.OutcomesSeen);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
