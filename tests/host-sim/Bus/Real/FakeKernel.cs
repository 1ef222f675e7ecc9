// A stand-in for Linux with one CAN interface: the calls are answered as the kernel does, and behind the interface lies a
// virtual bus. Waiting lets that bus go on, so its clock is the wall clock of whoever uses the socket, and nobody sleeps.
using System.Runtime.InteropServices;
using System.Text;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;

namespace EsyncTests.HostSim.Bus.Real;

internal sealed class FakeKernel : BusNode, ILibc
{
    private const int Descriptor = 7;
    private const int InterfaceIndex = 4;
    private readonly Queue<BusFrame> _transmit = new();
    private byte[] _filter = [];
    private bool _isOwnReceived;

    internal FakeKernel(int bitRate = 500_000)
        : base("socket")
    {
        Outside = new VirtualBus(new VirtualTime(), bitRate, "outside");
        Outside.Attach(this);
        SetOnline(true);
        Clock = new WallClock(Outside.Time);
    }

    /// <summary>The bus behind the interface; its clock is the wall clock.</summary>
    internal VirtualBus Outside { get; }

    internal TimeProvider Clock { get; }

    /// <summary>What was called, with bytes where bytes were given.</summary>
    internal List<string> Calls { get; } = [];

    /// <summary>Frames that can be read, as bytes.</summary>
    internal Queue<byte[]> Received { get; } = new();

    /// <summary>Error number of the next call of this name, once; 0 for none.</summary>
    internal Dictionary<string, int> Failures { get; } = [];

    internal bool IsUp { get; set; } = true;

    /// <summary>Frames that the interface's queue holds (txqueuelen).</summary>
    internal int QueueLength { get; set; } = 10;

    /// <summary>Frames that came in and are lost before anybody reads them.</summary>
    internal Predicate<BusFrame> IsLost { get; set; } = _ => false;

    internal bool IsOpen { get; private set; }

    internal SocketCanChannel Open(string name = "can0") => new(this, name);

    public int Socket(int family, int type, int protocol)
    {
        IsOpen = !Fails("socket", out int result);
        Calls.Add($"socket({family},{type:X},{protocol})");
        return IsOpen ? Descriptor : result;
    }

    public int Ioctl(int descriptor, uint request, Span<byte> argument)
    {
        string name = Encoding.ASCII.GetString(argument[..16]).TrimEnd('\0');
        Calls.Add($"ioctl({request:X},{name})");
        if (Fails("ioctl", out int result) || (name is not ("can0" or "eth0") && FailsWith(Errno.NoSuchDevice, out result)))
        {
            return result;
        }

        MemoryMarshal.Write(argument[16..], request == 0x8933 ? InterfaceIndex : IsUp ? 0x41 : 0x40);
        return 0;
    }

    public int Bind(int descriptor, ReadOnlySpan<byte> address)
    {
        Calls.Add($"bind({Convert.ToHexString(address)})");
        return Fails("bind", out int result) ? result : 0;
    }

    public int SetSocketOption(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        Calls.Add($"setsockopt({level},{name},{Convert.ToHexString(value)})");
        _filter = name == 1 ? value.ToArray() : _filter;
        _isOwnReceived |= name == 4 && value[0] == 1;
        return Fails("setsockopt", out int result) ? result : 0;
    }

    public int Read(int descriptor, Span<byte> into)
    {
        if (Fails("read", out int result) || (!IsUp && FailsWith(Errno.NetworkDown, out result)))
        {
            return result;
        }

        if (!Received.TryDequeue(out byte[]? bytes))
        {
            return -Errno.TryAgain;
        }

        int count = Math.Min(bytes.Length, into.Length);
        bytes.AsSpan(0, count).CopyTo(into);
        return count;
    }

    public int Write(int descriptor, ReadOnlySpan<byte> from)
    {
        Calls.Add($"write({Convert.ToHexString(from)})");
        if (Fails("write", out int result) || (!IsUp && FailsWith(Errno.NetworkDown, out result))
            || (_transmit.Count >= QueueLength && FailsWith(Errno.NoBufferSpace, out result)))
        {
            return result;
        }

        Assert(CanFrameLayout.TryRead(from, out BusFrame frame), "what is written is no frame");
        _transmit.Enqueue(frame);
        if (_transmit.Count == 1)
        {
            Offer(frame);
        }

        return from.Length;
    }

    public int PollIn(int descriptor, long timeoutNs)
    {
        VirtualTime time = Outside.Time;
        long endNs = time.NowNs + timeoutNs;
        while (Received.Count == 0 && IsUp && time.NowNs < endNs)
        {
            time.RunUntil(Math.Min(endNs, time.NextNs));
        }

        return Received.Count > 0 || !IsUp ? 1 : 0;
    }

    public int Close(int descriptor)
    {
        Assert(descriptor == Descriptor, "a descriptor is closed that was not opened");
        IsOpen = false;
        return 0;
    }

    protected internal override bool Accepts(uint identifier, bool isExtended) => true;

    protected internal override void OnReceived(in BusFrame frame) => Deliver(frame);

    protected internal override void OnTransmitted(in BusFrame frame)
    {
        _transmit.Dequeue();
        if (_isOwnReceived)
        {
            Deliver(frame);
        }

        if (_transmit.TryPeek(out BusFrame next))
        {
            Offer(next);
        }
    }

    private static bool FailsWith(int number, out int result)
    {
        result = -number;
        return true;
    }

    private static void Assert(bool isTrue, string message)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(message);
        }
    }

    private bool Fails(string call, out int result)
    {
        result = Failures.Remove(call, out int number) ? -number : 0;
        return result < 0;
    }

    // As raw_rcv does: a frame passes when one of the filters says so.
    private void Deliver(in BusFrame frame)
    {
        byte[] bytes = new byte[CanFrameLayout.FrameLength];
        CanFrameLayout.Write(frame, bytes);
        uint identifier = BitConverter.ToUInt32(bytes);
        for (int i = 0; i < _filter.Length; i += 8)
        {
            uint mask = BitConverter.ToUInt32(_filter, i + 4);
            if ((identifier & mask) == (BitConverter.ToUInt32(_filter, i) & mask) && !IsLost(frame))
            {
                Received.Enqueue(bytes);
                return;
            }
        }
    }

    private sealed class WallClock(VirtualTime time) : TimeProvider
    {
        public override long TimestampFrequency => VirtualTime.NsPerSecond;

        public override long GetTimestamp() => time.NowNs;
    }
}
