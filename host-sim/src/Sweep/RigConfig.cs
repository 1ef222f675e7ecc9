// A configuration for a rig: the areas one after the other over the sectors of a geometry.
// Tests: tests/agent-firmware/EcuM.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Configurations of a rig.</summary>
public static class RigConfig
{
    /// <summary>Areas of at least these lengths, in whole sectors.</summary>
    public static EcuConfig Make(FlashGeometry geometry, uint bankLength, uint slotLength = 8192)
    {
        int sector = 0;
        FlsArea Take(uint length)
        {
            uint start = geometry.StartOf(sector);
            uint end = start;
            while (end - start < length)
            {
                end += (uint)geometry.LengthOf(sector++);
            }

            return new FlsArea { Start = start, Length = end - start };
        }

        FlsArea bankA = Take(bankLength);
        FlsArea bankB = Take(bankLength);
        FlsConfig map = new()
        {
            BankA = bankA,
            BankB = bankB,
            ManifestA = Take(slotLength),
            ManifestB = Take(slotLength),
            Staging = Take(slotLength),
            BootRecord0 = Take(1),
            BootRecord1 = Take(1),
            BootRecord2 = Take(1),
            NvM0 = Take(2048),
            NvM1 = Take(2048),
            Checkpoint0 = Take(2048),
            Checkpoint1 = Take(2048),
        };
        return Make(map);
    }

    /// <summary>An ECU with this map.</summary>
    public static EcuConfig Make(FlsConfig map)
    {
        return new EcuConfig
        {
            Name = "rig",
            Board = "virtual",
            CanIf = new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 },
            CanTp = new CanTpConfig(),
            Fls = map,
            NvM = new NvMConfig(),
            Dem = new DemConfig(),
            Fota = new FotaConfig
            {
                VendorId = SignedImage.VendorId,
                ClassId = SignedImage.ClassId,
                RequiredRoles = [TrustRole.Author, TrustRole.Oem],
            },
            Dcm = new DcmConfig(),
        };
    }
}
