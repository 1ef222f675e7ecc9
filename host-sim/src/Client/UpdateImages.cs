// The forms in which one version can be brought to an ECU, and which of them an ECU could take now.
// All of them install the same image, each under a manifest of its own: whether an ECU holds the version is a question to
// the whole set, and it is asked here.
// Invariants: an image as it is, not encrypted, is never left out and always the last choice; a form that the ECU has begun
// to receive is the first; a delta is offered only to the image that it is made for.
// It must not know packages, nor the order of requests. Clause: PROTOCOL.md, "Manifest", "Data identifiers" (FD05).
// Tests: tests/host-sim/Client/UpdateImagesTests.cs.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>One encoding of one image: the signed envelope and the bytes that are transferred.</summary>
public sealed record UpdateImage(ReadOnlyMemory<byte> Envelope, byte[] ManifestDigest, byte Encoding, ReadOnlyMemory<byte> Payload, string Version)
{
    /// <summary>SUIT sequence number; the highest one where only the ECU can tell whether it is high enough.</summary>
    public uint Sequence { get; init; } = uint.MaxValue;

    /// <summary>Bytes of the installed image.</summary>
    public int ImageLength { get; init; } = Payload.Length;

    /// <summary>SHA-256 of the installed image; null when only the ECU can tell.</summary>
    public byte[]? ImageDigest { get; init; }

    /// <summary>Heatshrink's window as a power of two in bytes; 0 where there is none, or only the ECU can tell.</summary>
    public int WindowBits { get; init; }

    /// <summary>Manifest digest of the delta's base; null where there is none, or only the ECU can tell.</summary>
    public byte[]? BaseDigest { get; init; }

    /// <summary>Device identifiers that the content key is wrapped for; null when it is not encrypted, or only the ECU can tell.</summary>
    public IReadOnlyList<byte[]>? Recipients { get; init; }

    /// <summary>True when the payload is the image itself, encrypted or not: it needs no decoder and no base.</summary>
    public bool IsWhole => Encoding >> 4 == 0;

    /// <summary>True when the ECU has this form's manifest bound to a bank in a given state.</summary>
    public bool IsIn(VersionReport report, int bank, BankState state) =>
        bank < report.States.Count && report.States[bank] == state && report.ManifestDigests[bank].AsSpan().SequenceEqual(ManifestDigest);
}

/// <summary>All forms of one version.</summary>
public sealed class UpdateImages
{
    private readonly IReadOnlyList<UpdateImage> _images;

    /// <summary>Takes the forms, at least one.</summary>
    public UpdateImages(IReadOnlyList<UpdateImage> images)
    {
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        _images = images;
        Whole = images.FirstOrDefault(image => image.Encoding == 0) ?? images.FirstOrDefault(image => image.IsWhole);
    }

    /// <summary>The forms, in the order in which they were given.</summary>
    public IReadOnlyList<UpdateImage> All => _images;

    /// <summary>The image as it is; encrypted when there is no plain one; null when there is neither.</summary>
    public UpdateImage? Whole { get; }

    /// <summary>True when nothing but <see cref="Whole"/> is to be offered, because the ECU has refused another form.</summary>
    public bool IsWholeOnly { get; init; }

    /// <summary>Version that they install.</summary>
    public string Version => _images[0].Version;

    /// <summary>The same forms, of which only the whole image is offered.</summary>
    public UpdateImages WholeOnly() => new(_images) { IsWholeOnly = true };

    /// <summary>True when a manifest digest is that of one of the forms.</summary>
    public bool Has(ReadOnlySpan<byte> manifestDigest)
    {
        foreach (UpdateImage image in _images)
        {
            if (manifestDigest.SequenceEqual(image.ManifestDigest))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a bank holds the version in a given state, whatever form it came in.</summary>
    public bool AreIn(VersionReport report, int bank, BankState state) =>
        bank < report.States.Count && report.States[bank] == state && Has(report.ManifestDigests[bank]);

    /// <summary>
    /// What the ECU could take, the best first: a form that it has begun to receive, then the fewest bytes to transfer, the whole
    /// image at the end. Empty when there is nothing; <see cref="Obstacle"/> says why.
    /// </summary>
    public IReadOnlyList<UpdateImage> For(VersionReport report, UpdateLimits limits) =>
    [
        .. _images.Where(image => IsOffered(image) && (image.Encoding == 0 || Obstacle(image, report, limits) == FotaError.None))
            .OrderBy(image => IsBegun(image, report) ? 0 : image == Whole ? 2 : 1)
            .ThenBy(image => image.Payload.Length),
    ];

    /// <summary>Why an ECU would refuse a form, as far as its reports tell; None when they tell nothing against it.</summary>
    public static FotaError Obstacle(UpdateImage image, VersionReport report, UpdateLimits limits)
    {
        if (!limits.Takes(image.Encoding) || image.WindowBits > limits.WindowBitsMax || image.Recipients?.Count > limits.RecipientCountMax)
        {
            return FotaError.EncodingUnsupported;
        }

        if (image.Envelope.Length > limits.EnvelopeLengthMax)
        {
            return FotaError.EnvelopeTooLong;
        }

        if (image.Recipients?.Any(device => device.AsSpan().SequenceEqual(report.DeviceId)) == false)
        {
            return FotaError.NoContentKey;
        }

        // What is there whole needs no base any more.
        bool isComplete = image.IsIn(report, Secondary(report), BankState.Verified);
        if (image.BaseDigest is { } needed && !isComplete && !Runs(report, needed))
        {
            return FotaError.WrongBase;
        }

        bool isKnown = report.ManifestDigests.Any(digest => digest.AsSpan().SequenceEqual(image.ManifestDigest));
        bool isNew = image.Sequence > report.SequenceNumberMax || (image.Sequence == report.SequenceNumberMax && isKnown);
        return isNew ? FotaError.None : FotaError.SequenceTooLow;
    }

    /// <summary>The bank that an update goes to, 0 or 1.</summary>
    public static int Secondary(VersionReport report) => report.ActiveBank == 1 ? 0 : 1;

    /// <summary>True when the ECU has taken the form's manifest for an image that is on its way, or is there and not on trial yet.</summary>
    public static bool IsBegun(UpdateImage image, VersionReport report) =>
        image.IsIn(report, Secondary(report), BankState.Receiving) || image.IsIn(report, Secondary(report), BankState.Verified);

    private bool IsOffered(UpdateImage image) => !IsWholeOnly || image == Whole;

    private static bool Runs(VersionReport report, byte[] manifestDigest)
    {
        int bank = report.RunningBank;
        return bank < report.States.Count && report.States[bank] == BankState.Confirmed
            && report.ManifestDigests[bank].AsSpan().SequenceEqual(manifestDigest);
    }
}
