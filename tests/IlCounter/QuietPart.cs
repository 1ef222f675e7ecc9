// The smallest SPI NOR part that a driver can work on: full of zeros, always ready unless it is told to be busy, and it allocates
// nothing, so that what is counted is the driver's.
// Tests: tests/boards/drivers/DriverCostTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;

namespace EsyncTests.IlCounting;

/// <summary>A part full of zeros that has ended when it is asked.</summary>
internal sealed class QuietPart : ISpiPort, IMcu
{
    private bool _isWriteEnabled;

    public uint NowMs { get; set; }

    public McuResetCause ResetCause => McuResetCause.Unknown;

    internal bool IsBusy { get; set; }

    public void Transfer(byte[] write, byte[] read, int count)
    {
        switch (write[0])
        {
            case 0x03:
                Array.Clear(read, 0, count);
                break;
            case 0x05 or 0x15 or 0x35:
                read[1] = (byte)((_isWriteEnabled ? 2 : 0) | (IsBusy ? 1 : 0));
                break;
            case 0x9F:
                (read[1], read[2], read[3]) = (0xEF, 0x40, 0x16);
                break;
            case 0x06:
                _isWriteEnabled = true;
                break;
            case 0x02 or 0x20:
                _isWriteEnabled = false;
                break;
        }
    }

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => throw new NotSupportedException();

    public void Reset() => throw new NotSupportedException();

    /// <summary>Polls once a millisecond until the job has ended.</summary>
    internal void Finish(SpiNorFls driver, bool isStarted)
    {
        while (isStarted && driver.Poll() == FlsStatus.Busy)
        {
            NowMs++;
        }
    }
}
