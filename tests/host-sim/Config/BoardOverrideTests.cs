// ECUs put on another board: they take its limits, keep what is tighter already, and leave the others alone.
using EsyncSim;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class BoardOverrideTests
{
    private static readonly string Path = Repository.PathOf("nf.config");

    [Theory]
    [InlineData("esp32-mcp2515", 64 * 1024u)]
    [InlineData("nucleo-f767zi", 128 * 1024u)]
    [InlineData("stm32f429i-discovery", 256 * 1024u)]
    [InlineData("stm32f769i-discovery", 256 * 1024u)]
    [InlineData("virtual", 256 * 1024u)]
    public void An_ECU_takes_the_boards_limits_and_stays_within_its_own(string name, uint bankLength)
    {
        NfConfig config = NfConfig.Load(Path, new BoardOverride(name, ["motor"]));
        EcuDefinition motor = config.Ecu("motor");
        Assert.Equal(name, motor.Board.Name);
        Assert.Equal(name, motor.Config.Board);
        Assert.Equal(bankLength, motor.Config.Fls.BankA.Length);
        Assert.Equal(bankLength, motor.Config.Fls.BankB.Length);
        Assert.Equal(name == "virtual" ? NfConfig.Load(Path).Ecu("motor").Config.CanTp.BlockSize : motor.Board.BlockSizeMax, motor.Config.CanTp.BlockSize);
        Assert.Equal(motor.Board.SeparationTimeMin, motor.Config.CanTp.SeparationTimeMin);
    }

    [Theory]
    [InlineData("esp32-mcp2515", 5, 50)]
    [InlineData("nucleo-f767zi", 200, 400)]
    public void Where_cryptography_takes_long_the_ECU_promises_no_sooner_answer(string name, int turnMs, int p2Ms)
    {
        EcuDefinition motor = NfConfig.Load(Path, new BoardOverride(name, ["motor"])).Ecu("motor");
        Assert.Equal((turnMs, p2Ms), (motor.Config.Dcm.TurnMsMax, motor.Config.Dcm.P2ServerMsMax));
    }

    [Fact]
    public void An_ECU_that_promises_shorter_turns_than_its_cryptography_makes_is_refused()
    {
        string text = Repository.Read("nf.config").Replace("turnMsMax: 200", "turnMsMax: 199", StringComparison.Ordinal);
        IReadOnlyList<ConfigProblem> problems = NfConfig.Read("nf.config", text, [Repository.PathOf("boards")]).Problems;
        Assert.Equal(2, problems.Count(p => p.Rule == ConfigRule.LooserThanBoard && p.Reason.Contains("`turnMsMax` is 199, but cryptography on board", StringComparison.Ordinal)));
    }

    [Fact]
    public void Other_ECUs_and_everything_else_stay_as_they_were()
    {
        NfConfig before = NfConfig.Load(Path), after = NfConfig.Load(Path, new BoardOverride("esp32-mcp2515", ["motor"]));
        Assert.Equal(before.Ecus.Keys, after.Ecus.Keys);
        Assert.Equal("virtual", after.Ecu("battery").Board.Name);
        Assert.Equal(before.Ecu("battery").Config.Fls.BankA.Length, after.Ecu("battery").Config.Fls.BankA.Length);
        Assert.Equal(before.Ecu("motor").Config.CanIf.PhysicalRxId, after.Ecu("motor").Config.CanIf.PhysicalRxId);
        Assert.Equal(before.Ecu("motor").Config.Fls.BankB.Start, after.Ecu("motor").Config.Fls.BankB.Start);
    }

    [Fact]
    public void A_board_that_is_not_there_is_named_with_those_that_are()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => NfConfig.Load(Path, new BoardOverride("arduino", ["motor"])));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("there is no board `arduino`. Known boards are esp32-mcp2515, nucleo-f767zi", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_the_board_is_a_problem_with_file_and_line()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => NfConfig.Load(Path, new BoardOverride("nucleo-f767zi", ["climate"])));
        Assert.Contains("littlefs", error.Message, StringComparison.Ordinal);
        Assert.Contains("nf.config(", error.Message, StringComparison.Ordinal);
    }
}
