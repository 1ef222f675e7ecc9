// The mutants' own foundations: the program without a fault is the product, a fault shows, a stale fault is an error.
using Xunit;

namespace EsyncTests.Mutants;

public class MutatedProgramTests
{
    private const string Report = "agent-firmware/src/Fota/FotaReports.cs";
    private static readonly string[] Demo = ["demo", "--seed", "3"];

    [Fact]
    public async Task Without_a_mutant_the_program_is_the_product()
    {
        using MutatedProgram product = new(null);

        MutantRun run = await product.RunAsync("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("esync demo", run.Output);
        Assert.NotSame(typeof(EsyncSim.ExitCode), product.Type("EsyncSim.ExitCode"));
    }

    [Theory]
    [InlineData("agent-firmware/src/Fota/FotaError.cs", "EsyncAgent.FotaError")]
    [InlineData("boards/drivers/src/Aes256.cs", "EsyncAgent.Drivers.Aes256")]
    [InlineData("host-sim/src/ExitCode.cs", "EsyncSim.ExitCode")]
    public void Each_assembly_can_be_compiled_and_holds_the_mutated_text(string file, string type)
    {
        string name = type[(type.LastIndexOf('.') + 1)..];
        string head = Repository.Read(file).Split('\n').First(line => line.StartsWith("public ", StringComparison.Ordinal) && line.Contains(name));
        using MutatedProgram mutated = new(new Mutant("one more type", file, head, $"public static class {name}Mutated {{ }}\n{head}"));

        Assert.NotNull(mutated.Type(type + "Mutated"));
    }

    [Fact]
    public async Task A_fault_of_the_agent_reaches_the_command_line()
    {
        using MutatedProgram mutated = new(new Mutant("version reports are not authentic", Report, "\"esync/v1/version-report\"", "\"esync/v1/version-repork\""));

        MutantRun run = await mutated.RunAsync(Demo);

        Assert.True(run.ExitCode != 0, run.Output + run.Error);
    }

    [Theory]
    [InlineData("no such text in this file", "is not")]
    [InlineData("BigEndian", "more than once")]
    public void Text_that_does_not_stand_there_exactly_once_is_an_error(string find, string words)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new MutatedProgram(new Mutant("stale", Report, find, "")));

        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void A_file_of_no_assembly_and_a_mutant_that_is_no_program_are_errors()
    {
        Assert.Throws<InvalidOperationException>(() => new MutatedProgram(new Mutant("elsewhere", "README.md", "eSync", "")));
        Assert.Throws<InvalidOperationException>(() => new MutatedProgram(new Mutant("no C#", Report, "public sealed class FotaReports", "public sealed klass FotaReports")));
    }
}
