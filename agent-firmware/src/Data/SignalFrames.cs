// Reads signals out of the CAN frames of other ECUs: start bit, length, byte order and multiplexor as DBC files define them.
// Invariants: what a frame is too short for is not read; a frame costs its own signals only; a frame that stays away for
// longer than its timeout is noticed within four milliseconds for each frame that there is.
// Factor and offset are the host's: raw on the bus is raw in the table, with its sign.
// Tests: tests/agent-firmware/Data/SignalFramesTests.
namespace EsyncAgent;

/// <summary>CAN frames to signals.</summary>
public sealed class SignalFrames : ICanIfSignals
{
    private const int FrameLength = 8;
    private const int FrameBits = 64;
    private const uint LookEachMs = 4;

    private readonly DataConfig _config;
    private readonly SignalTable _signals;
    private readonly ushort[] _indexes;
    private readonly byte[] _shifts;
    private readonly byte[] _lengthsMin;
    private readonly byte[] _multiplexorShifts;
    private readonly uint[] _lastMs;
    private readonly bool[] _isSilent;
    private uint _nowMs;
    private uint _lookedMs;
    private int _next;

    /// <summary>A reader for <paramref name="frameCount"/> frames.</summary>
    public SignalFrames(DataConfig config, SignalTable signals, int frameCount)
    {
        _config = config;
        _signals = signals;
        int count = config.CanDids.Length;
        _indexes = new ushort[count];
        _shifts = new byte[count];
        _lengthsMin = new byte[count];
        _multiplexorShifts = new byte[count];
        _lastMs = new uint[frameCount];
        _isSilent = new bool[frameCount];
        for (int i = 0; i < count; i++)
        {
            Prepare(i);
        }
    }

    /// <summary>False while a tester has switched the reception of normal communication off: frames are as if they had not come.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Signals that were read out of frames so far; wraps.</summary>
    public uint ReadCount { get; private set; }

    /// <inheritdoc/>
    public void SignalIndication(int index, byte[] data, int length)
    {
        if (!IsEnabled)
        {
            return;
        }

        _lastMs[index] = _nowMs;
        _isSilent[index] = false;
        ulong big = ((ulong)BigEndian.ReadU32(data, 0) << 32) | BigEndian.ReadU32(data, 4);
        ulong little = Reversed(big);
        int end = index + 1 == _lastMs.Length ? _indexes.Length : _config.FrameFirst[index + 1];
        for (int i = _config.FrameFirst[index]; i < end; i++)
        {
            if (length >= _lengthsMin[i] && IsMultiplexed(i, big, little))
            {
                _signals.Publish(_indexes[i], Read(i, _config.CanIsBigEndian[i] != 0 ? big : little));
                ReadCount++;
            }
        }
    }

    /// <summary>Looks at one frame, each four milliseconds: has it come in time?</summary>
    public void MainFunction(uint nowMs)
    {
        _nowMs = nowMs;
        if (nowMs - _lookedMs < LookEachMs || _lastMs.Length == 0)
        {
            return;
        }

        _lookedMs = nowMs;
        int frame = _next;
        _next = frame + 1 == _lastMs.Length ? 0 : frame + 1;
        uint timeoutMs = _config.FrameTimeoutMs[frame];
        if (timeoutMs == 0 || _isSilent[frame] || nowMs - _lastMs[frame] <= timeoutMs)
        {
            return;
        }

        _isSilent[frame] = true;
        int end = frame + 1 == _lastMs.Length ? _indexes.Length : _config.FrameFirst[frame + 1];
        for (int i = _config.FrameFirst[frame]; i < end; i++)
        {
            _signals.TimeOut(_indexes[i]);
        }
    }

    // How far right the signal must go in the 64 bits of the frame, and how many bytes of the frame it needs.
    private void Prepare(int i)
    {
        _indexes[i] = (ushort)_signals.IndexOf(_config.CanDids[i]);
        _shifts[i] = Shift(_config.CanStartBits[i], _config.CanLengths[i], _config.CanIsBigEndian[i] != 0);
        int lengthMin = BytesNeeded(_config.CanStartBits[i], _config.CanLengths[i], _config.CanIsBigEndian[i] != 0);
        int bits = _config.MultiplexorLengths[i];
        if (bits != 0)
        {
            bool isBig = _config.MultiplexorIsBigEndian[i] != 0;
            _multiplexorShifts[i] = Shift(_config.MultiplexorStartBits[i], bits, isBig);
            int other = BytesNeeded(_config.MultiplexorStartBits[i], bits, isBig);
            lengthMin = other > lengthMin ? other : lengthMin;
        }

        _lengthsMin[i] = (byte)lengthMin;
    }

    private static byte Shift(int startBit, int bits, bool isBigEndian)
    {
        return (byte)(isBigEndian ? FrameBits - FirstOfBigEndian(startBit) - bits : startBit);
    }

    private static int BytesNeeded(int startBit, int bits, bool isBigEndian)
    {
        int last = (isBigEndian ? FirstOfBigEndian(startBit) : startBit) + bits - 1;
        return (last / FrameLength) + 1;
    }

    // Position of the highest bit of a big-endian signal, counted from the highest bit of the first byte.
    private static int FirstOfBigEndian(int startBit)
    {
        return (startBit & ~7) + 7 - (startBit & 7);
    }

    private static ulong Reversed(ulong value)
    {
        value = ((value & 0x00FF00FF00FF00FF) << 8) | ((value >> 8) & 0x00FF00FF00FF00FF);
        value = ((value & 0x0000FFFF0000FFFF) << 16) | ((value >> 16) & 0x0000FFFF0000FFFF);
        return (value << 32) | (value >> 32);
    }

    private bool IsMultiplexed(int i, ulong big, ulong little)
    {
        int bits = _config.MultiplexorLengths[i];
        if (bits == 0)
        {
            return true;
        }

        ulong frame = _config.MultiplexorIsBigEndian[i] != 0 ? big : little;
        uint value = (uint)(frame >> _multiplexorShifts[i]) << (32 - bits) >> (32 - bits);
        return value == _config.MultiplexorValues[i];
    }

    private int Read(int i, ulong frame)
    {
        int rest = 32 - _config.CanLengths[i];
        uint top = (uint)(frame >> _shifts[i]) << rest;
        return IsSigned(_signals.TypeOf(_indexes[i])) ? (int)top >> rest : (int)(top >> rest);
    }

    private static bool IsSigned(byte type)
    {
        return type == SignalType.Int8 || type == SignalType.Int16 || type == SignalType.Int32;
    }
}
