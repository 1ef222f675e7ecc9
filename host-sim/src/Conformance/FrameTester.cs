// The tester of conformance cases on one controller: raw frames with their times, and an ISO 15765-2 of its own above them.
// It shares no code with the agent's transport, on purpose: a fault of that would be in both and thereby in neither.
// Invariants: frames leave in the order in which they were asked for, and each send ends when its frame has left the bus;
// every frame of the ECU is kept until it is taken or discarded; what a message does not need stays in the queue.
// It must not know UDS.
// Clauses: ISO 15765-2:2016 §9.6, §9.8.
// Tests: tests/host-sim/Conformance/FrameTesterTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Conformance;

/// <summary>A frame that was sent or received.</summary>
/// <param name="Data">Its bytes, 0 to 8.</param>
/// <param name="AtNs">Its end on the bus's clock.</param>
internal sealed record SceneFrame(byte[] Data, long AtNs)
{
    /// <summary>High nibble of the first byte: 0 single, 1 first, 2 consecutive, 3 flow control; -1 of an empty frame.</summary>
    public int Kind => Data.Length == 0 ? -1 : Data[0] >> 4;

    /// <summary>Its bytes in hexadecimal.</summary>
    public string Hex => string.Join(' ', Data.Select(value => value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Milliseconds from a moment to the end of this frame.</summary>
    public double MsAfter(long ns) => (AtNs - ns) / (double)VirtualTime.NsPerMs;
}

/// <summary>Raw frames and whole messages.</summary>
internal sealed class FrameTester : IDiagnosticLink
{
    private const int SendMsMax = 1000;
    private const int FlowControlMsMax = 1000;
    private const int ConsecutiveMsMax = 1000;
    private const int WaitsMax = 255;
    private const int SingleMax = 7;
    private const int FirstShortMax = 0xFFF;
    private readonly ITesterCan _can;
    private readonly AddressingProfile _addressing;
    private readonly SimSignal _arrived;
    private readonly SimSignal _sent;
    private readonly LinkedList<SceneFrame> _inbox = new();
    private readonly CanFrame _frame = new();
    private bool _isSending;

    /// <summary>Takes a controller that nobody else uses.</summary>
    public FrameTester(VirtualTime time, ITesterCan can, AddressingProfile addressing)
    {
        Time = time;
        _can = can;
        _addressing = addressing;
        _arrived = new SimSignal(time);
        _sent = new SimSignal(time);
        can.SetFilter((addressing.Response, addressing.IsExtended));
        can.FrameArrived = TakeIn;
        can.FrameSent = _sent.Set;
        can.PowerOn();
    }

    /// <inheritdoc/>
    public VirtualTime Time { get; }

    /// <summary>BS that this tester announces as a receiver.</summary>
    public byte BlockSize { get; set; }

    /// <summary>STmin code that this tester announces as a receiver.</summary>
    public byte SeparationTimeMin { get; set; }

    /// <summary>End of the last frame of the last message that was sent.</summary>
    public long LastSentNs { get; private set; }

    /// <summary>End of the first frame of the last message that was received: where P2 ends (ISO 14229-2:2013 §7.2).</summary>
    public long FirstReceivedNs { get; private set; }

    /// <summary>Byte that this tester fills its frames with.</summary>
    public byte Padding => _addressing.Padding ?? 0xCC;

    /// <summary>Sends eight bytes on the identifier of physical requests; shorter ones are padded.</summary>
    public Task<SceneFrame> SendFrameAsync(params byte[] bytes) => SendFrameAsync(_addressing.Request, Padded(bytes));

    /// <summary>Sends bytes, as many as are given, on any identifier, in the ECU's format when no other is given.</summary>
    public async Task<SceneFrame> SendFrameAsync(uint identifier, byte[] bytes, bool? isExtended = null)
    {
        long endNs = Time.NowNs + (SendMsMax * VirtualTime.NsPerMs);
        while (_isSending || !TryOffer(identifier, isExtended ?? _addressing.IsExtended, bytes))
        {
            if (Time.NowNs > endNs)
            {
                throw new InconclusiveException("the bus takes no frame: the controller had no room for a second");
            }

            await Time.DelayMs(1);
        }

        try
        {
            if (!await _sent.Wait(SendMsMax * VirtualTime.NsPerMs))
            {
                throw new InconclusiveException("the bus takes no frame: none has left for a second");
            }
        }
        finally
        {
            _isSending = false;
        }

        return new SceneFrame(bytes, Time.NowNs);
    }

    /// <summary>The next frame of the ECU; null when none came in time.</summary>
    public Task<SceneFrame?> NextFrameAsync(double waitMs) => TakeAsync(_ => true, (long)(waitMs * VirtualTime.NsPerMs));

    /// <summary>The next frame of the ECU of one kind; others stay for whoever asks for them.</summary>
    public Task<SceneFrame?> NextFrameAsync(int kind, double waitMs) => TakeAsync(frame => frame.Kind == kind, (long)(waitMs * VirtualTime.NsPerMs));

    /// <inheritdoc/>
    public void Discard()
    {
        _inbox.Clear();
        _arrived.Reset();
    }

    /// <summary>Forgets what was received, and announces no limits any more: a case begins.</summary>
    public void Reset()
    {
        Discard();
        BlockSize = 0;
        SeparationTimeMin = 0;
    }

    /// <summary>Leaves the bus.</summary>
    public void Close() => _can.PowerOff();

    /// <inheritdoc/>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> request)
    {
        byte[] message = request.ToArray();
        if (message.Length <= SingleMax)
        {
            LastSentNs = (await SendFrameAsync([(byte)message.Length, .. message])).AtNs;
            return true;
        }

        int at = await SendFirstAsync(message);
        byte sequence = 1;
        while (at < message.Length)
        {
            if (await AwaitClearanceAsync() is not { } clearance)
            {
                return false;
            }

            int left = clearance.Data[1] == 0 ? int.MaxValue : clearance.Data[1];
            long gapNs = SeparationNs(clearance.Data[2]);
            for (; left > 0 && at < message.Length; left--, at += SingleMax, sequence++)
            {
                LastSentNs = (await SendFrameAsync([(byte)(0x20 | (sequence & 0x0F)), .. message.Skip(at).Take(SingleMax)])).AtNs;
                if (gapNs > 0)
                {
                    await Time.Delay(gapNs);
                }
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request)
    {
        uint identifier = _addressing.Functional ?? throw new NotApplicableException("the profile names no functional identifier");
        LastSentNs = (await SendFrameAsync(identifier, Padded([(byte)request.Length, .. request.Span]))).AtNs;
        return true;
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReceiveAsync(long timeoutNs)
    {
        SceneFrame? first = await TakeAsync(frame => frame.Kind is 0 or 1, timeoutNs);
        if (first is null)
        {
            return null;
        }

        FirstReceivedNs = first.AtNs;
        int length = first.Data[0] & 0x0F;
        if (first.Kind == 0)
        {
            return length > 0 && length < first.Data.Length ? first.Data[1..(length + 1)] : await ReceiveAsync(timeoutNs);
        }

        int start = 2;
        length = (length << 8) | first.Data[1];
        if (length == 0 && first.Data.Length == 8)
        {
            start = 6;
            length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(first.Data.AsSpan(2));
        }

        return await CollectAsync(first.Data[start..], length);
    }

    /// <summary>Nanoseconds that an STmin code stands for; reserved ones are 127 ms (ISO 15765-2:2016 §9.6.5.5).</summary>
    public static long SeparationNs(byte code) => code switch
    {
        <= 0x7F => code * VirtualTime.NsPerMs,
        >= 0xF1 and <= 0xF9 => (code - 0xF0) * 100 * VirtualTime.NsPerUs,
        _ => 127 * VirtualTime.NsPerMs,
    };

    /// <summary>The bytes of a frame as this tester sends it: filled up to eight, unless the ECU's frames are not either.</summary>
    public byte[] Padded(byte[] bytes)
    {
        if (_addressing.IsPadded == false || bytes.Length >= 8)
        {
            return bytes;
        }

        byte[] padded = new byte[8];
        Array.Fill(padded, Padding);
        bytes.CopyTo(padded, 0);
        return padded;
    }

    private async Task<int> SendFirstAsync(byte[] message)
    {
        const int ShortHead = 6;
        const int LongHead = 2;
        if (message.Length <= FirstShortMax)
        {
            LastSentNs = (await SendFrameAsync([(byte)(0x10 | (message.Length >> 8)), (byte)message.Length, .. message.Take(ShortHead)])).AtNs;
            return ShortHead;
        }

        byte[] length = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        LastSentNs = (await SendFrameAsync([0x10, 0x00, .. length, .. message.Take(LongHead)])).AtNs;
        return LongHead;
    }

    private async Task<SceneFrame?> AwaitClearanceAsync()
    {
        for (int waits = 0; waits <= WaitsMax; waits++)
        {
            SceneFrame? flow = await NextFrameAsync(3, FlowControlMsMax);
            if (flow is null || flow.Data.Length < 3 || flow.Data[0] > 0x31)
            {
                return null;
            }

            if (flow.Data[0] == 0x30)
            {
                return flow;
            }
        }

        return null;
    }

    private async Task<byte[]?> CollectAsync(byte[] head, int length)
    {
        List<byte> message = [.. head];
        byte sequence = 1;
        int left = 0;
        while (message.Count < length)
        {
            if (left == 0)
            {
                await SendFrameAsync(0x30, BlockSize, SeparationTimeMin);
                left = BlockSize == 0 ? int.MaxValue : BlockSize;
            }

            SceneFrame? frame = await NextFrameAsync(2, ConsecutiveMsMax);
            if (frame is null || (frame.Data[0] & 0x0F) != (sequence++ & 0x0F))
            {
                return null;
            }

            message.AddRange(frame.Data.Skip(1));
            left--;
        }

        return [.. message.Take(length)];
    }

    private bool TryOffer(uint identifier, bool isExtended, byte[] bytes)
    {
        _frame.Identifier = identifier;
        _frame.IsExtended = isExtended;
        _frame.Length = (byte)bytes.Length;
        Array.Clear(_frame.Data);
        bytes.CopyTo(_frame.Data, 0);
        _sent.Reset();
        _isSending = _can.TrySend(_frame);
        return _isSending;
    }

    private void TakeIn()
    {
        CanFrame into = new();
        while (_can.TryReceive(into))
        {
            _inbox.AddLast(new SceneFrame(into.Data[..into.Length], Time.NowNs));
        }

        _arrived.Set();
    }

    private async Task<SceneFrame?> TakeAsync(Func<SceneFrame, bool> isWanted, long waitNs)
    {
        long endNs = Time.NowNs + waitNs;
        while (true)
        {
            for (LinkedListNode<SceneFrame>? node = _inbox.First; node is not null; node = node.Next)
            {
                if (isWanted(node.Value))
                {
                    _inbox.Remove(node);
                    return node.Value;
                }
            }

            long leftNs = endNs - Time.NowNs;
            if (leftNs <= 0)
            {
                return null;
            }

            _arrived.Reset();
            await _arrived.Wait(leftNs);
        }
    }
}
