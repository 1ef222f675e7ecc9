// One package for one ECU: the smallest form that it could take, and the whole image when the ECU refuses that one for what it
// is. A refusal of the image itself (signature, age, hardware), a trial that failed and an ECU that is gone are outcomes, and
// nothing follows them.
// Invariants: the fallback is told before anything of the whole image is sent, and once; a piece that arrives wrong is sent
// once more before it counts.
// Tests: tests/Vehicle/FallbackTests.cs.
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Vehicle;

/// <summary>Brings a package to an ECU.</summary>
/// <param name="ecu">The ECU.</param>
/// <param name="images">What there is for it.</param>
/// <param name="observer">Hears what is done.</param>
/// <param name="fallBack">Tells that a form was refused, and brings the whole image, null when it does not come; null when there is nothing to fall back to.</param>
internal sealed class PackageUpdate(VehicleEcu ecu, UpdateImages images, IUpdateObserver observer, Func<UpdateImage, UpdateOutcome, Task<UpdateImages?>>? fallBack)
{
    /// <summary>Runs the update to its end.</summary>
    public async Task<UpdateOutcome> RunAsync(UpdatePolicy policy)
    {
        UpdateOutcome outcome = await RunAsync(images, policy);
        if (IsRefusalOfForm(outcome) && outcome.Reason == FotaError.PieceMismatch)
        {
            outcome = await RunAsync(images, policy);
        }

        if (!IsRefusalOfForm(outcome))
        {
            return outcome;
        }

        return await fallBack!(outcome.Image ?? images.All[0], outcome) is { } whole ? await RunAsync(whole, policy) : new UpdateOutcome(UpdateEnd.Lost, FotaError.None, "the whole image is not here");
    }

    private Task<UpdateOutcome> RunAsync(UpdateImages offered, UpdatePolicy policy) => new UpdateSession(ecu.Client, offered, policy, observer).RunAsync();

    // An ECU that can take none of the forms any more has changed since the server chose.
    private bool IsRefusalOfForm(UpdateOutcome outcome) =>
        fallBack is not null && outcome.End == UpdateEnd.Refused && (outcome.Image ?? images.All[0]).Encoding != 0 && !images.IsWholeOnly && IsOfForm(outcome.Reason);

    // A chunk that decoding has made and that is not the signed one is the form's fault too: the whole image is checked chunk by chunk itself.
    private static bool IsOfForm(FotaError reason) => reason is FotaError.WrongBase or FotaError.BaseDamaged or FotaError.StreamMalformed
        or FotaError.EncodingUnsupported or FotaError.PieceMismatch or FotaError.ChunkMismatch or FotaError.NoContentKey;
}
