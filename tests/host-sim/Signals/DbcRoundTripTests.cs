// Import, export, import: the same signals come back, whatever a DBC file holds; and each line for nf.config reads back as its signal.
using EsyncSim.Config;
using EsyncSim.Signals;
using EsyncTests.HostSim.Config;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Signals;

public sealed class DbcRoundTripTests
{
    private static readonly string[] Units = ["", "km/h", "°C", "%", "a \"b\"", "m/s^2", "back\\slash", "end \\ ", " x ", "µ", "true", "#"];
    private static readonly double[] Factors = [1, 0.1, 0.01, 0.25, -0.5, 1e-3, 0.0078125, 3.3333333333333335, 1e6, 5e-324];
    private static readonly double[] Offsets = [0, -40, 0.05, 1e9, -273.15];

    private static readonly Gen<string> AnySignal =
        from number in Gen.Choose(0, 30)
        from multiplexing in Gen.Elements("", "", "", " M", " m0", " m1", " m2M")
        from start in Gen.Choose(0, 63)
        from length in Gen.Frequency((8, Gen.Choose(1, 16)), (2, Gen.Choose(17, 32)), (1, Gen.Choose(33, 64)))
        from order in Gen.Elements("1+", "1-", "0+", "0-")
        from factor in Gen.Elements(Factors)
        from offset in Gen.Elements(Offsets)
        from range in Gen.Elements("[0|0]", "[0|100]", "[-40|215.5]", "[1|0]")
        from unit in Gen.Elements(Units)
        from blank in Gen.Elements(" ", "\t", "")
        select $" SG_ Sig_{number}{multiplexing}{blank}:{blank}{start}|{length}@{order}{blank}({ConfigValues.RealText(factor)},{ConfigValues.RealText(offset)}){blank}{range}{blank}\"{unit.Replace("\"", "\\\"", StringComparison.Ordinal)}\"{blank}A";

    private static readonly Gen<string> AnyMessage =
        from identifier in Gen.OneOf(Gen.Choose(0, 0x7FF).Select(i => (uint)i), Gen.Choose(0, 0x1FFFFFFF).Select(i => 0x80000000u | (uint)i))
        from number in Gen.Choose(0, 9)
        from count in Gen.Choose(1, 8)
        from signals in AnySignal.ArrayOf(count)
        from cycle in Gen.Choose(0, 2000)
        from end in Gen.Elements("\n", "\r\n")
        select $"BO_ {identifier} Msg{number}: 8 A{end}{string.Join(end, signals)}{end}BA_ \"GenMsgCycleTime\" BO_ {identifier} {cycle};{end}";

    private static readonly Gen<string> AnyFile = Gen.Choose(1, 4).SelectMany(count => AnyMessage.ArrayOf(count)).Select(string.Concat);

    [Fact]
    public void What_was_taken_comes_back_from_what_was_written()
    {
        int signals = 0, multiplexed = 0;
        Properties.Hold(AnyFile, text =>
        {
            ConfiguredSignal[] first = Take(text);
            string written = DbcExport.Print("car", first);
            var import = new DbcImport(DbcParser.Parse(written), "other", SignalMap.Empty, []);
            ConfiguredSignal[] second = [.. import.Take([]).Select(t => t.Signal)];
            Assert.DoesNotContain(import.Notes, note => !note.Text.StartsWith("the unit of", StringComparison.Ordinal));
            Assert.Equal(first.OrderBy(s => s.Definition.Did), second.OrderBy(s => s.Definition.Did));
            Assert.Equal(written, DbcExport.Print("car", second));
            signals += first.Length;
            multiplexed += first.Count(s => s.Can!.Multiplexor is not null);
        }, count: 600);
        Assert.True(signals > 1000 && multiplexed > 100, $"{signals} signals, {multiplexed} of them multiplexed");
    }

    [Fact]
    public void A_line_of_nf_config_reads_back_as_its_signal()
    {
        int signals = 0;
        Properties.Hold(
            AnyFile,
            text =>
            {
                ConfiguredSignal[] taken = [.. Take(text).GroupBy(s => s.Can!.MarkedIdentifier).FirstOrDefault() ?? Enumerable.Empty<ConfiguredSignal>()];
                if (taken.Length == 0)
                {
                    return;
                }

                const string Mark = "    signals:\n      Vehicle.Cabin.Fan:";
                string lines = string.Concat(taken.Select(s => $"      {SignalYaml.Line(s, "a # comment")}\n"));
                string config = ConfigBench.With(Mark, $"{Mark.Split('\n')[0]}\n{lines}{Mark.Split('\n')[1]}");
                Assert.Equal(taken.OrderBy(s => s.Definition.Did), ConfigBench.Read(OnlyThese(config)).Ecu("climate").SignalEntries);
                signals += taken.Length;
            },
            count: 100);
        Assert.True(signals > 150, $"{signals} signals");
    }

    [Fact]
    public void The_ECUs_of_the_repository_are_written_and_read_back()
    {
        foreach (EcuDefinition ecu in NfConfig.Load(Repository.PathOf("nf.config")).Ecus.Values)
        {
            ConfiguredSignal[] read = [.. ecu.SignalEntries.Where(s => s.Can is not null)];
            Assert.Equal(read, Take(DbcExport.Print(ecu.Name, read)).OrderBy(s => s.Definition.Did));
        }
    }

    [Fact]
    public void Multiplexors_that_are_no_signals_and_several_of_them_come_back()
    {
        static ConfiguredSignal Make(string name, ushort did, byte start, CanBits multiplexor, uint value) =>
            new(new($"Vehicle.A.{name}", did, EsyncSim.Data.SignalType.UInt16, "", 1, 0, 0, 15), 0, 15, new CanSource(5, false, new CanBits(start, 4, false), new SignalMultiplexor(multiplexor, value), 700));
        CanBits first = new(0, 4, false), second = new(63, 2, true);
        ConfiguredSignal[] signals = [Make("One", 0x200, 8, first, 1), Make("Two", 0x201, 8, first, 2), Make("Three", 0x202, 16, second, 3)];
        string written = DbcExport.Print("car", signals);
        Assert.Equal(signals, Take(written));
        Assert.Contains("SG_MUL_VAL_ 5 Three Multiplexor_2 3-3;", written);
        Assert.Contains(" SG_ One m1 : 8|4@1+ (1,0) [0|15] \"\" Car\n", written);
    }

    // The bench's climate with nothing but the lines that were put in, and neither event nor rule that names the others.
    private static string OnlyThese(string config) =>
        string.Join('\n', config.Split('\n').Where(line => !line.StartsWith("      Vehicle.Cabin.", StringComparison.Ordinal)))
            .Replace(", snapshot: [Vehicle.Cabin.Light]", "", StringComparison.Ordinal)
            .Replace("\n        - { id: 3, signals: [Vehicle.Cabin.Fan], everyMs: 5000 }", " []", StringComparison.Ordinal);

    private static ConfiguredSignal[] Take(string text) => [.. new DbcImport(DbcParser.Parse(text), "car", SignalMap.Empty, []).Take([]).Select(t => t.Signal)];
}
