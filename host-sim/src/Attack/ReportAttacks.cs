// Attacks on what an ECU has to report: read by others than its owner, forgotten before anybody has it, dated falsely.
// Clause: PROTOCOL.md, "Reports and time", DID FD11.
// Tests: tests/host-sim/Attack.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Data;

namespace EsyncSim.Attack;

/// <summary>Attacks on the report log.</summary>
internal static class ReportAttacks
{
    private const ushort Read = 0x0230, Acknowledge = 0x0231, SetTime = 0x0232;
    private const int FoundTurnsMax = 50;
    private const long SomeUtcMs = 1_767_225_600_000;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        new("report-theft", AttackOrigin.Gateway, "Read and erase reports and set the time, without access and functionally", AttackNeeds.Secret, AttackTrace.Nothing, StealAsync)
        {
            Limit = "what the owner reads is not encrypted on the bus",
        },
        new("report-erasure", AttackOrigin.Design, "Have reports forgotten: acknowledge another log, and numbers to come", AttackNeeds.Secret, AttackTrace.Nothing, EraseAsync)
        {
            Limit = "with access and the right logEpoch what is in the log can be acknowledged unread; the server sees numbers that are missing",
        },
    ];

    private static async Task StealAsync(AttackScene scene)
    {
        ReportChannel channel = new(scene.Client);
        ReportLogState before = await FindLogAsync(scene, channel);
        (string What, byte[] Request)[] requests =
        [
            ("read reports", AttackScene.Routine(Read, Word(1))),
            ("acknowledge all reports", AttackScene.Routine(Acknowledge, [.. Word(before.Epoch), .. Word(before.NextSequence)])),
            ("set time", AttackScene.Routine(SetTime, Time(SomeUtcMs))),
        ];
        foreach (byte session in new[] { DcmSession.Extended, DcmSession.Programming })
        {
            await scene.EnterAsync(session);
            foreach ((string what, byte[] request) in requests)
            {
                await scene.ExpectAsync($"{what}, session {session:X2}", request, Answer.Nrc(Nrc.SecurityAccessDenied));
            }
        }

        await scene.OpenAsync();
        scene.Log.Add("the owner's log, still acknowledged up to", $"{before.AcknowledgedUpTo}", $"{(await channel.ReadLogStateAsync()).AcknowledgedUpTo}");

        // A functional request is a single frame; the one that fits is enough to ask for everything.
        await scene.ExpectAsync("read reports in the owner's session", requests[0].Request[..4], Answer.Nrc(Nrc.SecurityAccessDenied), isFunctional: true);
    }

    private static async Task EraseAsync(AttackScene scene)
    {
        ReportChannel channel = new(scene.Client);
        ReportLogState before = await FindLogAsync(scene, channel);
        await scene.OpenAsync();
        if (before.Epoch == 0)
        {
            await scene.ExpectAsync("acknowledge where there is no log", AttackScene.Routine(Acknowledge, new byte[8]), Answer.Result(FotaError.ReportLogAbsent));
            return;
        }

        await channel.SetTimeAsync(SomeUtcMs);
        await scene.Time.DelayMs(100);
        foreach (uint epoch in new[] { 0u, before.Epoch + 1, ~before.Epoch })
        {
            await scene.ExpectAsync($"acknowledge everything of log {epoch:X8}", AttackScene.Routine(Acknowledge, [.. Word(epoch), .. Word(uint.MaxValue)]), Answer.Result(FotaError.LogEpochMismatch));
        }

        scene.Log.Add("acknowledged up to", $"{before.AcknowledgedUpTo}", $"{(await channel.ReadLogStateAsync()).AcknowledgedUpTo}");
        await scene.ExpectAsync("acknowledge numbers to come", AttackScene.Routine(Acknowledge, [.. Word(before.Epoch), .. Word(uint.MaxValue)]), Answer.Result(FotaError.None));
        ReportLogState after = await channel.ReadLogStateAsync();
        scene.Log.Add("of these, acknowledged", "none", after.AcknowledgedUpTo < after.NextSequence ? "none" : $"up to {after.AcknowledgedUpTo}");
        await channel.SetTimeAsync(SomeUtcMs + 3_600_000);
        await scene.Time.DelayMs(100);
        IReadOnlyList<ReportRecord> made = (await channel.ReadReportsAsync(after.NextSequence)).Records;
        scene.Log.Add("what is reported afterwards is", "there", made.Any(record => record.Kind == EsyncSim.Data.ReportKind.Time) ? "there" : "gone");
    }

    // Right after its start an ECU looks for its log and says zeros.
    private static async Task<ReportLogState> FindLogAsync(AttackScene scene, ReportChannel channel)
    {
        ReportLogState log = await channel.ReadLogStateAsync();
        for (int turn = 0; turn < FoundTurnsMax && log.Epoch == 0; turn++)
        {
            await scene.Time.DelayMs(20);
            log = await channel.ReadLogStateAsync();
        }

        return log;
    }

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Time(long utcMs)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, utcMs);
        return bytes;
    }
}
