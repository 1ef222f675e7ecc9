// A flash map for any geometry: every area in whole sectors of its own, one after the other from the start of the part.
// For tests; a product's map comes from nf.config.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncTests.PowerCut;

/// <summary>Lays out the areas of the agent on a part.</summary>
public static class FlashLayout
{
    /// <summary>All areas, each as many sectors as its least length needs.</summary>
    public static FlsConfig For(FlashGeometry geometry, uint bankLength = 16 * 1024, uint slotLength = 2048)
    {
        int sector = 0;
        uint nvmLength = (uint)new NvMConfig().AreaLengthMin();
        return new FlsConfig
        {
            BootRecord0 = Next(1),
            BootRecord1 = Next(1),
            BootRecord2 = Next(1),
            NvM0 = Next(nvmLength),
            NvM1 = Next(nvmLength),
            Checkpoint0 = Next(1),
            Checkpoint1 = Next(1),
            Staging = Next(slotLength),
            ManifestA = Next(slotLength),
            ManifestB = Next(slotLength),
            BankA = Next(bankLength),
            BankB = Next(bankLength),
        };

        FlsArea Next(uint lengthMin)
        {
            FlsArea area = new() { Start = geometry.StartOf(sector) };
            while (area.Length < lengthMin)
            {
                area.Length += (uint)geometry.LengthOf(sector++);
            }

            return area;
        }
    }
}
