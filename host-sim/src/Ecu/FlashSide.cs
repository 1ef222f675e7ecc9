// The flash side of a board with drivers: the driver on the part that a program starts with.
// The cells are a FlashModel in every case, so that files, cuts and sweeps need not know which driver there is.
// Tests: tests/host-sim/Ecu/DriverBoardTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Devices;
using EsyncSim.Flash;

namespace EsyncSim.Ecu;

/// <summary>Part and driver.</summary>
internal abstract class FlashSide(FlashModel flash)
{
    /// <summary>The cells.</summary>
    public FlashModel Flash { get; } = flash;

    /// <summary>Makes the driver for a program that starts now.</summary>
    public abstract IFls Start(IMcu mcu, IlCosts costs, CpuMeter meter);

    /// <summary>The power has come.</summary>
    public virtual void PowerOn() => Flash.PowerOn();
}

/// <summary>littlefs in the processor's own flash: a call blocks until the file is read or closed.</summary>
internal sealed class LittleFsSide(FlashModel flash) : FlashSide(flash)
{
    /// <inheritdoc/>
    public override IFls Start(IMcu mcu, IlCosts costs, CpuMeter meter)
    {
        LittleFsModel files = new(Flash)
        {
            Accessed = (access, count) =>
            {
                meter.AddPassive(IlOperation.FileAccess);
                meter.AddNative(access switch
                {
                    LittleFsAccess.LookUp => costs.FileLookUpNs,
                    LittleFsAccess.Read => costs.FileLookUpNs + (count * costs.FileByteNs),
                    LittleFsAccess.Write => costs.FileLookUpNs + costs.FileWriteNs,
                    _ => costs.FileLookUpNs + costs.FileDeleteNs,
                });
            },
        };
        return new MeteredFlash(new LittleFsFls(files, Flash.Size), meter, new FlashDriverOperations(IlOperation.CompareByte, null, int.MaxValue));
    }
}

/// <summary>A W25Q on SPI, which keeps its power and goes on with its erase while the processor restarts.</summary>
internal sealed class SpiNorSide(FlashModel flash, uint clockHz, int pieceLength) : FlashSide(flash)
{
    private readonly W25qChip _chip = new(flash);

    /// <inheritdoc/>
    public override IFls Start(IMcu mcu, IlCosts costs, CpuMeter meter)
    {
        MeteredSpi spi = new(_chip, clockHz, costs, meter, IlOperation.SpiNorTransaction);
        SpiNorFls driver = new(spi, mcu, new SpiNorConfig { Size = Flash.Size, PieceLength = pieceLength });
        return new MeteredFlash(driver, meter, new FlashDriverOperations(IlOperation.CompareByte, IlOperation.SpiNorPoll, pieceLength));
    }
}
