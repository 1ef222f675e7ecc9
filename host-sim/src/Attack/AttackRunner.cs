// Runs attacks and judges them: state before, the attack, does the ECU answer, state after.
// Invariants: an attack that the ECU does not survive has succeeded, whatever else was expected; an exception of the
// agent is the ECU's crash, any other is a fault of this program and no verdict.
// Tests: tests/host-sim/Attack.
using System.Diagnostics;
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Attack;

/// <summary>How an attack ended.</summary>
internal enum AttackVerdict
{
    /// <summary>Every step came as expected, and the ECU is as it was.</summary>
    Repelled,

    /// <summary>A defence fell.</summary>
    Succeeded,

    /// <summary>It needs something that is not there.</summary>
    NotApplicable,

    /// <summary>It could not be tried to its end.</summary>
    Error,
}

/// <summary>Result of one attack.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Steps">What was sent, expected and came.</param>
/// <param name="Reason">Why it was not applicable, or could not be tried; otherwise empty.</param>
/// <param name="Seconds">Time that it took on the bus's clock.</param>
internal sealed record AttackResult(AttackCase Attack, AttackVerdict Verdict, IReadOnlyList<AttackStep> Steps, string Reason, double Seconds);

/// <summary>Runs attacks against one target.</summary>
internal static class AttackRunner
{
    private const long LimitNs = 4 * 3600 * VirtualTime.NsPerSecond;
    private const int PresenceMsMax = 5000;
    private const byte DelayNotExpired = 0x37;
    private const int PauseMs = 1000;

    private static readonly (AttackNeeds Need, string Words)[] Words =
    [
        (AttackNeeds.Secret, "the ECU's identity and secret (--device)"),
        (AttackNeeds.Keys, "the signing keys that the ECU trusts"),
        (AttackNeeds.Model, "an ECU and a bus that can be looked into and disturbed"),
    ];

    /// <summary>Runs one attack.</summary>
    public static AttackResult Run(AttackCase attack, IAttackTarget target)
    {
        AttackNeeds missing = attack.Needs & ~target.Offers;
        if (missing != AttackNeeds.Bus)
        {
            string words = string.Join(", ", Words.Where(word => missing.HasFlag(word.Need)).Select(word => word.Words));
            return new AttackResult(attack, AttackVerdict.NotApplicable, [], $"needs {words}", 0);
        }

        AttackLog log = new();
        IEcuAccess access = target.Begin();
        VirtualTime time = access.Bus.Time;
        long startNs = time.NowNs;
        string fault = string.Empty;
        try
        {
            time.Run(() => RunAsync(attack, target, access, log), LimitNs);
        }
        catch (Exception crash) when (IsOfAgent(crash))
        {
            log.Broken($"the agent threw {crash.GetType().Name}: {crash.Message}");
        }
        catch (Exception exception) when (exception is not (UserErrorException or OperationCanceledException))
        {
            fault = $"{exception.GetType().Name}: {exception.Message}";
        }

        double seconds = (time.NowNs - startNs) / (double)VirtualTime.NsPerSecond;
        fault = fault.Length == 0 && log.Steps.Count == 0 ? "it expected nothing" : fault;
        AttackVerdict verdict = fault.Length > 0 ? AttackVerdict.Error
            : log.Steps.All(step => step.IsHeld) ? AttackVerdict.Repelled
            : AttackVerdict.Succeeded;
        return new AttackResult(attack, verdict, log.Steps, fault, seconds);
    }

    private static async Task RunAsync(AttackCase attack, IAttackTarget target, IEcuAccess access, AttackLog log)
    {
        AttackScene scene = new(access, target.Means, log);
        ModelEcu? model = access as ModelEcu;
        EcuState before = await EcuState.ReadAsync(scene.Client, model);
        try
        {
            await attack.Run(scene);
        }
        catch (DiagnosticException broken)
        {
            log.Broken(broken.Message);
        }

        scene.Client.Tester.StopKeepAlive();
        log.AddBound("after the attack: 3E 00 is answered", "ms", PresenceMsMax, await scene.PresenceMsAsync(PresenceMsMax));
        try
        {
            if (target.IsShared && target.Means.Secret is not null)
            {
                await WorkOffDelayAsync(scene);
            }

            before.Compare(await EcuState.ReadAsync(scene.Client, model), attack.Trace, log);
        }
        catch (DiagnosticException broken)
        {
            log.Broken(broken.Message);
        }

        scene.Close();
    }

    // A good access forgives the wrong ones; until then the next attack would meet their delay.
    private static async Task WorkOffDelayAsync(AttackScene scene)
    {
        await scene.Client.SessionAsync(DcmSession.Extended);
        for (uint waitedMs = 0; waitedMs <= 2 * scene.Config.Dcm.AccessDelayMsMax; waitedMs += PauseMs)
        {
            try
            {
                await scene.Client.AuthenticateAsync();
                return;
            }
            catch (NegativeResponseException refusal) when (refusal.Code == DelayNotExpired)
            {
                await scene.Client.Tester.NotifyAsync([0x3E, 0x80]);
                await scene.Time.DelayMs(PauseMs);
            }
        }
    }

    /// <summary>True for an exception that the agent threw: the ECU's crash.</summary>
    internal static bool IsOfAgent(Exception exception) =>
        new StackTrace(exception).GetFrames().Any(frame => frame.GetMethod()?.DeclaringType == typeof(EcuM));
}
