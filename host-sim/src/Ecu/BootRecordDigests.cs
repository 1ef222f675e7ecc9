// What the world outside asks of an agent's boot record: digests as arrays, where the agent has them one behind the other.
// Tests: tests/host-sim/Simulation/RuleTests.cs.
using EsyncAgent;

namespace EsyncSim.Ecu;

/// <summary>Digests of a boot record.</summary>
public static class BootRecordDigests
{
    /// <summary>A copy of the manifest digest of a bank (0 A, 1 B), zero when there is none.</summary>
    public static byte[] ManifestDigest(this BootRecord record, int bank)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Digests.AsSpan(BootRecord.DigestAt(bank), BootRecord.DigestLength).ToArray();
    }
}
