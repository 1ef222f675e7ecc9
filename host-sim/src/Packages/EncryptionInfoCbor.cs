// Encryption info ↔ CBOR, the one form that the ECU takes: tag 96, protected headers of no bytes, AES-256-CTR with a content
// key under A256KW.
// Clause: PROTOCOL.md, "Content encryption"; RFC 9052 §5.1; draft-ietf-suit-firmware-encryption-24.
// Tests: tests/host-sim/Packages (the draft's own example among them).
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Signing;

namespace EsyncSim.Packages;

/// <summary>Writes and reads COSE_Encrypt without a ciphertext in it.</summary>
internal static class EncryptionInfoCbor
{
    /// <summary>The structure, without the byte string around it.</summary>
    public static byte[] Encode(EncryptionInfo info) => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteTag((CborTag)SuitKeys.EncryptTag);
        writer.WriteStartArray(4);
        WriteHeaders(writer, SuitKeys.Aes256Ctr, SuitKeys.Iv, info.Iv);
        writer.WriteNull();
        writer.WriteStartArray(info.Recipients.Count);
        foreach (WrappedKey recipient in info.Recipients)
        {
            writer.WriteStartArray(3);
            WriteHeaders(writer, SuitKeys.Aes256KeyWrap, SuitKeys.KeyIdentifier, recipient.DeviceId);
            writer.WriteByteString(recipient.Key);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    });

    /// <summary>Reads the structure.</summary>
    /// <exception cref="SuitException">More recipients than one envelope may have.</exception>
    /// <exception cref="CborContentException">Not of the form.</exception>
    public static EncryptionInfo Read(CborReader reader)
    {
        ulong tag = (ulong)reader.ReadTag();
        if (tag != SuitKeys.EncryptTag)
        {
            throw new CborContentException($"tag {tag} is not {SuitKeys.EncryptTag}");
        }

        CborItem.ReadArray(reader, 4, "the encryption info");
        byte[] iv = ReadHeaders(reader, SuitKeys.Aes256Ctr, SuitKeys.Iv, EncryptionInfo.IvLength, "the first counter block");
        reader.ReadNull();
        int count = CborItem.ReadArray(reader);
        if (count > EncryptionInfo.RecipientCountMax)
        {
            throw new SuitException(FotaError.ManifestUnsupported, $"the encryption info has {count} recipients, {EncryptionInfo.RecipientCountMax} are the most");
        }

        List<WrappedKey> recipients = [];
        for (int i = 0; i < count; i++)
        {
            CborItem.ReadArray(reader, 3, "a recipient");
            byte[] deviceId = ReadHeaders(reader, SuitKeys.Aes256KeyWrap, SuitKeys.KeyIdentifier, DeviceFile.DeviceIdLength, "a recipient's identifier");
            recipients.Add(new WrappedKey(deviceId, CborItem.ReadBytes(reader, WrappedKey.Length, "a wrapped key")));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        reader.ReadEndArray();
        bool isAscending = recipients.Zip(recipients.Skip(1)).All(pair => EncryptionInfo.Compare(pair.First.DeviceId, pair.Second.DeviceId) < 0);
        return count > 0 && isAscending ? new EncryptionInfo(iv, recipients) : throw new CborContentException("the recipients are none or not in ascending order");
    }

    // h'', {1: algorithm, key: value}
    private static void WriteHeaders(CborWriter writer, int algorithm, int key, byte[] value)
    {
        writer.WriteByteString([]);
        writer.WriteStartMap(2);
        ManifestEncoder.Pair(writer, SuitKeys.Algorithm, () => writer.WriteInt32(algorithm));
        ManifestEncoder.Pair(writer, key, () => writer.WriteByteString(value));
        writer.WriteEndMap();
    }

    private static byte[] ReadHeaders(CborReader reader, int algorithm, int key, int length, string what)
    {
        CborItem.ReadBytes(reader, 0, "a protected header");
        int? foundAlgorithm = null;
        byte[]? value = null;
        CborItem.ReadMap(reader, found =>
        {
            if (found == SuitKeys.Algorithm)
            {
                foundAlgorithm = reader.ReadInt32();
            }
            else
            {
                value = found == key ? CborItem.ReadBytes(reader, length, what) : throw new CborContentException($"header parameter {found} is not part of the profile");
            }
        });
        return foundAlgorithm == algorithm && value is not null ? value : throw new CborContentException($"an algorithm other than {algorithm}, or no value for {what}");
    }
}
