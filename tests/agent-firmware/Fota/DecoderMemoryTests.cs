// What decoders keep in RAM from start on: what nf.config's check counts is what the agent takes, on the host's larger objects.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderMemoryTests
{
    private const long SpareMax = 512;
    private const int Starts = 5;

    [Theory]
    [InlineData(0x0003, 11)]
    [InlineData(0x0005, 11)]
    [InlineData(0x0007, 8)]
    [InlineData(0x0101, 11)]
    [InlineData(0x0303, 4)]
    [InlineData(0x0707, 11)]
    [InlineData(0x0707, 12)]
    public void An_agent_with_decoders_takes_what_the_configurations_check_counts(ushort encodings, byte windowBitsMax)
    {
        long taken = LeastByStart(encodings, windowBitsMax) - LeastByStart(1, windowBitsMax);
        uint counted = new TransferRules(encodings, windowBitsMax, 8).MemoryLength;
        Assert.InRange(taken, counted - SpareMax, counted);
    }

    // A start may also be charged for what the runtime makes when code is run for the first time, or compiled anew.
    private static long LeastByStart(ushort encodings, byte windowBitsMax) =>
        Enumerable.Range(0, Starts).Min(_ => AllocatedByStart(encodings, windowBitsMax));

    private static long AllocatedByStart(ushort encodings, byte windowBitsMax)
    {
        EcuConfig config = RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);
        config.Fota.Encodings = encodings;
        config.Fota.WindowBitsMax = windowBitsMax;
        AgentRig rig = new(config, new FlashModel(FlashGeometries.W25Q32));
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.PowerOn();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
