// A serial line of Linux in raw form, as the adapters of slcan are: mostly USB, where the speed of the line means nothing.
// Invariant: the descriptor never blocks but in Wait.
// Tests: tests/host-sim/Bus/Real/SerialLinkTests.cs (at a pseudo-terminal).
using System.Runtime.InteropServices;

namespace EsyncSim.Bus.Real;

/// <summary>A serial line.</summary>
internal sealed class SerialLink : IByteLink
{
    private readonly ILibc _libc;
    private readonly string _address;
    private readonly string _device;
    private int _descriptor;

    /// <summary>Takes a line that was opened.</summary>
    /// <param name="libc">The system.</param>
    /// <param name="descriptor">The line, or an error number with its sign turned.</param>
    /// <param name="address">The bus's address, for messages.</param>
    /// <param name="device">Path of the device.</param>
    /// <exception cref="UserErrorException">It could not be opened.</exception>
    public SerialLink(ILibc libc, int descriptor, string address, string device)
    {
        _libc = libc;
        _address = address;
        _device = device;
        _descriptor = Check(descriptor);
    }

    /// <summary>Opens a serial line of this machine.</summary>
    /// <exception cref="UserErrorException">It cannot be used.</exception>
    public static IByteLink Open(string address, string device) => OperatingSystem.IsLinux()
        ? new SerialLink(Libc.Instance, Libc.OpenSerial(device), address, device)
        : throw new UserErrorException(ExitCode.BusUnusable, $"{address}: serial lines are opened on Linux alone; a port server and slcan+tcp: reach the adapter from here");

    /// <inheritdoc/>
    public int Read(Span<byte> into)
    {
        int result = _libc.Read(_descriptor, into);
        return result is -Errno.TryAgain or -Errno.Interrupted ? 0 : result > 0 ? result : throw Error(result == 0 ? Errno.InputOutput : -result);
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> from)
    {
        int result = _libc.Write(_descriptor, from);
        return result is -Errno.TryAgain or -Errno.Interrupted ? 0 : Check(result);
    }

    /// <inheritdoc/>
    public void Wait(long timeoutNs) => Check(_libc.PollIn(_descriptor, timeoutNs));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            _ = _libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private int Check(int result) => result >= 0 ? result : throw Error(-result);

    private UserErrorException Error(int number) => new(ExitCode.BusUnusable, $"{_address}: " + number switch
    {
        Errno.NoSuchFile or Errno.NoSuchDevice or Errno.NoSuchAddress => $"there is no {_device}; is the adapter plugged in? `ls /dev/ttyACM* /dev/ttyUSB*` shows what is there",
        Errno.AccessDenied or Errno.NotPermitted => $"this user may not open {_device}; on most systems the group dialout may",
        Errno.Busy => $"another program has {_device}",
        Errno.NotATerminal => $"{_device} is no serial line",
        Errno.InputOutput => $"the adapter at {_device} is gone",
        _ => $"{_device} fails with error {number}, {Marshal.GetPInvokeErrorMessage(number)}",
    });
}
