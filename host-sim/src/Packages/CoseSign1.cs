// COSE_Sign1 as SUIT uses it with HSS/LMS: what is signed, and the block that carries the signature.
// Clause: RFC 9052 §4.2, §4.4; RFC 8778 §3; PROTOCOL.md, "Manifest".
// Tests: tests/host-sim/Packages (against the vector of RFC 8778's working group).
using System.Formats.Cbor;

namespace EsyncSim.Packages;

/// <summary>One COSE_Sign1 block.</summary>
/// <param name="ProtectedHeader">Protected header, encoded.</param>
/// <param name="KeyId">kid of the unprotected header; empty when there is none.</param>
/// <param name="Payload">Attached payload; null in a SUIT envelope, where it is the digest before the block.</param>
/// <param name="Signature">The signature.</param>
public sealed record CoseSign1(byte[] ProtectedHeader, byte[] KeyId, byte[]? Payload, byte[] Signature)
{
    /// <summary>What is signed: Sig_structure over a payload (RFC 9052 §4.4), without external data.</summary>
    public static byte[] ToBeSigned(byte[] protectedHeader, byte[] payload) => ToBeSigned(protectedHeader, [], payload);

    /// <summary>What is signed: Sig_structure over external data and a payload (RFC 9052 §4.4).</summary>
    public static byte[] ToBeSigned(byte[] protectedHeader, byte[] external, byte[] payload) => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(protectedHeader);
        writer.WriteByteString(external);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
    });

    /// <summary>The block with its tag 18.</summary>
    public byte[] Encode() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteTag((CborTag)SuitKeys.Sign1Tag);
        writer.WriteStartArray(4);
        writer.WriteByteString(ProtectedHeader);
        writer.WriteStartMap(1);
        ManifestEncoder.Pair(writer, SuitKeys.KeyIdentifier, () => writer.WriteByteString(KeyId));
        writer.WriteEndMap();
        if (Payload is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteByteString(Payload);
        }

        writer.WriteByteString(Signature);
        writer.WriteEndArray();
    });

    /// <summary>Reads a block, with its tag.</summary>
    internal static CoseSign1 Read(CborReader reader)
    {
        ulong tag = (ulong)reader.ReadTag();
        if (tag != SuitKeys.Sign1Tag)
        {
            throw new CborContentException($"tag {tag} instead of {SuitKeys.Sign1Tag} for a signature");
        }

        CborItem.ReadArray(reader, 4, "COSE_Sign1");
        byte[] protectedHeader = reader.ReadByteString();
        byte[] keyId = [];
        CborItem.ReadMap(reader, key => keyId = key == SuitKeys.KeyIdentifier
            ? reader.ReadByteString()
            : throw new CborContentException($"unprotected header parameter {key} is unknown"));

        byte[]? payload = null;
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
        }
        else
        {
            payload = reader.ReadByteString();
        }

        byte[] signature = reader.ReadByteString();
        reader.ReadEndArray();
        return new CoseSign1(protectedHeader, keyId, payload, signature);
    }
}
