// The calls themselves. Spans are pinned for the length of a call; a call that a signal interrupted is no error.
// It must hold no logic: most of it runs in no test, for it needs a kernel with CAN.
// Tests: tests/host-sim/Bus/Real/SocketCanChannelTests.cs (against a stand-in), SerialLinkTests.cs (at a pseudo-terminal).
using System.Runtime.InteropServices;

namespace EsyncSim.Bus.Real;

/// <summary>The C library of this machine.</summary>
internal sealed class Libc : ILibc
{
    private const short PollInput = 1;
    private const int OpenSerialFlags = 2 | 0x100 | 0x800 | 0x80000; // O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    private const uint Baud115200 = 0x1002;
    private const int TermiosLengthMax = 256; // struct termios has 60 bytes; it is only handed from call to call

    /// <summary>The only one.</summary>
    public static Libc Instance { get; } = new();

    /// <inheritdoc/>
    public int Socket(int family, int type, int protocol) => Result(socket(family, type, protocol));

    /// <inheritdoc/>
    public int Ioctl(int descriptor, uint request, Span<byte> argument) =>
        Result(ioctl(descriptor, request, ref MemoryMarshal.GetReference(argument)));

    /// <inheritdoc/>
    public int Bind(int descriptor, ReadOnlySpan<byte> address) =>
        Result(bind(descriptor, ref MemoryMarshal.GetReference(address), (uint)address.Length));

    /// <inheritdoc/>
    public int SetSocketOption(int descriptor, int level, int name, ReadOnlySpan<byte> value) =>
        Result(setsockopt(descriptor, level, name, ref MemoryMarshal.GetReference(value), (uint)value.Length));

    /// <inheritdoc/>
    public int Read(int descriptor, Span<byte> into) =>
        Result((int)read(descriptor, ref MemoryMarshal.GetReference(into), (nuint)into.Length));

    /// <inheritdoc/>
    public int Write(int descriptor, ReadOnlySpan<byte> from) =>
        Result((int)write(descriptor, ref MemoryMarshal.GetReference(from), (nuint)from.Length));

    /// <inheritdoc/>
    public int PollIn(int descriptor, long timeoutNs)
    {
        PollDescriptor entry = new() { Descriptor = descriptor, Events = PollInput };
        TimeSpec timeout = new() { Seconds = (nint)(timeoutNs / VirtualTime.NsPerSecond), Nanoseconds = (nint)(timeoutNs % VirtualTime.NsPerSecond) };
        int result = Result(ppoll(ref entry, 1, ref timeout, 0));
        return result == -Errno.Interrupted ? 0 : result;
    }

    /// <inheritdoc/>
    public int Close(int descriptor) => Result(close(descriptor));

    /// <summary>Opens a terminal in raw form; below zero is an error number with its sign turned.</summary>
    public static int OpenSerial(string path)
    {
        int descriptor = Result(open(path, OpenSerialFlags));
        Span<byte> termios = stackalloc byte[TermiosLengthMax];
        ref byte first = ref MemoryMarshal.GetReference(termios);
        int result = descriptor < 0 ? descriptor : Result(tcgetattr(descriptor, ref first));
        if (result >= 0)
        {
            cfmakeraw(ref first);
            _ = cfsetspeed(ref first, Baud115200);
            result = Result(tcsetattr(descriptor, 0, ref first));
        }

        if (result >= 0)
        {
            return descriptor;
        }

        _ = descriptor < 0 ? 0 : close(descriptor);
        return result;
    }

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

#pragma warning disable IDE1006, SA1300 // the names are the library's
    [DllImport("libc", SetLastError = true)]
    private static extern int socket(int family, int type, int protocol);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int descriptor, nuint request, ref byte argument);

    [DllImport("libc", SetLastError = true)]
    private static extern int bind(int descriptor, ref byte address, uint length);

    [DllImport("libc", SetLastError = true)]
    private static extern int setsockopt(int descriptor, int level, int name, ref byte value, uint length);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(int descriptor, ref byte into, nuint count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int descriptor, ref byte from, nuint count);

    [DllImport("libc", SetLastError = true)]
    private static extern int ppoll(ref PollDescriptor entries, nuint count, ref TimeSpec timeout, nint signals);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int tcgetattr(int descriptor, ref byte termios);

    [DllImport("libc", SetLastError = true)]
    private static extern int tcsetattr(int descriptor, int when, ref byte termios);

    [DllImport("libc")]
    private static extern void cfmakeraw(ref byte termios);

    [DllImport("libc", SetLastError = true)]
    private static extern int cfsetspeed(ref byte termios, uint speed);
#pragma warning restore IDE1006, SA1300

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
