// A pseudo-terminal of Linux: a serial line whose other end is the test.
using System.Runtime.InteropServices;
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

internal sealed class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoTerminal = 2 | 0x100 | 0x800; // O_RDWR | O_NOCTTY | O_NONBLOCK

    internal PseudoTerminal()
    {
        Master = posix_openpt(ReadWriteNoTerminal);
        Assert.True(Master >= 0 && grantpt(Master) == 0 && unlockpt(Master) == 0, "this system gives no pseudo-terminal");
        byte[] name = new byte[256];
        Assert.Equal(0, ptsname_r(Master, name, (nuint)name.Length));
        Path = System.Text.Encoding.ASCII.GetString(name).TrimEnd('\0');
    }

    internal int Master { get; private set; }

    /// <summary>The serial line.</summary>
    internal string Path { get; }

    public void Dispose()
    {
        if (Master >= 0)
        {
            _ = Libc.Instance.Close(Master);
            Master = -1;
        }
    }

#pragma warning disable IDE1006, SA1300 // the names are the library's
    [DllImport("libc", SetLastError = true)]
    private static extern int posix_openpt(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int grantpt(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlockpt(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int ptsname_r(int descriptor, byte[] name, nuint length);
#pragma warning restore IDE1006, SA1300
}
