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
        (FlashSnapshot start, List<FlashOperation> operations) = Rehearse(rig);
        FlashModel flash = rig.Flash;
        int cuts = 0;
        int doubles = 0;
        int everyNth = stepOf(operations.Count);
        for (int i = 0; i < operations.Count; i += everyNth)
        {
            foreach (CutModel model in CutModels.Of(operations[i].Kind))
            {
                CutOnce(rig, start, i, model);
                FlashSnapshot afterCut = flash.Memory.Snapshot();
                Recover(rig, $"cut at {operations[i]} ({model})");
                cuts++;
                if (isDouble)
                {
                    doubles += CutAgain(rig, afterCut, $"cut at {operations[i]} ({model})");
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
        (FlashSnapshot start, List<FlashOperation> operations) = Rehearse(rig);
        int resets = 0;
        for (int i = 0; i < operations.Count; i += everyNth)
        {
            rig.Flash.Memory.Restore(start);
            rig.PowerOn();
            int operation = i;
            rig.Flash.Observer = begun =>
            {
                if (begun.Index == operation)
                {
                    throw new ProcessorResetException();
                }
            };
            Assert.Throws<ProcessorResetException>(() =>
            {
                rig.Update(Two);
                Settle(rig);
            });
            rig.Flash.Observer = null;
            Assert.Equal(FlsStatus.Busy, rig.Flash.Poll());
            rig.StartAgain();
            Finish(rig, $"reset at {operations[i]}");
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

    // The first image installed, and what the update to the second does when nothing disturbs it.
    private static (FlashSnapshot Start, List<FlashOperation> Operations) Rehearse(AgentRig rig)
    {
        rig.PowerOn();
        rig.Provision(TestImage.Provisioning);
        Assert.Equal(FotaError.None, rig.Update(One));
        Settle(rig);
        FlashSnapshot start = rig.Flash.Memory.Snapshot();

        List<FlashOperation> operations = [];
        rig.PowerOn();
        rig.Flash.Observer = operations.Add;
        Assert.Equal(FotaError.None, rig.Update(Two));
        Settle(rig);
        rig.Flash.Observer = null;
        return (start, operations);
    }

    private static void CutOnce(AgentRig rig, FlashSnapshot start, int operation, CutModel model)
    {
        rig.Flash.Memory.Restore(start);
        rig.PowerOn();
        rig.Flash.CutAfter(operation, model);
        Assert.Throws<PowerCutException>(() =>
        {
            rig.Update(Two);
            Settle(rig);
        });
    }

    // Recovery with a cut of its own, at some operations spread over it.
    private static int CutAgain(AgentRig rig, FlashSnapshot afterCut, string what)
    {
        int tried = 0;
        for (int second = 0; ; second = (second * 2) + 1)
        {
            rig.Flash.Memory.Restore(afterCut);
            rig.Flash.PowerOn();
            rig.Flash.CutAfter(second, CutModel.ProgramBits);
            try
            {
                rig.StartAgain();
                Finish(rig, what);
                return tried;
            }
            catch (PowerCutException)
            {
                tried++;
                Recover(rig, $"{what}, then at operation {second} of the recovery");
            }
        }
    }

    private static void Recover(AgentRig rig, string what)
    {
        rig.PowerOn();
        Finish(rig, what);
    }

    private static void Finish(AgentRig rig, string what)
    {
        Assert.True(rig.RunningVersion is "1.0.0" or "2.0.0", $"{what}: runs {rig.RunningVersion}");
        Assert.True(rig.Loader.Image.AsSpan().SequenceEqual(rig.RunningVersion == "1.0.0" ? One.Payload : Two.Payload), $"{what}: runs another image");
        FotaError error = rig.Update(Two);
        Assert.True(error == FotaError.None, $"{what}: the update ends with {error}");
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(BankState.Confirmed, rig.Banks.Record.State[rig.Banks.Running]);
        Settle(rig);
    }

    private static void Settle(AgentRig rig)
    {
        for (int i = 0; i < 200; i++)
        {
            rig.Turn();
        }
    }

    private sealed class ProcessorResetException : Exception;
}
