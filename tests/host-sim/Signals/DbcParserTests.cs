// DBC files as they are in the wild: what is understood, what is noted with its line, and that no text stops the reader.
using EsyncSim.Signals;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Signals;

public sealed class DbcParserTests
{
    private static readonly string[] Pieces =
    [
        "BO_ ", "SG_ ", "CM_ ", "BA_ ", "VAL_ ", "NS_ :", "BU_:", "VERSION ", "SIG_VALTYPE_ ", "SG_MUL_VAL_ ", "1", "256 ", "Name", " : ", ":", "8 ", "0|8@1+ ", "(1,0)", "[0|255]", "\"unit\"",
        "\"", "\\\"", ";", "\n", "\r\n", "\t", " M ", " m1M ", "|", "@", "-", "+", "//", "/*", "*/", "9e99", "1e", "0x", "\u00B0", "\0", ",",
    ];

    [Fact]
    public void A_tidy_file_is_read_as_it_says()
    {
        DbcFile file = DbcParser.Parse(DbcTexts.Tidy);
        Assert.Empty(file.Notes);
        Assert.Equal(["EngineData", "Climate"], file.Messages.Select(m => m.Name));
        DbcMessage engine = file.Messages[0];
        Assert.Equal((256ul, 8ul, "Engine", "Sent by\nthe \"engine\""), (engine.MarkedIdentifier, engine.Length, engine.Transmitter, engine.Comment));
        DbcSignal speed = engine.Signals[0], torque = engine.Signals[1];
        Assert.Equal((0ul, 16ul, false, false, 0.25, 0.0, 0.0, 16000.0, "rpm"), (speed.StartBit, speed.Length, speed.IsBigEndian, speed.IsSigned, speed.Factor, speed.Offset, speed.Min, speed.Max, speed.Unit));
        Assert.Equal((23ul, 12ul, true, true, -0.5, 1e2, -40.0, 1.5e3), (torque.StartBit, torque.Length, torque.IsBigEndian, torque.IsSigned, torque.Factor, torque.Offset, torque.Min, torque.Max));
        Assert.Equal(("100", "0"), (file.Attribute(engine, "GenMsgCycleTime"), file.Attribute(file.Messages[1], "GenMsgCycleTime")));
        Assert.Equal([(0.0, "off"), (1.0, "on; \"full\"")], engine.Signals[2].Values);
        Assert.Equal((0x98FEF510ul, DbcValueType.Float), (file.Messages[1].MarkedIdentifier, file.Messages[1].Signals[3].ValueType));
        Assert.Equal([(true, null), (false, 0ul), (true, 1ul), (false, null)], file.Messages[1].Signals.Select(s => (s.IsMultiplexor, s.MultiplexValue)));
        Assert.Equal([(2ul, 4ul), (7ul, 7ul)], file.Messages[1].Signals[1].Multiplexing!.Ranges);
    }

    [Theory]
    [InlineData("\n", "\r\n")]
    [InlineData(" ", "\t")]
    [InlineData(" : ", ":")]
    [InlineData(": ", " :\t ")]
    [InlineData("@1+ (", "@1+(")]
    [InlineData(") [", ")[")]
    [InlineData("] \"", "]\"")]
    [InlineData("\" ECU", "\"ECU")]
    [InlineData("BO_ 256 EngineData", "// a line of somebody's\n/* and\nmore */ BO_ 256 EngineData")]
    [InlineData("NS_ :\n    NS_DESC_\n    CM_\n", "NS_ : NS_DESC_ CM_\n")]
    [InlineData("NS_ :\n    NS_DESC_\n    CM_\n", "")]
    [InlineData("BS_:\n", "")]
    public void Blanks_line_ends_and_comments_make_no_difference(string old, string other)
    {
        DbcFile file = DbcParser.Parse(DbcTexts.Tidy.Replace(old, other, StringComparison.Ordinal)), tidy = DbcParser.Parse(DbcTexts.Tidy);
        Assert.NotEqual(DbcTexts.Tidy, DbcTexts.Tidy.Replace(old, other, StringComparison.Ordinal));
        Assert.Empty(file.Notes);
        Assert.Equal(tidy.Messages.SelectMany(m => m.Signals).Select(Facts), file.Messages.SelectMany(m => m.Signals).Select(Facts));
    }

    [Fact]
    public void Names_that_are_keywords_elsewhere_stay_names()
    {
        DbcFile file = DbcParser.Parse("BO_ 1 VERSION: 8 FILTER\n SG_ FILTER M : 0|8@1+ (1,0) [0|0] \"\" VERSION,B\n SG_ m1 m1 : 8|8@1+ (1,0) [0|0] \"\" B\n");
        Assert.Empty(file.Notes);
        Assert.Equal(["FILTER", "m1"], Assert.Single(file.Messages).Signals.Select(s => s.Name));
    }

    [Fact]
    public void Range_unit_receivers_and_transmitter_may_be_missing()
    {
        DbcFile file = DbcParser.Parse("BO_ 1 A: 8\n SG_ a : 0|8@1+ (1,0)\n SG_ b : 8|8@1- (2,0) [0|0]\nBO_ 2 B: 8 X\n");
        Assert.Empty(file.Notes);
        Assert.Equal([("a", false, 1.0), ("b", true, 2.0)], file.Messages[0].Signals.Select(s => (s.Name, s.IsSigned, s.Factor)));
        Assert.Equal("B", file.Messages[1].Name);
    }

    [Theory]
    [InlineData("SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a signal without a message")]
    [InlineData("BO_ A: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a message is not of the form")]
    [InlineData("BO_ 1 A: 8 X\n\n SG_ a 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 2 B: 8 X", 3, "a signal of `A` is not of the form")]
    [InlineData("BO_ 1 A: 8 X\n SG_ a : 0|8@2+ (1,0) [0|0] \"\" X\n", 2, "a signal of `A` is not of the form")]
    [InlineData("BO_ 1 A: 8 X\n SG_ a q7 : 0|8@1+ (1,0) [0|0] \"\" X\n", 2, "a signal of `A` is not of the form")]
    [InlineData("BO_ 1 A: 8 X\n SG_ a : 0|8@1+ (1e999,0) [0|0] \"\" X\n", 2, "a signal of `A` is not of the form")]
    [InlineData("BO_ 1 A: 8 X\nBO_ 1 B: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", 2, "message `B` has the identifier of `A` (line 1)")]
    [InlineData("BO_ 1 A: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ a : 8|8@1+ (1,0) [0|0] \"\" X\n", 3, "`A` has a signal `a` already (line 2); the second is left out")]
    [InlineData("BO_ 1 A: 8 X\nCM_ SG_ 1 a \"text\";\n", 2, "CM_ speaks of signal `a` of message 1, which is not there")]
    [InlineData("CM_ BO_ 7 \"text\";\n", 1, "CM_ speaks of message 7, which is not there")]
    [InlineData("\nHELLO 3 \"text\";\nBO_ 1 A: 8 X", 2, "`HELLO` begins no statement that is known")]
    [InlineData("BO_ 1 A: 8 X\nCM_ BO_ 1 \"open;\nBO_ 2 B: 8 X\n", 2, "a string begins here that nothing closes")]
    [InlineData("EV_ A: 0 [0|0] \"\" 0 1 X B;\nEV_ B: 0 [0|0] \"\" 0 2 X B;\n", 1, "EV_ is left out, 2 in all")]
    [InlineData("BO_ 1 A: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\nVAL_ 1 a 0 \"off\" on;\n", 3, "VAL_ of `a` is not made of numbers and texts")]
    public void What_is_not_understood_is_noted_with_its_line(string text, int line, string note)
    {
        DbcFile file = DbcParser.Parse(text);
        Assert.Contains(file.Notes, n => n.Line == line && n.Text.Contains(note, StringComparison.Ordinal));
    }

    [Fact]
    public void A_statement_without_its_semicolon_ends_where_the_next_begins()
    {
        DbcFile file = DbcParser.Parse("BO_ 1 A: 8 X\nCM_ BO_ 1 \"first\"\nBA_ \"GenMsgCycleTime\" BO_ 1 20;\n");
        Assert.Equal(("first", "20"), (file.Messages[0].Comment, file.Messages[0].Attributes["GenMsgCycleTime"]));
    }

    [Fact]
    public void Whatever_pieces_are_put_together_it_ends_and_lines_are_those_of_the_text()
    {
        int signals = 0;
        Properties.Hold(
            Gen.Choose(1, 40).SelectMany(count => Gen.Elements(Pieces).ArrayOf(count)),
            pieces =>
            {
                string text = "BO_ 1 A: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n" + string.Concat(pieces);
                DbcFile file = DbcParser.Parse(text);
                Assert.All(file.Notes, note => Assert.InRange(note.Line, 1, text.Count(c => c == '\n') + 1));
                signals += file.Messages.Sum(m => m.Signals.Count);
            },
            count: 2000);
        Assert.True(signals > 1500, $"{signals} signals were found");
    }

    private static (string, bool, ulong?, ulong, ulong, bool, bool, double, double, double, double, string, string) Facts(DbcSignal s) =>
        (s.Name, s.IsMultiplexor, s.MultiplexValue, s.StartBit, s.Length, s.IsBigEndian, s.IsSigned, s.Factor, s.Offset, s.Min, s.Max, s.Unit.Replace('\t', ' '), s.Comment.Replace('\t', ' '));
}
