// The envelope: a digest, the signatures over it, and the manifest that it is the digest of. An image's manifest, a trust manifest,
// collection rules and a vehicle manifest have the same envelope but for its tag and the label that signatures are made over (EnvelopeKind).
// Building signs; every signature uses up an index of its key. Decoding keeps the signed bytes as they came, so that what is
// verified is what was received and not what we would have written.
// Clause: PROTOCOL.md, "Manifest", "Trust manifest", "Collection rules"; draft-ietf-suit-manifest-37 §8.
// Tests: tests/host-sim/Packages.
using System.Formats.Cbor;
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>A SUIT envelope.</summary>
public sealed record SuitEnvelope
{
    /// <summary>Most signatures that an ECU looks at.</summary>
    public const int SignatureCountMax = 4;

    /// <summary>What kind of document it carries.</summary>
    public EnvelopeKind Kind { get; init; } = EnvelopeKind.Image;

    /// <summary>The digest that was signed, as encoded: [−16, bytes].</summary>
    public required byte[] DigestItem { get; init; }

    /// <summary>The signatures, in order.</summary>
    public required IReadOnlyList<CoseSign1> Signatures { get; init; }

    /// <summary>The manifest, without the byte string around it.</summary>
    public required byte[] ManifestBytes { get; init; }

    /// <summary>The 32 bytes of the signed digest.</summary>
    public byte[] Digest => DigestItem[^32..];

    /// <summary>SHA-256 of the manifest with its byte string header, which the signed digest must equal.</summary>
    public byte[] ManifestDigest => DigestOf(ManifestBytes);

    /// <summary>What every signature is made over.</summary>
    public byte[] ToBeSigned => CoseSign1.ToBeSigned(SuitKeys.HssProtectedHeader, Kind.External, DigestItem);

    /// <summary>Signs a manifest.</summary>
    /// <param name="manifestBytes">Encoded manifest.</param>
    /// <param name="signers">Who signs, 1 to 4; each key once.</param>
    /// <param name="kind">What the manifest is.</param>
    /// <exception cref="UserErrorException">No signer or too many, one key twice, or a key that cannot sign.</exception>
    public static SuitEnvelope Sign(byte[] manifestBytes, IReadOnlyList<ISigner> signers, EnvelopeKind? kind = null)
    {
        RequireSigners(signers);
        SuitEnvelope unsigned = new() { Kind = kind ?? EnvelopeKind.Image, DigestItem = ManifestEncoder.Digest(DigestOf(manifestBytes)), Signatures = [], ManifestBytes = manifestBytes };
        byte[] message = unsigned.ToBeSigned;
        return unsigned with
        {
            Signatures = [.. signers.Select(signer => new CoseSign1(SuitKeys.HssProtectedHeader, TrustAnchor.KeyIdOf(signer.PublicKey), null, signer.Sign(message)))],
        };
    }

    /// <summary>Refuses signers that cannot sign a manifest together. Before the first signature: an index that is spent on a refused build is lost.</summary>
    /// <exception cref="UserErrorException">No signer or too many, or one key twice.</exception>
    public static void RequireSigners(IReadOnlyList<ISigner> signers)
    {
        if (signers.Count is 0 or > SignatureCountMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"a package is signed by 1 to {SignatureCountMax} keys, not {signers.Count}");
        }

        IGrouping<string, ISigner>? twice = signers.GroupBy(signer => Convert.ToHexStringLower(signer.PublicKey)).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"the key {Convert.ToHexStringLower(TrustAnchor.KeyIdOf(twice.First().PublicKey))} is named twice; a key counts once");
        }
    }

    /// <summary>Bytes that an envelope will have, before anybody has signed.</summary>
    public static int LengthOf(byte[] manifestBytes, IReadOnlyList<ISigner> signers, EnvelopeKind? kind = null)
    {
        SuitEnvelope blank = new()
        {
            Kind = kind ?? EnvelopeKind.Image,
            DigestItem = ManifestEncoder.Digest(DigestOf(manifestBytes)),
            Signatures = [.. signers.Select(signer => new CoseSign1(
                SuitKeys.HssProtectedHeader,
                TrustAnchor.KeyIdOf(signer.PublicKey),
                null,
                new byte[SigningParameters.Of(signer.PublicKey).SignatureLength]))],
            ManifestBytes = manifestBytes,
        };
        return blank.Encode().Length;
    }

    /// <summary>Reads an envelope.</summary>
    /// <param name="cbor">The bytes.</param>
    /// <param name="kind">What it must be.</param>
    /// <exception cref="SuitException">Not an envelope of our profile, or one of another kind.</exception>
    public static SuitEnvelope Decode(byte[] cbor, EnvelopeKind? kind = null)
    {
        EnvelopeKind wanted = kind ?? EnvelopeKind.Image;
        byte[]? authentication = null, manifest = null;
        CborItem.Read(cbor, FotaError.EnvelopeMalformed, "envelope", reader =>
        {
            ulong tag = (ulong)reader.ReadTag();
            if (tag != wanted.Tag)
            {
                throw EnvelopeKind.OfTag(tag) is { } other
                    ? new SuitException(FotaError.WrongDocument, $"it is {other.Name}, not {wanted.Name}")
                    : new CborContentException($"tag {tag} instead of {wanted.Tag}");
            }

            CborItem.ReadMap(reader, key => _ = key switch
            {
                SuitKeys.Authentication => authentication = reader.ReadByteString(),
                SuitKeys.Manifest => manifest = reader.ReadByteString(),
                _ => throw new CborContentException($"member {key} is not part of the profile"),
            });
            return true;
        });
        if (authentication is null || manifest is null)
        {
            throw new SuitException(FotaError.EnvelopeMalformed, "envelope: it lacks the authentication or the manifest");
        }

        (byte[] digestItem, List<CoseSign1> signatures) = DecodeAuthentication(authentication);
        return new SuitEnvelope { Kind = wanted, DigestItem = digestItem, Signatures = signatures, ManifestBytes = manifest };
    }

    /// <summary>The envelope as CBOR.</summary>
    public byte[] Encode() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteTag((CborTag)Kind.Tag);
        writer.WriteStartMap(2);
        ManifestEncoder.Pair(writer, SuitKeys.Authentication, () => writer.WriteByteString(EncodeAuthentication()));
        ManifestEncoder.Pair(writer, SuitKeys.Manifest, () => writer.WriteByteString(ManifestBytes));
        writer.WriteEndMap();
    });

    private static (byte[] DigestItem, List<CoseSign1> Signatures) DecodeAuthentication(byte[] authentication) =>
        CborItem.Read(authentication, FotaError.EnvelopeMalformed, "authentication", reader =>
        {
            int count = CborItem.ReadArray(reader) - 1;
            if (count is < 1 or > SignatureCountMax)
            {
                throw new CborContentException($"{Math.Max(count, 0)} signatures instead of 1 to {SignatureCountMax}");
            }

            byte[] digestItem = reader.ReadByteString();
            CborItem.Read(digestItem, FotaError.EnvelopeMalformed, "digest", CborItem.ReadDigest);
            List<CoseSign1> signatures = [];
            for (int i = 0; i < count; i++)
            {
                CoseSign1 block = CborItem.Read(reader.ReadByteString(), FotaError.EnvelopeMalformed, "signature", CoseSign1.Read);
                bool isOurs = block.Payload is null && block.KeyId.Length == SigningParameters.KeyIdLength && block.ProtectedHeader.AsSpan().SequenceEqual(SuitKeys.HssProtectedHeader);
                signatures.Add(isOurs ? block : throw new CborContentException("a signature that is not HSS/LMS with a kid of 16 bytes and a detached payload"));
            }

            reader.ReadEndArray();
            return (digestItem, signatures);
        });

    private static byte[] DigestOf(byte[] manifestBytes) => SHA256.HashData(ManifestEncoder.Cbor(writer => writer.WriteByteString(manifestBytes)));

    private byte[] EncodeAuthentication() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartArray(1 + Signatures.Count);
        writer.WriteByteString(DigestItem);
        foreach (CoseSign1 signature in Signatures)
        {
            writer.WriteByteString(signature.Encode());
        }

        writer.WriteEndArray();
    });
}
