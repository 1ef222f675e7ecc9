// Boards: each board of the repository reads, and says what the platform's own facts say.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class BoardTests
{
    private static readonly string[] Folders = [Repository.PathOf("boards")];

    public static TheoryData<string> Names => [.. BoardReader.Names(Folders)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_board_of_the_repository_reads_without_a_problem(string name)
    {
        var problems = new ConfigProblems();
        Assert.True(BoardReader.TryRead(Folders, name, problems, out BoardDefinition? board));
        Assert.Empty(problems.InOrder);
        Assert.Equal(name, board!.Name);
        Assert.All(board.FlashParts.Values, part => Assert.Equal(part.Size, part.ToGeometry().Size));
    }

    [Fact]
    public void There_is_a_folder_for_each_supported_board()
    {
        Assert.Equal(["esp32-mcp2515", "nucleo-f767zi", "stm32f429i-discovery", "stm32f769i-discovery", "virtual"], BoardReader.Names(Folders));
    }

    [Theory]
    [InlineData("controller: stm32", "controller: sja1000", ConfigRule.UnknownName, "virtual, stm32 or mcp2515")]
    [InlineData("sectorLength: 64 KiB", "sectorLength: 65000", ConfigRule.OutOfRange, "not a power of two")]
    [InlineData("title: bench", "title: bench\nweight: 5", ConfigRule.UnknownKey, "no key `weight`")]
    [InlineData("separationTimeMin: 0xF3", "separationTimeMin: 0xF0", ConfigRule.OutOfRange, "reserved")]
    [InlineData("  blockSizeMax: 8\n", "", ConfigRule.MissingKey, "lacks `blockSizeMax`")]
    public void A_wrong_board_is_named_with_its_own_file_and_line(string old, string replacement, string rule, string reason)
    {
        string text = ConfigBench.With(Repository.Read("tests/host-sim/Config/boards/bench/board.yaml"), old, replacement);
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "bench"));
            File.WriteAllText(Path.Combine(folder, "bench", "board.yaml"), text);
            IReadOnlyList<ConfigProblem> problems = NfConfig.Read("nf.config", ConfigBench.Good, [folder]).Problems;
            Assert.Contains(problems, p => p.Rule == rule && p.ToString().Contains(reason, StringComparison.Ordinal) && p.File.EndsWith("board.yaml", StringComparison.Ordinal) && p.Line > 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
