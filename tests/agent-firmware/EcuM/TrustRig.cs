// A rig whose ECU trusts the first keys, and what the tests of trust manifests do with it.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public static class TrustRig
{
    /// <summary>A provisioned ECU that runs these images, one after the other.</summary>
    public static AgentRig New(params TestImage[] images)
    {
        AgentRig rig = new(RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024), new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        rig.Provision(TestTrust.Provisioning);
        foreach (TestImage image in images)
        {
            Assert.Equal(FotaError.None, rig.Update(image));
        }

        return rig;
    }

    /// <summary>What a client does with a trust manifest: bring it to the staging slot, have it installed.</summary>
    public static FotaError InstallTrust(this AgentRig rig, byte[] document)
    {
        FotaError staged = rig.Download(EsyncAgent.Fota.StagingAddress, document);
        return staged == FotaError.None ? rig.Routine(0x0214) : staged;
    }

    /// <summary>The trust state, DID FD09.</summary>
    public static byte[] TrustState(this AgentRig rig)
    {
        byte[] record = new byte[192];
        return record[..rig.Agent.Fota.ReadDid(0xFD09, record, 0)];
    }

    /// <summary>The newest security event and its reason.</summary>
    public static (byte Event, FotaError Reason) NewestEvent(this AgentRig rig)
    {
        byte[] entry = new byte[IdsM.EntryLength];
        Assert.Equal(1, rig.Agent.IdsM.ReadNewest(1, entry, 0));
        return (entry[4], (FotaError)BigEndian.ReadU16(entry, 6));
    }

    /// <summary>Everything up to the verified image.</summary>
    public static void InstallUpToVerified(this AgentRig rig, TestImage image)
    {
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.StagingAddress, image.Envelope));
        Assert.Equal(FotaError.None, rig.Routine(0x0210));
        Assert.Equal(FotaError.None, rig.Routine(0xFF00));
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.BankAddress, image.Payload));
        Assert.Equal(FotaError.None, rig.Routine(0xFF01));
    }
}
