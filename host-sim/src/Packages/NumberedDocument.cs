// What the signed documents have in common that take the place of one in force (trust manifests, collection rules): version, a number of
// their own kind, and whom they are for. What follows is the kind's.
// Invariant: encoding and decoding are strict in the same way as for images: one content has one form.
// Clause: PROTOCOL.md, "Trust manifest", "Collection rules".
// Tests: tests/host-sim/Packages/TrustFileTests.cs, tests/host-sim/Rules/RuleListTests.cs.
using System.Formats.Cbor;
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>Content of a signed document with a number.</summary>
public abstract record NumberedDocument
{
    private const int Version = 1;
    private const int KeyVersion = 1;
    private const int KeySequence = 2;
    private const int KeyVendor = 3;
    private const int KeyClass = 4;
    private const int KeyDevice = 5;
    private const int HeadCount = 4;

    /// <summary>Orders the documents of its kind, apart from those of others; 1 or more.</summary>
    public required uint Sequence { get; init; }

    /// <summary>Vendor identifier, 16 bytes.</summary>
    public required byte[] VendorId { get; init; }

    /// <summary>Class identifier, 16 bytes.</summary>
    public required byte[] ClassId { get; init; }

    /// <summary>Device identifier, 16 bytes, when it is for one device only.</summary>
    public byte[]? DeviceId { get; init; }

    /// <summary>Reads a document.</summary>
    /// <param name="cbor">Its bytes.</param>
    /// <param name="what">Its kind, for messages.</param>
    /// <param name="readMember">Reads a member behind the head, or refuses its key.</param>
    /// <param name="make">Makes it of its head; null when members behind the head are missing.</param>
    /// <exception cref="SuitException">Not one of our profile.</exception>
    private protected static T Read<T>(byte[] cbor, string what, Action<CborReader, int> readMember, Func<DocumentHead, T?> make)
        where T : NumberedDocument => CborItem.Read(cbor, FotaError.ManifestMalformed, what, reader =>
    {
        int? version = null;
        uint? sequence = null;
        byte[]? vendor = null, classId = null, device = null;
        CborItem.ReadMap(reader, key =>
        {
            switch (key)
            {
                case KeyVersion:
                    version = reader.ReadInt32();
                    break;
                case KeySequence:
                    sequence = reader.ReadUInt32();
                    break;
                case KeyVendor:
                    vendor = CborItem.ReadBytes(reader, 16, "the vendor identifier");
                    break;
                case KeyClass:
                    classId = CborItem.ReadBytes(reader, 16, "the class identifier");
                    break;
                case KeyDevice:
                    device = CborItem.ReadBytes(reader, 16, "the device identifier");
                    break;
                default:
                    readMember(reader, key);
                    break;
            }
        });
        if (version != Version)
        {
            throw new SuitException(FotaError.ManifestVersionUnknown, $"{what}: version {version} instead of {Version}");
        }

        bool isHeadWhole = sequence is not null && vendor is not null && classId is not null;
        T? document = isHeadWhole ? make(new DocumentHead(sequence!.Value, vendor!, classId!, device)) : null;
        return document ?? throw new CborContentException("a member that must be there is missing");
    });

    /// <summary>The document as CBOR.</summary>
    /// <param name="memberCount">Members behind the head.</param>
    /// <param name="writeMembers">Writes them.</param>
    private protected byte[] Encode(int memberCount, Action<CborWriter> writeMembers) => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartMap(HeadCount + (DeviceId is null ? 0 : 1) + memberCount);
        ManifestEncoder.Pair(writer, KeyVersion, () => writer.WriteInt32(Version));
        ManifestEncoder.Pair(writer, KeySequence, () => writer.WriteUInt32(Sequence));
        ManifestEncoder.Pair(writer, KeyVendor, () => writer.WriteByteString(VendorId));
        ManifestEncoder.Pair(writer, KeyClass, () => writer.WriteByteString(ClassId));
        if (DeviceId is not null)
        {
            ManifestEncoder.Pair(writer, KeyDevice, () => writer.WriteByteString(DeviceId));
        }

        writeMembers(writer);
        writer.WriteEndMap();
    });

    /// <summary>What was read of a head.</summary>
    private protected sealed record DocumentHead(uint Sequence, byte[] VendorId, byte[] ClassId, byte[]? DeviceId);
}
