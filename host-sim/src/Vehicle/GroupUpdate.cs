// All or nothing across ECUs. To keep a group: every ECU must run its image on trial, and say so authentically; then the commit is
// noted in the journal, and each is confirmed. Before the commit anything else takes all back; after it there is only forward: an
// ECU whose trial ended meanwhile gets its image again.
// Invariants: nothing is confirmed before the commit is on the medium; an ECU that is confirmed proves a commit, even to a client that
// has lost its journal. One that cannot be reached to be taken back goes back by itself when its trial ends.
// Tests: tests/Vehicle/AllOrNothingTests.cs (a crash of the client at every message to an ECU).
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>An ECU of a group.</summary>
/// <param name="Package">What it is to run, as the server offers it.</param>
/// <param name="Ecu">The ECU.</param>
internal sealed record GroupMember(EsyncPackage Package, VehicleEcu Ecu);

/// <summary>How a group ended.</summary>
/// <param name="Status">One of <see cref="EsyncStatus"/>.</param>
/// <param name="Text">A sentence for people.</param>
/// <param name="Members">The end of each ECU.</param>
internal sealed record GroupOutcome(string Status, string Text, IReadOnlyList<EsyncPackage> Members);

/// <summary>Keeps the images of a group, or takes them back.</summary>
/// <param name="members">The ECUs.</param>
/// <param name="isCommitted">True when the journal says that this group is to be kept.</param>
/// <param name="commit">Notes in the journal that it is; false when the client was stopped.</param>
/// <param name="update">Brings an ECU to its image, as far as the policy says.</param>
internal sealed class GroupUpdate(
    IReadOnlyList<GroupMember> members, bool isCommitted, Func<bool> commit, Func<GroupMember, UpdatePolicy, Task<UpdateOutcome>> update)
{
    private const int KeepAttemptsMax = 3;

    /// <summary>Keeps all, or takes all back; null when the client was stopped.</summary>
    public async Task<GroupOutcome?> CommitAsync()
    {
        if (!isCommitted)
        {
            Standing[] standings = await EachAsync(LookAsync);
            bool isProven = standings.Any(standing => standing.IsConfirmed);
            if (!isProven && standings.FirstOrDefault(standing => !standing.IsOnTrial) is { } doubt)
            {
                return await RevertAsync(doubt.Text);
            }

            if (!commit())
            {
                return null;
            }
        }

        EsyncPackage[] ends = await EachAsync(KeepAsync);
        return ends.FirstOrDefault(end => end.Status != EsyncStatus.InstallCompleted) is { } lacking
            ? new GroupOutcome(EsyncStatus.InstallFailed, $"the group is to be kept, and {lacking.Type} cannot be brought to {lacking.Version}: {lacking.Message}", ends)
            : new GroupOutcome(EsyncStatus.InstallCompleted, $"all {members.Count} are confirmed", ends);
    }

    /// <summary>Takes all back that are on trial.</summary>
    /// <param name="why">A sentence for people.</param>
    public async Task<GroupOutcome> RevertAsync(string why)
    {
        EsyncPackage[] ends = await EachAsync(async member => End(member, EsyncStatus.InstallRollback, await TakeBackAsync(member)));
        return new GroupOutcome(EsyncStatus.InstallRollback, $"all or nothing: {why}", ends);
    }

    // One after the other on each bus, buses side by side; results in the order of the members.
    private async Task<T[]> EachAsync<T>(Func<GroupMember, Task<T>> work)
    {
        T[] results = new T[members.Count];
        await Task.WhenAll(members.Select((member, i) => (member, i)).GroupBy(entry => entry.member.Ecu.Bus).Select(async bus =>
        {
            foreach ((GroupMember member, int i) in bus)
            {
                results[i] = await work(member);
            }
        }));
        return results;
    }

    private static async Task<Standing> LookAsync(GroupMember member)
    {
        using EcuTurn turn = await member.Ecu.Gate.EnterAsync();
        try
        {
            EcuClient client = member.Ecu.Client;
            await client.AwaitPresenceAsync(member.Ecu.Policy.PresenceMsMax);
            await client.SessionAsync(0x03);
            VersionReport report = await client.ReadVersionReportAsync();
            await client.SessionAsync(0x01);
            return Standing.Of(member, report);
        }
        catch (DiagnosticException exception)
        {
            return new Standing(false, false, $"{member.Ecu.Name}: {exception.Message}");
        }
    }

    private static async Task<string> TakeBackAsync(GroupMember member)
    {
        using EcuTurn turn = await member.Ecu.Gate.EnterAsync();
        EcuClient client = member.Ecu.Client;
        try
        {
            await client.AwaitPresenceAsync(member.Ecu.Policy.PresenceMsMax);
            await client.SessionAsync(0x03);
            VersionReport report = await client.ReadVersionReportAsync();
            if (Standing.Of(member, report).IsOnTrial)
            {
                await client.RollBackAsync(member.Ecu.Policy.PresenceMsMax);
                await client.SessionAsync(0x03);
                report = await client.ReadVersionReportAsync();
            }

            await client.SessionAsync(0x01);
            return $"{member.Ecu.Name} runs {report.ApplicationVersion}";
        }
        catch (DiagnosticException exception)
        {
            return $"{member.Ecu.Name} goes back by itself when its trial ends: {exception.Message}";
        }
    }

    private async Task<EsyncPackage> KeepAsync(GroupMember member)
    {
        for (int attempt = 1; ; attempt++)
        {
            UpdatePolicy policy = member.Ecu.Policy with { Goal = UpdateGoal.Confirmed, IsTriedBefore = attempt == 1 };
            UpdateOutcome outcome = await update(member, policy);
            if (outcome.End == UpdateEnd.Confirmed)
            {
                return End(member, EsyncStatus.InstallCompleted, outcome.Text);
            }

            if (attempt == KeepAttemptsMax)
            {
                return End(member, EsyncStatus.InstallFailed, outcome.Text);
            }
        }
    }

    private static EsyncPackage End(GroupMember member, string status, string text) =>
        new() { Type = member.Package.Type, Name = member.Package.Name, Version = member.Package.Version, Status = status, Message = text };

    private sealed record Standing(bool IsOnTrial, bool IsConfirmed, string Text)
    {
        public static Standing Of(GroupMember member, VersionReport report)
        {
            bool isWanted = report.IsAuthentic && report.RunningBank < report.States.Count && report.ApplicationVersion == member.Package.Version;
            BankState? state = isWanted ? report.States[report.RunningBank] : null;
            string text = report.IsAuthentic ? $"{member.Ecu.Name} runs {report.ApplicationVersion}, not {member.Package.Version} on trial" : $"{member.Ecu.Name}'s version report is not authentic";
            return new Standing(state == BankState.Trial, state == BankState.Confirmed, text);
        }
    }
}
