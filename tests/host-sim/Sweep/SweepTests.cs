// The sweep by itself: what it finds nothing in, what it counts, that it repeats itself, and what it says.
using System.Text.Json;
using EsyncAgent;
using EsyncSim.Cli;
using EsyncSim.Delta;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Sweep;

public sealed class SweepTests
{
    // What a start reads besides a copy of the boot record, which stands in the third place there: the heads of the second and the fourth.
    private const int HeadLength = 2 * 16;

    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    private static string[] OfOperations =>
        [.. SweepScenario.All.Where(scenario => scenario is { IsLarge: false, SweptBy: SweptBy.Operations }).Select(scenario => scenario.Name)];

    [Fact]
    public void No_scenario_has_a_finding_on_the_part_that_most_boards_use()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Geometries = ["w25q32"], Scenarios = OfOperations, OperationsMax = 7 });
        AssertGood(report);
        Assert.Equal(OfOperations, report.Cells.Select(cell => cell.Scenario));
        Assert.True(OfOperations.Length >= 19);
        Assert.All(report.Cells, cell => Assert.True(cell is { Operations: > 5, Cuts: > 30 } && cell.Restarts <= cell.Cuts + cell.DoubleCuts, $"{cell}"));
        Assert.True(report.Cells.Sum(cell => cell.DoubleCuts) > 50);
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Images_span_eight_chunks_and_two_sectors_of_either_bank_on_every_part(string name)
    {
        SweepPart part = SweepPart.Of(FlashGeometries.ByName(name))!;
        foreach (SignedImage image in (SignedImage[])[part.Images.One, part.Images.Two, part.Images.Bad, part.Images.Three])
        {
            Assert.True(image.Payload.Length > 8 * 4096);
            foreach (FlsArea bank in (FlsArea[])[part.Config.Fls.BankA, part.Config.Fls.BankB])
            {
                Assert.InRange(image.Payload.Length, part.Geometry.LengthOf(part.Geometry.SectorAt(bank.Start)) + 1, (int)bank.Length);
            }
        }
    }

    [Fact]
    public void Encoded_forms_are_of_several_pieces_and_a_broken_delta_goes_on_in_their_midst()
    {
        SweepPart part = SweepPart.Of(FlashGeometries.W25Q32)!;
        SweepImages images = part.Images;
        Assert.All((SignedImage[])[images.Compressed, images.Delta, images.EncryptedDelta], image => Assert.InRange(image.Transfer.Length, (2 * ChunkBuffers.Length) + 1, image.Payload.Length * 9 / 10));
        SweepScenario scenario = SweepScenario.All.Single(one => one.Name == "resumed-delta");
        SweepWorld world = new(part, scenario, new FlashModel(part.Geometry), new SweepLedger(images));
        world.Prepare();
        Assert.InRange(world.Rig.ResumeOffset(), ChunkBuffers.Length, images.Delta.Transfer.Length - 1);
        Assert.InRange(world.Rig.ChunksInBank(), 2, (images.Two.Payload.Length / BankWriter.ChunkLength) - 2);
    }

    [Fact]
    public void Places_of_chunks_are_those_that_decoding_comes_to()
    {
        SweepImages images = SweepPart.Of(FlashGeometries.W25Q32)!.Images;
        byte[] compressed = images.Compressed.Transfer;
        int[] places = images.PlacesOf(images.Compressed);
        Assert.Equal((images.Two.Payload.Length / BankWriter.ChunkLength) + 2, places.Length);
        for (int chunks = 1; chunks < places.Length; chunks++)
        {
            int length = Math.Min(chunks * BankWriter.ChunkLength, images.Two.Payload.Length);
            HeatshrinkDecoder.Decode(compressed.AsSpan(1), HeatshrinkParameters.FromHeader(compressed[0]), length, out long bits);
            Assert.Equal(1 + (bits / 8), places[chunks]);
        }

        Assert.Equal(images.PlacesOf(images.Compressed).Length, images.PlacesOf(images.Delta).Length);
        Assert.InRange(images.PlacesOf(images.Delta)[^1], images.Delta.Transfer.Length - 4, images.Delta.Transfer.Length);
    }

    [Fact]
    public void NvM_is_swept_through_several_changes_of_both_areas_on_every_part()
    {
        foreach (FlashGeometry row in FlashGeometries.All.Where(row => row.PageSize >= 32))
        {
            SweepPart part = SweepPart.Of(row)!;
            SweepScenario scenario = SweepScenario.All.Single(one => one.Name == "nvm-rewrite");
            SweepWorld world = new(part, scenario, new FlashModel(part.Geometry), new SweepLedger(part.Images));
            world.Prepare();
            FlsArea[] areas = [part.Config.Fls.NvM0, part.Config.Fls.NvM1];
            int[] before = [.. areas.Select(Erases)];
            world.Run();
            Assert.All(areas.Zip(before), pair => Assert.True(Erases(pair.First) - pair.Second >= 3, $"{row.Name}: {Erases(pair.First) - pair.Second} changes"));

            int Erases(FlsArea area) => world.Flash.Memory.EraseCount(part.Geometry.SectorAt(area.Start));
        }
    }

    [Fact]
    public void No_bit_of_boot_record_and_NvM_is_one_that_an_ECU_cannot_do_without()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Scenarios = ["flips-boot-record", "flips-nvm", "record-loss"], Geometries = ["w25q32"] });
        AssertGood(report);
        Assert.Equal(3 * (BootRecord.Length + HeadLength) * 8, report.Cells[0].Restarts);
        Assert.True(report.Cells[1].Restarts > 3000, $"{report.Cells[1]}");
        Assert.Equal(0, report.Cuts);
    }

    [Fact]
    public void The_same_request_gives_the_same_report_on_one_thread_and_on_three()
    {
        SweepRequest request = new() { Scenarios = ["confirm", "boot-record", "activate"], Geometries = ["w25q32", "stm32g4"], OperationsMax = 7, ThreadsMax = 1 };
        SweepReport one = SweepRunner.Run(request);
        SweepReport three = SweepRunner.Run(request with { ThreadsMax = 3 });
        Assert.Equal(one.Cells.Select(Figures), three.Cells.Select(Figures));
        SweepReport other = SweepRunner.Run(request with { Seed = 2 });
        Assert.Equal(one.Cells.Select(cell => cell.Cuts), other.Cells.Select(cell => cell.Cuts));

        static string Figures(SweepCell cell) => $"{cell with { Findings = [] }}";
    }

    [Fact]
    public async Task The_command_writes_its_figures_as_JSON_and_as_a_table()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "sweep.json");
        using StringWriter output = new();
        int code = await EsyncCommandLine.RunAsync(["sweep", "--scenario", "activate", "--geometry", "w25q32", "--double-every", "0", "--json", path], output, TextWriter.Null);
        Assert.Equal(0, code);
        Assert.Contains("resent in full", output.ToString());
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(["scenarios", "cutsPerSecond"], json.RootElement.EnumerateObject().Select(one => one.Name));
        JsonElement scenario = json.RootElement.GetProperty("scenarios").EnumerateArray().Single();
        Assert.Equal(
            ["name", "flashOperations", "canFrames", "cuts", "bricks", "wrongImages", "resentInFull", "lostConfirmedState"],
            scenario.EnumerateObject().Select(one => one.Name));
        Assert.Equal("activate", scenario.GetProperty("name").GetString());
        Assert.Equal(6 * scenario.GetProperty("flashOperations").GetInt32(), scenario.GetProperty("cuts").GetInt32());
    }

    [Theory]
    [InlineData("sweep", "--scenario", "coffee")]
    [InlineData("sweep", "--geometry", "coffee")]
    [InlineData("sweep", "--only", "activate:w25q32:3")]
    [InlineData("sweep", "--only", "activate:w25q32:3:Coffee")]
    [InlineData("sweep", "--only", "activate:w25q32:9999:Before")]
    [InlineData("sweep", "--only", "activate:w25q32:0:ProgramBits")]
    [InlineData("sweep", "--operations-max", "-1")]
    public async Task A_name_that_is_not_there_is_a_wrong_command_line(params string[] arguments)
    {
        using StringWriter error = new();
        Assert.Equal(2, await EsyncCommandLine.RunAsync(arguments, TextWriter.Null, error));
        Assert.StartsWith("error: ", error.ToString());
    }

    [Fact]
    public void An_address_names_one_attempt_and_reads_as_it_was_written()
    {
        const string Text = "confirm:w25q32:7:ProgramBits:3:EraseAllFf";
        SweepAddress address = SweepAddress.Parse(Text);
        Assert.Equal(Text, address.ToString());
        SweepReport report = SweepRunner.Run(new SweepRequest { Only = address with { Second = new FlashCut(0, CutModel.Before) } });
        SweepCell cell = Assert.Single(report.Cells);
        Assert.Equal((1, 1), (cell.Cuts, cell.DoubleCuts));
    }

    internal static void AssertGood(SweepReport report) => Assert.True(
        report.IsGood, string.Join('\n', report.Cells.SelectMany(cell => cell.Findings).Take(5).Select(finding => $"{finding.What}: {finding.Error} ({finding.Repeat})")));
}
