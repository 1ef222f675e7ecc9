// The mutants' own foundations: the program without a fault is the product, a fault shows, a stale fault is an error.
using Xunit;

namespace EsyncTests.Mutants;

public class MutatedProgramTests
{
    private const string Report = "agent-firmware/src/Fota/FotaReports.cs";
    private const string Dynamics = "agent-firmware/src/Dcm/DspDynamics.cs";
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

    [Fact]
    public void Of_a_switched_program_the_chosen_mutant_is_at_work_and_none_before()
    {
        Mutant no = new("nothing can be defined", Dynamics, "return identifier >> 9 == 0xF200 >> 9;", "return false;");
        Mutant yes = new("everything can be defined", Dynamics, "return identifier >> 9 == 0xF200 >> 9;", "return true;");
        using MutatedProgram program = MutatedProgram.Switched("two", [no, yes]);
        bool IsDefinable(ushort did) => (bool)program.Type("EsyncAgent.DspDynamics").GetMethod("IsDefinable")!.Invoke(null, [did])!;

        Assert.True(IsDefinable(0xF200) && !IsDefinable(0x0200));
        program.Select([no]);
        Assert.False(IsDefinable(0xF200));
        program.Select([yes]);
        Assert.True(IsDefinable(0x0200));
        program.Select();
        Assert.False(IsDefinable(0x0200));
        Assert.Throws<InvalidOperationException>(() => program.Select([no with { Name = "a stranger" }]));
        Assert.Throws<InvalidOperationException>(() => program.Select([no, yes]));
    }

    [Fact]
    public void Mutants_of_two_assemblies_are_at_work_together()
    {
        Mutant agent = new("nothing can be defined", Dynamics, "return identifier >> 9 == 0xF200 >> 9;", "return false;");
        Mutant driver = new("parts of any size are known", "boards/drivers/src/SpiNorParts.cs", "return capacity >= 0x13 && capacity <= 0x18;", "return true;");
        using MutatedProgram program = MutatedProgram.Switched("of two", [driver, agent]);
        bool IsDefinable() => (bool)program.Type("EsyncAgent.DspDynamics").GetMethod("IsDefinable")!.Invoke(null, [(ushort)0xF200])!;
        bool IsKnown() => (bool)program.Type("EsyncAgent.Drivers.SpiNorParts").GetMethod("IsKnown")!.Invoke(null, [0xEF4000u])!;

        Assert.Equal((true, false), (IsDefinable(), IsKnown()));
        program.Select([agent, driver]);
        Assert.Equal((false, true), (IsDefinable(), IsKnown()));
        program.Select([driver]);
        Assert.Equal((true, true), (IsDefinable(), IsKnown()));
    }

    [Theory]
    [InlineData("public uint NowMs => (uint)(NowNs / NsPerMs);", "public uint NowMs => 7;", "IsOn[0] ? (7) : ((uint)(NowNs / NsPerMs));")]
    [InlineData("=> CreateEvent(action).After(delayNs);", "=> CreateEvent(action).After(0);", "if (global::EsyncTests.Mutants.ActiveMutant.IsOn[0]) { CreateEvent(action).After(0); } else { CreateEvent(action).After(delayNs); } }")]
    public void A_body_may_be_an_expression_with_a_value_or_without(string find, string replace, string switched)
    {
        (_, string text) = MutantSwitch.Sources([new Mutant(replace, "host-sim/src/Bus/VirtualTime.cs", find, replace)]).Single();

        Assert.Contains(switched, text);
    }

    [Fact]
    public void What_is_no_body_of_a_method_cannot_stand_behind_a_switch()
    {
        Mutant constant = new("another length", Report, "public const int ReportLength = 239;", "public const int ReportLength = 240;");

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => MutatedProgram.Switched("constant", [constant]));

        Assert.Contains("behind a switch", error.Message);
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
