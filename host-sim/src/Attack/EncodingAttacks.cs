// Attacks on the parsers: CBOR in forms that a careless reader takes and a careful one refuses, signed by good keys, so that
// nothing but the parser stands before them; and the same outside, before any signature was looked at.
// Clause: RFC 8949 §4.2.1; PROTOCOL.md, "Manifest".
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncSim.Attack;

/// <summary>Attacks by encodings.</summary>
internal static class EncodingAttacks
{
    // PROTOCOL.md allows eight; a reader that goes by windows of the flash has room for some more, and for a hundred it has not.
    private const int NestingDepth = 12;
    private const int DeepNestingDepth = 100;
    private const int EnvelopeNestingDepth = 2000;

    // Components ["app"] as the array of one array of one byte string.
    private static readonly byte[] ComponentName = [0x43, (byte)'a', (byte)'p', (byte)'p'];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttackCase> All { get; } =
    [
        ManifestAttacks.Refused("deep-cbor-nesting", AttackOrigin.Design, "Arrays in arrays, to exhaust a stack", keys =>
        [
            new("a component name twelve arrays deep", Components(keys, [.. Nested(NestingDepth), .. ComponentName]), FotaError.ManifestMalformed),
            new("a component name a hundred arrays deep", Components(keys, [.. Nested(DeepNestingDepth), .. ComponentName]), FotaError.ManifestMalformed),
            new("an authentication block two thousand arrays deep", Envelope(CborSurgery.Bytes(Nested(EnvelopeNestingDepth))), FotaError.EnvelopeMalformed),
        ]),
        ManifestAttacks.Refused("indefinite-lengths", AttackOrigin.Design, "Maps, arrays and strings that do not say how long they are", keys =>
        [
            new("a sequence without length", Signed(keys, SuitKeys.Validate, _ => CborSurgery.Bytes([0x9F, 0x03, 0x0F, 0xFF])), FotaError.ManifestMalformed),
            new("a byte string in pieces", Signed(keys, SuitKeys.Invoke, invoke => [0x5F, .. invoke, 0xFF]), FotaError.ManifestMalformed),
            new("an envelope without length", [0xD8, 0x6B, 0xBF, 0x02, 0x40, 0x03, 0x40, 0xFF], FotaError.EnvelopeMalformed),
        ]),
        ManifestAttacks.Refused("non-canonical-integers", AttackOrigin.Design, "Numbers in more bytes than they need, to say one thing in two ways", keys =>
        [
            new("a sequence number of four bytes", Signed(keys, SuitKeys.SequenceNumber, _ => [0x1A, 0, 0, 0, (byte)(AttackKeys.RunningSequence + 1)]), FotaError.ManifestMalformed),
            new("a sequence number of eight bytes", Signed(keys, SuitKeys.SequenceNumber, _ => [0x1B, 0, 0, 0, 0, 0, 0, 0, 3]), FotaError.ManifestMalformed),
            new("a string length of two bytes", Signed(keys, SuitKeys.Validate, value => [0x59, 0x00, (byte)(value.Length - 1), .. value[1..]]), FotaError.ManifestMalformed),
        ]),
        ManifestAttacks.Refused("unknown-manifest-parts", AttackOrigin.Design, "Commands and versions that the agent does not know, to be passed over", keys =>
        [
            new("a manifest of version 2", Signed(keys, SuitKeys.ManifestVersion, _ => [0x02]), FotaError.ManifestVersionUnknown),
            new("a fetch where the image match should be", Signed(keys, SuitKeys.Validate, _ => CborSurgery.Bytes([0x82, 0x15, 0x02])), FotaError.ManifestUnsupported),
            new("a second component", Components(keys, [0x82, 0x81, .. ComponentName, 0x81, .. ComponentName]), FotaError.ManifestUnsupported),
            new("bytes after the envelope", [.. keys.Sign(keys.NextManifest()), 0x00], FotaError.EnvelopeMalformed),
        ]),
    ];

    private static byte[] Signed(AttackKeys keys, int member, Func<byte[], byte[]> change) =>
        keys.Sign(CborSurgery.InMap(ManifestEncoder.Encode(keys.NextManifest()), member, change), keys.Both);

    private static byte[] Components(AttackKeys keys, byte[] components) => Signed(keys, SuitKeys.Common, common =>
        CborSurgery.InBytes(common, map => CborSurgery.InMap(map, SuitKeys.Components, _ => components)));

    private static byte[] Envelope(byte[] authentication) => [0xD8, 0x6B, 0xA2, 0x02, .. authentication, 0x03, 0x41, 0xA0];

    private static byte[] Nested(int depth)
    {
        byte[] heads = new byte[depth];
        Array.Fill<byte>(heads, 0x81);
        return heads;
    }
}
