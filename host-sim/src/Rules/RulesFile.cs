// The rules file (.rules): signed collection rules as they go to the ECU, and nothing around them.
// Invariant: nothing is signed that an ECU would refuse, as far as that can be told here.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/host-sim/Rules.
using EsyncAgent;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Rules;

/// <summary>Content of a rules file.</summary>
/// <param name="Document">The file's bytes: what the ECU gets.</param>
/// <param name="Envelope">Digest and signatures; not verified.</param>
/// <param name="List">What it says.</param>
public sealed record RulesFile(byte[] Document, SuitEnvelope Envelope, RuleList List)
{
    /// <summary>Longest file that can be one: the longest rules and four signatures of the longest kind.</summary>
    public const int LengthMax = 128 * 1024;

    /// <summary>What its name ends in.</summary>
    public const string Extension = ".rules";

    private static readonly byte[] Start = [0xDA, 0x45, 0x53, 0x52, 0x55];

    /// <summary>True when the bytes begin like a rules file.</summary>
    public static bool IsRulesFile(ReadOnlySpan<byte> file) => file.StartsWith(Start);

    /// <summary>True when the file at this path begins like one; false also when it cannot be read.</summary>
    public static bool IsRulesFile(string path) => File.Exists(path) && IsRulesFile(AtomicFile.ReadInput(path, "rules file", Package.LengthMax));

    /// <summary>Reads a rules file.</summary>
    /// <exception cref="UserErrorException">Missing, truncated, or none.</exception>
    public static RulesFile Load(string path) => Decode(AtomicFile.ReadInput(path, "rules file", LengthMax), path);

    /// <summary>Reads the content of a rules file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="path">Name for messages.</param>
    /// <exception cref="UserErrorException">Truncated, or none.</exception>
    public static RulesFile Decode(byte[] file, string path)
    {
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(file, SignedDocument.CollectionRules);
            return new RulesFile(file, envelope, RuleList.Decode(envelope.ManifestBytes));
        }
        catch (SuitException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is no rules file, or damaged: {error.Message} ({error.Reason}); `esync rules build` makes one");
        }
    }

    /// <summary>Signs a set.</summary>
    /// <param name="list">What it says.</param>
    /// <param name="signers">Who signs; one of the role rules at the least.</param>
    /// <exception cref="UserErrorException">The signatures would not do, or the sequence number is none.</exception>
    public static RulesFile Build(RuleList list, IReadOnlyList<ISigner> signers)
    {
        Require(list, signers);
        SuitEnvelope envelope = SuitEnvelope.Sign(list.Encode(), signers, SignedDocument.CollectionRules);
        return new RulesFile(envelope.Encode(), envelope, list);
    }

    /// <summary>What a client sends to an ECU, and what the ECU says afterwards.</summary>
    public RulesUpdate ToUpdate() => new(Document, new RulesState(List.Sequence, Envelope.Digest[..RulesState.DigestPrefixLength], List.Rules.Count));

    /// <summary>Refuses what an ECU would refuse, before anybody signs.</summary>
    /// <exception cref="UserErrorException">As for <see cref="Build"/>.</exception>
    public static void Require(RuleList list, IReadOnlyList<ISigner> signers)
    {
        if (list.Sequence is 0 or uint.MaxValue)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"collection rules count from sequence 1 to {uint.MaxValue - 1}, not {list.Sequence}; 0 stands for the built-in ones, and after the last there could be no other");
        }

        if (signers.All(signer => signer.Role != SigningRole.Rules))
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"collection rules are signed by a key of the role rules, and there is none among --key; make one with `esync keys new rules.key --role rules` and bring it to the ECU with `esync keys rotate` ({FotaError.RoleMissing})");
        }
    }
}
