// What the drivers cost an interpreter: bounds on counted IL instructions, so that a careless change shows.
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class DriverCostTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, long>> Figures = new(Counter.MeasureDrivers);

    [Theory]
    [InlineData("ManagedCrypto, its tables", 40_000, 55_000)]
    [InlineData("HMAC, thousand bytes more", 95_000, 102_000)]
    [InlineData("HMAC, empty message", 25_000, 30_000)]
    [InlineData("AES-256, encrypt, one block more", 1_500, 2_300)]
    [InlineData("AES-256, decrypt, one block, known key", 4_000, 8_500)]
    [InlineData("AES-256, encrypt, one block, new key", 3_000, 7_000)]
    public void Managed_cryptography_stays_within(string what, int least, int most) => Assert.InRange(Figures.Value[what], least, most);

    [Theory]
    [InlineData("Mcp2515, nothing received", 5, 20)]
    [InlineData("Mcp2515, receive a frame", 80, 160)]
    [InlineData("Mcp2515, receive two frames", 150, 280)]
    [InlineData("Mcp2515, send three frames", 250, 450)]
    [InlineData("Stm32Can, receive a frame, its event", 80, 140)]
    [InlineData("Stm32Can, an event for a foreign frame", 40, 80)]
    [InlineData("Stm32Can, nothing received", 5, 20)]
    [InlineData("Stm32Can, send a frame", 30, 60)]
    public void A_CAN_driver_stays_within(string what, int least, int most) => Assert.InRange(Figures.Value[what], least, most);

    [Theory]
    [InlineData("SpiNorFls, its start", 600, 1_300)]
    [InlineData("SpiNorFls, start an erase", 100, 250)]
    [InlineData("SpiNorFls, start a page", 100, 280)]
    [InlineData("SpiNorFls, a poll within the millisecond", 10, 30)]
    [InlineData("SpiNorFls, a poll that asks and hears the end", 40, 110)]
    [InlineData("SpiNorFls, read a chunk", 1_000, 2_600)]
    [InlineData("SpiNorFls, compare a chunk", 5_000, 13_000)]
    [InlineData("SpiNorFls, program a chunk, module Fls included", 4_000, 9_000)]
    [InlineData("LittleFsFls, program", 50, 150)]
    [InlineData("LittleFsFls, thousand bytes more compared", 1_000, 2_600)]
    public void A_flash_driver_stays_within(string what, int least, int most) => Assert.InRange(Figures.Value[what], least, most);
}
