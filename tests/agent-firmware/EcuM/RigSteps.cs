// What tests of the whole agent do with a rig again and again: an ECU that runs some images, an image brought so far and no
// further, a boot record that is lost, the security events that are in flash.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public static class RigSteps
{
    /// <summary>The ECU of these tests, on a W25Q32.</summary>
    public static EcuConfig Config => RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);

    /// <summary>An ECU that has its keys and no image.</summary>
    public static AgentRig Provisioned(byte[] record, EcuConfig? config = null)
    {
        AgentRig rig = new(config ?? Config, new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        rig.Provision(record);
        return rig;
    }

    /// <summary>The ECU after updates to these images, one after the other.</summary>
    public static AgentRig Updated(this AgentRig rig, params TestImage[] images)
    {
        foreach (TestImage image in images)
        {
            Assert.Equal(FotaError.None, rig.Update(image));
        }

        return rig;
    }

    /// <summary>Everything up to the verified image.</summary>
    public static void InstallUpToVerified(this AgentRig rig, TestImage image)
    {
        Assert.Equal(FotaError.None, rig.SendManifest(image));
        Assert.Equal(FotaError.None, rig.SendImage(image));
    }

    /// <summary>Everything up to the reset into the trial.</summary>
    public static void InstallUpToTrial(this AgentRig rig, TestImage image)
    {
        rig.InstallUpToVerified(image);
        Assert.Equal(FotaError.None, rig.Routine(0x0211));
    }

    /// <summary>Turns until a confirmed bank has its mark, and a little longer.</summary>
    public static void AwaitMark(this AgentRig rig, int bank)
    {
        rig.TurnUntil(() => rig.Banks.Record.MarksTried[bank] == 1 && rig.Agent.Fls.IsIdle, "mark");
        for (int i = 0; i < 50; i++)
        {
            rig.Turn();
        }
    }

    /// <summary>One wrong bit in each copy of the boot record.</summary>
    public static void LoseBootRecord(this AgentRig rig)
    {
        FlsConfig map = rig.Agent.Fls.Map;
        foreach (FlsArea copy in new[] { map.BootRecord0, map.BootRecord1, map.BootRecord2 })
        {
            rig.Flash.Memory.FlipBit(RecordView.AddressOf(rig.Flash.Memory, copy) + 20, 1);
        }
    }

    /// <summary>The security events that are stored and their reasons, the newest first.</summary>
    public static (byte Event, FotaError Reason)[] Events(this AgentRig rig)
    {
        byte[] into = new byte[EsyncAgent.IdsM.EntriesMax * EsyncAgent.IdsM.EntryLength];
        int count = rig.Agent.IdsM.ReadNewest(EsyncAgent.IdsM.EntriesMax, into, 0);
        return [.. Enumerable.Range(0, count).Select(i => i * EsyncAgent.IdsM.EntryLength).Select(at => (into[at + 4], (FotaError)BigEndian.ReadU16(into, at + 6)))];
    }
}
