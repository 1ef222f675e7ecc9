// Runs cases and judges them.
// Invariants: a case that expects nothing, throws or does not end is inconclusive, with the reason, and never a pass; one
// expectation that was not met makes a fail, whatever came after it; an exception of the agent is the ECU's crash and a
// fail; a bus that fails ends the run.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using EsyncSim.Bus;
using EsyncSim.Client;

namespace EsyncSim.Conformance;

/// <summary>Runs cases against one target.</summary>
internal static class ConformanceRunner
{
    private const long LimitNs = 3600 * VirtualTime.NsPerSecond;
    private const int QuietMs = 60;
    private const int RestoreTriesMax = 3;

    private static readonly (ConformanceNeeds Need, string Words)[] Words =
    [
        (ConformanceNeeds.Access, "access that can be opened (securityAccess or authentication in the profile, with --device or a key program)"),
        (ConformanceNeeds.Package, "a package for the ECU (--package)"),
        (ConformanceNeeds.Destructive, "leave to write and erase (--destructive)"),
        (ConformanceNeeds.Model, "a virtual ECU and bus that can be looked into and disturbed"),
        (ConformanceNeeds.Reset, "leave to reset the ECU (allowed.reset in the profile)"),
        (ConformanceNeeds.Programming, "leave to enter the programming session (allowed.programming in the profile)"),
        (ConformanceNeeds.Keys, "the signing keys that the ECU trusts"),
    ];

    /// <summary>Runs one case.</summary>
    public static ConformanceResult Run(ConformanceCase one, IConformanceTarget target)
    {
        ConformanceNeeds missing = one.Needs & ~target.Offers;
        if (missing != ConformanceNeeds.Bus)
        {
            string words = string.Join(", ", Words.Where(word => missing.HasFlag(word.Need)).Select(word => word.Words));
            return new ConformanceResult(one, ConformanceVerdict.NotApplicable, [], $"needs {words}", [], 0, string.Empty, 0);
        }

        ConformanceBench bench = target.Begin();
        ConformanceScene scene = new(bench, target.Means, target.Profile);
        VirtualTime time = scene.Time;
        long startNs = time.NowNs;
        bench.Evidence.Restart();
        bench.Tester.Reset();
        (ConformanceVerdict verdict, string reason) = Judge(one, scene, bench.Evidence);
        bool isBroken = scene.Steps.Any(step => !step.IsMet);
        ConformanceResult result = new(
            one, isBroken ? ConformanceVerdict.Fail : verdict, scene.Steps, reason, bench.Evidence.Frames, bench.Evidence.LeftOut,
            string.Empty, (time.NowNs - startNs) / (double)VirtualTime.NsPerSecond);
        if (!target.IsShared)
        {
            bench.Tester.Close();
            return result;
        }

        return result with { Restored = Restore(scene) };
    }

    private static (ConformanceVerdict Verdict, string Reason) Judge(ConformanceCase one, ConformanceScene scene, EvidenceRecorder evidence)
    {
        try
        {
            scene.Time.Run(() => RunAsync(one, scene, evidence), LimitNs);
            return scene.Steps.Count == 0 ? (ConformanceVerdict.Inconclusive, "it expected nothing") : (ConformanceVerdict.Pass, string.Empty);
        }
        catch (NotApplicableException nothing)
        {
            return (ConformanceVerdict.NotApplicable, nothing.Message);
        }
        catch (InconclusiveException open)
        {
            return (ConformanceVerdict.Inconclusive, open.Message);
        }
        catch (DiagnosticException broken)
        {
            return (ConformanceVerdict.Inconclusive, broken.Message);
        }
        catch (Exception crash) when (AttackRunner.IsOfAgent(crash))
        {
            scene.Expect(false, "the ECU goes on", $"its program threw {crash.GetType().Name}: {crash.Message}");
            return (ConformanceVerdict.Fail, string.Empty);
        }
        catch (Exception exception) when (exception is not (UserErrorException or OperationCanceledException))
        {
            return (ConformanceVerdict.Inconclusive, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    // What was asked until the ECU was there is no evidence of the case.
    private static async Task RunAsync(ConformanceCase one, ConformanceScene scene, EvidenceRecorder evidence)
    {
        await scene.AwaitPresenceAsync();
        evidence.Restart();
        await one.Run(scene);
    }

    // What a case may leave on a shared ECU: a message in the middle, a session, access with it, and whatever else a change
    // of session takes away.
    private static string Restore(ConformanceScene scene)
    {
        string done = string.Empty;
        scene.Time.Run(async () =>
        {
            scene.Client.Tester.StopKeepAlive();
            await scene.AwaitQuietAsync(QuietMs);
            for (int i = 0; i < RestoreTriesMax; i++)
            {
                if ((await scene.ExchangeAsync([0x10, 0x01])).IsPositive)
                {
                    done = i == 0 ? "back to the default session" : $"back to the default session, at the attempt {i + 1}";
                    return;
                }

                await scene.Time.DelayMs(scene.Profile.Transport.NCrMs + scene.Profile.Timing.P2Ms);
            }

            done = "it could not be brought back to the default session: 10 01 is not answered positively";
        });
        return done;
    }
}
