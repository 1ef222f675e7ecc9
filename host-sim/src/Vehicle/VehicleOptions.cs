// What a vehicle's client has and wants beside its ECUs. Plain data.
// Tests: tests/Vehicle.
using EsyncSim.Files;

namespace EsyncSim.Vehicle;

/// <summary>Packages, and when and by whose word updates are taken.</summary>
public sealed record VehicleOptions
{
    /// <summary>Where packages are kept; null keeps them in memory, for a client whose server ends with it.</summary>
    public PackageDisk? Packages { get; init; }

    /// <summary>Where packages come from beside the message link.</summary>
    public IReadOnlyList<IPackageSource> Sources { get; init; } = [];

    /// <summary>When updates may begin.</summary>
    public UpdateHours Updates { get; init; } = UpdateHours.Always;

    /// <summary>Judges requests by vehicle manifests; null demands none.</summary>
    public FleetPolicy? Fleet { get; init; }

    /// <summary>UTC in milliseconds since 1970; null where updates may begin at any time or never.</summary>
    public Func<long>? UtcNowMs { get; init; }

    /// <summary>The disk of <see cref="Packages"/>, or one that ends with the process.</summary>
    internal PackageDisk Disk => Packages ?? PackageDisk.Open(new MemoryFileSystem(), "packages");
}
