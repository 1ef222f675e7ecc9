// Signals put into the text of nf.config: where they go, and that all else stays to the byte.
using EsyncSim;
using EsyncSim.Signals;
using Xunit;

namespace EsyncTests.HostSim.Signals;

public sealed class SignalMergeTests
{
    private const string Line = "Vehicle.New: { did: 0x0300, type: uint8, source: application }";

    private static readonly string File = """
        format: 1
        ecus:
          motor:   # the first
            board: virtual
            signals:
              # our own
              Vehicle.Speed: { did: 0x0200, type: uint8, source: application }   # kept

            # about the records
            records: {}

          # the second
          battery:
            board: virtual

        # the end

        """;

    [Fact]
    public void They_go_behind_those_that_are_there()
    {
        string merged = SignalMerge.Into("x", File, "motor", [Line, "# said"]);
        Assert.Equal(File.Replace("# kept\n", $"# kept\n      {Line}\n      # said\n", StringComparison.Ordinal), merged);
    }

    [Fact]
    public void Without_a_section_one_is_made_at_the_end_of_the_ECU()
    {
        string merged = SignalMerge.Into("x", File, "battery", [Line]);
        Assert.Equal(File.Replace("  battery:\n    board: virtual\n", $"  battery:\n    board: virtual\n    signals:\n      {Line}\n", StringComparison.Ordinal), merged);
    }

    [Theory]
    [InlineData("    signals: {}   # none yet", "    signals:   # none yet")]
    [InlineData("    signals:", "    signals:")]
    public void An_empty_section_is_filled(string empty, string filled)
    {
        string text = File.Replace("  battery:\n", $"  battery:\n{empty}\n", StringComparison.Ordinal);
        Assert.Equal(text.Replace(empty + "\n    board", $"{filled}\n      {Line}\n    board", StringComparison.Ordinal), SignalMerge.Into("x", text, "battery", [Line]));
    }

    [Fact]
    public void Line_ends_stay_those_of_the_file()
    {
        string windows = File.Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(SignalMerge.Into("x", File, "motor", [Line]).Replace("\n", "\r\n", StringComparison.Ordinal), SignalMerge.Into("x", windows, "motor", [Line]));
    }

    [Theory]
    [InlineData("    signals: { Vehicle.A: { did: 1 } }", "x(12): `signals` stands in braces")]
    public void A_section_in_braces_is_refused_with_what_to_do(string section, string reason)
    {
        string text = File.Replace("  battery:\n    board: virtual\n", $"  battery:\n    board: virtual\n{section}\n", StringComparison.Ordinal);
        Assert.Contains(reason.Replace("12", $"{text.Split('\n').ToList().IndexOf(section) + 1}", StringComparison.Ordinal), Assert.Throws<UserErrorException>(() => SignalMerge.Into("x", text, "battery", [Line])).Message);
        Assert.Contains("has no ECU `pump`", Assert.Throws<UserErrorException>(() => SignalMerge.Into("x", text, "pump", [Line])).Message);
    }
}
