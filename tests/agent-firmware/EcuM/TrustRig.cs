// A rig whose ECU trusts the first keys, and what the tests of trust manifests do with it.
using EsyncAgent;

namespace EsyncTests.AgentFirmware.EcuM;

public static class TrustRig
{
    /// <summary>A provisioned ECU that runs these images, one after the other.</summary>
    public static AgentRig New(params TestImage[] images) => RigSteps.Provisioned(TestTrust.Provisioning).Updated(images);

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
}
