// The rules of the flash map: place, alignment, overlap, pairs, room. One test spoils one line.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class FlashMapTests
{
    [Theory]
    [InlineData("reportLog:   { start: 0x050000, length: 64 KiB }", "reportLog:   { start: 0x0F1000, length: 64 KiB }", "`reportLog` ends at 0x101000, but part `nor` of board `bench` ends at 0x100000")]
    [InlineData("reportLog:   { start: 0x050000, length: 64 KiB }", "reportLog:   { start: 0xFFFFF000, length: 0xFFFFF000 }", "ends at 0x1FFFFE000")]
    public void An_area_ends_inside_its_part(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.OutsidePart, reason);
    }

    [Theory]
    [InlineData("nvm0:        { start: 0x04C000", "nvm0:        { start: 0x04C100", "`nvm0` starts at 0x4C100, inside a sector of 4096 bytes. Use 0x4C000 or 0x4D000")]
    [InlineData("reportLog:   { start: 0x050000, length: 64 KiB }", "reportLog:   { start: 0x050000, length: 65 }", "`reportLog` is 65 bytes long, not whole sectors of 4096. Use 4 KiB")]
    public void An_area_is_made_of_whole_sectors(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.Unaligned, reason);
    }

    [Fact]
    public void A_bank_is_made_of_whole_chunks_even_where_sectors_are_smaller()
    {
        string text = With(With("part: nor", "part: fine"), "bankB:       { start: 0x021000, length: 128 KiB }", "bankB:       { start: 0x021000, length: 127 KiB }");
        Expect(text, ConfigRule.Unaligned, "bankB:", "`bankB` is 130048 bytes long, not whole chunks of 4096");
    }

    [Theory]
    [InlineData("nvm0:        { start: 0x04C000", "nvm0:        { start: 0x04B000", "nvm0", "`nvm0` (0x4B000 to 0x4BFFF) overlaps `bootRecord2` (0x4B000 to 0x4BFFF, line")]
    [InlineData("staging:     { start: 0x047000", "staging:     { start: 0x046000", "staging", "`staging` (0x46000 to 0x47FFF) overlaps `manifestB`")]
    [InlineData("reportLog:   { start: 0x050000", "reportLog:   { start: 0x020000", "reportLog", "`bankA` (0x1000 to 0x20FFF, line")]
    [InlineData("reportLog:   { start: 0x050000", "reportLog:   { start: 0x010000", "reportLog", "Start it at 0x21000 or later, or shorten `bankA`")]
    public void No_two_areas_share_a_byte(string old, string replacement, string area, string reason)
    {
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text).First(p => p.Reason.StartsWith($"`{area}`", StringComparison.Ordinal));
        Assert.Equal(ConfigRule.Overlap, problem.Rule);
        Assert.Contains(reason, problem.ToString());
        Assert.Contains(replacement, text.Split('\n')[problem.Line - 1]);
    }

    [Fact]
    public void A_report_log_has_eight_sectors_or_none()
    {
        ExpectLine("length: 64 KiB }", "length: 28 KiB }", ConfigRule.TooSmall, "`reportLog` is 28 KiB long and too small: it takes 8 sectors");
        Assert.Empty(Problems(With(WithoutRules, "length: 64 KiB }", "length: 0 }")));
        Assert.Empty(Problems(With("length: 64 KiB }", "length: 32 KiB }")));
    }

    [Fact]
    public void An_area_inside_another_is_found_although_a_third_lies_between()
    {
        // reportLog covers everything from bankB on: each area behind meets it, not only its neighbour.
        string text = With("reportLog:   { start: 0x050000, length: 64 KiB }", "reportLog:   { start: 0x020000, length: 256 KiB }");
        Assert.Equal(12, Problems(text).Count);
        Assert.All(Problems(text), p => Assert.Equal(ConfigRule.Overlap, p.Rule));
    }

    [Theory]
    [InlineData("bankB:       { start: 0x021000, length: 128 KiB }", "bankB:       { start: 0x021000, length: 124 KiB }", "`bankB` is 124 KiB long, but `bankA` is 128 KiB")]
    [InlineData("manifestB:   { start: 0x044000, length: 12 KiB }", "manifestB:   { start: 0x070000, length: 16 KiB }", "`manifestB` is 16 KiB long")]
    [InlineData("nvm1:        { start: 0x04D000, length: 4 KiB }", "nvm1:        { start: 0x070000, length: 8 KiB }", "`nvm1` is 8 KiB long")]
    [InlineData("checkpoint1: { start: 0x04F000, length: 4 KiB }", "checkpoint1: { start: 0x070000, length: 8 KiB }", "`checkpoint1` is 8 KiB long")]
    public void Areas_of_a_pair_are_equally_long(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.UnequalPair, reason);
    }

    [Theory]
    [InlineData("imageLengthMax: 96 KiB", "imageLengthMax: 132 KiB", "bankA:", "`bankA` is 128 KiB long and too small: application.imageLengthMax is 132 KiB. Use 132 KiB or more")]
    [InlineData("staging:     { start: 0x047000, length: 8 KiB }", "staging:     { start: 0x047000, length: 4 KiB }", "staging:", "2 signatures of 2545 bytes, two tables of 32 × 32")]
    [InlineData("demLengthMax: 300", "demLengthMax: 4000", "nvm0:", "a record of each block and the longest once more, 16 bytes around its data, padded to 32, make")]
    [InlineData("nvm0:        { start: 0x04C000, length: 4 KiB }", "nvm0:        { start: 0x04C000, length: 0 }", "nvm0:", "`nvm0` has no bytes")]
    public void An_area_holds_what_the_protocol_puts_into_it(string old, string replacement, string lineMark, string reason)
    {
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text)[0];
        Assert.Equal(ConfigRule.TooSmall, problem.Rule);
        Assert.Contains(reason, problem.ToString());
        Assert.Contains(lineMark, text.Split('\n')[problem.Line - 1]);
    }

    [Fact]
    public void Larger_signatures_need_larger_slots_and_the_message_gives_the_sum()
    {
        IReadOnlyList<ConfigProblem> problems = Problems(With("levels: 1", "levels: 2"));
        Assert.Equal(["manifestA", "manifestB", "staging"], problems.Select(p => p.Reason.Split('`')[1]));
        Assert.Contains("`manifestA` is 12 KiB long and too small: header and marks take 512 bytes, and the longest envelope for a bank of 128 KiB is 13199 bytes (2 signatures of 5109 bytes, two tables of 32 × 32, 293 for 4 recipients, 640 for the rest). Use 16 KiB or more", problems[0].ToString());
    }

    [Fact]
    public void A_checkpoint_area_holds_a_record_for_each_chunk()
    {
        // A sector of 4 KiB takes 128 records, the first of which opens the area: enough for 127 chunks.
        string text = File.ReadAllText(Repository.PathOf("nf.config"))
            .Replace("bankA:       { start: 0x000000, length: 256 KiB }", "bankA:       { start: 0x200000, length: 512 KiB }")
            .Replace("bankB:       { start: 0x040000, length: 256 KiB }", "bankB:       { start: 0x280000, length: 512 KiB }");
        IReadOnlyList<ConfigProblem> problems = NfConfig.Read("f", text, [Repository.PathOf("boards")]).Problems;
        ConfigProblem checkpoint = problems.First(p => p.Reason.StartsWith("`checkpoint0`", StringComparison.Ordinal));
        Assert.Equal(ConfigRule.TooSmall, checkpoint.Rule);
        Assert.Contains("a record of 32 bytes for each of 128 chunks and one in front make 4128 bytes. Use 8 KiB or more", checkpoint.ToString());
    }

    [Fact]
    public void A_bank_is_not_longer_than_what_the_board_can_load()
    {
        string text = With(
            With("bankA:       { start: 0x001000, length: 128 KiB }", "bankA:       { start: 0x080000, length: 132 KiB }"),
            "bankB:       { start: 0x021000, length: 128 KiB }",
            "bankB:       { start: 0x0C0000, length: 132 KiB }");
        IReadOnlyList<ConfigProblem> problems = Problems(text);
        Assert.Equal(2, problems.Count);
        Assert.All(problems, p => Assert.Equal(ConfigRule.BankNotLoadable, p.Rule));
        Assert.Contains("`bankA` is 132 KiB long, but board `bench` can load 128 KiB into RAM", problems[0].Reason);
    }

    [Fact]
    public void Areas_follow_the_sectors_of_the_part_that_is_chosen()
    {
        Assert.Contains(Problems(With("part: nor", "part: large")), p => p.Rule == ConfigRule.Unaligned && p.Reason.Contains("inside a sector of 65536 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_log_may_be_left_out()
    {
        Assert.Empty(Problems(With(WithoutRules, "length: 64 KiB", "length: 0")));
    }

    // Rules need a report log.
    private static string WithoutRules => With("\n        - { id: 3, signals: [Vehicle.Cabin.Fan], everyMs: 5000 }", " []");
}
