// A vehicle manifest with its signature, as it goes to the vehicle's client. One valid signature in the role fleet is needed and no other: whoever
// has that key decides which of the images that author and oem have signed belong together, and makes none.
// Invariant: nothing is signed that a client would refuse for its form, since a signature uses up an index of its key.
// Clause: host-sim/README.md, "Vehicle manifest".
// Tests: tests/host-sim/Packages/VehicleManifestTests.cs.
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>A signed vehicle manifest.</summary>
/// <param name="Document">Its bytes.</param>
/// <param name="Envelope">Digest and signatures; not verified.</param>
/// <param name="Manifest">What it says.</param>
public sealed record SignedVehicleManifest(byte[] Document, SuitEnvelope Envelope, VehicleManifest Manifest)
{
    /// <summary>Longest one in bytes: 64 ECUs and four signatures of the longest kind.</summary>
    public const int LengthMax = 128 * 1024;

    /// <summary>Reads a signed vehicle manifest; signatures are not verified.</summary>
    /// <exception cref="SuitException">It is none, or damaged.</exception>
    public static SignedVehicleManifest Decode(byte[] document)
    {
        if (document.Length > LengthMax)
        {
            throw new SuitException(EsyncAgent.FotaError.EnvelopeTooLong, $"vehicle manifest: {document.Length} bytes are more than {LengthMax}");
        }

        SuitEnvelope envelope = SuitEnvelope.Decode(document, EnvelopeKind.Vehicle);
        return new SignedVehicleManifest(document, envelope, VehicleManifest.Decode(envelope.ManifestBytes));
    }

    /// <summary>Signs a vehicle manifest.</summary>
    /// <exception cref="UserErrorException">The key has another role or cannot sign.</exception>
    /// <exception cref="SuitException">The manifest is out of bounds; no index was used.</exception>
    public static SignedVehicleManifest Sign(VehicleManifest manifest, ISigner signer)
    {
        RequireRole(signer.Role);
        byte[] bytes = manifest.Encode();
        VehicleManifest.Decode(bytes);
        SuitEnvelope envelope = SuitEnvelope.Sign(bytes, [signer], EnvelopeKind.Vehicle);
        return new SignedVehicleManifest(envelope.Encode(), envelope, manifest);
    }

    /// <summary>Refuses keys that do not sign vehicle manifests.</summary>
    /// <exception cref="UserErrorException">The role is another one.</exception>
    public static void RequireRole(SigningRole role)
    {
        if (role != SigningRole.Fleet)
        {
            throw new UserErrorException(ExitCode.KeyProblem, $"vehicle manifests are signed by a key of the role fleet, and this one has the role {role.Name()}; make one with `esync keys new fleet.key --role fleet`");
        }
    }

    /// <summary>Refuses what no fleet key among the anchors has signed, and what one of them has signed wrongly.</summary>
    /// <param name="anchors">Public keys that count; those of other roles count for nothing.</param>
    /// <exception cref="SuitException">Another digest, a wrong signature, or none in the role fleet.</exception>
    public void Verify(IEnumerable<TrustAnchor> anchors) =>
        PackageVerifier.CheckSignatures(Envelope, [.. anchors.Where(anchor => anchor.Role == SigningRole.Fleet)], [SigningRole.Fleet], []);
}
