// What one ECU may ask of its board, and times that must not contradict each other.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class EcuRuleTests
{
    [Theory]
    [InlineData("blockSize: 7", "blockSize: 9", "`blockSize` is 9, but the receiver of board `bench` can stand 8 frames in a row. Write 1 to 8")]
    [InlineData("blockSize: 7", "blockSize: 0", "`blockSize` is 0, no limit")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0xF2", "`separationTimeMin` is 200 µs, but the receiver of board `bench` needs 300 µs")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0x00", "`separationTimeMin` is 0 µs")]
    [InlineData("bus: other", "bus: fast", "Bus `fast` runs at 1000000 bit/s, but board `bench` keeps up with 500000")]
    public void A_board_may_be_spared_but_not_overstrained(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.LooserThanBoard, reason);
    }

    [Theory]
    [InlineData("blockSize: 7", "blockSize: 8")]
    [InlineData("blockSize: 7", "blockSize: 1")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0xF3")]
    [InlineData("separationTimeMin: 0xF4", "separationTimeMin: 0x01")]
    public void Limits_may_be_tightened(string old, string replacement)
    {
        Assert.Empty(Problems(With(old, replacement)));
    }

    [Theory]
    [InlineData("nCrMs: 1003", "nCrMs: 100", "separationTimeMin: 0xF4", "separationTimeMin: 0x64", "nCrMs: 100", "frames may be 100 ms apart")]
    [InlineData("p2StarServerMsMax: 5010", "p2StarServerMsMax: 5011", "s3S", "s3S", "p2StarServerMsMax: 5011", "a multiple of 10")]
    [InlineData("p2StarServerMsMax: 5010", "p2StarServerMsMax: 900", "p2ServerMsMax: 51", "p2ServerMsMax: 900", "p2StarServerMsMax: 900", "above p2ServerMsMax, 900")]
    [InlineData("accessDelayMsMax: 60001", "accessDelayMsMax: 1000", "s3S", "s3S", "accessDelayMsMax: 1000", "less than accessDelayMs, 1001")]
    [InlineData("sparingDelayMsMax: 7200002", "sparingDelayMsMax: 60001", "s3S", "s3S", "sparingDelayMsMax: 60001", "less than sparingDelayMs, 60002")]
    [InlineData("confirmMsMax: 60001", "confirmMsMax: 2001", "s3S", "s3S", "confirmMsMax: 2001", "the self-test alone may take 2001 ms")]
    [InlineData("turnMsMax: 6", "turnMsMax: 26", "s3S", "s3S", "turnMsMax: 26", "a response pending would come too late")]
    public void Times_do_not_contradict_each_other(string old, string replacement, string old2, string replacement2, string lineMark, string reason)
    {
        Expect(With(With(old, replacement), old2, replacement2), ConfigRule.TimingContradiction, lineMark, reason);
    }

    [Theory]
    [InlineData("[author, oem]", "[author]", ConfigRule.MissingRole, "Role `oem` is missing")]
    [InlineData("[author, oem]", "[oem]", ConfigRule.MissingRole, "Role `author` is missing")]
    [InlineData("[author, oem]", "[author, oem, oem]", ConfigRule.DuplicateKey, "Role `oem` stands here a second time")]
    [InlineData("[author, oem]", "[author, oem, fleet]", ConfigRule.RoleNotForImages, "Role `fleet` signs other documents")]
    [InlineData("[author, oem]", "[author, oem, owner]", ConfigRule.RoleNotForImages, "There is no role `owner`")]
    public void An_image_needs_its_author_and_the_maker_of_the_vehicle(string old, string replacement, string rule, string reason)
    {
        ExpectLine(old, replacement, rule, reason);
    }

    [Fact]
    public void An_ECU_without_roles_is_refused()
    {
        IReadOnlyList<ConfigProblem> problems = Problems(With("    requiredRoles: [author, oem]\n", ""));
        Assert.Contains(problems, p => p.Rule == ConfigRule.MissingRole && p.Reason.Contains("`ecus.motor.trust.requiredRoles`", StringComparison.Ordinal));
    }
}
