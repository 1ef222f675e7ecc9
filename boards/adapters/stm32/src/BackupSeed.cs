// The seed in the backup registers of the real-time clock: they outlive a reset, and a loss of power when a battery
// stands behind them. Without one they hold zeros, and the seed is worth nothing; others are there.
// Package nanoFramework.Hardware.Stm32. Tests: tests/Surface compiles it; what stands on it is tested through ISeedStore.
using EsyncAgent.Drivers;
using nanoFramework.Hardware.Stm32;

namespace EsyncAgent.Boards;

/// <summary>Seed store of an STM32.</summary>
public sealed class BackupSeed : ISeedStore
{
    // Clear of the first registers, which a bootloader or an application is likely to use.
    private const uint Position = 32;

    /// <inheritdoc/>
    public bool Read(byte[] into)
    {
        if (BackupMemory.Size < Position + into.Length)
        {
            return false;
        }

        BackupMemory.ReadBytes(Position, into);
        return true;
    }

    /// <inheritdoc/>
    public bool Write(byte[] seed)
    {
        if (BackupMemory.Size < Position + seed.Length)
        {
            return false;
        }

        BackupMemory.WriteBytes(Position, seed);
        return true;
    }
}
