// Manifest → CBOR in RFC 8949 canonical order, exactly the form that the ECU insists on.
// Clause: PROTOCOL.md, "Manifest"; draft-ietf-suit-manifest-37.
// Tests: tests/host-sim/Packages (decoded there by hand, byte for byte).
using System.Formats.Cbor;

namespace EsyncSim.Packages;

/// <summary>Encodes manifests.</summary>
public static class ManifestEncoder
{
    /// <summary>The manifest as CBOR, without the byte string around it.</summary>
    public static byte[] Encode(SuitManifest manifest) => Cbor(writer =>
    {
        writer.WriteStartMap(6);
        Pair(writer, SuitKeys.ManifestVersion, () => writer.WriteInt32(1));
        Pair(writer, SuitKeys.SequenceNumber, () => writer.WriteUInt32(manifest.Sequence));
        Pair(writer, SuitKeys.Common, () => writer.WriteByteString(Common(manifest)));
        Pair(writer, SuitKeys.Validate, () => writer.WriteByteString(Sequence(SuitKeys.ConditionImageMatch, SuitKeys.ReportAll)));
        Pair(writer, SuitKeys.Invoke, () => writer.WriteByteString(Sequence(SuitKeys.DirectiveInvoke, SuitKeys.ReportFailure)));
        Pair(writer, SuitKeys.Install, () => writer.WriteByteString(Install(manifest)));
        writer.WriteEndMap();
    });

    /// <summary>A SUIT digest, [−16, bytes].</summary>
    internal static byte[] Digest(byte[] sha256) => Cbor(writer =>
    {
        writer.WriteStartArray(2);
        writer.WriteInt32(SuitKeys.Sha256);
        writer.WriteByteString(sha256);
        writer.WriteEndArray();
    });

    /// <summary>One CBOR item, canonical: definite lengths, shortest integers, sorted maps.</summary>
    internal static byte[] Cbor(Action<CborWriter> write)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        write(writer);
        return writer.Encode();
    }

    internal static void Pair(CborWriter writer, int key, Action writeValue)
    {
        writer.WriteInt32(key);
        writeValue();
    }

    private static byte[] Common(SuitManifest manifest) => Cbor(writer =>
    {
        writer.WriteStartMap(2);
        Pair(writer, SuitKeys.Components, () =>
        {
            writer.WriteStartArray(1);
            writer.WriteStartArray(1);
            writer.WriteByteString(SuitKeys.Component);
            writer.WriteEndArray();
            writer.WriteEndArray();
        });
        Pair(writer, SuitKeys.SharedSequence, () => writer.WriteByteString(Shared(manifest)));
        writer.WriteEndMap();
    });

    private static byte[] Shared(SuitManifest manifest) => Cbor(writer =>
    {
        bool hasDevice = manifest.DeviceId is not null;
        writer.WriteStartArray(hasDevice ? 10 : 8);
        writer.WriteInt32(SuitKeys.DirectiveOverride);
        writer.WriteStartMap(hasDevice ? 5 : 4);
        Pair(writer, SuitKeys.ParameterVendor, () => writer.WriteByteString(manifest.VendorId));
        Pair(writer, SuitKeys.ParameterClass, () => writer.WriteByteString(manifest.ClassId));
        Pair(writer, SuitKeys.ParameterImageDigest, () => writer.WriteByteString(Digest(manifest.ImageDigest)));
        Pair(writer, SuitKeys.ParameterImageSize, () => writer.WriteUInt32(manifest.ImageLength));
        if (hasDevice)
        {
            Pair(writer, SuitKeys.ParameterDevice, () => writer.WriteByteString(manifest.DeviceId!));
        }

        writer.WriteEndMap();
        writer.WriteInt32(SuitKeys.DirectiveTryEach);
        byte[] slots = [.. new byte[] { 0, 1 }.Where(slot => (manifest.SlotMask >> slot & 1) != 0)];
        writer.WriteStartArray(slots.Length);
        foreach (byte slot in slots)
        {
            writer.WriteByteString(SlotSequence(slot));
        }

        writer.WriteEndArray();
        Condition(writer, SuitKeys.ConditionVendor);
        Condition(writer, SuitKeys.ConditionClass);
        if (hasDevice)
        {
            Condition(writer, SuitKeys.ConditionDevice);
        }

        writer.WriteEndArray();
    });

    private static byte[] SlotSequence(byte slot) => Cbor(writer =>
    {
        writer.WriteStartArray(4);
        writer.WriteInt32(SuitKeys.DirectiveOverride);
        writer.WriteStartMap(1);
        Pair(writer, SuitKeys.ParameterComponentSlot, () => writer.WriteUInt32(slot));
        writer.WriteEndMap();
        Condition(writer, SuitKeys.ConditionComponentSlot);
        writer.WriteEndArray();
    });

    private static byte[] Install(SuitManifest manifest) => Cbor(writer =>
    {
        (int Key, Action Write)[] parameters =
        [
            .. EncryptionParameter(manifest, writer),
            (SuitKeys.ParameterUri, () => writer.WriteTextString(manifest.Uri)),
            (SuitKeys.ParameterSalt, () => writer.WriteByteString(manifest.Salt)),
            (SuitKeys.ParameterChunkTable, () => writer.WriteByteString(manifest.ChunkTable)),
            (SuitKeys.ParameterSecurityVersion, () => writer.WriteUInt32(manifest.SecurityVersion)),
            (SuitKeys.ParameterVersion, () => writer.WriteTextString(manifest.Version)),
            (SuitKeys.ParameterRuntime, () => writer.WriteUInt32((uint)manifest.Runtime)),
            (SuitKeys.ParameterContract, () => writer.WriteUInt32(manifest.ContractVersion)),
            .. EncodingParameters(manifest, writer),
        ];

        writer.WriteStartArray(6);
        writer.WriteInt32(SuitKeys.DirectiveOverride);
        writer.WriteStartMap(parameters.Length);
        foreach ((int key, Action write) in parameters)
        {
            Pair(writer, key, write);
        }

        writer.WriteEndMap();
        writer.WriteInt32(SuitKeys.DirectiveFetch);
        writer.WriteInt32(SuitKeys.ReportFailure);
        Condition(writer, SuitKeys.ConditionImageMatch);
        writer.WriteEndArray();
    });

    private static IEnumerable<(int Key, Action Write)> EncryptionParameter(SuitManifest manifest, CborWriter writer) => manifest.EncryptionInfo is { } info
        ? [(SuitKeys.ParameterEncryption, () => writer.WriteByteString(EncryptionInfoCbor.Encode(info)))]
        : [];

    private static List<(int Key, Action Write)> EncodingParameters(SuitManifest manifest, CborWriter writer)
    {
        List<(int, Action)> parameters = [];
        if (manifest.Encoding != 0)
        {
            parameters.Add((SuitKeys.ParameterEncoding, () => writer.WriteUInt32(manifest.Encoding)));
        }

        if (manifest.TransferLength is uint transferLength)
        {
            parameters.Add((SuitKeys.ParameterTransferLength, () => writer.WriteUInt32(transferLength)));
        }

        if (manifest.TransferTable is byte[] transferTable)
        {
            parameters.Add((SuitKeys.ParameterTransferTable, () => writer.WriteByteString(transferTable)));
        }

        if (manifest.BaseDigest is byte[] baseDigest)
        {
            parameters.Add((SuitKeys.ParameterBaseDigest, () => writer.WriteByteString(baseDigest)));
        }

        return parameters;
    }

    private static byte[] Sequence(int command, int argument) => Cbor(writer =>
    {
        writer.WriteStartArray(2);
        writer.WriteInt32(command);
        writer.WriteInt32(argument);
        writer.WriteEndArray();
    });

    private static void Condition(CborWriter writer, int condition)
    {
        writer.WriteInt32(condition);
        writer.WriteInt32(SuitKeys.ReportAll);
    }
}
