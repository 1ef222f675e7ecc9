// Whole envelopes at the agent's verifier, with anchors provisioned, and at the host's: shape, digest, signatures, manifest.
// Changed inputs get their digest right again by Repair, so that they come as far as the signatures.
// Tests: tests/Fuzz/Checks.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>EnvelopeReader, ManifestVerifier; SuitEnvelope, CoseSign1.</summary>
internal sealed class EnvelopeTarget : FuzzTarget
{
    private readonly Shelf _shelf = new();
    private readonly ManifestVerifier _verifier;
    private readonly byte[][] _good;

    public EnvelopeTarget()
    {
        KeyStore keys = new(_shelf.Csm, _shelf.NvM);
        byte[] record = Samples.Provisioning;
        Require(keys.Provision(record, 0, record.Length) == FotaError.None, "the sample record is refused");
        for (int i = 0; i < 2000 && !_shelf.NvM.IsIdle; i++)
        {
            _shelf.Turn();
        }

        FotaConfig config = new() { VendorId = Samples.VendorId, ClassId = Samples.ClassId, RequiredRoles = [TrustRole.Author, TrustRole.Oem] };
        _verifier = new ManifestVerifier(config, _shelf.Fls, _shelf.Csm, keys, new byte[BankWriter.ChunkLength]);
        byte[] manifest = Samples.Manifests()[0];
        SuitManifest plain = ManifestDecoder.Decode(manifest);
        SuitManifest[] others =
        [
            plain with { VendorId = new byte[16] },
            plain with { ClassId = new byte[16] },
            plain with { DeviceId = new byte[16] },
            plain with { DeviceId = Samples.DeviceId },
            plain with { ChunkTable = new byte[32] },
        ];
        _good =
        [
            Samples.Envelope(manifest, Samples.Author, Samples.Oem),
            Samples.Envelope(manifest, Samples.Oem),
            .. others.Select(other => Samples.Envelope(ManifestEncoder.Encode(other), Samples.Author, Samples.Oem)),
        ];
    }

    public override string What => "SUIT envelope with signatures, verified by the agent from flash; host decodes the same";

    public override IReadOnlyList<string> NotReading => ["SuitEnvelope.Sign", "SuitEnvelope.LengthOf", "EnvelopeReader..ctor"];

    public override IReadOnlyList<string> Parsers =>
        ["EsyncAgent.EnvelopeReader", "EsyncAgent.EnvelopeVerifier", "EsyncAgent.ManifestVerifier", "EsyncSim.Packages.SuitEnvelope", "EsyncSim.Packages.CoseSign1"];

    public override int LengthMax => 10_000;

    public override int SmokeInputs => 1000;

    public override IReadOnlyList<byte[]> Words => [[0xD8, 0x6B, 0xA2], [0xD2, 0x84, 0x44, 0xA1, 1, 0x38, 0x2D], [0x82, 0x2F, 0x58, 0x20], [0xA1, 4, 0x50], [0xF6, 0x59]];

    public override IReadOnlyList<byte[]> Seeds() => _good;

    public override long StepsMax(int length) => 1_200_000 + (40 * length);

    public override long AllocationMax(int length) => 100_000 + (20 * length);

    // The digest of the manifest stands at a fixed place when the first heads are those of a good envelope.
    public override byte[] Repair(byte[] input)
    {
        int digest = _good[0].AsSpan().IndexOf(new byte[] { 0x82, 0x2F, 0x58, 0x20 }) + 4;
        int manifest = input.AsSpan().LastIndexOf(new byte[] { 0x03, 0x59 }) + 1;
        if (manifest <= 0 || digest + 32 > input.Length)
        {
            return input;
        }

        byte[] repaired = [.. input];
        SHA256.HashData(input.AsSpan(manifest), repaired.AsSpan(digest, 32));
        return repaired;
    }

    public override void Run(byte[] input)
    {
        _shelf.Put(input);
        uint compressions = _shelf.Csm.CompressionCount;
        long before = GC.GetAllocatedBytesForCurrentThread();
        _verifier.Begin(Shelf.Address, (uint)input.Length);
        StdReturn result = StdReturn.Pending;
        int callsMax = 8000 + (input.Length / 16);
        for (int i = 0; result == StdReturn.Pending; i++)
        {
            Require(i < callsMax, "no verdict");
            uint former = _shelf.Csm.CompressionCount;
            result = _verifier.MainFunction((uint)i);
            Require(_shelf.Csm.CompressionCount - former <= 8, "a call does more than eight compressions");
            _shelf.Turn();
        }

        RequireNoAllocation(before, "the verifier");
        Require((result == StdReturn.Ok) == (_verifier.Error == FotaError.None), "a verdict without a reason");
        Require(_shelf.Csm.CompressionCount - compressions < 40_000, "compressions without end");
        bool isDecoded = IsDecoded(input);
        bool isShape = _verifier.Error != FotaError.EnvelopeMalformed;
        Require(isShape == isDecoded, isDecoded ? "the host takes an envelope whose shape the agent refuses" : "the agent takes the shape of an envelope that the host refuses");
    }

    private static bool IsDecoded(byte[] input)
    {
        try
        {
            return SuitEnvelope.Decode(input).Signatures.Count > 0;
        }
        catch (SuitException)
        {
            return false;
        }
    }
}
