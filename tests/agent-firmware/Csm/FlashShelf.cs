// A small flash with bytes at a given address, and the queue that reads it: what a verifier needs around it.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class FlashShelf
{
    private static readonly FlashGeometry Part = new("shelf", 256, 1, FlashTiming.W25Q, new SectorRun(16, 4096));

    public FlashShelf()
    {
        Model = new FlashModel(Part);
        Fls = new Fls(new FlsConfig(), Model);
    }

    public FlashModel Model { get; }

    public Fls Fls { get; }

    public void Put(uint address, ReadOnlySpan<byte> bytes)
    {
        byte[] all = new byte[Part.Size];
        Array.Fill(all, (byte)0xFF);
        bytes.CopyTo(all.AsSpan((int)address));
        Model.Memory.Load(all);
    }
}
