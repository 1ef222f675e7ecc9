// The agent's memory modules over a flash in RAM, made anew as at each start, and the turns that they need.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>One power cycle of Fls, NvM and the boot record.</summary>
internal sealed class MemoryBench
{
    private const int TurnsMax = 5000;

    private uint _nowMs = uint.MaxValue - 20;

    /// <summary>Modules over a flash whose power is on; they have loaded what is there.</summary>
    internal MemoryBench(RamFls flash)
    {
        EcuConfig config = EmulatorConfig.Create();
        Flash = flash;
        Fls = new Fls(config.Fls, flash);
        NvM = new NvM(config.NvM, Fls);
        Records = new BootRecordStore(Fls);
        Banks = new Banks(config.Fls, Records);
        for (int i = 0; i < TurnsMax && !(NvM.IsReady && Records.IsLoaded); i++)
        {
            Turn();
        }

        Assert.IsTrue(NvM.IsReady && Records.IsLoaded, "the memory does not come up");
    }

    /// <summary>The part.</summary>
    internal RamFls Flash { get; }

    /// <summary>The queue in front of it.</summary>
    internal Fls Fls { get; }

    /// <summary>Blocks.</summary>
    internal NvM NvM { get; }

    /// <summary>The store of the boot record.</summary>
    internal BootRecordStore Records { get; }

    /// <summary>The banks.</summary>
    internal Banks Banks { get; }

    /// <summary>A millisecond for all modules.</summary>
    internal void Turn()
    {
        NvM.MainFunction(_nowMs);
        Records.MainFunction(_nowMs);
        Fls.MainFunction(_nowMs);
        _nowMs++;
    }

    /// <summary>Turns until nothing is being written, or the power has failed.</summary>
    internal void Settle()
    {
        for (int i = 0; i < TurnsMax && !Flash.IsPowerLost; i++)
        {
            if (NvM.IsIdle && Banks.WriteResult != StdReturn.Pending && Fls.IsIdle)
            {
                return;
            }

            Turn();
        }

        Assert.IsTrue(Flash.IsPowerLost, "writing does not end");
    }
}
