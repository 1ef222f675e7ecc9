// Which encodings an ECU takes: what each entry means for the agent, what is refused, and what memory and slots they need.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class TransferRuleTests
{
    private const string Compression = "compression: [heatshrink, delta]";
    private const string Encryption = "encryption: aes-256-ctr";

    // Bits of DID FD05: n for compression n, 8 + n for the same encrypted.
    [Theory]
    [InlineData("[]", "none", 0x0001)]
    [InlineData("[heatshrink]", "none", 0x0003)]
    [InlineData("[delta]", "none", 0x0005)]
    [InlineData("[delta, heatshrink]", "none", 0x0007)]
    [InlineData("[]", "aes-256-ctr", 0x0101)]
    [InlineData("[heatshrink]", "aes-256-ctr", 0x0303)]
    [InlineData("[delta]", "aes-256-ctr", 0x0505)]
    [InlineData("[heatshrink, delta]", "aes-256-ctr", 0x0707)]
    public void The_entries_become_the_mask_of_encodings(string compression, string encryption, int mask)
    {
        FotaConfig fota = Read(With(With(Compression, $"compression: {compression}"), Encryption, $"encryption: {encryption}")).Ecu("motor").Config.Fota;
        Assert.Equal((mask, 10, encryption == "none" ? 0 : 4), (fota.Encodings, fota.WindowBitsMax, fota.RecipientCountMax));
    }

    [Fact]
    public void An_ECU_gives_itself_what_the_others_do_not_have()
    {
        NfConfig config = Read(With("    records: {}", "    records: {}\n    transfer: { encryption: none, windowBitsMax: 11 }"));
        FotaConfig battery = config.Ecu("battery").Config.Fota, motor = config.Ecu("motor").Config.Fota;
        Assert.Equal((0x0007, 11, 0), (battery.Encodings, battery.WindowBitsMax, battery.RecipientCountMax));
        Assert.Equal((0x0707, 10, 4), (motor.Encodings, motor.WindowBitsMax, motor.RecipientCountMax));
    }

    [Theory]
    [InlineData(Compression, "compression: [heatshrink, gzip]", ConfigRule.UnknownName, "`gzip`, which no agent decodes. Write heatshrink, delta, both or neither")]
    [InlineData(Compression, "compression: [[delta]]", ConfigRule.UnknownName, "names a list")]
    [InlineData(Compression, "compression: [delta, heatshrink, delta]", ConfigRule.DuplicateKey, "Compression `delta` stands here a second time")]
    [InlineData(Compression, "compression: heatshrink", ConfigRule.Malformed, "`compression` is a single value. Write a list: [heatshrink, delta], one of them, or []")]
    [InlineData(Compression, "compression:", ConfigRule.Malformed, "`compression` is a single value")]
    [InlineData(Encryption, "encryption: aes-128-cbc", ConfigRule.UnknownName, "`aes-128-cbc`, which no agent decrypts. Write none or aes-256-ctr")]
    [InlineData(Encryption, "encryption: [none]", ConfigRule.Malformed, "holds a list where a single value belongs")]
    [InlineData("windowBitsMax: 10", "windowBitsMax: 13", ConfigRule.OutOfRange, "`windowBitsMax` is 13, outside 4 to 12: the agent takes heatshrink windows of 2^4 to 2^12 bytes")]
    [InlineData("windowBitsMax: 10", "windowBitsMax: 2 KiB", ConfigRule.Malformed, "`windowBitsMax` is `2 KiB`")]
    [InlineData("recipientsMax: 4", "recipientsMax: 33", ConfigRule.OutOfRange, "`recipientsMax` is 33, outside 1 to 32")]
    public void A_wrong_entry_is_refused_in_its_line(string old, string replacement, string rule, string reason)
    {
        ExpectLine(old, replacement, rule, reason);
    }

    [Theory]
    [InlineData("    " + Compression + "\n", "compression")]
    [InlineData("    " + Encryption + "\n", "encryption")]
    [InlineData("    windowBitsMax: 10\n", "windowBitsMax")]
    [InlineData("    recipientsMax: 4\n", "recipientsMax")]
    public void A_missing_entry_is_named_where_it_belongs(string line, string key)
    {
        string text = With(line, "");
        Expect(text, ConfigRule.MissingKey, text.Split("  transfer:\n")[1].Split('\n')[0], $".transfer` lacks `{key}`. Add `{key}:` to it, or give it for all ECUs under `defaults`");
    }

    [Fact]
    public void Without_the_section_each_ECU_lacks_it()
    {
        string text = With($"  transfer:\n    {Compression}\n    {Encryption}\n    windowBitsMax: 10\n    recipientsMax: 4\n", "");
        Assert.Equal(["motor", "battery", "climate"], Problems(text).Select(p => p.Reason.Split('`')[1].Split('.')[1]));
        Assert.All(Problems(text), p => Assert.Equal((ConfigRule.MissingKey, true), (p.Rule, p.Reason.EndsWith("lacks `transfer`", StringComparison.Ordinal))));
    }

    [Fact]
    public void Recipients_without_encryption_are_refused_of_an_ECU_and_stand_ready_among_the_defaults()
    {
        string plain = With(Encryption, "encryption: none");
        Assert.Empty(Problems(plain));
        Expect(With(plain, "    records: {}", "    records: {}\n    transfer:\n      recipientsMax: 3"), ConfigRule.UnknownKey, "recipientsMax: 3", "`ecus.battery.transfer.recipientsMax` is for encrypted images, but `encryption` is none. Remove it, or write encryption: aes-256-ctr");
        Assert.Equal(4, Read(With(plain, "    records: {}", "    records: {}\n    transfer: { encryption: aes-256-ctr }")).Ecu("battery").Config.Fota.RecipientCountMax);
        Expect(With(plain, "recipientsMax: 4", "recipientsMax: 40"), ConfigRule.OutOfRange, "recipientsMax: 40", "outside 1 to 32");
    }

    [Fact]
    public void A_slot_too_small_for_the_recipients_is_refused_with_the_sum()
    {
        Expect(With("recipientsMax: 4", "recipientsMax: 6"), ConfigRule.TooSmall, "staging:", "`staging` is 8 KiB long and too small: the longest envelope for a bank of 128 KiB is 8201 bytes (2 signatures of 2545 bytes, two tables of 32 × 32, 423 for 6 recipients, 640 for the rest). Use 12 KiB or more");
        Assert.Empty(Problems(With("recipientsMax: 4", "recipientsMax: 5")));
        Assert.Empty(Problems(With(With("recipientsMax: 4", "recipientsMax: 32"), Encryption, "encryption: none")));
    }

    [Fact]
    public void Decoders_fit_into_what_the_board_has_for_them()
    {
        ExpectLine("windowBitsMax: 10", "windowBitsMax: 12", ConfigRule.LooserThanBoard, "keep 21504 bytes (two pieces of 4096, 1024 of state, a window of 4096, 4096 of the base and 2816 of state for patches, 1280 for the cipher), but board `bench` has 20 KiB for them beside an image. Write windowBitsMax: 11 or less");
        Assert.Empty(Problems(With("windowBitsMax: 10", "windowBitsMax: 11")));
    }

    [Theory]
    [InlineData(Compression, "windowBitsMax: 11")]
    [InlineData("compression: [heatshrink]", "windowBitsMax: 12")]
    [InlineData("compression: []", "windowBitsMax: 12")]
    public void A_window_costs_memory_only_where_something_is_decompressed(string compression, string window)
    {
        Assert.Empty(Problems(With(With(Compression, compression), "windowBitsMax: 10", window)));
    }

    [Theory]
    [InlineData("[]", "none", 12, 0)]
    [InlineData("[]", "aes-256-ctr", 11, 8192 + 1024 + 1280)]
    [InlineData("[heatshrink]", "none", 11, 8192 + 1024 + 2048)]
    [InlineData("[delta]", "none", 8, 8192 + 1024 + 256 + 4096 + 2816)]
    [InlineData("[heatshrink, delta]", "aes-256-ctr", 11, 8192 + 1024 + 2048 + 4096 + 2816 + 1280)]
    public void The_memory_of_the_decoders_is_the_sum_of_their_buffers(string compression, string encryption, byte windowBits, uint length)
    {
        FotaConfig fota = Read(With(With(Compression, $"compression: {compression}"), Encryption, $"encryption: {encryption}")).Ecu("motor").Config.Fota;
        Assert.Equal(length, new TransferRules(fota.Encodings, windowBits, fota.RecipientCountMax).MemoryLength);
    }

    [Theory]
    [InlineData("decoderLengthMax: 8 KiB", Encryption, "`ecus.motor.transfer` keep 18432 bytes", "compression: [", "Take fewer encodings")]
    [InlineData("decoderLengthMax: 0", "encryption: none", "`ecus.motor.transfer` keep 17152 bytes", "compression: [", "Take fewer encodings")]
    public void A_board_without_the_room_takes_fewer_encodings(string limit, string encryption, string reason, string lineMark, string remedy)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "bench"));
            File.WriteAllText(Path.Combine(folder, "bench", "board.yaml"), With(Repository.Read("tests/host-sim/Config/boards/bench/board.yaml"), "decoderLengthMax: 20 KiB", limit));
            string text = With(Encryption, encryption);
            ConfigProblem problem = NfConfig.Read(FileName, text, [folder]).Problems[0];
            Assert.Equal(ConfigRule.LooserThanBoard, problem.Rule);
            Assert.Contains(reason, problem.Reason);
            Assert.Contains(lineMark, text.Split('\n')[problem.Line - 1]);
            Assert.Contains(remedy, problem.Remedy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
