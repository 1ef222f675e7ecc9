// Holds requests up that no vehicle manifest stands behind, when the client demands one.
// Invariants: a manifest is noted as followed before an ECU hears of its request, which image an ECU tries in one step with the answer that says
// so; a client that was stopped writes nothing.
// What may pass is FleetPolicy's affair.
// Tests: tests/Vehicle/FleetManifestTests.cs.
using EsyncSim.Packages;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>A request is refused for its vehicle manifest.</summary>
internal sealed class FleetRefusedException(FleetVerdict verdict) : Exception(verdict.Text)
{
    /// <summary>Why.</summary>
    public FleetError Error => verdict.Error;
}

/// <summary>The client's guard.</summary>
/// <param name="policy">Judges; null when nothing is demanded.</param>
/// <param name="journal">Keeps what was learned.</param>
/// <param name="isStopped">True when the client may not write any more.</param>
internal sealed class FleetGuard(FleetPolicy? policy, VehicleJournal journal, Func<bool> isStopped)
{
    private static readonly string[] Demanding = [EsyncType.ReadyDownload, EsyncType.PrepareUpdate, EsyncType.ReadyUpdate, EsyncType.ConfirmUpdate, EsyncType.CommitUpdate];

    /// <summary>Refuses a request that no manifest stands behind; to be called before anything is done about it.</summary>
    /// <param name="request">Any request.</param>
    /// <param name="isCommitted">See <see cref="FleetPolicy.Check"/>.</param>
    /// <exception cref="FleetRefusedException">None stands behind it.</exception>
    public void Require(EsyncMessage request, bool isCommitted)
    {
        if (policy is not null && Demanding.Contains(request.Type) && IsOfApplication(request.Body.Package))
        {
            FleetVerdict verdict = policy.Check(request.Body, journal.Fleet, isCommitted);
            Pass(verdict);
            Learn(journal.Fleet.WithTaken(verdict.Manifest!.Sequence));
        }
    }

    /// <summary>A package file for an ECU, if its images are those of the manifest that its request has passed with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="package">What of it the file is for.</param>
    /// <param name="file">The file as it came; null when it did not.</param>
    /// <exception cref="FleetRefusedException">They are other ones.</exception>
    /// <exception cref="UserErrorException">It is no package.</exception>
    public byte[]? Inspected(EsyncBody request, EsyncPackage package, byte[]? file)
    {
        if (file is not null && policy is not null && IsOfApplication(package))
        {
            Pass(FleetPolicy.CheckImages(ManifestOf(request), EsyncTarget.EcuOf(package.Type), PackageImages.Forms(Package.Decode(file, package.Name))));
        }

        return file;
    }

    /// <summary>What is known when the image of the manifest that a request has passed with runs on trial; null when nothing is demanded.</summary>
    public FleetMemory? Tried(EsyncBody request, string ecu) => policy is null ? null : journal.Fleet.WithImage(ecu, ManifestOf(request).Find(ecu)!.ImageDigest);

    private static bool IsOfApplication(EsyncPackage package) => EsyncTarget.PartOf(package.Type, out _) == TargetPart.Application;

    private static VehicleManifest ManifestOf(EsyncBody request) => SignedVehicleManifest.Decode(Convert.FromBase64String(request.VehicleManifest!)).Manifest;

    private static void Pass(FleetVerdict verdict)
    {
        if (!verdict.IsPassed)
        {
            throw new FleetRefusedException(verdict);
        }
    }

    private void Learn(FleetMemory fleet)
    {
        if (!isStopped())
        {
            journal.Learn(fleet);
        }
    }
}
