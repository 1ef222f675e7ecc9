// A package file taken apart into the forms of its image: each becomes a package file of its own, with one entry and a SHA-256 of its
// own, so that a vehicle downloads the one that it gets and no other.
// Invariants: the signed envelopes and payloads stay as they are; what is no package (keys, rules), has one form only, or cannot be
// read is one form, the file itself: what is wrong with it the vehicle says.
// It must not know which form an ECU gets (FormChoice).
// Tests: tests/host-sim/Server/PackageFormsTests.cs.
using EsyncSim.Client;
using EsyncSim.Packages;
using EsyncSim.Vehicle;

namespace EsyncSim.Server;

/// <summary>One form, as a file.</summary>
/// <param name="File">The file that a vehicle downloads.</param>
/// <param name="Sha256">Its SHA-256, hexadecimal.</param>
/// <param name="Image">What it brings to an ECU; null when it is none, or cannot be read here.</param>
public sealed record PackageForm(byte[] File, string Sha256, UpdateImage? Image)
{
    /// <summary>Name of the encoding; null where <see cref="Image"/> is.</summary>
    public string? Encoding => Image is null ? null : EncodingText.Of(Image.Encoding);

    /// <summary>Bytes that go to the ECU, without the envelope.</summary>
    public int TransferLength => Image?.Payload.Length ?? File.Length;

    /// <summary>Bytes of the installed image.</summary>
    public int ImageLength => Image?.ImageLength ?? File.Length;
}

/// <summary>A package file and its forms.</summary>
public sealed class PackageForms
{
    private PackageForms(string sha256, IReadOnlyList<PackageForm> forms)
    {
        Sha256 = sha256;
        All = forms;
        Images = forms.All(form => form.Image is not null) ? new UpdateImages([.. forms.Select(form => form.Image!)]) : null;
    }

    /// <summary>SHA-256 of the undivided file, hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>The forms in the file's order, at least one.</summary>
    public IReadOnlyList<PackageForm> All { get; }

    /// <summary>What the forms bring to an ECU; null when it is no package that can be read here.</summary>
    public UpdateImages? Images { get; }

    /// <summary>Takes a file apart.</summary>
    public static PackageForms Of(byte[] file)
    {
        string sha256 = Campaign.Sha256Of(file);
        if (TryRead(file) is not { } package)
        {
            return new PackageForms(sha256, [new PackageForm(file, sha256, null)]);
        }

        IReadOnlyList<UpdateImage> images = PackageImages.Of(package).All;
        return new PackageForms(sha256, images.Count == 1 ? [new PackageForm(file, sha256, images[0])] : [.. package.Entries.Zip(images, (entry, image) => Single(package, entry, image))]);
    }

    /// <summary>The form that an image of <see cref="Images"/> is from.</summary>
    public PackageForm FormOf(UpdateImage image) => All.First(form => ReferenceEquals(form.Image, image));

    private static PackageForm Single(Package package, PackageEntry entry, UpdateImage image)
    {
        byte[] file = (package with { Entries = [entry] }).Encode();
        return new PackageForm(file, Campaign.Sha256Of(file), image);
    }

    private static Package? TryRead(byte[] file)
    {
        try
        {
            Package package = Package.Decode(file, "package");
            PackageImages.Of(package);
            return package;
        }
        catch (UserErrorException)
        {
            // Told by whoever takes it for a package: the upload, or the vehicle.
            return null;
        }
    }
}
