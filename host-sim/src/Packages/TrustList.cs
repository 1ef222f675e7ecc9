// What a trust manifest says: the keys that count from now on, and for which ECUs.
// Encoding and decoding are strict in the same way as for images: one content has one form.
// Clause: PROTOCOL.md, "Trust manifest".
// Tests: tests/host-sim/Packages/TrustFileTests.cs.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Content of a trust manifest.</summary>
public sealed record TrustList : NumberedDocument
{
    private const int KeyAnchors = 6;

    /// <summary>All anchors that the ECU has from then on, 1 to 8, each key once.</summary>
    public required IReadOnlyList<TrustAnchor> Anchors { get; init; }

    /// <summary>Reads the content of a trust manifest.</summary>
    /// <exception cref="SuitException">Not one of our profile.</exception>
    public static TrustList Decode(byte[] cbor)
    {
        List<TrustAnchor>? anchors = null;
        return Read(
            cbor,
            "trust manifest",
            (reader, key) => anchors = key == KeyAnchors ? ReadAnchors(reader) : throw new SuitException(FotaError.ManifestUnsupported, $"trust manifest: member {key} is unknown"),
            head => anchors is null
                ? null
                : new TrustList { Sequence = head.Sequence, VendorId = head.VendorId, ClassId = head.ClassId, DeviceId = head.DeviceId, Anchors = anchors });
    }

    /// <summary>The content as CBOR.</summary>
    public byte[] Encode() => Encode(1, writer => ManifestEncoder.Pair(writer, KeyAnchors, () => WriteAnchors(writer)));

    private void WriteAnchors(CborWriter writer)
    {
        writer.WriteStartArray(Anchors.Count);
        foreach (TrustAnchor anchor in Anchors)
        {
            writer.WriteStartArray(2);
            writer.WriteUInt32((uint)anchor.Role);
            writer.WriteByteString(anchor.PublicKey);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static List<TrustAnchor> ReadAnchors(CborReader reader)
    {
        int count = CborItem.ReadArray(reader);
        List<TrustAnchor> anchors = [];
        for (int i = 0; i < count; i++)
        {
            CborItem.ReadArray(reader, 2, "an anchor");
            uint role = reader.ReadUInt32();
            byte[] key = reader.ReadByteString();
            reader.ReadEndArray();
            bool isKnown = role is >= (uint)SigningRole.Author and <= (uint)SigningRole.Fleet && TrustAnchor.IsPublicKey(key);
            anchors.Add(isKnown
                ? new TrustAnchor((SigningRole)role, key)
                : throw new SuitException(FotaError.AnchorsInvalid, $"trust manifest: anchor {i} has an unknown role or key"));
        }

        reader.ReadEndArray();
        bool isList = count is >= 1 and <= ProvisioningRecord.AnchorCountMax && anchors.DistinctBy(anchor => Convert.ToHexString(anchor.KeyId)).Count() == count;
        return isList ? anchors : throw new SuitException(FotaError.AnchorsInvalid, $"trust manifest: {count} anchors, or one twice, instead of 1 to {ProvisioningRecord.AnchorCountMax}");
    }
}
