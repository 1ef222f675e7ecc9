// What a trust manifest says: the keys that count from now on, and for which ECUs.
// Encoding and decoding are strict in the same way as for images: one content has one form.
// Clause: PROTOCOL.md, "Trust manifest".
// Tests: tests/host-sim/Packages/TrustFileTests.cs.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Content of a trust manifest.</summary>
public sealed record TrustList
{
    private const int Version = 1;
    private const int KeyVersion = 1;
    private const int KeySequence = 2;
    private const int KeyVendor = 3;
    private const int KeyClass = 4;
    private const int KeyDevice = 5;
    private const int KeyAnchors = 6;

    /// <summary>Orders trust manifests, apart from those of images; 1 or more.</summary>
    public required uint Sequence { get; init; }

    /// <summary>Vendor identifier, 16 bytes.</summary>
    public required byte[] VendorId { get; init; }

    /// <summary>Class identifier, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>Device identifier, 16 bytes, when it is for one device only.</summary>
    public byte[]? DeviceId { get; init; }

    /// <summary>All anchors that the ECU has from then on, 1 to 8, each key once.</summary>
    public required IReadOnlyList<TrustAnchor> Anchors { get; init; }

    /// <summary>Reads the content of a trust manifest.</summary>
    /// <exception cref="SuitException">Not one of our profile.</exception>
    public static TrustList Decode(byte[] cbor) => CborItem.Read(cbor, FotaError.ManifestMalformed, "trust manifest", reader =>
    {
        int? version = null;
        uint? sequence = null;
        byte[]? vendor = null, classId = null, device = null;
        List<TrustAnchor>? anchors = null;
        CborItem.ReadMap(reader, key => _ = key switch
        {
            KeyVersion => version = reader.ReadInt32(),
            KeySequence => (object)(sequence = reader.ReadUInt32())!,
            KeyVendor => vendor = CborItem.ReadBytes(reader, 16, "the vendor identifier"),
            KeyClass => classId = CborItem.ReadBytes(reader, 16, "the class identifier"),
            KeyDevice => device = CborItem.ReadBytes(reader, 16, "the device identifier"),
            KeyAnchors => anchors = ReadAnchors(reader),
            _ => throw new SuitException(FotaError.ManifestUnsupported, $"trust manifest: member {key} is unknown"),
        });
        if (version != Version)
        {
            throw new SuitException(FotaError.ManifestVersionUnknown, $"trust manifest: version {version} instead of {Version}");
        }

        bool isWhole = sequence is not null && vendor is not null && classId is not null && anchors is not null;
        return isWhole
            ? new TrustList { Sequence = sequence!.Value, VendorId = vendor!, ClassId = classId!, DeviceId = device, Anchors = anchors! }
            : throw new CborContentException("sequence, vendor, class or anchors are missing");
    });

    /// <summary>The content as CBOR.</summary>
    public byte[] Encode() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartMap(DeviceId is null ? 5 : 6);
        ManifestEncoder.Pair(writer, KeyVersion, () => writer.WriteInt32(Version));
        ManifestEncoder.Pair(writer, KeySequence, () => writer.WriteUInt32(Sequence));
        ManifestEncoder.Pair(writer, KeyVendor, () => writer.WriteByteString(VendorId));
        ManifestEncoder.Pair(writer, KeyClass, () => writer.WriteByteString(ClassId));
        if (DeviceId is not null)
        {
            ManifestEncoder.Pair(writer, KeyDevice, () => writer.WriteByteString(DeviceId));
        }

        ManifestEncoder.Pair(writer, KeyAnchors, () => WriteAnchors(writer));
        writer.WriteEndMap();
    });

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
