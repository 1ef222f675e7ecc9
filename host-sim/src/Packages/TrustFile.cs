// The trust file (.trust): a signed trust manifest as it goes to the ECU, and nothing around it. It takes the place of all
// trust anchors of the ECUs that it is for, so what is made here is looked at before anybody signs.
// Invariant: no list is signed that an ECU would refuse, or that would leave it without an anchor in a role that it needs.
// Clause: PROTOCOL.md, "Trust manifest".
// Tests: tests/host-sim/Packages/TrustFileTests.cs.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Files;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Content of a trust file.</summary>
/// <param name="Document">The file's bytes: what the ECU gets.</param>
/// <param name="Envelope">Digest and signatures; not verified.</param>
/// <param name="List">What it says.</param>
public sealed record TrustFile(byte[] Document, SuitEnvelope Envelope, TrustList List)
{
    /// <summary>Longest file that can be one: eight anchors and four signatures of the longest kind.</summary>
    public const int LengthMax = 128 * 1024;

    private static readonly byte[] Start = [0xDA, 0x45, 0x53, 0x54, 0x4D];

    /// <summary>True when the bytes begin like a trust file.</summary>
    public static bool IsTrustFile(ReadOnlySpan<byte> file) => file.StartsWith(Start);

    /// <summary>True when the file at this path begins like one; false also when it cannot be read.</summary>
    public static bool IsTrustFile(string path) => File.Exists(path) && IsTrustFile(AtomicFile.ReadInput(path, "package", Package.LengthMax));

    /// <summary>Reads a trust file.</summary>
    /// <exception cref="UserErrorException">Missing, truncated, or none.</exception>
    public static TrustFile Load(string path) => Decode(AtomicFile.ReadInput(path, "trust file", LengthMax), path);

    /// <summary>Reads the content of a trust file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="path">Name for messages.</param>
    /// <exception cref="UserErrorException">Truncated, or none.</exception>
    public static TrustFile Decode(byte[] file, string path)
    {
        try
        {
            SuitEnvelope envelope = SuitEnvelope.Decode(file, SignedDocument.TrustManifest);
            return new TrustFile(file, envelope, TrustList.Decode(envelope.ManifestBytes));
        }
        catch (SuitException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is no trust file, or damaged: {error.Message} ({error.Reason})");
        }
    }

    /// <summary>Signs a list.</summary>
    /// <param name="list">What it says.</param>
    /// <param name="signers">Current keys, one of each role that the ECU needs at the least.</param>
    /// <param name="requiredRoles">Roles that the ECU needs.</param>
    /// <exception cref="UserErrorException">The list would be refused or would lock the ECU out, or the signatures would not do.</exception>
    public static TrustFile Build(TrustList list, IReadOnlyList<ISigner> signers, IReadOnlyList<SigningRole> requiredRoles)
    {
        Require(list, signers, requiredRoles);
        SuitEnvelope envelope = SuitEnvelope.Sign(list.Encode(), signers, SignedDocument.TrustManifest);
        return new TrustFile(envelope.Encode(), envelope, list);
    }

    /// <summary>What a client sends to an ECU, and what the ECU says afterwards.</summary>
    public TrustUpdate ToUpdate() =>
        new(Document, new TrustState(List.Sequence, [.. List.Anchors.Select(anchor => new TrustedKey((byte)anchor.Role, anchor.KeyId))]));

    /// <summary>Refuses what an ECU would refuse, before anybody signs.</summary>
    /// <exception cref="UserErrorException">As for <see cref="Build"/>.</exception>
    public static void Require(TrustList list, IReadOnlyList<ISigner> signers, IReadOnlyList<SigningRole> requiredRoles)
    {
        if (list.Sequence == 0)
        {
            throw new UserErrorException(ExitCode.BadUsage, "trust manifests count from sequence 1; 0 stands for the anchors of provisioning");
        }

        if (list.Sequence == uint.MaxValue)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"sequence {list.Sequence} is the last there is: after it these ECUs could never be given other keys");
        }

        RequireList(list.Anchors, requiredRoles);
        string missing = Names(requiredRoles.Except(signers.Select(signer => signer.Role)));
        if (missing.Length > 0)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"a trust manifest is signed by a current key of each role, and {missing} is missing; add its --key");
        }
    }

    private static void RequireList(IReadOnlyList<TrustAnchor> anchors, IReadOnlyList<SigningRole> requiredRoles)
    {
        if (anchors.Count is 0 or > ProvisioningRecord.AnchorCountMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"an ECU takes 1 to {ProvisioningRecord.AnchorCountMax} trust anchors, not {anchors.Count}");
        }

        IGrouping<string, TrustAnchor>? twice = anchors.GroupBy(anchor => Convert.ToHexStringLower(anchor.KeyId)).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"the key {twice.Key} stands twice among the new anchors; a key has one role");
        }

        string missing = Names(requiredRoles.Except(anchors.Select(anchor => anchor.Role)));
        if (missing.Length > 0)
        {
            throw new UserErrorException(
                ExitCode.KeyProblem,
                $"the new anchors have no {missing} key: the ECU would take nothing any more and could not be given other keys; name one with --add ({FotaError.AnchorRoleMissing})");
        }
    }

    private static string Names(IEnumerable<SigningRole> roles) => string.Join(" and ", roles.Select(role => role.Name()));
}
