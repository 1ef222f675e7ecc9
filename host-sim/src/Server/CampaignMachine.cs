// The rules by which a vehicle goes through a campaign, as functions of its state: what to ask next, and what an answer makes
// of it. Each ECU: query-package → ready-download → prepare-update → ready-update → confirm-update, then, if it fails, the
// versions to return to; ECUs side by side, what is for one ECU in its order. All or nothing: every ECU is prepared before any is
// tried, all are tried before any is kept, and one commit-update keeps them all; before it whatever fails takes all back.
// Invariants: one request at a time for each target, and none beside one to the group; a target that has ended stays as it is;
// nothing is kept before all are on trial; once the commit was ordered only the vehicle's answer ends the group. No clock, no
// network, no store: time comes in, state goes out.
// Tests: tests/host-sim/Server/CampaignMachineTests.cs.
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Server;

/// <summary>What the server does next with a vehicle.</summary>
/// <param name="State">The state, in which targets may have ended.</param>
/// <param name="Steps">What to ask now, beside what is under way; the number is for the server to give.</param>
/// <param name="WakeNs">When to look again though no answer has come, <see cref="long.MaxValue"/> when people are waited for; null when nothing waits for the time alone.</param>
public sealed record CampaignMove(VehicleCampaign State, IReadOnlyList<CampaignAsk> Steps, long? WakeNs);

/// <summary>The state machine of campaigns.</summary>
public static class CampaignMachine
{
    /// <summary>Pause before a postponed download is asked for again, or a failed version tried again, in nanoseconds.</summary>
    public const long PauseNs = 10 * VirtualTime.NsPerSecond;

    /// <summary>Times that a vehicle may postpone.</summary>
    public const int PostponementsMax = 6;

    /// <summary>Longest pause that a vehicle may name, in nanoseconds; then it is asked again, and may name another.</summary>
    public const long AppointmentNsMax = 25 * 3600 * VirtualTime.NsPerSecond;

    // First a manifest that was overtaken is replaced by the present one, then one that rests on new reports is made; not a third time.
    private const int RenewalsMax = 2;

    private static readonly TargetStep[] GroupSteps = [TargetStep.Query, TargetStep.Consent, TargetStep.Prepare, TargetStep.Ready];

    /// <summary>What to do next; to be called when the state was changed, and when the time has come.</summary>
    public static CampaignMove Next(VehicleCampaign state, long nowNs) =>
        state.Mode == CampaignMode.AllOrNothing ? NextOfGroup(state, nowNs) : NextOfTargets(state, nowNs);

    /// <summary>Notes that a request goes out.</summary>
    public static VehicleCampaign Asked(VehicleCampaign state, CampaignAsk ask)
    {
        VehicleCampaign asked = state with { Asks = [.. state.Asks, ask], IsCommitOrdered = state.IsCommitOrdered || ask.Type == EsyncType.CommitUpdate };
        return ask.Type == EsyncType.ReadyUpdate ? asked.With(ask.Target, asked.Targets[ask.Target] with { MayBeOnTrial = true }) : asked;
    }

    /// <summary>What an answer to a request under way makes of the state; null is that none came in time.</summary>
    public static VehicleCampaign Answered(VehicleCampaign state, int number, EsyncMessage? answer, long nowNs)
    {
        CampaignAsk ask = state.Asks.FirstOrDefault(ask => ask.Number == number) ?? throw new InvalidOperationException($"nothing was asked under {number}");
        VehicleCampaign idle = state with { Asks = [.. state.Asks.Where(other => other != ask)] };
        if (ask.Target < 0)
        {
            return GroupAnswered(idle, ask.Type, answer);
        }

        TargetState before = state.Targets[ask.Target];
        TargetState target = TargetAnswered(before, ask.Type, answer, state, nowNs);
        target = target.Step == before.Step ? target : target with { Renewals = 0 };
        if (target.Step == TargetStep.Consent && state.Consent == ConsentState.Refused)
        {
            target = Ended(target, TargetEnd.Denied, string.Empty, "there was no consent");
        }

        VehicleCampaign next = idle.With(ask.Target, target);
        return state.Mode == CampaignMode.AllOrNothing && target.End is not null && !target.IsGood ? next with { IsReverting = true } : next;
    }

    /// <summary>Notes that an ECU refused a form of its image.</summary>
    public static VehicleCampaign Refused(VehicleCampaign state, string type, IncrementalFailure failure)
    {
        int index = state.Targets.ToList().FindIndex(target => target.Type == type && target.End is null);
        return index < 0 ? state : state.With(index, state.Targets[index] with { IncrementalFailures = [.. state.Targets[index].IncrementalFailures, failure] });
    }

    /// <summary>Gives the campaign up: what has not begun does not begin; a group that is not kept yet goes back.</summary>
    public static VehicleCampaign Cancelled(VehicleCampaign state, string why)
    {
        if (state.Mode == CampaignMode.AllOrNothing)
        {
            return state.IsCommitOrdered ? state : state with { IsReverting = true };
        }

        return state.WithOpen(target => target.Step is TargetStep.Query or TargetStep.Consent && !IsAsked(state, target)
            ? target with { Step = TargetStep.Ended, End = TargetEnd.Withheld, Message = why }
            : target);
    }

    /// <summary>Notes that somebody has consented, or not: then nothing is sent to an ECU.</summary>
    public static VehicleCampaign Consented(VehicleCampaign state, bool isGiven, string by) => state.Consent != ConsentState.Awaited ? state
        : isGiven ? state with { Consent = ConsentState.Given }
        : (state with { Consent = ConsentState.Refused }).WithOpen(target => IsAsked(state, target) ? target : Ended(target, TargetEnd.Denied, string.Empty, $"{by} did not consent"));

    private static bool IsAsked(VehicleCampaign state, TargetState target) => state.Asks.Any(ask => ask.Target >= 0 && state.Targets[ask.Target] == target);

    private static CampaignMove NextOfTargets(VehicleCampaign state, long nowNs)
    {
        VehicleCampaign before = state;
        List<int> ready = [];
        for (int i = 0; i < state.Targets.Count; i++)
        {
            TargetState target = state.Targets[i];
            if (target.End is not null)
            {
                continue;
            }

            if (state.Targets.FirstOrDefault(other => target.After.Contains(other.Ecu) && other.End is not null && !other.IsGood) is { } failed)
            {
                state = state.With(i, Ended(target, TargetEnd.Withheld, string.Empty, $"{target.Ecu} comes after {failed.Ecu}, which did not get {failed.Versions[0].Version}"));
            }
            else if (!state.Targets.Where((other, j) => other.End is null && (target.After.Contains(other.Ecu) || (j < i && other.Ecu == target.Ecu))).Any())
            {
                ready.Add(i);
            }
        }

        if (ready.Count == 0 && !state.HasEnded)
        {
            // Those that come after what was just withheld are withheld too; else whatever is left waits for one that waits for it.
            return state != before ? NextOfTargets(state, nowNs)
                : new CampaignMove(state.WithOpen(target => Ended(target, TargetEnd.Withheld, string.Empty, $"{target.Ecu} waits for {string.Join(", ", target.After)}, in a circle")), [], null);
        }

        return Ask(state, ready, nowNs);
    }

    private static CampaignMove NextOfGroup(VehicleCampaign state, long nowNs)
    {
        if (state.HasEnded || state.Asks.Any(ask => ask.Target < 0))
        {
            return new CampaignMove(state, [], null);
        }

        if (state.IsReverting)
        {
            // What is being asked may begin a trial yet.
            return state.Asks.Count > 0 ? new CampaignMove(state, [], null)
                : state.Targets.Any(target => target.MayBeOnTrial && target.End is null) ? new CampaignMove(state, [new CampaignAsk(-1, EsyncType.RollbackUpdate)], null)
                : new CampaignMove(state.WithOpen(target => Ended(target, TargetEnd.Withheld, string.Empty, Why(state))), [], null);
        }

        int[] renewing = [.. Enumerable.Range(0, state.Targets.Count).Where(i => state.Targets[i].IsRenewing)];
        if (renewing.Length > 0)
        {
            return Ask(state, renewing, nowNs);
        }

        foreach (TargetStep step in GroupSteps)
        {
            int[] waiting = [.. Enumerable.Range(0, state.Targets.Count).Where(i => state.Targets[i].End is null && state.Targets[i].Step == step)];
            if (waiting.Length > 0)
            {
                return Ask(state, waiting, nowNs);
            }
        }

        return new CampaignMove(state, [new CampaignAsk(-1, EsyncType.CommitUpdate)], null);
    }

    // Asks those for their step who are not being asked and wait for nothing.
    private static CampaignMove Ask(VehicleCampaign state, IReadOnlyList<int> ready, long nowNs)
    {
        int[] idle = [.. ready.Where(i => state.Asks.All(ask => ask.Target != i))];
        long[] waits = [.. idle.Select(i => NotBeforeNs(state, state.Targets[i])).Where(notBeforeNs => notBeforeNs > nowNs)];
        return new CampaignMove(
            state,
            [.. idle.Where(i => NotBeforeNs(state, state.Targets[i]) <= nowNs).Select(i => new CampaignAsk(i, state.Targets[i].IsRenewing ? EsyncType.QueryPackage : TypeOf(state.Targets[i].Step)))],
            waits.Length == 0 ? null : waits.Min());
    }

    private static long NotBeforeNs(VehicleCampaign state, TargetState target) =>
        target.Step == TargetStep.Consent && state.Consent == ConsentState.Awaited ? long.MaxValue : target.NotBeforeNs;

    private static VehicleCampaign GroupAnswered(VehicleCampaign state, string type, EsyncMessage? answer)
    {
        EsyncPackage? group = answer?.Body.Package;
        if (group is null)
        {
            // Before the commit was ordered the trials end by themselves; afterwards it is asked for again until the vehicle says how it ended.
            return type == EsyncType.CommitUpdate ? state : state.WithOpen(target => Ended(target, TargetEnd.NoAnswer, string.Empty, "the vehicle does not answer"));
        }

        if (type == EsyncType.CommitUpdate && answer!.Body.Ecu?.Reason is { } reason && FleetErrors.IsOne(reason))
        {
            return CommitRefused(state, reason, group.Message ?? string.Empty);
        }

        // Each ECU's own end where the vehicle says it: a group that is neither kept nor back must show.
        return state.WithOpen(target =>
        {
            EsyncPackage? said = answer!.Body.Group?.FirstOrDefault(package => package.Type == target.Type);
            string message = said?.Message ?? group.Message ?? Why(state);
            return Ended(target, EndOf(said?.Status ?? group.Status), target.Reason, target.Message.Length == 0 ? message : $"{target.Message}; {message}");
        });
    }

    // The vehicle has committed nothing. What is too old is asked for anew, also of those that run their version already; else all go back.
    private static VehicleCampaign CommitRefused(VehicleCampaign state, string reason, string message)
    {
        if (Renewed(state.Renewals, reason) is not { } renewed)
        {
            return (state with { IsReverting = true }).WithOpen(target => target with { Reason = reason, Message = message });
        }

        return state with
        {
            Renewals = renewed.Count,
            Targets = [.. state.Targets.Select(target => target with { IsRenewing = renewed.IsAsked && target.Part == TargetPart.Application && (target.End is null || target.IsGood) })],
        };
    }

    // Null when it is of no use, or was tried.
    private static (int Count, bool IsAsked)? Renewed(int count, string? reason) =>
        count >= RenewalsMax || !FleetErrors.IsRenewable(reason) ? null
        : count == 0 && reason == FleetError.SequenceTooLow.Reason() ? (1, false)
        : (RenewalsMax, true);

    private static TargetEnd EndOf(string? status) => status switch
    {
        EsyncStatus.InstallCompleted => TargetEnd.Completed,
        EsyncStatus.InstallRollback => TargetEnd.RolledBack,
        _ => TargetEnd.Failed,
    };

    private static TargetState TargetAnswered(TargetState target, string type, EsyncMessage? answer, VehicleCampaign state, long nowNs)
    {
        EsyncPackage? package = answer?.Body.Package;
        if (package is null)
        {
            // A group whose commit was ordered ends by the vehicle's word only, and what has ended stays so.
            bool isAskedAgain = target.IsRenewing && (state.IsCommitOrdered || target.End is not null);
            return isAskedAgain ? target : Ended(target, TargetEnd.NoAnswer, string.Empty, "the vehicle does not answer");
        }

        if (type == EsyncType.QueryPackage)
        {
            TargetState reported = target with { IsRenewing = false, Nonce = VersionReport.TryRead(answer!.Body.Ecu?.VersionReport) is { } report ? Convert.ToHexStringLower(report.Nonce) : target.Nonce };
            return target.Step > TargetStep.Consent ? reported : Queried(reported, answer);
        }

        if (Renewed(target.Renewals, answer!.Body.Ecu?.Reason) is { } renewed)
        {
            return target with { Renewals = renewed.Count, IsRenewing = renewed.IsAsked };
        }

        return (type, package.Status) switch
        {
            (EsyncType.ReadyDownload, EsyncStatus.DownloadConsent) => target with { Step = TargetStep.Prepare },
            (EsyncType.ReadyDownload, EsyncStatus.DownloadPostponed) when package.NotBeforeMs * VirtualTime.NsPerMs > nowNs =>
                target with { NotBeforeNs = Math.Clamp(package.NotBeforeMs!.Value * VirtualTime.NsPerMs, nowNs + PauseNs, nowNs + AppointmentNsMax) },
            (EsyncType.ReadyDownload, EsyncStatus.DownloadPostponed) when target.Postponements + 1 < PostponementsMax =>
                target with { Postponements = target.Postponements + 1, NotBeforeNs = nowNs + PauseNs },
            (EsyncType.ReadyDownload, EsyncStatus.DownloadPostponed or EsyncStatus.DownloadDenied) => Ended(target, TargetEnd.Denied, answer),
            (EsyncType.PrepareUpdate, EsyncStatus.InstallReady) => target with { Step = TargetStep.Ready },
            (EsyncType.ReadyUpdate, EsyncStatus.InstallInProgress) => target with { Step = TargetStep.Confirm },
            (EsyncType.ConfirmUpdate, EsyncStatus.InstallCompleted) => Kept(target, answer),

            // Keys and rules have no trial.
            (EsyncType.ReadyUpdate, EsyncStatus.InstallCompleted) => Kept(target, answer),
            _ => Failed(target, answer, state, nowNs),
        };
    }

    private static TargetState Queried(TargetState target, EsyncMessage answer)
    {
        // A version on trial may go back yet: the ECU is asked again, and postpones until it is known.
        bool isOnTrial = target.Part == TargetPart.Application && answer.Body.Ecu?.State == nameof(EsyncAgent.BankState.Trial);
        EsyncPackage package = answer.Body.Package;
        if (package.IsUpdateIncapable == true)
        {
            return Ended(target, TargetEnd.Failed, answer);
        }

        if (package.Version == target.Offer.Version && !isOnTrial)
        {
            return target.At > 0
                ? Ended(target, TargetEnd.RolledBack, target.Reason, $"{target.Message}; {target.Ecu} runs {target.Offer.Version}")
                : Ended(target, TargetEnd.UpToDate, string.Empty, $"{target.Ecu} {Does(target.Part)} {target.Offer.Version} already");
        }

        return target.Offer.Sha256 is null ? Back(target, target.At + 1) : target with { Step = TargetStep.Consent };
    }

    private static TargetState Kept(TargetState target, EsyncMessage answer) =>
        target.At > 0 ? Ended(target, TargetEnd.RolledBack, target.Reason, $"{target.Message}; {target.Ecu} runs {target.Offer.Version}") : Ended(target, TargetEnd.Completed, answer);

    private static TargetState Failed(TargetState target, EsyncMessage answer, VehicleCampaign state, long nowNs)
    {
        EsyncPackage package = answer.Body.Package;
        bool isTerminal = package.IsTerminalFailure == true;
        if (!isTerminal && package.Status == EsyncStatus.InstallFailed && target.Retries < state.RetriesMax && package.RollbackVersion is null)
        {
            return target with { Step = TargetStep.Query, Retries = target.Retries + 1, NotBeforeNs = nowNs + PauseNs };
        }

        TargetState failed = target.At > 0 ? target : target with { Reason = answer.Body.Ecu?.Reason ?? string.Empty, Message = package.Message ?? string.Empty };
        int named = target.Versions.ToList().FindIndex(target.At + 1, version => version.Version == package.RollbackVersion);
        bool isBack = package.Status == EsyncStatus.InstallRollback;
        return named > 0 ? Back(failed, named)
            : isBack || state.Mode == CampaignMode.AllOrNothing ? Ended(target, isBack ? TargetEnd.RolledBack : TargetEnd.Failed, answer)
            : Back(failed, target.At + 1);
    }

    // On to a version to return to; when none is left, what failed is the end.
    private static TargetState Back(TargetState target, int at) => at < target.Versions.Count
        ? target with { At = at, Step = TargetStep.Query, Retries = 0, Postponements = 0 }
        : Ended(target, TargetEnd.Failed, target.Reason, target.Message);

    private static TargetState Ended(TargetState target, TargetEnd end, EsyncMessage answer) =>
        Ended(target, end, answer.Body.Ecu?.Reason ?? string.Empty, answer.Body.Package.Message ?? string.Empty);

    private static TargetState Ended(TargetState target, TargetEnd end, string reason, string message) =>
        target with { Step = TargetStep.Ended, End = end, Reason = reason, Message = message };

    // The sentence of the one that failed, for those that go back with it.
    private static string Why(VehicleCampaign state) =>
        state.Targets.FirstOrDefault(target => target.End is not null && !target.IsGood) is { } failed ? $"all or nothing: {failed.Ecu} did not get {failed.Versions[0].Version}" : "all or nothing: the campaign was given up";

    private static string TypeOf(TargetStep step) => step switch
    {
        TargetStep.Query => EsyncType.QueryPackage,
        TargetStep.Consent => EsyncType.ReadyDownload,
        TargetStep.Prepare => EsyncType.PrepareUpdate,
        TargetStep.Ready => EsyncType.ReadyUpdate,
        TargetStep.Confirm => EsyncType.ConfirmUpdate,
        _ => throw new InvalidOperationException("it has ended"),
    };

    private static string Does(TargetPart part) => part switch
    {
        TargetPart.Trust => "trusts by manifest",
        TargetPart.Rules => "collects by rule set",
        _ => "runs",
    };
}
