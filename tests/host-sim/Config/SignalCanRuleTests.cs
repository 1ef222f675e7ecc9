// Signals from CAN frames: geometry in both byte orders, multiplexors, identifiers, timeouts, and what a board's filters can tell apart.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class SignalCanRuleTests
{
    private const string Light = "      Vehicle.Cabin.Light: { did: 0xF202, type: boolean, source: { can: 0x201, startBit: 3, length: 1, byteOrder: little, timeoutMs: 0 } }";

    // Which bits a field covers, bit n of the mask being bit n of the frame; big-endian fields go down in a byte and on at bit 7 of the next.
    [Theory]
    [InlineData(0, 8, false, 0x00000000000000FFul, 1)]
    [InlineData(4, 12, false, 0x000000000000FFF0ul, 2)]
    [InlineData(32, 32, false, 0xFFFFFFFF00000000ul, 8)]
    [InlineData(63, 1, false, 0x8000000000000000ul, 8)]
    [InlineData(7, 8, true, 0x00000000000000FFul, 1)]
    [InlineData(7, 16, true, 0x000000000000FFFFul, 2)]
    [InlineData(3, 6, true, 0x000000000000C00Ful, 2)]
    [InlineData(39, 32, true, 0xFFFFFFFF00000000ul, 8)]
    [InlineData(56, 1, true, 0x0100000000000000ul, 8)]
    public void A_field_covers_its_bits(byte start, byte length, bool isBig, ulong mask, int bytes)
    {
        var bits = new CanBits(start, length, isBig);
        Assert.True(bits.IsInside);
        Assert.Equal((mask, bytes), (bits.Mask, bits.BytesNeeded));
    }

    [Theory]
    [InlineData(33, 32, false)]
    [InlineData(63, 2, false)]
    [InlineData(38, 32, true)]
    [InlineData(56, 2, true)]
    [InlineData(64, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 33, false)]
    public void A_field_may_not_leave_the_frame(byte start, byte length, bool isBig)
    {
        Assert.False(new CanBits(start, length, isBig).IsInside);
    }

    [Theory]
    [InlineData("startBit: 3, length: 1", "startBit: 60, length: 5", ConfigRule.OutsideFrame, "5 bits do not fit into a frame when its lowest bit is bit 60")]
    [InlineData("startBit: 3, length: 1, byteOrder: little", "startBit: 57, length: 3, byteOrder: big", ConfigRule.OutsideFrame, "3 bits do not fit into a frame when its highest bit is bit 57")]
    [InlineData("startBit: 3", "startBit: 64", ConfigRule.OutOfRange, "`startBit` is 64, outside 0 to 63: a frame has 64 bits")]
    [InlineData("length: 1", "length: 33", ConfigRule.OutOfRange, "a signal has 1 to 32 bits")]
    [InlineData("length: 1", "length: 2", ConfigRule.OutsideFrame, "`length` is 2 bits, but boolean holds 1. Write type: uint8, or fewer bits")]
    [InlineData("byteOrder: little", "byteOrder: intel", ConfigRule.Malformed, "`byteOrder` is `intel`. Write little (Intel, @1 in a DBC file) or big (Motorola, @0)")]
    [InlineData("can: 0x201", "can: 0x800", ConfigRule.IdentifierForm, "`can` is 0x800, but an identifier of 11 bits ends at 0x7FF. Add isExtended: true")]
    [InlineData("can: 0x201", "can: 0x20000000, isExtended: true", ConfigRule.OutOfRange, "a CAN identifier of 11 or 29 bits")]
    [InlineData("timeoutMs: 0", "timeoutMs: 65536", ConfigRule.OutOfRange, "`timeoutMs` is 65536, outside 0 to 65535")]
    [InlineData(", timeoutMs: 0", "", ConfigRule.MissingKey, "lacks `timeoutMs`")]
    [InlineData("timeoutMs: 0", "multiplexor: { startBit: 8, length: 2, byteOrder: little, value: 4 }, timeoutMs: 0", ConfigRule.OutOfRange, "`value` is 4, but a multiplexor of 2 bits ends at 3")]
    [InlineData("timeoutMs: 0", "multiplexor: { startBit: 2, length: 3, byteOrder: little, value: 4 }, timeoutMs: 0", ConfigRule.BitsOverlap, "The multiplexor of `Vehicle.Cabin.Light` shares a part of its bits with `Vehicle.Cabin.Light`")]
    public void A_wrong_entry_is_refused_in_its_line(string old, string replacement, string rule, string reason)
    {
        ExpectLine(Light, With(Light, old, replacement), rule, reason);
    }

    [Theory]
    [InlineData("0x18DA98F1", "0x18DA98F1 is the frame of `Vehicle.Cabin.Light` and physicalRequest of `climate` (line")]
    [InlineData("0x18DAF198", "response of `climate`")]
    [InlineData("0x18DB33F1", "functionalRequest of `climate`")]
    [InlineData("0x18DEF198", "periodicResponse of `climate`")]
    public void A_diagnostic_identifier_carries_no_signals(string identifier, string reason)
    {
        string allExtended = With(Good.Replace("can: 0x200,", "can: 0x200, isExtended: true,", StringComparison.Ordinal), "can: 0x201,", $"can: {identifier}, isExtended: true,");
        Expect(allExtended, ConfigRule.IdentifierClash, "Vehicle.Cabin.Light", reason);
    }

    [Fact]
    public void An_identifier_of_the_other_format_is_another_frame()
    {
        const string Light29 = "can: 0x200, isExtended: true, startBit: 4";
        string onOneBus = With(With("can: 0x201, startBit: 3", Light29), "timeoutMs: 0", "timeoutMs: 7");
        Expect(onOneBus, ConfigRule.LooserThanBoard, Light29, "the filters of board `bench` take one format for all signals");
    }

    [Fact]
    public void A_diagnostic_identifier_of_an_ECU_that_comes_later_in_the_file_clashes_too()
    {
        const string Signal = "Vehicle.Speed: { did: 0x0200, type: uint8, source: { can: 0x7EA, startBit: 0, length: 8, byteOrder: little, timeoutMs: 0 } }";
        string text = With("    events:\n      16:", $"    signals:\n      {Signal}\n    events:\n      16:");
        Expect(text, ConfigRule.IdentifierClash, "Vehicle.Speed", "0x7EA is the frame of `Vehicle.Speed` and response of `battery` (line");
        Assert.Empty(Problems(With(text, "can: 0x7EA", "can: 0x7EB")));
    }

    [Theory]
    [InlineData("startBit: 2, length: 3, byteOrder: little")]
    [InlineData("startBit: 3, length: 1, byteOrder: big")]
    [InlineData("startBit: 2, length: 3, byteOrder: little, multiplexor: { startBit: 8, length: 2, byteOrder: little, value: 1 }")]
    public void Bits_with_two_uses_are_refused(string other)
    {
        string text = With(Light, $"{Light}\n      Vehicle.Cabin.Other: {{ did: 0xF203, type: uint8, source: {{ can: 0x201, {other}, timeoutMs: 0 }} }}");
        Expect(text, ConfigRule.BitsOverlap, "Vehicle.Cabin.Other", "`Vehicle.Cabin.Other` has bits that are `Vehicle.Cabin.Light`'s as well (line");
    }

    [Fact]
    public void A_multiplexor_lets_bits_have_two_uses_and_may_be_a_signal_itself()
    {
        string M(int value) => $"multiplexor: {{ startBit: 8, length: 2, byteOrder: little, value: {value} }}, timeoutMs: 0";
        string text = With(Light, string.Join('\n', With(Light, "timeoutMs: 0", M(0)), $"      Vehicle.Cabin.Other: {{ did: 0xF203, type: uint8, source: {{ can: 0x201, startBit: 2, length: 3, byteOrder: little, {M(1)} }} }}", "      Vehicle.Cabin.Which: { did: 0xF204, type: uint8, source: { can: 0x201, startBit: 8, length: 2, byteOrder: little, timeoutMs: 0 } }"));
        Assert.Empty(Problems(text));
        Expect(With(text, M(1), M(0)), ConfigRule.BitsOverlap, "Vehicle.Cabin.Other", "has bits that are `Vehicle.Cabin.Light`'s");
        Expect(With(text, "startBit: 8, length: 2, byteOrder: little, timeoutMs: 0", "startBit: 9, length: 2, byteOrder: little, timeoutMs: 0"), ConfigRule.BitsOverlap, "Vehicle.Cabin.Light", "shares a part of its bits with `Vehicle.Cabin.Which`");
    }

    [Fact]
    public void A_frame_has_one_timeout()
    {
        string text = With(Light, $"{Light}\n      Vehicle.Cabin.Other: {{ did: 0xF203, type: uint8, source: {{ can: 0x201, startBit: 8, length: 3, byteOrder: little, timeoutMs: 9 }} }}");
        Expect(text, ConfigRule.TimingContradiction, "Vehicle.Cabin.Other", "`timeoutMs` of `Vehicle.Cabin.Other` is 9, but `Vehicle.Cabin.Light` (line");
    }

    [Fact]
    public void No_more_frames_than_the_boards_filters_and_all_of_one_format()
    {
        static string Another(int did, string can) => $"      Vehicle.Cabin.Other{did}: {{ did: 0x{did:X4}, type: uint8, source: {{ can: {can}, startBit: 0, length: 8, byteOrder: little, timeoutMs: 0 }} }}";
        Assert.Empty(Problems(With(Light, $"{Light}\n{Another(0x300, "0x300")}")));
        Expect(With(Light, $"{Light}\n{Another(0x300, "0x300")}\n{Another(0x301, "0x301")}"), ConfigRule.LooserThanBoard, "Vehicle.Cabin.Other769", "`Vehicle.Cabin.Other769` brings the 4th frame, but the CAN controller of board `bench` has filters for 3 beside the diagnostic ones");
        Expect(With(Light, $"{Light}\n{Another(0x300, "0x300, isExtended: true")}"), ConfigRule.LooserThanBoard, "Vehicle.Cabin.Other768", "comes from an identifier of 29 bits and `Vehicle.Cabin.Door.Row1` from one of 11, but the filters of board `bench` take one format");
    }
}
