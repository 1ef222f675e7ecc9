// Vehicle manifests: the host's decoder, alone and within an envelope whose digest Repair makes right again. What is taken is within bounds and
// has one form; nothing counts without a signature.
// Tests: tests/Fuzz/Checks.
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>VehicleManifest, SignedVehicleManifest.</summary>
internal sealed class VehicleManifestTarget : FuzzTarget
{
    public override string What => "vehicle manifest, bare and in an envelope";

    public override IReadOnlyList<string> NotReading => ["VehicleManifest.Encode", "VehicleManifest.WriteEntries", "VehicleManifest.Find", "VehicleManifestEntry.Is", "SignedVehicleManifest.Sign", "SignedVehicleManifest.RequireRole"];

    public override IReadOnlyList<string> Parsers => ["EsyncSim.Packages.VehicleManifest", "EsyncSim.Packages.SignedVehicleManifest"];

    public override int LengthMax => 8000;

    public override IReadOnlyList<byte[]> Words => [[6, 0x81, 0x84], [0x58, 0x20], [0x50], [0x1B, 0x7F], [0x1B, 0xFF], "ESVU"u8.ToArray(), [6, 0x98, 0x41], [0x84, 0x61, (byte)'a', 0x61, (byte)'1']];

    public override long StepsMax(int length) => 200_000 + (200 * length);

    public override long AllocationMax(int length) => 400_000 + (200L * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        VehicleManifestEntry entry = new("motor", "2.0.0", new byte[32], new byte[16]);
        VehicleManifest one = new() { Sequence = 1, Vehicle = "V1", Campaign = "c", NotAfterMs = 1, Entries = [entry] };
        VehicleManifest many = one with { Sequence = long.MaxValue, NotAfterMs = long.MaxValue, Entries = [.. Enumerable.Range(10, 20).Select(i => entry with { Ecu = $"ecu{i}" })] };
        SigningKey key = SigningKey.FromSeedText(SigningRole.Fleet, new SigningParameters(1, 5, 4), "fuzz fleet");
        return [one.Encode(), many.Encode(), SignedVehicleManifest.Sign(one, new MemorySigner(key)).Document];
    }

    public override byte[] Repair(byte[] input) => new PackageTarget().Repair(input);

    public override void Run(byte[] input)
    {
        try
        {
            VehicleManifest manifest = VehicleManifest.Decode(input);
            Require(manifest.Encode().AsSpan().SequenceEqual(input), "a vehicle manifest has two forms");
            Require(manifest.Entries.Count is >= 1 and <= VehicleManifest.EntryCountMax, "a vehicle manifest with too few or too many ECUs is taken");
        }
        catch (SuitException)
        {
            // It is none; in an envelope it may be one.
        }

        try
        {
            SignedVehicleManifest.Decode(input).Verify([]);
            Require(false, "a vehicle manifest counts without any key");
        }
        catch (SuitException)
        {
            // It always ends here: nobody's signature counts.
        }
    }
}
