// A change of an ECU's flash, replayed again and again with the power failing at one of its operations. Unlike the sweep of
// host-sim, which forks the flash and needs each operation once, this runs all of it each time: with drivers that take their
// time, and with operations chosen by the test.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class CutReplay
{
    private const int SettleTurns = 200;

    private readonly AgentRig _rig;
    private readonly Func<AgentRig, FotaError> _change;
    private readonly FlashSnapshot _start;
    private readonly List<FlashOperation> _operations = [];

    /// <summary>Provisions the ECU, installs its first image, and notes what the change does when nothing disturbs it.</summary>
    public CutReplay(AgentRig rig, byte[] provisioning, TestImage first, Func<AgentRig, FotaError> change)
    {
        _rig = rig;
        _change = change;
        rig.PowerOn();
        rig.Provision(provisioning);
        Assert.Equal(FotaError.None, rig.Update(first));
        Settle();
        _start = rig.Flash.Memory.Snapshot();

        rig.PowerOn();
        rig.Flash.Observer = _operations.Add;
        Assert.Equal(FotaError.None, change(rig));
        Settle();
        rig.Flash.Observer = null;
    }

    public IReadOnlyList<FlashOperation> Operations => _operations;

    /// <summary>Power comes on where the change begins.</summary>
    public void Begin()
    {
        _rig.Flash.Memory.Restore(_start);
        _rig.PowerOn();
    }

    /// <summary>The change and what follows it on its own.</summary>
    public void Change()
    {
        _change(_rig);
        Settle();
    }

    /// <summary>The change, cut; returns the flash as it is left.</summary>
    public FlashSnapshot Cut(int operation, CutModel model)
    {
        Begin();
        _rig.Flash.CutAfter(operation, model);
        Assert.Throws<PowerCutException>(Change);
        return _rig.Flash.Memory.Snapshot();
    }

    /// <summary>
    /// Recovers from a cut with a cut of its own, at operation 0 and each that <paramref name="next"/> makes of the last, until
    /// a recovery ends before it is cut; each is judged. Returns the number of second cuts.
    /// </summary>
    public int CutRecovery(FlashSnapshot afterCut, Func<int, int> next, string what, Action<string> judge)
    {
        int tried = 0;
        for (int second = 0; ; second = next(second))
        {
            string again = $"{what}, then at operation {second} of the recovery";
            _rig.Flash.Memory.Restore(afterCut);
            _rig.Flash.PowerOn();
            _rig.Flash.CutAfter(second, CutModel.ProgramBits);
            try
            {
                _rig.StartAgain();
                judge(again);
                return tried;
            }
            catch (PowerCutException)
            {
                tried++;
                _rig.PowerOn();
                judge(again);
            }
        }
    }

    /// <summary>Turns until what goes on in the background is over.</summary>
    public void Settle()
    {
        for (int i = 0; i < SettleTurns; i++)
        {
            _rig.Turn();
        }
    }
}
