// What nf.config says about the ECU that a package is for: whom to name in the manifest, and what the ECU would refuse for
// its size. Checked before anybody signs, since a signature index that is spent on a package that cannot be installed is lost.
// Clause: PROTOCOL.md, "Manifest" (rules at 0210), "Manifest slot".
// Tests: tests/host-sim/Packages.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>The kind of ECU that a package is for.</summary>
public sealed record PackageTarget
{
    // Header and confirm marks of a manifest slot.
    private const uint SlotOverhead = 512;

    /// <summary>Name of the ECU in nf.config.</summary>
    public required string Name { get; init; }

    /// <summary>SUIT vendor identifier, 16 bytes.</summary>
    public required byte[] VendorId { get; init; }

    /// <summary>SUIT class identifier, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>What runs its applications.</summary>
    public required BundleRuntime Runtime { get; init; }

    /// <summary>nanoFramework packages in the program of its board, whose assemblies an application may use.</summary>
    public required IReadOnlyList<string> BoardPackages { get; init; }

    /// <summary>Longest image, in bytes: a bank.</summary>
    public required uint ImageLengthMax { get; init; }

    /// <summary>Longest envelope, in bytes: the staging slot, and the manifest slot without its header and marks.</summary>
    public required uint EnvelopeLengthMax { get; init; }

    /// <summary>Encodings that it takes, as DID FD05 gives them.</summary>
    public required ushort Encodings { get; init; }

    /// <summary>Largest window that it can decompress, as a power of two.</summary>
    public required int WindowBitsMax { get; init; }

    /// <summary>Most devices that an envelope for it can be encrypted for; 0 when it takes nothing encrypted.</summary>
    public required int RecipientCountMax { get; init; }

    /// <summary>Roles that its images need.</summary>
    public required IReadOnlyList<SigningRole> RequiredRoles { get; init; }

    /// <summary>The target that an ECU of nf.config is.</summary>
    public static PackageTarget Of(EcuDefinition ecu) => new()
    {
        Name = ecu.Name,
        VendorId = ecu.Config.Fota.VendorId,
        ClassId = ecu.Config.Fota.ClassId,
        Runtime = ecu.Board.CanController == CanControllerKind.Virtual ? BundleRuntime.Net10 : BundleRuntime.NanoFramework,
        BoardPackages = ecu.Board.Packages,
        ImageLengthMax = ecu.Config.Fls.BankA.Length,
        EnvelopeLengthMax = Math.Min(ecu.Config.Fls.Staging.Length, ecu.Config.Fls.ManifestA.Length - SlotOverhead),
        Encodings = ecu.Config.Fota.Encodings,
        WindowBitsMax = ecu.Config.Fota.WindowBitsMax,
        RecipientCountMax = ecu.Config.Fota.RecipientCountMax,
        RequiredRoles = [.. ecu.Config.Fota.RequiredRoles.Select(role => (SigningRole)role)],
    };

    /// <summary>Refuses what the ECU would refuse, as far as that can be told before signing.</summary>
    /// <param name="request">What the package shall say.</param>
    /// <param name="signers">Who is going to sign.</param>
    /// <exception cref="UserErrorException">Too long, for another runtime, or a role is missing.</exception>
    public void Require(PackageRequest request, IReadOnlyList<ISigner> signers) => Require(PackageBuilder.ToManifest(request), signers);

    /// <summary>The same for one manifest of a package.</summary>
    /// <param name="manifest">What is to be signed.</param>
    /// <param name="signers">Who is going to sign.</param>
    /// <exception cref="UserErrorException">Too long, for another runtime, in an encoding that it does not take, or a role is missing.</exception>
    public void Require(SuitManifest manifest, IReadOnlyList<ISigner> signers)
    {
        if (manifest.ImageLength > ImageLengthMax)
        {
            throw Refused(FotaError.ImageTooLong, $"the image has {manifest.ImageLength} bytes, a bank of {Name} holds {ImageLengthMax}");
        }

        int length = SuitEnvelope.LengthOf(ManifestEncoder.Encode(manifest), signers);
        if (length > EnvelopeLengthMax)
        {
            throw Refused(FotaError.EnvelopeTooLong, $"the envelope would have {length} bytes, {Name} takes {EnvelopeLengthMax}; use keys with shorter signatures");
        }

        RequireRuntime(manifest.Runtime);
        if (manifest.Encoding != 0)
        {
            RequireEncoding(manifest.Encoding);
            RequireRecipients(manifest.EncryptionInfo?.Recipients.Count ?? 0);
        }

        SigningRole[] missing = [.. RequiredRoles.Except(signers.Select(signer => signer.Role))];
        if (missing.Length > 0)
        {
            throw Refused(FotaError.RoleMissing, $"{Name} wants a signature in the role {string.Join(" and ", missing.Select(role => role.Name()))} as well; add its --key");
        }
    }

    /// <summary>Refuses an image for another runtime than the ECU's board has.</summary>
    /// <exception cref="UserErrorException">Another runtime.</exception>
    public void RequireRuntime(BundleRuntime runtime)
    {
        if (runtime != Runtime)
        {
            throw Refused(FotaError.WrongRuntime, $"the image is for {runtime.Name()}, {Name} runs {Runtime.Name()}");
        }
    }

    /// <summary>Refuses an encoding that the ECU does not take.</summary>
    /// <exception cref="UserErrorException">It does not.</exception>
    public void RequireEncoding(byte encoding)
    {
        if (!PayloadEncoding.IsTaken(Encodings, encoding))
        {
            throw Refused(FotaError.EncodingUnsupported, $"{Name} takes no images of the form {PayloadEncoding.Name(encoding)}, says nf.config");
        }
    }

    /// <summary>Refuses more recipients than its staging slot has room for.</summary>
    /// <exception cref="UserErrorException">Too many.</exception>
    public void RequireRecipients(int count)
    {
        if (count > RecipientCountMax)
        {
            throw Refused(FotaError.ManifestUnsupported, $"the package would be encrypted for {count} devices, {Name} takes {RecipientCountMax} in one package, says nf.config; make one for each group of devices");
        }
    }

    private static UserErrorException Refused(FotaError reason, string message) => new(ExitCode.BadUsage, $"{message} ({reason})");
}
