// The SPI NOR driver on the chip model, in virtual time: every microsecond that passes is asked for, every transaction
// is written down.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Devices;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.Boards.Drivers;

internal sealed class SpiNorRig : ISpiPort, IMcu
{
    internal SpiNorRig(SpiNorConfig? config = null, FlashGeometry? geometry = null)
    {
        geometry ??= FlashGeometries.W25Q32;
        Config = config ?? new SpiNorConfig { Size = geometry.Size };
        Flash = new FlashModel(geometry, () => NowUs);
        Chip = new W25qChip(Flash);
        Driver = new SpiNorFls(this, this, Config);
    }

    internal SpiNorConfig Config { get; }

    internal FlashModel Flash { get; }

    internal W25qChip Chip { get; }

    internal SpiNorFls Driver { get; private set; }

    internal long NowUs { get; set; } = 0xFFFF_FF00L * 1000; // the milliseconds wrap soon

    internal List<string> Transactions { get; } = [];

    public McuResetCause ResetCause => McuResetCause.Unknown;

    public uint NowMs => (uint)(NowUs / 1000);

    /// <summary>The processor restarts: a new driver, the same chip.</summary>
    internal void Restart() => Driver = new SpiNorFls(this, this, Config);

    public void Transfer(byte[] write, byte[]? read, int count)
    {
        Transactions.Add(Convert.ToHexString(write, 0, Math.Min(count, 4)));
        Chip.Transfer(write, read, count);
        NowUs += 20 + (count * 4 / 10);
    }

    /// <summary>Polls every 100 µs until the job has ended; returns how it did.</summary>
    internal FlsStatus Finish(bool isStarted)
    {
        Assert.True(isStarted);
        for (int i = 0; i < 20_000; i++)
        {
            FlsStatus status = Driver.Poll();
            if (status != FlsStatus.Busy)
            {
                return status;
            }

            NowUs += 100;
        }

        throw new InvalidOperationException("the job does not end within two seconds");
    }

    internal FlsStatus Erase(uint address) => Finish(Driver.StartErase(address));

    internal FlsStatus Program(uint address, byte[] data) => Finish(Driver.StartProgram(address, data, 0, data.Length));

    internal FlsStatus Compare(uint address, byte[] data) => Finish(Driver.StartCompare(address, data, 0, data.Length));

    internal byte[] Read(uint address, int count)
    {
        byte[] into = new byte[count];
        Assert.Equal(FlsStatus.Ok, Finish(Driver.StartRead(address, into, 0, count)));
        return into;
    }

    /// <summary>Status register 1 as the chip gives it now, without a driver.</summary>
    internal byte Status()
    {
        byte[] answer = new byte[2];
        Chip.Transfer([0x05, 0], answer, 2);
        return answer[1];
    }

    public int ReadUniqueId(byte[] into) => 0;

    public void ReadEntropy(byte[] into) => throw new NotSupportedException();

    public void Reset() => throw new NotSupportedException();
}
