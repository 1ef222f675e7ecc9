// Which form of its image an ECU gets: a function of what the ECU said (version report, limits FD05) and of the forms that there are.
// Invariants: the server holds no image key and makes nothing: it chooses among what was signed and uploaded; an ECU that has begun with
// a form goes on with it; the whole image stands behind every other form, should the ECU refuse that one; each form that is not sent has a
// reason. Without a report or limits it is the whole image.
// Clause: UpdateImages says what an ECU could take. Tests: tests/host-sim/Server/FormChoiceTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Server;

/// <summary>A choice with its reason.</summary>
/// <param name="Encoding">Name of the chosen form.</param>
/// <param name="Why">Why it, and why no other, for people.</param>
/// <param name="Files">Its file, then, where it is another one, that of the whole image.</param>
public sealed record FormChoice(string Encoding, string Why, IReadOnlyList<OfferedFile> Files)
{
    /// <summary>Chooses; null when the file is none that has forms.</summary>
    /// <param name="forms">What there is.</param>
    /// <param name="report">What the ECU says that it runs; null when it did not.</param>
    /// <param name="limits">What its update target takes; null when it did not say.</param>
    public static FormChoice? Of(PackageForms forms, VersionReport? report, UpdateLimits? limits)
    {
        if (forms.Images is not { } images)
        {
            return null;
        }

        UpdateImage whole = images.Whole!;
        if (report is null || limits is null)
        {
            string unknown = report is null ? "the vehicle gave no version report" : "the vehicle did not say what the ECU takes";
            return Make(forms, whole, whole, $"{Words(whole)}: the whole image; {unknown}");
        }

        IReadOnlyList<UpdateImage> takes = images.For(report, limits);
        UpdateImage chosen = images.All.FirstOrDefault(image => image.IsIn(report, UpdateImages.Secondary(report), BankState.Trial)) ?? (takes.Count > 0 ? takes[0] : whole);
        UpdateImage last = takes.LastOrDefault(image => image.IsWhole) ?? whole;
        string[] others = [.. images.All.Where(image => image != chosen).Select(image => $"{EncodingText.Of(image.Encoding)} not: {WhyNot(image, chosen, report, limits)}")];
        return Make(forms, chosen, last, string.Join("; ", others.Prepend($"{Words(chosen)}: {WhyThis(chosen, report, limits)}")));
    }

    private static FormChoice Make(PackageForms forms, UpdateImage chosen, UpdateImage whole, string why)
    {
        IEnumerable<UpdateImage> images = chosen == whole ? [chosen] : [chosen, whole];
        return new FormChoice(EncodingText.Of(chosen.Encoding), why, [.. images.Select(forms.FormOf).Select(form => new OfferedFile(form.Sha256, form.File.Length, form.Encoding!))]);
    }

    private static string Words(UpdateImage image) => string.Create(CultureInfo.InvariantCulture, $"{image.Payload.Length:N0} of {image.ImageLength:N0} bytes");

    private static string WhyThis(UpdateImage image, VersionReport report, UpdateLimits limits)
    {
        string what = (image.Encoding >> 4) switch { 0 => "the whole image", 1 => "compressed", _ => "a patch of what the ECU runs" };
        string secret = (image.Encoding & 0x0F) == 0 ? string.Empty : ", encrypted for it";
        bool isBegun = UpdateImages.IsBegun(image, report) || image.IsIn(report, UpdateImages.Secondary(report), BankState.Trial);
        FotaError obstacle = isBegun ? FotaError.None : UpdateImages.Obstacle(image, report, limits);
        return $"{what}{secret}{(isBegun ? ", which the ECU has begun with" : obstacle == FotaError.None ? string.Empty : $", though {FotaErrorText.Of(obstacle)}")}";
    }

    private static string WhyNot(UpdateImage image, UpdateImage chosen, VersionReport report, UpdateLimits limits)
    {
        FotaError obstacle = UpdateImages.Obstacle(image, report, limits);
        return obstacle != FotaError.None ? FotaErrorText.Of(obstacle)
            : image.Payload.Length >= chosen.Payload.Length ? string.Create(CultureInfo.InvariantCulture, $"{image.Payload.Length:N0} bytes")
            : "the ECU has begun with another";
    }
}
