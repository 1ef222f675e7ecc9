// Vehicles that the server knows, and what their ECUs have said of themselves: from announcements which there are, from answers to
// query-package what they run.
// Invariants: what an ECU says is stored in the transaction that its answer counts in; a version that was confirmed since is noted
// without the report that it makes outdated.
// Tests: tests/host-sim/Server/VehicleInventoryTests.cs.
using EsyncSim.Client;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>A vehicle in the database.</summary>
/// <param name="Vin">Its identification number.</param>
/// <param name="SeenMs">When it was heard last, UTC in milliseconds since 1970; 0 is never.</param>
/// <param name="AnnouncedMs">When it announced itself last; null is never.</param>
/// <param name="Owner">The server that speaks with it; null when none does.</param>
/// <param name="OwnerUntilMs">Until when that is so.</param>
/// <param name="Ecus">Its ECUs, by name.</param>
public sealed record KnownVehicle(string Vin, long SeenMs, long? AnnouncedMs, string? Owner, long OwnerUntilMs, IReadOnlyList<KnownEcu> Ecus);

/// <summary>An ECU in the database; what it has not said is null.</summary>
public sealed record KnownEcu
{
    /// <summary>Name in nf.config.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its bus.</summary>
    public string? Bus { get; init; }

    /// <summary>Hardware class, a UUID.</summary>
    public string? ClassId { get; init; }

    /// <summary>Version of the application that it runs.</summary>
    public string? Version { get; init; }

    /// <summary>State of bank A.</summary>
    public string? BankA { get; init; }

    /// <summary>State of bank B.</summary>
    public string? BankB { get; init; }

    /// <summary>Highest SUIT sequence number that it has accepted.</summary>
    public long? Sequence { get; init; }

    /// <summary>Its securityVersion floor.</summary>
    public long? SecurityVersion { get; init; }

    /// <summary>Manifest digest of bank A, hexadecimal.</summary>
    public string? DigestA { get; init; }

    /// <summary>Manifest digest of bank B, hexadecimal.</summary>
    public string? DigestB { get; init; }

    /// <summary>Its version report, hexadecimal.</summary>
    public string? Report { get; init; }

    /// <summary>True when the vehicle's client has checked the report's MAC.</summary>
    public bool? IsAuthentic { get; init; }

    /// <summary>The report's nonce, hexadecimal.</summary>
    public string? Nonce { get; init; }

    /// <summary>What its update target takes (DID FD05), hexadecimal.</summary>
    public string? Limits { get; init; }

    /// <summary>When that was heard, UTC in milliseconds since 1970.</summary>
    public long SeenMs { get; init; }
}

/// <summary>The vehicles of a database.</summary>
public sealed class VehicleInventory
{
    private const string EcuColumns = "name, bus, class, version, bank_a, bank_b, sequence, security, digest_a, digest_b, report, authentic, nonce, limits, seen";

    private readonly CloudStore _store;

    internal VehicleInventory(CloudStore store) => _store = store;

    /// <summary>All vehicles, without their ECUs, by VIN.</summary>
    public IReadOnlyList<KnownVehicle> All => _store.All(Read, "SELECT vin, seen, announced, owner, owner_until FROM vehicle ORDER BY vin");

    /// <summary>One vehicle with its ECUs; null when it is not known.</summary>
    public KnownVehicle? Find(string vin) =>
        _store.All(Read, "SELECT vin, seen, announced, owner, owner_until FROM vehicle WHERE vin = $a", vin).FirstOrDefault() is { } vehicle ? vehicle with { Ecus = EcusOf(vin) } : null;

    /// <summary>ECUs of a vehicle, by name.</summary>
    public IReadOnlyList<KnownEcu> EcusOf(string vin) => _store.All(ReadEcu, $"SELECT {EcuColumns} FROM ecu WHERE vin = $a ORDER BY name", vin);

    /// <summary>Vehicles with an ECU of a class, a name and a version, by VIN; null is any.</summary>
    public IReadOnlyList<string> Select(string? classId, string? ecu, string? version) => _store.All(
        row => row.GetString(0),
        "SELECT DISTINCT vin FROM ecu WHERE ($a IS NULL OR class = $a) AND ($b IS NULL OR name = $b) AND ($c IS NULL OR version = $c) ORDER BY vin",
        classId, ecu, version);

    /// <summary>Notes what an answer to query-package says of an ECU's application, within a transaction.</summary>
    internal void Note(SqliteTransaction transaction, string vin, EsyncMessage answer)
    {
        if (NameOf(answer.Body.Package) is not { } name)
        {
            return;
        }

        EsyncEcu? said = answer.Body.Ecu;
        VersionReport? report = VersionReport.TryRead(said?.VersionReport);
        _store.Do(
            transaction,
            "INSERT INTO ecu (vin, name, class, version, bank_a, bank_b, sequence, security, digest_a, digest_b, report, authentic, nonce, limits, seen) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l, $m, $n, $o) "
            + "ON CONFLICT (vin, name) DO UPDATE SET class = coalesce($c, class), version = $d, bank_a = $e, bank_b = $f, sequence = $g, security = $h, digest_a = $i, digest_b = $j, report = $k, authentic = $l, nonce = $m, "
            + "limits = coalesce($n, limits), seen = $o",
            vin, name, said?.ClassId, answer.Body.Package.Version, report?.States[0].ToString(), report?.States[1].ToString(), report?.SequenceNumberMax, report?.SecurityVersionFloor,
            Hex(report?.ManifestDigests[0]), Hex(report?.ManifestDigests[1]), report is null ? null : said!.VersionReport, said?.IsAuthentic, Hex(report?.Nonce), said?.Limits, _store.NowMs);
    }

    /// <summary>Notes that an ECU has confirmed a version, within a transaction.</summary>
    internal void Confirmed(SqliteTransaction transaction, string vin, string ecu, string version) => _store.Do(
        transaction,
        "UPDATE ecu SET version = $c, bank_a = NULL, bank_b = NULL, sequence = NULL, security = NULL, digest_a = NULL, digest_b = NULL, report = NULL, authentic = NULL, nonce = NULL, seen = $d WHERE vin = $a AND name = $b AND version IS NOT $c",
        vin, ecu, version, _store.NowMs);

    /// <summary>Notes which ECUs a vehicle says that it has, within a transaction.</summary>
    internal void Announced(SqliteTransaction transaction, string vin, IEnumerable<EsyncAnnouncedEcu> ecus)
    {
        if (_store.AskIn(transaction, "SELECT announced FROM vehicle WHERE vin = $a", vin) is DBNull)
        {
            _store.Events.Add(transaction, $"{vin} has announced itself", vin: vin);
        }

        _store.Do(transaction, "UPDATE vehicle SET announced = $b WHERE vin = $a", vin, _store.NowMs);
        foreach (EsyncAnnouncedEcu ecu in ecus)
        {
            if (EsyncTarget.NameOf(ecu.Type) is { } name)
            {
                _store.Do(
                    transaction,
                    "INSERT INTO ecu (vin, name, bus, class, seen) VALUES ($a, $b, $c, $d, $e) ON CONFLICT (vin, name) DO UPDATE SET bus = coalesce($c, bus), class = coalesce($d, class), seen = $e",
                    vin, name, ecu.Bus, ecu.ClassId, _store.NowMs);
            }
        }
    }

    private static string? NameOf(EsyncPackage package) => EsyncTarget.PartOf(package.Type, out string application) == TargetPart.Application ? EsyncTarget.NameOf(application) : null;

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);

    private static KnownVehicle Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4), []);

    private static KnownEcu ReadEcu(SqliteDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        long? Number(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
        return new KnownEcu
        {
            Name = row.GetString(0),
            Bus = Text(1),
            ClassId = Text(2),
            Version = Text(3),
            BankA = Text(4),
            BankB = Text(5),
            Sequence = Number(6),
            SecurityVersion = Number(7),
            DigestA = Text(8),
            DigestB = Text(9),
            Report = Text(10),
            IsAuthentic = Number(11) is { } flag ? flag != 0 : null,
            Nonce = Text(12),
            Limits = Text(13),
            SeenMs = row.GetInt64(14),
        };
    }
}
