// A chip model on a bus with a tester, spoken to in SPI bytes: hex text in, hex text out.
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

internal sealed class Mcp2515Bench
{
    /// <summary>CNF3, CNF2, CNF1 for 500 kbit/s from 16 MHz.</summary>
    internal const string Timing500 = "02 A6 00";

    internal Mcp2515Bench(int bitRate = 500_000, int crystalHz = 16_000_000)
    {
        Bench = new BusBench(bitRate);
        Tester = Bench.Node("tester");
        Chip = new Mcp2515Chip(Bench.Bus, "ecu", crystalHz);
        Chip.PowerOn();
        Bench.Time.RunFor(VirtualTime.NsPerMs);
    }

    internal BusBench Bench { get; }

    internal VirtualTime Time => Bench.Time;

    internal VirtualCan Tester { get; }

    internal Mcp2515Chip Chip { get; }

    /// <summary>A chip in normal mode that takes what the masks and filters say (02 00…, 02 10…, 02 20…).</summary>
    internal static Mcp2515Bench OnBus(string masks = "00 00 00 00 00 00 00 00", string filters012 = "", string filters345 = "", string timing = Timing500)
    {
        Mcp2515Bench bench = new();
        bench.Spi("02 00 " + (filters012.Length > 0 ? filters012 : "00 00 00 00 00 08 00 00 00 00 00 00"));
        bench.Spi("02 10 " + (filters345.Length > 0 ? filters345 : "00 08 00 00 00 00 00 00 00 08 00 00"));
        bench.Spi($"02 20 {masks} {timing} 23");
        bench.Spi("02 60 04");
        bench.Spi("02 0F 00");
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("00", bench.Register(0x0E));
        return bench;
    }

    /// <summary>One transaction; what came back after the bytes that nobody drives.</summary>
    internal string Spi(string hex)
    {
        byte[] write = [.. hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(b => Convert.ToByte(b, 16))];
        byte[] read = new byte[write.Length];
        Chip.Transfer(write, read, write.Length);
        int undriven = write[0] is 0x03 ? 2 : 1;
        return string.Join(' ', read.Skip(undriven).Select(b => b.ToString("X2")));
    }

    /// <summary>READ of so many registers.</summary>
    internal string Read(int address, int count = 1) => Spi($"03 {address:X2}" + string.Concat(Enumerable.Repeat(" 00", count)));

    /// <summary>READ of one register.</summary>
    internal string Register(int address) => Read(address);

    /// <summary>The tester sends a frame, and the bus has time for it.</summary>
    internal void Hear(uint identifier, bool isExtended, params byte[] data)
    {
        Assert.True(Bench.Send(Tester, identifier, isExtended, data));
        Time.RunFor(VirtualTime.NsPerMs);
    }

    internal void Hear(uint identifier, params byte[] data) => Hear(identifier, false, data);
}
