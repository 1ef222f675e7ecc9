// A raw CAN socket of Linux (Documentation/networking/can.rst): one interface, filters in the kernel, own frames come back
// when the driver says that they were sent (CAN_RAW_RECV_OWN_MSGS), so that STmin counts from a frame's true end.
// Invariants: the socket never blocks; a full queue (ENOBUFS, EAGAIN) is "not now", every other error ends the use of the
// bus with one line that says what to do.
// It must not know what the frames mean.
// Tests: tests/host-sim/Bus/Real/SocketCanChannelTests.cs.
using System.Runtime.InteropServices;
using System.Text;

namespace EsyncSim.Bus.Real;

/// <summary>A CAN interface of Linux.</summary>
internal sealed class SocketCanChannel : IFrameChannel
{
    private const int FamilyCan = 29;
    private const int RawNonBlocking = 3 | 0x800 | 0x80000; // SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int ProtocolRaw = 1;
    private const int LevelRaw = 101;
    private const int OptionFilter = 1;
    private const int OptionReceiveOwn = 4;
    private const uint RequestFlags = 0x8913; // SIOCGIFFLAGS
    private const uint RequestIndex = 0x8933; // SIOCGIFINDEX
    private const int RequestLength = 40; // struct ifreq
    private const int AddressLength = 24; // struct sockaddr_can
    private const int NameLength = 16; // IFNAMSIZ, with its closing zero
    private const short FlagUp = 1;
    private readonly ILibc _libc;
    private readonly byte[] _frame = new byte[CanFrameLayout.FrameLength];
    private readonly byte[] _read = new byte[CanFrameLayout.FrameLength + 1];
    private int _socket = -1;

    /// <summary>Opens the interface.</summary>
    /// <exception cref="UserErrorException">It cannot be used.</exception>
    public SocketCanChannel(ILibc libc, string name)
    {
        _libc = libc;
        Name = name;
        try
        {
            _socket = Check(libc.Socket(FamilyCan, RawNonBlocking, ProtocolRaw));
            byte[] address = new byte[AddressLength];
            MemoryMarshal.Write(address, (short)FamilyCan);
            MemoryMarshal.Write(address.AsSpan(4), Ask<int>(RequestIndex));
            if ((Ask<short>(RequestFlags) & FlagUp) == 0)
            {
                throw Error(Errno.NetworkDown);
            }

            int result = libc.Bind(_socket, address);
            if (result == -Errno.NoSuchDevice)
            {
                throw new UserErrorException(ExitCode.BusUnusable, $"socketcan:{Name}: {Name} is a network interface, but not of CAN");
            }

            Check(result);
            Check(libc.SetSocketOption(_socket, LevelRaw, OptionReceiveOwn, BitConverter.GetBytes(1)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>True for what can be the name of an interface.</summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and < NameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Opens an interface of this machine.</summary>
    public static IFrameChannel Open(string name) => OperatingSystem.IsLinux()
        ? new SocketCanChannel(Libc.Instance, name)
        : throw new UserErrorException(ExitCode.BusUnusable, $"socketcan:{name}: this system has no SocketCAN; it is a part of Linux");

    /// <inheritdoc/>
    public void SetFilter(IReadOnlyList<(uint Identifier, bool IsExtended)> accepted) =>
        Check(_libc.SetSocketOption(_socket, LevelRaw, OptionFilter, CanFrameLayout.Filters(accepted)));

    /// <inheritdoc/>
    public bool TryWrite(in BusFrame frame)
    {
        CanFrameLayout.Write(frame, _frame);
        int result = _libc.Write(_socket, _frame);
        return result is not (-Errno.NoBufferSpace or -Errno.TryAgain or -Errno.Interrupted) && Check(result) == _frame.Length;
    }

    /// <inheritdoc/>
    public bool TryRead(out BusFrame frame)
    {
        while (true)
        {
            int result = _libc.Read(_socket, _read);
            if (result is -Errno.TryAgain or -Errno.Interrupted)
            {
                frame = default;
                return false;
            }

            if (CanFrameLayout.TryRead(_read.AsSpan(0, Check(result)), out frame))
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Wait(long timeoutNs) => Check(_libc.PollIn(_socket, timeoutNs));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_socket >= 0)
        {
            _ = _libc.Close(_socket);
            _socket = -1;
        }
    }

    // What an interface request gives: it stands behind the name in struct ifreq.
    private T Ask<T>(uint request)
        where T : struct
    {
        byte[] ifreq = new byte[RequestLength];
        Encoding.ASCII.GetBytes(Name, ifreq);
        Check(_libc.Ioctl(_socket, request, ifreq));
        return MemoryMarshal.Read<T>(ifreq.AsSpan(NameLength));
    }

    private int Check(int result) => result >= 0 ? result : throw Error(-result);

    private UserErrorException Error(int number) => new(ExitCode.BusUnusable, $"socketcan:{Name}: " + number switch
    {
        Errno.FamilyNotSupported or Errno.ProtocolNotSupported =>
            "this kernel has no CAN sockets; `modprobe can_raw` loads them where they were built as a module",
        Errno.NotPermitted => "this user may open no CAN socket",
        Errno.NoSuchDevice or Errno.NoSuchAddress => $"there is no interface {Name} (any more); `ip link` lists what is there",
        Errno.NetworkDown => $"{Name} is down; `ip link set {Name} up type can bitrate 500000` starts it at the bit rate of the bus",
        _ => $"the system refuses with error {number}, {Marshal.GetPInvokeErrorMessage(number)}",
    });
}
