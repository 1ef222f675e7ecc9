// What goes into an update of one ECU besides the image, and what comes out: policy, stages, outcome.
// Plain data between whoever orders an update and whoever performs it; it knows neither bus nor server.
// Tests: tests/host-sim/Client.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>A key that an ECU trusts: its role (a value of <see cref="TrustRole"/>) and I, its 16-byte identifier.</summary>
public sealed record TrustedKey(byte Role, byte[] KeyId);

/// <summary>Which keys an ECU trusts, and by which trust manifest; 0 by its provisioning (DID FD09).</summary>
public sealed record TrustState(uint Sequence, IReadOnlyList<TrustedKey> Keys)
{
    /// <summary>True when the other one has the same number and the same keys in the same order.</summary>
    public bool Is(TrustState other) => Sequence == other.Sequence && Keys.Count == other.Keys.Count
        && Keys.Zip(other.Keys).All(pair => pair.First.Role == pair.Second.Role && pair.First.KeyId.AsSpan().SequenceEqual(pair.Second.KeyId));

    /// <summary>Short form for people: "trust manifest 3: author 0a1b2c3d, oem 4e5f6071".</summary>
    public override string ToString() =>
        $"trust manifest {Sequence}: {string.Join(", ", Keys.Select(key => $"{RoleName(key.Role)} {Convert.ToHexStringLower(key.KeyId)[..8]}"))}";

    private static string RoleName(byte role) => role switch
    {
        TrustRole.Author => "author",
        TrustRole.Oem => "oem",
        TrustRole.Rules => "rules",
        TrustRole.Fleet => "fleet",
        _ => $"role {role}",
    };
}

/// <summary>A signed trust manifest, and the state that it brings about.</summary>
public sealed record TrustUpdate(ReadOnlyMemory<byte> Document, TrustState State);

/// <summary>How patient and how careful the client is.</summary>
public sealed record UpdatePolicy
{
    /// <summary>Attempts at most, the first one included; each goes on where the one before was cut off.</summary>
    public int AttemptsMax { get; init; } = 5;

    /// <summary>Pause in milliseconds between two attempts.</summary>
    public int RetryPauseMs { get; init; } = 1000;

    /// <summary>Longest wait in milliseconds for an ECU that does not answer.</summary>
    public int PresenceMsMax { get; init; } = 15_000;

    /// <summary>Time in milliseconds for which a trial runs before it is confirmed.</summary>
    public int TrialMs { get; init; } = 3000;

    /// <summary>
    /// Bytes of a TransferData request, SID and counter included, or as many as the ECU takes where that is less; null: as many as it takes,
    /// and fewer while that pays, because requests are lost (<see cref="BlockLengthChooser"/>).
    /// </summary>
    public int? BlockLength { get; init; }

    /// <summary>How far to go; an update that was left on the way goes on from there when it is run again.</summary>
    public UpdateGoal Goal { get; init; } = UpdateGoal.Confirmed;

    /// <summary>
    /// True when this image may have been on trial for this very update already: a bank that holds it and is rejected by now ends
    /// the update as rolled back, instead of being filled and tried a second time.
    /// </summary>
    public bool IsTriedBefore { get; init; }

    /// <summary>Fingerprint F15A: 3 bytes date (BCD YYMMDD), 6 bytes tester serial number.</summary>
    public byte[] Fingerprint { get; init; } = [0x26, 0x01, 0x01, (byte)'E', (byte)'S', (byte)'Y', (byte)'N', (byte)'C', (byte)'1'];
}

/// <summary>How far an update shall go.</summary>
public enum UpdateGoal
{
    /// <summary>The image is in the secondary bank, whole and checked; the ECU runs what it ran.</summary>
    Verified,

    /// <summary>The image runs on trial, for a confirmation together with others.</summary>
    OnTrial,

    /// <summary>The image runs and is confirmed.</summary>
    Confirmed,
}

/// <summary>Where an update is.</summary>
public enum UpdateStage
{
    /// <summary>Session, version report, preconditions.</summary>
    Prepare,

    /// <summary>The envelope is sent and authenticated.</summary>
    Manifest,

    /// <summary>The secondary bank is made ready.</summary>
    Erase,

    /// <summary>The image is sent.</summary>
    Download,

    /// <summary>The ECU checks that everything is there.</summary>
    Check,

    /// <summary>The image is put on trial; the ECU restarts.</summary>
    Activate,

    /// <summary>The new application runs on trial.</summary>
    Trial,

    /// <summary>The trial is confirmed.</summary>
    Confirm,

    /// <summary>Back to the default session.</summary>
    Leave,
}

/// <summary>How an update ended.</summary>
public enum UpdateEnd
{
    /// <summary>The new application runs and is confirmed; of a document: its content is in force.</summary>
    Confirmed,

    /// <summary>The new application runs on trial, as the policy asked.</summary>
    OnTrial,

    /// <summary>The new image is in the ECU, whole and checked, as the policy asked.</summary>
    Verified,

    /// <summary>The ECU refused, and said why.</summary>
    Refused,

    /// <summary>The trial failed; the former application runs.</summary>
    RolledBack,

    /// <summary>The ECU asks to come again later.</summary>
    Postponed,

    /// <summary>The ECU could not be reached any more.</summary>
    Lost,
}

/// <summary>End, reason and a sentence.</summary>
public sealed record UpdateOutcome(UpdateEnd End, FotaError Reason, string Text)
{
    /// <summary>The form of the image that was worked with last; null when none was, or it was no image.</summary>
    public UpdateImage? Image { get; init; }
}

/// <summary>Hears what an update does, while it does it.</summary>
public interface IUpdateObserver
{
    /// <summary>A stage begins.</summary>
    void Stage(UpdateStage stage);

    /// <summary>A form of the image is going to be sent, from byte <paramref name="offset"/> of its payload on.</summary>
    void TransferBegins(UpdateImage image, int offset);

    /// <summary>So many bytes of the payload were sent in all.</summary>
    void Transferred(int position);

    /// <summary>TransferData requests have another length from now on: more or fewer of them were lost than before.</summary>
    void BlockLengthChanged(BlockLengthChange change)
    {
    }

    /// <summary>All of the payload was sent, and the image is programmed.</summary>
    void TransferEnds();

    /// <summary>An attempt ended; unless it was the last, another follows.</summary>
    void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast);
}
