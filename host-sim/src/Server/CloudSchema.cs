// Tables of the server's database.
// Invariant: a migration that was published is never changed, only followed by another.
// Times are UTC in milliseconds since 1970; digests and identifiers are hexadecimal.
// Tests: tests/host-sim/Server/CloudStoreTests.cs.
using EsyncSim.Files;

namespace EsyncSim.Server;

/// <summary>The database's form.</summary>
internal static class CloudSchema
{
    // "ESYC"
    public static readonly SqliteFile File = new("campaigns", 0x45535943, Runs, Campaigns, Cloud);

    private const string Runs =
        """
        CREATE TABLE vehicle (vin TEXT PRIMARY KEY, ledger TEXT NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE run (
          campaign TEXT NOT NULL, vin TEXT NOT NULL REFERENCES vehicle, mode TEXT NOT NULL, state TEXT NOT NULL, ended INTEGER NOT NULL,
          begun INTEGER NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (campaign, vin)) WITHOUT ROWID;
        CREATE TABLE target (
          campaign TEXT NOT NULL, vin TEXT NOT NULL, ecu TEXT NOT NULL, part TEXT NOT NULL, wanted TEXT NOT NULL, bringing TEXT NOT NULL, step TEXT NOT NULL,
          end TEXT, reason TEXT NOT NULL, message TEXT NOT NULL,
          PRIMARY KEY (campaign, vin, ecu, part), FOREIGN KEY (campaign, vin) REFERENCES run) WITHOUT ROWID;
        """;

    private const string Campaigns =
        """
        CREATE TABLE campaign (
          id TEXT PRIMARY KEY, text TEXT NOT NULL, files TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // A campaign's plan names packages by their SHA-256, so that any server of this database can run it; null is one from before.
    private const string Cloud =
        """
        ALTER TABLE vehicle ADD COLUMN owner TEXT;
        ALTER TABLE vehicle ADD COLUMN owner_until INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE vehicle ADD COLUMN announced INTEGER;
        ALTER TABLE run ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE target ADD COLUMN encoding TEXT;
        ALTER TABLE target ADD COLUMN why TEXT;
        ALTER TABLE campaign ADD COLUMN plan TEXT;
        ALTER TABLE campaign ADD COLUMN consent TEXT NOT NULL DEFAULT 'none';
        CREATE TABLE ecu (
          vin TEXT NOT NULL REFERENCES vehicle, name TEXT NOT NULL, bus TEXT, class TEXT, version TEXT, bank_a TEXT, bank_b TEXT, sequence INTEGER, security INTEGER,
          digest_a TEXT, digest_b TEXT, report TEXT, authentic INTEGER, nonce TEXT, limits TEXT, seen INTEGER NOT NULL, PRIMARY KEY (vin, name)) WITHOUT ROWID;
        CREATE TABLE package (
          sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, part TEXT NOT NULL, class TEXT NOT NULL, version TEXT NOT NULL, length INTEGER NOT NULL, file TEXT NOT NULL,
          added INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE form (
          package TEXT NOT NULL REFERENCES package, number INTEGER NOT NULL, sha256 TEXT NOT NULL, encoding TEXT, length INTEGER NOT NULL, transfer INTEGER NOT NULL, image INTEGER NOT NULL,
          base TEXT, PRIMARY KEY (package, number)) WITHOUT ROWID;
        CREATE INDEX form_file ON form (sha256);
        CREATE TABLE need (campaign TEXT NOT NULL REFERENCES campaign, package TEXT NOT NULL REFERENCES package, PRIMARY KEY (campaign, package)) WITHOUT ROWID;
        CREATE TABLE consent (
          campaign TEXT NOT NULL REFERENCES campaign, vin TEXT NOT NULL, answer TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (campaign, vin)) WITHOUT ROWID;
        CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, vin TEXT, ecu TEXT, campaign TEXT, text TEXT NOT NULL);
        """;
}
