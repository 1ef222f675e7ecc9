// Every attack, in the order in which they are tried and shown: first those that Uptane lists, then those on this design,
// then those on any diagnostic server.
// Invariant: names are unique; each attack has a mutant of the product with which it succeeds (tests/host-sim/Attack).
// Tests: tests/host-sim/Attack.
namespace EsyncSim.Attack;

/// <summary>All attacks.</summary>
internal static class AttackCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        .. new[] { AccessAttacks.All, SessionAttacks.All, ManifestAttacks.All, EncodingAttacks.All, TransferAttacks.All, TransportAttacks.All, ReportAttacks.All, VehicleAttacks.All, FleetAttacks.All }
            .SelectMany(attacks => attacks)
            .OrderBy(attack => attack.Origin),
    ];

    /// <summary>Those with these names; all when none is named.</summary>
    /// <exception cref="UserErrorException">A name that no attack has.</exception>
    public static IReadOnlyList<AttackCase> Select(IReadOnlyList<string> names)
    {
        string? unknown = names.FirstOrDefault(name => All.All(attack => attack.Name != name));
        return unknown is not null
            ? throw new UserErrorException(ExitCode.BadUsage, $"there is no attack {unknown}; `esync attack --list` names them")
            : names.Count == 0 ? All : [.. All.Where(attack => names.Contains(attack.Name))];
    }
}
