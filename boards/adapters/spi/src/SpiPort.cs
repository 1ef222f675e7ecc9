// A device on an SPI bus, through System.Device.Spi.
// Only TransferFullDuplex with two spans of equal length is used: after anything else the native side keeps lengths and
// pointers of an earlier transfer (STM32), or reads and writes beyond the shorter span (ESP32).
// What comes back goes into an array of the adapter's own with a cache line to spare on both sides: the native side drops
// whole lines of the processor's cache after a transfer, and with them what neighbours of the array had written there.
// Allocation: the two spans of a call, by the interpreter; nothing else.
// Package nanoFramework.System.Device.Spi. Tests: tests/Surface compiles it; what stands on it is tested through ISpiPort.
using System;
using System.Device.Spi;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>One SPI device with its chip select, mode 0.</summary>
public sealed class SpiPort : ISpiPort
{
    private const int CacheLine = 32;

    private readonly SpiDevice _device;
    private readonly byte[] _received;

    /// <summary>Opens a device: <paramref name="bus"/> counts from 1; no transaction is longer than <paramref name="transferMax"/> bytes.</summary>
    public SpiPort(int bus, int chipSelect, int clockHz, int transferMax)
    {
        _received = new byte[CacheLine + transferMax + CacheLine];
        SpiConnectionSettings settings = new SpiConnectionSettings(bus, chipSelect);
        settings.ClockFrequency = clockHz;
        settings.Mode = SpiMode.Mode0;
        settings.DataBitLength = 8;
        settings.DataFlow = DataFlow.MsbFirst;
        _device = SpiDevice.Create(settings);
    }

    /// <inheritdoc/>
    public void Transfer(byte[] write, byte[] read, int count)
    {
        _device.TransferFullDuplex(new SpanByte(write, 0, count), new SpanByte(_received, CacheLine, count));
        if (read != null)
        {
            Array.Copy(_received, CacheLine, read, 0, count);
        }
    }
}
