// DID FD09: which keys an ECU trusts, and by which trust manifest.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class TrustStateTests
{
    [Fact]
    public void Before_provisioning_there_is_no_anchor()
    {
        AgentRig rig = new(RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024), new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        Assert.Equal("0000000000", Convert.ToHexString(Read(rig)));
    }

    [Fact]
    public void The_anchors_of_provisioning_have_the_number_0()
    {
        AgentRig rig = new(RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024), new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        rig.Provision(TestImage.Provisioning);
        byte[] record = TestImage.Provisioning;
        byte[] expected = [0, 0, 0, 0, 2, TrustRole.Author, .. record[62..78], TrustRole.Oem, .. record[123..139]];
        Assert.Equal(expected, Read(rig));
        rig.PowerOn();
        Assert.Equal(expected, Read(rig));
        Assert.Equal(0u, rig.Agent.Keys.TrustSequence);
    }

    [Fact]
    public void The_number_of_a_trust_manifest_stands_behind_the_anchors()
    {
        AgentRig rig = new(RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024), new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        byte[] block = [.. TestImage.Provisioning, 0, 1, 2, 3, .. new byte[16]];
        Assert.True(rig.Agent.NvM.Write(NvMBlock.Provisioning, block, 0, block.Length));
        rig.TurnUntil(() => rig.Agent.NvM.IsIdle, "write");
        rig.PowerOn();
        Assert.Equal(0x00010203u, rig.Agent.Keys.TrustSequence);
        Assert.Equal(2, rig.Agent.Keys.AnchorCount);
        Assert.Equal("0001020302", Convert.ToHexString(Read(rig))[..10]);
    }

    private static byte[] Read(AgentRig rig)
    {
        byte[] record = new byte[192];
        int length = rig.Agent.Fota.ReadDid(0xFD09, record, 0);
        return record[..length];
    }
}
