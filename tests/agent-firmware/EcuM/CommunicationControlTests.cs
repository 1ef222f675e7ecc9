// What service 28 means to data gathering: the reception of normal communication is that of signals' frames.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Sweep;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class CommunicationControlTests
{
    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 1, false)]
    [InlineData(2, 3, false)]
    [InlineData(3, 3, false)]
    [InlineData(3, 2, true)]
    public void Frames_of_signals_are_normal_communication(byte controlType, byte communicationType, bool isReceived)
    {
        EcuConfig config = RigConfig.Make(FlashGeometries.W25Q32, 32 * 1024);
        config.CanIf.SignalRxIds = [0x120];
        config.Data.FrameFirst = [0];
        config.Data.FrameTimeoutMs = [0];
        AgentRig rig = new(config, new FlashModel(FlashGeometries.W25Q32));
        rig.PowerOn();
        Assert.True(rig.Agent.Data.IsReceptionEnabled);
        rig.Agent.CommunicationControl(controlType, communicationType);
        Assert.Equal(isReceived, rig.Agent.Data.IsReceptionEnabled);
        rig.Agent.CommunicationControl(0, 3);
        Assert.True(rig.Agent.Data.IsReceptionEnabled);
    }
}
