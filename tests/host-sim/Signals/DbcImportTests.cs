// From a DBC file to signals of an ECU: what is taken and how, and what is left out with which reason.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Signals;
using Xunit;
using SignalType = EsyncSim.Data.SignalType;

namespace EsyncTests.HostSim.Signals;

public sealed class DbcImportTests
{
    private const string Head = "BO_ 256 Data: 8 X\n";

    [Fact]
    public void A_tidy_file_gives_signals_with_paths_numbers_types_and_ranges()
    {
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take(DbcTexts.Tidy);
        Assert.Equal(
            ["Vehicle.Car.EngineData.Speed", "Vehicle.Car.EngineData.Torque", "Vehicle.Car.EngineData.Lamp", "Vehicle.Car.Climate.Which", "Vehicle.Car.Climate.Sub"],
            taken.Select(t => t.Signal.Definition.Path));
        Assert.Equal([0x0200, 0x0201, 0x0202, 0x0203, 0x0204], taken.Select(t => (int)t.Signal.Definition.Did));
        Assert.Equal([SignalType.UInt16, SignalType.Int16, SignalType.Boolean, SignalType.UInt8, SignalType.UInt8], taken.Select(t => t.Signal.Definition.Type));
        Assert.Equal(new CanSource(256, false, new CanBits(0, 16, false), null, 300), taken[0].Signal.Can);
        Assert.Equal((0L, 64000L, 0.0, 16000.0), (taken[0].Signal.RawMin, taken[0].Signal.RawMax, taken[0].Signal.Definition.Min, taken[0].Signal.Definition.Max));
        Assert.Equal((-2048L, 280L, -40.0, 1124.0), (taken[1].Signal.RawMin, taken[1].Signal.RawMax, taken[1].Signal.Definition.Min, taken[1].Signal.Definition.Max));
        Assert.Equal(new CanSource(0x18FEF510, true, new CanBits(8, 4, false), new SignalMultiplexor(new CanBits(0, 4, false), 1), 0), taken[4].Signal.Can);
        Assert.Equal(["Of the shaft", "", "0 off, 1 on; \"full\"", "", ""], taken.Select(t => t.Comment));
        Assert.Equal(
            [
                "line 12: the range [-40|1500] of `EngineData.Torque` goes beyond what its bits can say; it is cut to -40 to 1124",
                "line 17: signal `Climate.Inside` is left out: it is there with several values of its multiplexor (SG_MUL_VAL_), and an ECU compares with one",
                "line 19: signal `Climate.Ratio` is left out: it is a float (SIG_VALTYPE_), and ECUs have whole numbers with factor and offset",
            ],
            notes.Select(n => n.ToString()));
    }

    [Theory]
    [InlineData("a : 0|33@1+ (1,0) [0|0] \"\" X", "it has 33 bits, and a signal has 1 to 32")]
    [InlineData("a : 0|0@1+ (1,0) [0|0] \"\" X", "it has 0 bits")]
    [InlineData("a : 60|8@1+ (1,0) [0|0] \"\" X", "its bits do not lie within the 8 bytes of the message")]
    [InlineData("a : 58|4@0+ (1,0) [0|0] \"\" X", "its bits do not lie within the 8 bytes of the message")]
    [InlineData("a : 500|4@0+ (1,0) [0|0] \"\" X", "its bits do not lie within the 8 bytes of the message")]
    [InlineData("a : 0|8@1+ (0,0) [0|0] \"\" X", "its factor is 0")]
    [InlineData("a m3 : 0|8@1+ (1,0) [0|0] \"\" X", "its message has no multiplexor (M)")]
    public void A_signal_that_an_ECU_cannot_read_is_left_out_with_the_reason(string signal, string reason)
    {
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take($"{Head} SG_ {signal}\n");
        Assert.Empty(taken);
        Assert.StartsWith($"line 2: signal `Data.a` is left out: {reason}", Assert.Single(notes).ToString());
    }

    [Theory]
    [InlineData("BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", "message `VECTOR__INDEPENDENT_SIG_MSG` is left out with its 1 signals: its identifier is none of CAN")]
    [InlineData("BO_ 2048 A: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", "its identifier 2048 has more than 11 bits and is not marked as one of 29")]
    [InlineData("BO_ 1 A: 64 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n", "it has 64 bytes, and a classic CAN frame ends at 8")]
    [InlineData("BO_ 1 A: 0 X\n", "message `A` is left out: it has no signals")]
    public void A_message_that_is_no_frame_of_classic_CAN_is_left_out(string text, string reason)
    {
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take(text);
        Assert.Empty(taken);
        Assert.Contains(reason, Assert.Single(notes).ToString());
    }

    [Theory]
    [InlineData("SG_MUL_VAL_ 256 C B 5-5;", "its multiplexor `B` is behind another one, and an ECU follows one only")]
    [InlineData("SG_MUL_VAL_ 256 C A 5-6;", "it is there with several values of its multiplexor")]
    [InlineData("SG_MUL_VAL_ 256 C Z 5-5;", "its multiplexor `Z` is not there")]
    [InlineData("SG_MUL_VAL_ 256 C A 99-99;", "its multiplexor `A` never has the value 99")]
    public void Extended_multiplexing_is_taken_where_one_value_of_one_multiplexor_is_meant(string statement, string reason)
    {
        const string Signals = " SG_ A M : 0|4@1+ (1,0) [0|0] \"\" X\n SG_ B m0M : 8|4@1+ (1,0) [0|0] \"\" X\n SG_ C m5 : 16|8@1+ (1,0) [0|0] \"\" X\n";
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take($"{Head}{Signals}{statement}\n");
        Assert.Equal(2, taken.Count);
        Assert.Contains(reason, Assert.Single(notes).ToString());
        (taken, notes) = Take($"{Head}{Signals}SG_MUL_VAL_ 256 C A 5-5;\n");
        Assert.Empty(notes);
        Assert.Equal(new SignalMultiplexor(new CanBits(0, 4, false), 5), taken[2].Signal.Can!.Multiplexor);
    }

    [Theory]
    [InlineData("[10|5]", 0, 255, "holds no value that its bits can say; all that they can say is taken as valid")]
    [InlineData("[300|400]", 0, 255, "holds no value that its bits can say")]
    [InlineData("[-5|300]", 0, 255, "goes beyond what its bits can say; it is cut to 0 to 255")]
    [InlineData("[5|10]", 5, 10, null)]
    [InlineData("[0|0]", 0, 255, null)]
    public void A_range_is_taken_as_far_as_the_bits_can_say_it(string range, long rawMin, long rawMax, string? note)
    {
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take($"{Head} SG_ a : 0|8@1+ (1,0) {range} \"\" X\n");
        Assert.Equal((rawMin, rawMax), (taken[0].Signal.RawMin, taken[0].Signal.RawMax));
        Assert.Equal(note is not null, notes.Count == 1 && notes[0].Text.Contains(note ?? "\0", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_two_signals_with_the_same_bits_the_second_is_left_out()
    {
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take($"{Head} SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ b : 7|4@0+ (1,0) [0|0] \"\" X\n");
        Assert.Single(taken);
        Assert.Contains("signal `Data.b` is left out: it shares bits with `Vehicle.Car.Data.A`, and no multiplexor says which of them holds", Assert.Single(notes).ToString());
    }

    [Fact]
    public void Names_and_numbers_of_the_ECU_are_kept_free()
    {
        NfConfig config = ConfigOf("motor");
        IReadOnlyList<ConfiguredSignal> existing = config.Ecu("motor").SignalEntries;
        var import = new DbcImport(DbcParser.Parse($"{Head} SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 288 S: 8 X\n SG_ v : 8|8@1+ (1,0) [0|0] \"\" X\n SG_ w : 40|8@1+ (1,0) [0|0] \"\" X\n"), "motor", SignalMap.Empty, existing);
        IReadOnlyList<ImportedSignal> taken = import.Take([]);
        Assert.Empty(existing.Select(s => s.Definition.Did).Intersect(taken.Select(t => t.Signal.Definition.Did)));
        Assert.Equal(["Vehicle.Motor.Data.A", "Vehicle.Motor.S.W"], taken.Select(t => t.Signal.Definition.Path));
        Assert.Equal([0, 500], taken.Select(t => (int)t.Signal.Can!.TimeoutMs));
        Assert.Contains("signal `S.v` is left out: it shares bits with `Vehicle.Speed`", Assert.Single(import.Notes).ToString());
    }

    [Fact]
    public void A_map_gives_paths_and_leaves_out()
    {
        SignalMap map = SignalMap.Read("my.map", "Data.a: Vehicle.Speed\nData.b: none\nData.c: Vehicle.Speed.Low\nData.z: Vehicle.Z\n");
        var import = new DbcImport(DbcParser.Parse($"{Head} SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ b : 8|8@1+ (1,0) [0|0] \"\" X\n SG_ c : 16|8@1+ (1,0) [0|0] \"\" X\n"), "car", map, []);
        Assert.Equal(["Vehicle.Speed"], import.Take([]).Select(t => t.Signal.Definition.Path));
        Assert.Equal(
            [
                "the map names `Data.z`, which the messages taken do not have",
                "line 3: signal `Data.b` is left out: the map says so",
                "line 4: signal `Data.c` is left out: its path `Vehicle.Speed.Low` is another signal's, or a branch of one",
            ],
            import.Notes.Select(n => n.ToString()));
        Assert.Contains("`speed` is no VSS path", Assert.Throws<UserErrorException>(() => SignalMap.Read("my.map", "Data.a: speed\n")).Message);
    }

    [Fact]
    public void Only_the_messages_that_are_named_are_taken()
    {
        var import = new DbcImport(DbcParser.Parse(DbcTexts.Tidy), "car", SignalMap.Empty, []);
        Assert.Equal(3, import.Take(["EngineData"]).Count);
        Assert.Contains("the file has no message `Engine`. It has Climate, EngineData.", Assert.Throws<UserErrorException>(() => import.Take(["Engine"])).Message);
    }

    [Fact]
    public void When_identifiers_are_used_up_the_rest_is_left_out()
    {
        string text = string.Concat(Enumerable.Range(0, 60).Select(m => $"BO_ {m} M{m}: 8 X\n" + string.Concat(Enumerable.Range(0, 64).Select(b => $" SG_ s{b} : {b}|1@1+ (1,0) [0|0] \"\" X\n"))));
        (IReadOnlyList<ImportedSignal> taken, IReadOnlyList<DbcNote> notes) = Take(text);
        Assert.Equal((0x0E00, 3840 - 0x0E00), (taken.Count, notes.Count));
        Assert.Contains("are used up", notes[0].Text);
    }

    private static NfConfig ConfigOf(string ecu)
    {
        NfConfig config = NfConfig.Load(Repository.PathOf("nf.config"));
        Assert.NotEmpty(config.Ecu(ecu).SignalEntries);
        return config;
    }

    private static (IReadOnlyList<ImportedSignal> Taken, IReadOnlyList<DbcNote> Notes) Take(string text)
    {
        var import = new DbcImport(DbcParser.Parse(text), "car", SignalMap.Empty, []);
        return (import.Take([]), import.Notes);
    }
}
