// What the agent takes of the heap, and that it takes no more as it goes on.
using EsyncAgent.Drivers;
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Memory use.</summary>
[TestClass]
public class MemoryTests
{
    // The agent with buffers for messages of 1 KiB; each further KiB of message costs two.
    private const int AgentBytesMax = 96 * 1024;
    private const int Turns = 300;

    [TestMethod]
    public static void The_agent_with_its_drivers_fits_into_96_KiB()
    {
        EcuConfig config = EmulatorConfig.Create();
        RamFls flash = World.NewFlash();
        LoopbackCan can = LoopbackCan.Create();
        EmulatorMcu mcu = new EmulatorMcu();
        int before = Machine.UsedBytes;
        EcuM agent = new EcuM(config, can, flash, new ManagedCrypto(), mcu, new CompiledInLoader());
        int used = Machine.UsedBytes - before;
        OutputHelper.WriteLine("heap of the agent, bytes: " + used.ToString());
        Assert.IsFalse(agent.IsRunning);
        Assert.IsTrue(used > 16 * 1024 && used < AgentBytesMax, used.ToString() + " bytes");
    }

    // A device counts what is held after a collection, which may be less; on .NET 10 any allocation counts.
    [TestMethod]
    public static void Turns_take_no_more_heap()
    {
        EmulatorMcu mcu = new EmulatorMcu();
        EmulatedEcu ecu = new EmulatedEcu(EmulatorConfig.Create(), World.NewFlash(), LoopbackCan.Create(), mcu);
        ecu.PowerOn();
        Run(ecu, mcu);
        int before = Machine.UsedBytes;
        Run(ecu, mcu);
        int grown = Machine.UsedBytes - before;
        OutputHelper.WriteLine("grown by, bytes: " + grown.ToString());
        Assert.IsTrue(grown <= 0, "the heap has grown by " + grown.ToString() + " bytes");
        Assert.AreEqual(1, ecu.StartCount);
    }

    private static void Run(EmulatedEcu ecu, EmulatorMcu mcu)
    {
        for (int i = 0; i < Turns; i++)
        {
            mcu.Tick();
            ecu.Turn();
        }
    }
}
