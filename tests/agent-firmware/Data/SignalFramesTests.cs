// Signals out of CAN frames: DBC's bit numbering in both byte orders, signs, multiplexors, short frames, frames that stay away.
// The reference picks bit by bit as a DBC file counts them.
using EsyncAgent;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public class SignalFramesTests
{
    private static readonly byte[] SomeFrame = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0];

    [Theory]
    [InlineData(0, 8, false, SignalType.UInt8, 0x12)]
    [InlineData(7, 8, true, SignalType.UInt8, 0x12)]
    [InlineData(0, 16, false, SignalType.UInt16, 0x3412)]
    [InlineData(7, 16, true, SignalType.UInt16, 0x1234)]
    [InlineData(4, 12, false, SignalType.UInt16, 0x341)]
    [InlineData(3, 12, true, SignalType.UInt16, 0x234)]
    [InlineData(32, 8, false, SignalType.Int8, unchecked((sbyte)0x9A))]
    [InlineData(39, 16, true, SignalType.Int16, unchecked((short)0x9ABC))]
    [InlineData(32, 32, false, SignalType.UInt32, unchecked((int)0xF0DEBC9A))]
    [InlineData(39, 32, true, SignalType.Int32, unchecked((int)0x9ABCDEF0))]
    [InlineData(1, 1, false, SignalType.Boolean, 1)]
    [InlineData(0, 1, true, SignalType.Boolean, 0)]
    public void Bits_are_counted_as_a_DBC_file_counts_them(byte start, byte length, bool isBigEndian, byte type, int expected)
    {
        (SignalTable signals, SignalFrames frames) = Make(type, start, length, isBigEndian);
        frames.SignalIndication(0, SomeFrame, 8);
        Assert.Equal((expected, SignalQuality.Valid), (signals.Value(0), signals.QualityOf(0)));
    }

    [Fact]
    public void While_reception_is_switched_off_frames_are_as_if_they_had_not_come()
    {
        (SignalTable signals, SignalFrames frames) = Make(SignalType.UInt8, 0, 8, false);
        frames.IsEnabled = false;
        frames.SignalIndication(0, SomeFrame, 8);
        Assert.Equal(SignalQuality.NeverSet, signals.QualityOf(0));
        frames.IsEnabled = true;
        frames.SignalIndication(0, SomeFrame, 8);
        Assert.Equal((0x12, SignalQuality.Valid), (signals.Value(0), signals.QualityOf(0)));
    }

    [Fact]
    public void Every_place_and_length_gives_what_picking_bit_by_bit_gives() => Properties.Hold(
        ArbMap.Default.GeneratorFor<int>().Select(n => n & int.MaxValue).Four().Zip(ArbMap.Default.GeneratorFor<bool>().Two()),
        input =>
        {
            var ((a, b, c, d), (isBigEndian, isSigned)) = input;
            byte[] frame = [.. BitConverter.GetBytes((long)a * b), .. BitConverter.GetBytes(c)];
            frame = frame[..8];
            int length = 1 + (d % 32);
            int first = (int)((uint)c % (uint)(65 - length));
            int start = isBigEndian ? (first & ~7) + 7 - (first & 7) : first;
            (SignalTable signals, SignalFrames frames) = Make(isSigned ? SignalType.Int32 : SignalType.UInt32, (byte)start, (byte)length, isBigEndian);

            frames.SignalIndication(0, frame, 8);

            Assert.Equal(Picked(frame, start, length, isBigEndian, isSigned), signals.Value(0));
        });

    [Fact]
    public void A_frame_that_is_too_short_for_a_signal_leaves_it_alone()
    {
        (SignalTable signals, SignalFrames frames) = Make(SignalType.UInt16, 8, 12, false);
        frames.SignalIndication(0, SomeFrame, 2);
        Assert.Equal(SignalQuality.NeverSet, signals.QualityOf(0));

        frames.SignalIndication(0, SomeFrame, 3);
        Assert.Equal(0x634, signals.Value(0));
    }

    [Fact]
    public void A_multiplexed_signal_is_read_where_its_multiplexor_has_its_value()
    {
        DataConfig config = Config(SignalType.UInt8, 8, 8, false);
        config.MultiplexorLengths[0] = 4;
        config.MultiplexorStartBits[0] = 3;
        config.MultiplexorIsBigEndian[0] = 1;
        config.MultiplexorValues[0] = 2;
        SignalTable signals = new(config);
        SignalFrames frames = new(config, signals, 1);
        frames.SignalIndication(0, [0x21, 0x55, 0, 0, 0, 0, 0, 0], 8);
        Assert.Equal(SignalQuality.NeverSet, signals.QualityOf(0));

        frames.SignalIndication(0, [0x12, 0x66, 0, 0, 0, 0, 0, 0], 8);
        Assert.Equal(0x66, signals.Value(0));
    }

    [Fact]
    public void Frames_that_stay_away_for_longer_than_their_timeout_time_their_signals_out_and_back()
    {
        DataConfig config = Config(SignalType.UInt8, 0, 8, false);
        config.FrameTimeoutMs[0] = 100;
        SignalTable signals = new(config);
        SignalFrames frames = new(config, signals, 1);
        const uint StartMs = uint.MaxValue - 50;
        frames.MainFunction(StartMs);
        frames.SignalIndication(0, SomeFrame, 8);
        frames.MainFunction(unchecked(StartMs + 100));
        Assert.Equal(SignalQuality.Valid, signals.QualityOf(0));

        frames.MainFunction(unchecked(StartMs + 104));
        Assert.Equal((0x12, SignalQuality.TimedOut), (signals.Value(0), signals.QualityOf(0)));

        frames.SignalIndication(0, SomeFrame, 8);
        Assert.Equal(SignalQuality.Valid, signals.QualityOf(0));
        frames.MainFunction(unchecked(StartMs + 203));
        Assert.Equal(SignalQuality.Valid, signals.QualityOf(0));
    }

    [Fact]
    public void Each_frame_has_its_own_signals()
    {
        DataConfig config = TestSignals.Config();
        config.FrameTimeoutMs = [0, 0];
        config.FrameFirst = [0, 2];
        config.CanDids = [TestSignals.Level, TestSignals.Speed, TestSignals.Trim];
        config.CanStartBits = [0, 8, 0];
        config.CanLengths = [8, 8, 8];
        config.CanIsBigEndian = [0, 0, 0];
        config.MultiplexorStartBits = new byte[3];
        config.MultiplexorLengths = new byte[3];
        config.MultiplexorIsBigEndian = new byte[3];
        config.MultiplexorValues = new uint[3];
        SignalTable signals = new(config);
        SignalFrames frames = new(config, signals, 2);

        frames.SignalIndication(1, SomeFrame, 8);
        Assert.Equal(
            [SignalQuality.NeverSet, SignalQuality.Valid, SignalQuality.NeverSet],
            new[] { TestSignals.Level, TestSignals.Trim, TestSignals.Speed }.Select(did => signals.QualityOf(signals.IndexOf(did))));

        frames.SignalIndication(0, SomeFrame, 8);
        Assert.Equal((0x12, 0x34), (signals.Value(signals.IndexOf(TestSignals.Level)), signals.Value(signals.IndexOf(TestSignals.Speed))));
    }

    private static (SignalTable Signals, SignalFrames Frames) Make(byte type, byte start, byte length, bool isBigEndian)
    {
        DataConfig config = Config(type, start, length, isBigEndian);
        SignalTable signals = new(config);
        return (signals, new SignalFrames(config, signals, 1));
    }

    private static DataConfig Config(byte type, byte start, byte length, bool isBigEndian) => new()
    {
        SignalDids = [TestSignals.Speed],
        SignalTypes = [type],
        SignalMin = [type == SignalType.UInt32 ? 0 : int.MinValue],
        SignalMax = [type == SignalType.UInt32 ? -1 : int.MaxValue],
        FrameTimeoutMs = [0],
        FrameFirst = [0],
        CanDids = [TestSignals.Speed],
        CanStartBits = [start],
        CanLengths = [length],
        CanIsBigEndian = [isBigEndian ? (byte)1 : (byte)0],
        MultiplexorStartBits = new byte[1],
        MultiplexorLengths = new byte[1],
        MultiplexorIsBigEndian = new byte[1],
        MultiplexorValues = new uint[1],
    };

    // Little endian goes up bit by bit from the lowest; big endian goes down within a byte and on to the next byte's highest.
    private static int Picked(byte[] frame, int start, int length, bool isBigEndian, bool isSigned)
    {
        long value = 0;
        int bit = start;
        for (int i = 0; i < length; i++)
        {
            long set = frame[bit / 8] >> (bit % 8) & 1;
            value = isBigEndian ? (value << 1) | set : value | (set << i);
            bit = !isBigEndian ? bit + 1 : bit % 8 == 0 ? bit + 15 : bit - 1;
        }

        return isSigned && (value >> (length - 1) & 1) != 0 ? (int)(value - (1L << length)) : unchecked((int)value);
    }
}
