// One whole update, disturbed at its flash operations: by a power cut with every way in which the operation can be left, or
// by a reset of the processor, which the part does not notice. Each time the ECU must come up with a good image, and the
// client must be able to finish the update. What makes the drivers is the caller's.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public static class InstallSweep
{
    private const int Length = 9000;
    private static readonly TestImage One = TestImage.Make("1.0.0", 1, Length);
    private static readonly TestImage Two = TestImage.Make("2.0.0", 2, Length + 5000);

    /// <summary>
    /// Cuts every n-th operation, n by their number; <paramref name="driver"/> makes what makes the drivers over a part, which
    /// takes its time when <paramref name="isTimed"/>.
    /// </summary>
    public static (int Cuts, int Doubles) Run(
        FlashGeometry geometry, Func<int, int> stepOf, bool isDouble = false, Func<FlashModel, Func<IMcu, IFls>>? driver = null, bool isTimed = false)
    {
        AgentRig rig = MakeRig(geometry, driver, isTimed);
        CutReplay replay = Rehearse(rig);
        int cuts = 0;
        int doubles = 0;
        int everyNth = stepOf(replay.Operations.Count);
        for (int i = 0; i < replay.Operations.Count; i += everyNth)
        {
            foreach (CutModel model in CutModels.Of(replay.Operations[i].Kind))
            {
                string what = $"cut at {replay.Operations[i]} ({model})";
                FlashSnapshot afterCut = replay.Cut(i, model);
                rig.PowerOn();
                Finish(rig, replay, what);
                cuts++;
                if (isDouble)
                {
                    // At some operations, spread over the recovery.
                    doubles += replay.CutRecovery(afterCut, second => (second * 2) + 1, what, again => Finish(rig, replay, again));
                }
            }
        }

        return (cuts, doubles);
    }

    /// <summary>
    /// Resets the processor at every n-th operation, when the part has just begun it: while the agent starts anew, the part is
    /// still at work. Returns the number of resets.
    /// </summary>
    public static int RunResets(FlashGeometry geometry, int everyNth, Func<FlashModel, Func<IMcu, IFls>> driver)
    {
        AgentRig rig = MakeRig(geometry, driver, isTimed: true);
        CutReplay replay = Rehearse(rig);
        int resets = 0;
        for (int i = 0; i < replay.Operations.Count; i += everyNth)
        {
            replay.Begin();
            int operation = i;
            rig.Flash.Observer = begun =>
            {
                if (begun.Index == operation)
                {
                    throw new ProcessorResetException();
                }
            };
            Assert.Throws<ProcessorResetException>(replay.Change);
            rig.Flash.Observer = null;
            Assert.Equal(FlsStatus.Busy, rig.Flash.Poll());
            rig.StartAgain();
            Finish(rig, replay, $"reset at {replay.Operations[i]}");
            resets++;
        }

        return resets;
    }

    private static AgentRig MakeRig(FlashGeometry geometry, Func<FlashModel, Func<IMcu, IFls>>? driver, bool isTimed)
    {
        AgentRig? rig = null;
        FlashModel flash = new(geometry, isTimed ? () => rig!.NowUs : null);
        return rig = new AgentRig(RigConfig.Make(geometry, 16 * 1024), flash, driver?.Invoke(flash));
    }

    private static CutReplay Rehearse(AgentRig rig) => new(rig, TestImage.Provisioning, One, updated => updated.Update(Two));

    private static void Finish(AgentRig rig, CutReplay replay, string what)
    {
        Assert.True(rig.RunningVersion is "1.0.0" or "2.0.0", $"{what}: runs {rig.RunningVersion}");
        Assert.True(rig.Loader.Image.AsSpan().SequenceEqual(rig.RunningVersion == "1.0.0" ? One.Payload : Two.Payload), $"{what}: runs another image");
        FotaError error = rig.Update(Two);
        Assert.True(error == FotaError.None, $"{what}: the update ends with {error}");
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(BankState.Confirmed, rig.Banks.Record.State[rig.Banks.Running]);
        replay.Settle();
    }

    private sealed class ProcessorResetException : Exception;
}
