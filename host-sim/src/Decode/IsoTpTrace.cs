// What a listener makes of the frames of one identifier: which ISO-TP frame each is, and the messages that they carry.
// Invariants: nothing is sent and nothing assumed: a consecutive frame without its first frame, or with another number than the next
// one, is shown as such and ends the message that it was of. At most one message of 4,095 bytes is held.
// Clause: ISO 15765-2:2016 §9.6. It must not know what the messages mean.
// Tests: tests/host-sim/Decode/IsoTpTraceTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Decode;

/// <summary>Kinds of frames (the protocol control information's type, and what has none).</summary>
public enum IsoTpKind
{
    /// <summary>A whole message.</summary>
    SingleFrame,

    /// <summary>The beginning of a longer one.</summary>
    FirstFrame,

    /// <summary>A further part of it.</summary>
    ConsecutiveFrame,

    /// <summary>The receiver's word on how to go on.</summary>
    FlowControl,

    /// <summary>No ISO-TP frame.</summary>
    Unknown,
}

/// <summary>A message that was put together.</summary>
/// <param name="Bytes">Its bytes, without padding.</param>
/// <param name="StartNs">Beginning of its first frame.</param>
/// <param name="EndNs">End of its last one.</param>
/// <param name="FrameCount">Frames that it came in.</param>
public sealed record IsoTpMessage(byte[] Bytes, long StartNs, long EndNs, int FrameCount);

/// <summary>What a frame is.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">In words.</param>
/// <param name="IsWrong">True when it does not fit what came before it.</param>
/// <param name="Message">The message that it completes; null when it completes none.</param>
public readonly record struct IsoTpSight(IsoTpKind Kind, string Text, bool IsWrong, IsoTpMessage? Message);

/// <summary>Listens to one identifier.</summary>
public sealed class IsoTpTrace
{
    private const int SequenceMask = 0x0F;

    private readonly List<byte> _bytes = [];
    private int _expected;
    private int _next;
    private int _frames;
    private long _startNs;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">The frame, of 1 to 8 bytes.</param>
    /// <param name="startNs">Its beginning.</param>
    /// <param name="endNs">Its end.</param>
    public IsoTpSight Take(in BusFrame frame, long startNs, long endNs) => frame.Length == 0 ? Unknown() : (frame[0] >> 4) switch
    {
        0 => Single(frame, startNs, endNs),
        1 => First(frame, startNs),
        2 => Consecutive(frame, endNs),
        3 => FlowControl(frame),
        _ => Unknown(),
    };

    private static IsoTpSight Unknown() => new(IsoTpKind.Unknown, "no ISO-TP frame", true, null);

    private static IsoTpSight FlowControl(in BusFrame frame)
    {
        string status = (frame[0] & 0x0F) switch { 0 => "continue", 1 => "wait", 2 => "overflow", _ => "reserved" };
        if (frame.Length < 3 || (frame[0] & 0x0F) != 0)
        {
            return new IsoTpSight(IsoTpKind.FlowControl, $"FC {status}", (frame[0] & 0x0F) > 1 || frame.Length < 3, null);
        }

        string block = frame[1] == 0 ? "BS unlimited" : string.Create(CultureInfo.InvariantCulture, $"BS {frame[1]}");
        return new IsoTpSight(IsoTpKind.FlowControl, $"FC continue, {block}, STmin {SeparationTime(frame[2])}", false, null);
    }

    // ISO 15765-2:2016 §9.6.5.4.
    private static string SeparationTime(byte code) => code switch
    {
        <= 0x7F => string.Create(CultureInfo.InvariantCulture, $"{code} ms"),
        >= 0xF1 and <= 0xF9 => string.Create(CultureInfo.InvariantCulture, $"{(code - 0xF0) * 100} µs"),
        _ => "reserved",
    };

    private IsoTpSight Single(in BusFrame frame, long startNs, long endNs)
    {
        int length = frame[0] & 0x0F;
        bool wasOpen = _expected > 0;
        _expected = 0;
        if (length == 0 || length >= frame.Length)
        {
            return new IsoTpSight(IsoTpKind.SingleFrame, string.Create(CultureInfo.InvariantCulture, $"SF of {length} bytes, which it cannot hold"), true, null);
        }

        _bytes.Clear();
        Append(frame, 1, length);
        string text = string.Create(CultureInfo.InvariantCulture, $"SF, {length} bytes{(wasOpen ? ", in the middle of another message" : string.Empty)}");
        return new IsoTpSight(IsoTpKind.SingleFrame, text, wasOpen, new IsoTpMessage([.. _bytes], startNs, endNs, 1));
    }

    private IsoTpSight First(in BusFrame frame, long startNs)
    {
        int length = frame.Length == 8 ? ((frame[0] & 0x0F) << 8) | frame[1] : 0;
        bool wasOpen = _expected > 0;
        _expected = 0;
        if (length < 8)
        {
            return new IsoTpSight(IsoTpKind.FirstFrame, "FF without a length that needs one", true, null);
        }

        _bytes.Clear();
        _expected = length;
        _next = 1;
        _frames = 1;
        _startNs = startNs;
        Append(frame, 2, length);
        return new IsoTpSight(
            IsoTpKind.FirstFrame, string.Create(CultureInfo.InvariantCulture, $"FF, {length} bytes follow{(wasOpen ? ", in the middle of another message" : string.Empty)}"), wasOpen, null);
    }

    private IsoTpSight Consecutive(in BusFrame frame, long endNs)
    {
        int number = frame[0] & SequenceMask;
        string text = string.Create(CultureInfo.InvariantCulture, $"CF {number}");
        if (_expected == 0)
        {
            return new IsoTpSight(IsoTpKind.ConsecutiveFrame, $"{text} without a first frame", true, null);
        }

        if (number != _next)
        {
            _expected = 0;
            return new IsoTpSight(IsoTpKind.ConsecutiveFrame, string.Create(CultureInfo.InvariantCulture, $"{text} in place of {_next}"), true, null);
        }

        _next = (_next + 1) & SequenceMask;
        _frames++;
        Append(frame, 1, _expected);
        if (_bytes.Count < _expected)
        {
            return new IsoTpSight(IsoTpKind.ConsecutiveFrame, text, false, null);
        }

        _expected = 0;
        return new IsoTpSight(IsoTpKind.ConsecutiveFrame, text, false, new IsoTpMessage([.. _bytes], _startNs, endNs, _frames));
    }

    private void Append(in BusFrame frame, int from, int length)
    {
        for (int i = from; i < frame.Length && _bytes.Count < length; i++)
        {
            _bytes.Add(frame[i]);
        }
    }
}
