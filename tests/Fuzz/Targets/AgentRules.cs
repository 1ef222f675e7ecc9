// What holds for the whole agent after any input: it wrote only where the state allows it, what runs still does, and tester
// present is answered, if need be after the reset that the input asked for.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Rules of the agent.</summary>
internal static class AgentRules
{
    private static readonly byte[] TesterPresent = [0x3E, 0x00];

    /// <summary>Checks all of them.</summary>
    public static void Check(AgentBench bench, int state)
    {
        CheckFlash(bench, state);
        Settle(bench);
        bool isAnswered = bench.Ask(TesterPresent, 200) && bench.ResponseLength == 2 && bench.Response[0] == 0x7E;
        Require(isAnswered, "tester present is not answered any more");
        bool isRunning = state == 3 || bench.Agent.Banks.Running != Banks.None;
        Require(isRunning, "no image runs any more");
    }

    private static void CheckFlash(AgentBench bench, int state)
    {
        FlsConfig map = AgentBench.Map;
        Require(bench.Part.Misuses == 0, "a job that the flash does not allow");
        bool hasAccess = state >= AgentStates.FirstWithAccess;
        Require(hasAccess || !IsChanged(bench, map.Staging), "without access the staging slot was written");
        bool isBound = state >= AgentStates.FirstBound || bench.Agent.Banks.Record.State[bench.Agent.Banks.Secondary] != BankState.Empty;
        if (state == 3)
        {
            Require(!IsChanged(bench, map.BankA) && !IsChanged(bench, map.BankB), "a device without keys wrote a bank");
            return;
        }

        // What runs lies in bank B after the first update of a blank device.
        bool isFirstB = bench.Agent.Banks.Record.ActiveBank == 1;
        FlsArea active = isFirstB ? map.BankB : map.BankA, other = isFirstB ? map.BankA : map.BankB;
        Require(!IsChanged(bench, active), "the active bank was written");
        Require(!IsChanged(bench, isFirstB ? map.ManifestB : map.ManifestA), "the active bank's manifest was written");
        Require((hasAccess && isBound) || !IsChanged(bench, other), "the secondary bank was written without an authenticated manifest");
        bool isRecordChanged = IsChanged(bench, map.BootRecord0) || IsChanged(bench, map.BootRecord1) || IsChanged(bench, map.BootRecord2);
        Require(hasAccess || !isRecordChanged, "without access the boot record was written");
    }

    // Ends what is under way: a reset that was asked for, sessions, messages without an end.
    private static void Settle(AgentBench bench)
    {
        bench.Ring.Clear();
        for (int i = 0; i < 6 && !bench.IsResetRequested; i++)
        {
            bench.NowMs += 1100;
            for (int turn = 0; turn < 30 && !bench.IsResetRequested; turn++)
            {
                bench.Turn();
            }
        }

        for (int i = 0; i < 3000 && !bench.Agent.IsRunning && !bench.IsResetRequested; i++)
        {
            bench.Turn();
        }

        for (int i = 0; i < 3 && bench.IsResetRequested; i++)
        {
            bench.StartAgain();
        }
    }

    private static bool IsChanged(AgentBench bench, FlsArea area)
    {
        for (uint address = area.Start; address < area.Start + area.Length; address += RamPart.SectorLength)
        {
            if (bench.Part.IsChanged(address))
            {
                return true;
            }
        }

        return false;
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new BrokenRuleException(rule);
        }
    }
}
