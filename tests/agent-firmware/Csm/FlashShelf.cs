// A small flash with bytes at a given address, room for NvM, and the queue in front of it: what a verifier needs around it.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class FlashShelf
{
    private const uint NvMStart = 14 * 4096;
    private static readonly FlashGeometry Part = new("shelf", 256, 1, FlashTiming.W25Q, new SectorRun(16, 4096));

    public FlashShelf()
    {
        Model = new FlashModel(Part);
        Fls = new Fls(
            new FlsConfig
            {
                NvM0 = new FlsArea { Start = NvMStart, Length = 4096 },
                NvM1 = new FlsArea { Start = NvMStart + 4096, Length = 4096 },
            },
            Model);
    }

    public FlashModel Model { get; }

    public Fls Fls { get; }

    /// <summary>Puts bytes into the flash and FF everywhere else; NvM keeps its mirror.</summary>
    public void Put(uint address, ReadOnlySpan<byte> bytes)
    {
        byte[] all = new byte[Part.Size];
        Array.Fill(all, (byte)0xFF);
        bytes.CopyTo(all.AsSpan((int)address, (int)(NvMStart - address)));
        Model.Memory.Load(all);
    }
}
