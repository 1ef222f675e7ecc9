// What an ECU answered when a log was made against what it answers now, question by question.
// Invariants: questions are compared in their order, for both conversations come from the same frames; response pendings count for nothing.
// Seeds and challenges (27, 29) are others each time, and what was said to them fits no more: both are told as what they are, and what is
// refused because of them is no finding about the ECU, nor proof that it is right.
// Tests: tests/host-sim/Replay/ReplayComparisonTests.cs.
namespace EsyncSim.Replay;

/// <summary>How two answers compare.</summary>
public enum ReplayVerdict
{
    /// <summary>The same, or silent both times.</summary>
    Same,

    /// <summary>Another seed or challenge, as it must be.</summary>
    Challenge,

    /// <summary>Refused for want of access, which the recorded proof does not give any more.</summary>
    Access,

    /// <summary>Another answer.</summary>
    Different,

    /// <summary>There was an answer, and there is none now.</summary>
    Missing,

    /// <summary>There was none, and there is one now.</summary>
    Added,

    /// <summary>The question itself did not come through to be compared.</summary>
    NotAsked,
}

/// <summary>One question with both answers.</summary>
/// <param name="Ns">When it was asked, in the log's time.</param>
/// <param name="Request">The request.</param>
/// <param name="Recorded">The recorded answer; null for none.</param>
/// <param name="Came">The answer of now; null for none.</param>
/// <param name="Verdict">How they compare.</param>
public sealed record ReplayAnswer(long Ns, byte[] Request, byte[]? Recorded, byte[]? Came, ReplayVerdict Verdict);

/// <summary>Compares conversations.</summary>
public static class ReplayComparison
{
    private const byte SecurityAccess = 0x27;
    private const byte Authentication = 0x29;

    /// <summary>Compares question by question.</summary>
    public static IReadOnlyList<ReplayAnswer> Of(IReadOnlyList<Exchange> recorded, IReadOnlyList<Exchange> came)
    {
        List<ReplayAnswer> answers = [];
        bool isAccessLost = false;
        for (int i = 0; i < recorded.Count; i++)
        {
            Exchange then = recorded[i];
            if (i >= came.Count || !came[i].Request.AsSpan().SequenceEqual(then.Request))
            {
                answers.Add(new ReplayAnswer(then.Ns, then.Request, then.Final, null, ReplayVerdict.NotAsked));
                continue;
            }

            ReplayVerdict verdict = Compare(then.Request, then.Final, came[i].Final, isAccessLost);
            isAccessLost |= verdict is ReplayVerdict.Challenge or ReplayVerdict.Access;
            answers.Add(new ReplayAnswer(then.Ns, then.Request, then.Final, came[i].Final, verdict));
        }

        return answers;
    }

    private static ReplayVerdict Compare(byte[] request, byte[]? then, byte[]? now, bool isAccessLost)
    {
        if (then is null || now is null)
        {
            return then is null && now is null ? ReplayVerdict.Same : then is null ? ReplayVerdict.Added : ReplayVerdict.Missing;
        }

        if (then.AsSpan().SequenceEqual(now))
        {
            return ReplayVerdict.Same;
        }

        bool isAccess = request[0] is SecurityAccess or Authentication;
        if (isAccess && then[0] == now[0] && then[0] == request[0] + 0x40 && then.Length == now.Length && then.Length > 2)
        {
            return ReplayVerdict.Challenge;
        }

        // 33 securityAccessDenied, 34 authenticationRequired; of 27 and 29 themselves 24, 35 to 37 and 58: a proof that fits no more.
        bool isRefused = now is [0x7F, _, 0x33 or 0x34] || (isAccess && now is [0x7F, _, 0x24 or (>= 0x35 and <= 0x37) or 0x58]);
        return isAccessLost && isRefused ? ReplayVerdict.Access : ReplayVerdict.Different;
    }
}
