// Versions move only forward, or back to the last confirmed one; back to the one before by order alone.
// A trial has a sequence number above every manifest before it (or the same manifest again), a securityVersion not below the
// floor, and no more boots than nf.config gives it; a release that does not work is never confirmed.
// Tests: tests/host-sim/Simulation.
using EsyncAgent;

namespace EsyncSim.Simulation;

/// <summary>Forward only.</summary>
public sealed class VersionRule() : SimRule("forward")
{
    private readonly Dictionary<EcuWatch, (Release? Release, int Boots, uint HighestSequence)> _trials = [];

    /// <inheritdoc/>
    public override void OnFlashChanged(EcuWatch ecu)
    {
        if (ecu.NewestStable is { ActiveBank: < 2 } record && record.State[record.Secondary] is not BankState.Trial)
        {
            uint highest = _trials.TryGetValue(ecu, out (Release? Release, int Boots, uint HighestSequence) trial) ? trial.HighestSequence : 0;
            _trials[ecu] = (null, 0, highest);
        }
    }

    /// <inheritdoc/>
    public override void OnApplicationStarts(EcuWatch ecu, byte[] image)
    {
        if (ecu.NewestStable is not { ActiveBank: < 2 } record)
        {
            Broken($"{ecu.Name} starts an application without a boot record that names a bank");
            return;
        }

        bool isTrial = record.State[record.Secondary] == BankState.Trial;
        int bank = isTrial ? record.Secondary : record.ActiveBank;
        Release? release = ecu.Fleet.Find(record.Digest[bank]);
        if (release is null || !image.AsSpan().SequenceEqual(release.Image))
        {
            Broken($"{ecu.Name} starts something else than bank {"AB"[bank]} ({record.State[bank]}) holds");
            return;
        }

        ecu.Running = release;
        if (isTrial)
        {
            CheckTrial(ecu, record, release);
        }
        else if (ecu.Confirmed is { } confirmed && release != confirmed)
        {
            Broken($"{ecu.Name} runs {release}, and {confirmed} is the one that was confirmed last");
        }
    }

    private void CheckTrial(EcuWatch ecu, RecordView record, Release release)
    {
        _trials.TryGetValue(ecu, out (Release? Release, int Boots, uint HighestSequence) before);
        int boots = before.Release == release ? before.Boots + 1 : 1;
        _trials[ecu] = (release, boots, Math.Max(before.HighestSequence, release.Sequence));
        int bootsMax = ecu.Fleet.Definition.Config.Fota.TrialAttemptsMax;
        if (boots > bootsMax)
        {
            Broken($"{ecu.Name} tries {release} for the {boots}th time; {bootsMax} boots are allowed");
        }

        uint highest = Math.Max(before.HighestSequence, ecu.EverConfirmed.Select(confirmed => confirmed.Sequence).DefaultIfEmpty(0u).Max());
        if (release.Sequence < highest)
        {
            Broken($"{ecu.Name} tries {release}, which is older than sequence {highest}");
        }

        if (release.SecurityVersion < record.Floor)
        {
            Broken($"{ecu.Name} tries {release}, below the floor {record.Floor}");
        }
    }
}
