// The few calls into the C library that a CAN socket and a serial line need, so that tests can stand in for the kernel.
// Invariant: a result below zero is an error number with its sign turned, as the kernel itself gives it; nothing throws.
// Tests: tests/host-sim/Bus/Real.
namespace EsyncSim.Bus.Real;

/// <summary>Calls of the C library of Linux.</summary>
internal interface ILibc
{
    /// <summary>socket(2).</summary>
    int Socket(int family, int type, int protocol);

    /// <summary>ioctl(2) with a pointer.</summary>
    int Ioctl(int descriptor, uint request, Span<byte> argument);

    /// <summary>bind(2).</summary>
    int Bind(int descriptor, ReadOnlySpan<byte> address);

    /// <summary>setsockopt(2).</summary>
    int SetSocketOption(int descriptor, int level, int name, ReadOnlySpan<byte> value);

    /// <summary>read(2): number of bytes.</summary>
    int Read(int descriptor, Span<byte> into);

    /// <summary>write(2): number of bytes.</summary>
    int Write(int descriptor, ReadOnlySpan<byte> from);

    /// <summary>ppoll(2) for input: 1 when there is some (or an error to be read), 0 after the time.</summary>
    int PollIn(int descriptor, long timeoutNs);

    /// <summary>close(2).</summary>
    int Close(int descriptor);
}

/// <summary>Error numbers of Linux that are told apart (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoSuchAddress = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int NoSuchDevice = 19;
    public const int NotATerminal = 25;
    public const int ProtocolNotSupported = 93;
    public const int FamilyNotSupported = 97;
    public const int NetworkDown = 100;
    public const int NoBufferSpace = 105;
}
