// Vehicle manifests and the keys that sign them, for tests that spoil them.
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;

namespace EsyncTests.HostSim.Packages;

public static class TestFleet
{
    public const string Vehicle = "V1";
    public const string Campaign = "c1";

    public static readonly TestKey Key = new(SigningRole.Fleet, "fleet");
    public static readonly TestKey OtherKey = new(SigningRole.Fleet, "other fleet");

    /// <summary>A nonce, a digest: so many bytes of one value.</summary>
    public static byte[] Of(byte value, int length) => [.. Enumerable.Repeat(value, length)];

    public static VehicleManifestEntry Entry(string ecu, string version = "2.0.0", byte digest = 0xD1, byte nonce = 0x01) => new(ecu, version, Of(digest, 32), Of(nonce, 16));

    public static VehicleManifest Manifest(params VehicleManifestEntry[] entries) => new()
    {
        Sequence = 7,
        Vehicle = Vehicle,
        Campaign = Campaign,
        NotAfterMs = 1_000_000,
        Entries = entries.Length == 0 ? [Entry("battery"), Entry("motor")] : entries,
    };

    public static SignedVehicleManifest Sign(VehicleManifest manifest, TestKey? key = null) => SignedVehicleManifest.Sign(manifest, (key ?? Key).Signer);
}
