// A driver of an MCP2515 over a scripted SPI: the start-up as a script, frames as candump writes them.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

internal sealed class Mcp2515Story
{
    private readonly CanFrame _frame = new();

    public Mcp2515Story(CanIfConfig? identifiers = null, CanBitTiming? timing = null) =>
        Driver = new Mcp2515(Spi, Spi, timing ?? Timing(), identifiers ?? Identifiers(), 8, 0xF3);

    public SpiScript Spi { get; } = new();

    public Mcp2515 Driver { get; }

    /// <summary>500 kbit/s from a 16 MHz crystal: 16 quanta, sample point 81 %.</summary>
    public static CanBitTiming Timing(ushort prescaler = 1) =>
        new() { Prescaler = prescaler, PropagationSegment = 7, PhaseSegment1 = 5, PhaseSegment2 = 3, SyncJumpWidth = 1 };

    public static CanIfConfig Identifiers() => new() { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 };

    public static CanIfConfig Extended() =>
        new() { IsExtended = true, PhysicalRxId = 0x18DA10F1, FunctionalRxId = 0x18DB33F1, TxId = 0x18DAF110 };

    /// <summary>A driver whose chip is on the bus.</summary>
    public static Mcp2515Story Started(CanIfConfig? identifiers = null)
    {
        Mcp2515Story story = new(identifiers);
        story.ExpectConfiguration().Spi.Then("03 0E 00 00", "-- -- 00 00");
        story.Waits().Waits().Waits();
        story.Spi.Done();
        Assert.True(story.Driver.IsStarted);
        return story;
    }

    /// <summary>Reset, configuration mode, everything written and read back, normal mode asked for.</summary>
    public Mcp2515Story ExpectConfiguration()
    {
        const string First = "FC 00 00 00 FB E0 00 00 FC 00 00 00", Other = "FC 00 00 00 FC 00 00 00 FC 00 00 00";
        const string Setting = "FF E0 00 00 FF E0 00 00 02 A6 00 23 00 00";
        Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87");
        return ExpectSetting(First, Other, Setting);
    }

    public Mcp2515Story ExpectSetting(string first, string other, string setting)
    {
        Spi.Then("02 00 " + first).Then("02 10 " + other).Then("02 20 " + setting)
            .Then("03 00 " + Zeros(12), "-- -- " + first)
            .Then("03 10 " + Zeros(12), "-- -- " + other)
            .Then("03 20 " + Zeros(14), "-- -- " + setting)
            .Then("02 60 04").Then("02 0F 00");
        return this;
    }

    /// <summary>The driver is asked and has nothing.</summary>
    public Mcp2515Story Waits()
    {
        Assert.False(Driver.TryReceive(_frame));
        return this;
    }

    /// <summary>The driver is asked and has this frame.</summary>
    public Mcp2515Story Gets(string frame)
    {
        Assert.True(Driver.TryReceive(_frame), $"nothing, where {frame} was expected");
        Assert.Equal(frame, BusFrame.From(_frame).ToString());
        return this;
    }

    /// <summary>The driver takes a frame to send.</summary>
    public Mcp2515Story Sends(uint identifier, params byte[] data)
    {
        Assert.True(TrySend(identifier, false, data));
        return this;
    }

    public bool TrySend(uint identifier, bool isExtended, params byte[] data)
    {
        new BusFrame(identifier, isExtended, data).CopyTo(_frame);
        return Driver.TrySend(_frame);
    }

    public static string Zeros(int count) => string.Join(' ', Enumerable.Repeat("00", count));
}
