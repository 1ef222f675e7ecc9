// Boards: each board of the repository reads, and says what the platform's own facts say.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class BoardTests
{
    private const string Esp32 = "esp32-mcp2515";

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

    [Fact]
    public void A_board_says_what_its_program_is_made_of()
    {
        BoardDefinition board = Read(Esp32);
        Assert.Equal(("Mcp2515", "NativeCrypto"), (board.CanDriver, board.CryptoDriver));
        Assert.Equal((new SpiDevice("GPIO5", 8_000_000), "GPIO4", 2u), (board.CanSpi, board.CanInterrupt, board.Spi!.Number));
        Assert.Equal(("LittleFsFls", null), (board.FlashParts["littlefs"].Driver, board.FlashParts["littlefs"].Spi));
        Assert.Equal(("SpiNorFls", new SpiDevice("GPIO22", 8_000_000)), (board.FlashParts["w25q32"].Driver, board.FlashParts["w25q32"].Spi));
        Assert.Equal((8_000_000u, 1792u << 10), (board.CanClockHz, board.DeploymentLength));
        Assert.Equal("nanoFramework.CoreLibrary", board.Packages[0]);
    }

    [Fact]
    public void A_board_without_a_target_has_no_program()
    {
        BoardDefinition board = Read("virtual");
        Assert.Equal(("none", "", "", 0u), (board.Target, board.CanDriver, board.CryptoDriver, board.DeploymentLength));
        Assert.Empty(board.Packages);
        Assert.Null(board.Spi);
    }

    // UM2033 (F769I-DISCO), UM1670 (F429I-DISC1), UM1974 (NUCLEO-144) and the targets in the nanoFramework sources.
    [Theory]
    [InlineData("stm32f769i-discovery", 24, 25, 11, 2, 54_000_000)]
    [InlineData("stm32f429i-discovery", 24, 25, 68, 4, 21_000_000)]
    [InlineData("nucleo-f767zi", 48, 49, 4, 3, 54_000_000)]
    public void Pins_of_an_STM32_are_numbered_as_nanoFramework_does(string name, int rx, int tx, int flashSelect, int spiBus, int clockHz)
    {
        BoardDefinition board = Read(name);
        Assert.Equal((rx, tx), (WiringReader.PinNumber(board.CanPins["rx"]), WiringReader.PinNumber(board.CanPins["tx"])));
        Assert.Equal((flashSelect, spiBus), (WiringReader.PinNumber(board.FlashParts["w25q32"].Spi!.ChipSelect), (int)board.Spi!.Number));
        Assert.Equal(("Stm32Can", "CAN1", (uint)clockHz), (board.CanDriver, board.CanPeripheral, board.CanClockHz));
    }

    [Theory]
    [InlineData("driver: Mcp2515", "driver: Stm32Can", ConfigRule.UnknownName, "`Stm32Can` does not drive `board.can`. Write Mcp2515")]
    [InlineData("driver: SpiNorFls", "driver: NorFls", ConfigRule.UnknownName, "Write SpiNorFls or LittleFsFls")]
    [InlineData("driver: NativeCrypto", "driver: OpenSsl", ConfigRule.UnknownName, "Write NativeCrypto or ManagedCrypto")]
    [InlineData("interrupt: GPIO4", "interrupt: GPIO5", ConfigRule.PinClash, "Pin GPIO5 has another use in line")]
    [InlineData("chipSelect: GPIO22", "chipSelect: GPIO23", ConfigRule.PinClash, "Pin GPIO23 has another use in line")]
    [InlineData("interrupt: GPIO4", "interrupt: 4", ConfigRule.Malformed, "`4` is no pin. Write GPIO4 for an ESP32, PB8 for an STM32")]
    [InlineData("miso: GPIO19, ", "", ConfigRule.MissingKey, "`board.spi.pins` lacks `miso`")]
    [InlineData("  crystalHz: 16000000", "  clockHz: 16000000", ConfigRule.MissingKey, "`board.can` lacks `crystalHz`")]
    [InlineData("  crystalHz: 16000000", "  crystalHz: 1600", ConfigRule.OutOfRange, "the crystal of an MCP2515")]
    [InlineData("\npackages:", "\nparcels:", ConfigRule.MissingKey, "no list of packages")]
    [InlineData("  deploymentLength: 1792 KiB", "", ConfigRule.MissingKey, "`board.memory` lacks `deploymentLength`")]
    [InlineData("  decoderLengthMax: 20 KiB", "", ConfigRule.MissingKey, "`board.memory` lacks `decoderLengthMax`")]
    [InlineData("  driver: NativeCrypto", "  driver: NativeCrypto\n  turnMs: 501", ConfigRule.OutOfRange, "the longest turn that an ECU may have")]
    [InlineData("crypto:", "cryptography:", ConfigRule.MissingKey, "`board` lacks `crypto`")]
    public void A_program_that_cannot_be_built_from_the_boards_facts_is_refused(string old, string replacement, string rule, string reason)
    {
        var problems = new ConfigProblems();
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, Esp32));
            File.WriteAllText(Path.Combine(folder, Esp32, "board.yaml"), ConfigBench.With(Repository.Read($"boards/{Esp32}/board.yaml"), old, replacement));
            BoardReader.TryRead([folder], Esp32, problems, out _);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.Contains(problems.InOrder, p => p.Rule == rule && p.ToString().Contains(reason, StringComparison.Ordinal));
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

    private static BoardDefinition Read(string name)
    {
        Assert.True(BoardReader.TryRead(Folders, name, new ConfigProblems(), out BoardDefinition? board));
        return board!;
    }
}
