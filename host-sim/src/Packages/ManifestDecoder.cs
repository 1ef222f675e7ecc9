// CBOR → manifest, as strict as the ECU: the one form of our device profile and nothing else.
// It is the host's own reading of PROTOCOL.md, written apart from the ECU's parser (agent-firmware/src/Fota), so that each
// finds the other's mistakes.
// Clause: PROTOCOL.md, "Manifest"; draft-ietf-suit-manifest-37 §5 (processing).
// Tests: tests/host-sim/Packages.
using System.Formats.Cbor;
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>Decodes manifests.</summary>
public static class ManifestDecoder
{
    private const int DeltaCompression = 2;

    /// <summary>Reads a manifest (the content of the envelope's byte string).</summary>
    /// <exception cref="SuitException">Not a manifest of our profile.</exception>
    public static SuitManifest Decode(byte[] cbor)
    {
        Fields fields = new();
        CborItem.Read(cbor, FotaError.ManifestMalformed, "manifest", reader =>
        {
            CborItem.ReadMap(reader, key => ReadMember(reader, key, fields));
            return true;
        });
        RequireMembers(fields);
        return ToManifest(fields);
    }

    private static void ReadMember(CborReader reader, int key, Fields fields)
    {
        fields.Members.Add(key);
        switch (key)
        {
            case SuitKeys.ManifestVersion:
                uint version = reader.ReadUInt32();
                if (version != 1)
                {
                    throw new SuitException(FotaError.ManifestVersionUnknown, $"manifest version {version} is not 1");
                }

                break;
            case SuitKeys.SequenceNumber:
                fields.Sequence = reader.ReadUInt32();
                break;
            case SuitKeys.Common:
                Nested(reader, "common", common => ReadCommon(common, fields));
                break;
            case SuitKeys.Validate:
                Nested(reader, "validate", sequence => ReadSteps(sequence, (SuitKeys.ConditionImageMatch, Policy)));
                break;
            case SuitKeys.Invoke:
                Nested(reader, "invoke", sequence => ReadSteps(sequence, (SuitKeys.DirectiveInvoke, Policy)));
                break;
            case SuitKeys.Install:
                Nested(reader, "install", sequence => ReadSteps(
                    sequence,
                    (SuitKeys.DirectiveOverride, item => CborItem.ReadMap(item, parameter => ReadInstallParameter(item, parameter, fields))),
                    (SuitKeys.DirectiveFetch, Policy),
                    (SuitKeys.ConditionImageMatch, Policy)));
                break;
            default:
                throw new SuitException(FotaError.ManifestUnsupported, $"manifest member {key} is not part of the profile");
        }
    }

    private static void ReadCommon(CborReader reader, Fields fields)
    {
        List<int> keys = [];
        CborItem.ReadMap(reader, key =>
        {
            keys.Add(key);
            switch (key)
            {
                case SuitKeys.Components:
                    ReadComponents(reader);
                    break;
                case SuitKeys.SharedSequence:
                    Nested(reader, "shared sequence", shared => ReadShared(shared, fields));
                    break;
                default:
                    throw new SuitException(FotaError.ManifestUnsupported, $"common member {key} is not part of the profile");
            }
        });
        if (keys.Count != 2)
        {
            throw new SuitException(FotaError.ManifestMalformed, "common lacks the components or the shared sequence");
        }
    }

    private static void ReadComponents(CborReader reader)
    {
        bool isOurs = CborItem.ReadArray(reader) == 1 && CborItem.ReadArray(reader) == 1 && reader.ReadByteString().AsSpan().SequenceEqual(SuitKeys.Component);
        if (!isOurs)
        {
            throw new SuitException(FotaError.ManifestUnsupported, "the components are not the one [\"app\"]");
        }

        reader.ReadEndArray();
        reader.ReadEndArray();
    }

    private static void ReadShared(CborReader reader, Fields fields)
    {
        List<(int, Action<CborReader>)> steps =
        [
            (SuitKeys.DirectiveOverride, item => CborItem.ReadMap(item, parameter => ReadSharedParameter(item, parameter, fields))),
            (SuitKeys.DirectiveTryEach, item => ReadTryEach(item, fields)),
            (SuitKeys.ConditionVendor, Policy),
            (SuitKeys.ConditionClass, Policy),
        ];

        // Five steps say that the device counts as well.
        int length = CborItem.ReadArray(reader);
        if (length == 10)
        {
            steps.Add((SuitKeys.ConditionDevice, Policy));
        }

        ReadSteps(reader, length, [.. steps]);
        if (length == 10 != (fields.DeviceId is not null))
        {
            throw new SuitException(FotaError.ManifestMalformed, "device identifier and device condition do not come together");
        }
    }

    private static void ReadSharedParameter(CborReader reader, int key, Fields fields)
    {
        switch (key)
        {
            case SuitKeys.ParameterVendor:
                fields.VendorId = CborItem.ReadBytes(reader, 16, "the vendor identifier");
                break;
            case SuitKeys.ParameterClass:
                fields.ClassId = CborItem.ReadBytes(reader, 16, "the class identifier");
                break;
            case SuitKeys.ParameterImageDigest:
                Nested(reader, "image digest", digest => fields.ImageDigest = CborItem.ReadDigest(digest));
                break;
            case SuitKeys.ParameterImageSize:
                fields.ImageLength = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterDevice:
                fields.DeviceId = CborItem.ReadBytes(reader, 16, "the device identifier");
                break;
            default:
                throw new SuitException(FotaError.ManifestUnsupported, $"shared parameter {key} is not part of the profile");
        }
    }

    private static void ReadTryEach(CborReader reader, Fields fields)
    {
        int count = CborItem.ReadArray(reader);
        if (count is not (1 or 2))
        {
            throw new SuitException(FotaError.ManifestUnsupported, $"the try-each has {count} branches instead of 1 or 2");
        }

        for (int i = 0; i < count; i++)
        {
            uint? slot = null;
            Nested(reader, "component slot", sequence => ReadSteps(
                sequence,
                (SuitKeys.DirectiveOverride, item => CborItem.ReadMap(item, key => slot = key == SuitKeys.ParameterComponentSlot ? item.ReadUInt32() : throw Unknown(key))),
                (SuitKeys.ConditionComponentSlot, Policy)));
            byte mask = slot is 0 or 1 ? (byte)(1 << (int)slot) : throw new SuitException(FotaError.ManifestUnsupported, $"component slot {slot} is neither 0 nor 1");
            if ((fields.SlotMask & mask) != 0)
            {
                throw new SuitException(FotaError.ManifestMalformed, $"component slot {slot} stands twice");
            }

            fields.SlotMask |= mask;
        }

        reader.ReadEndArray();
    }

    private static void ReadInstallParameter(CborReader reader, int key, Fields fields)
    {
        switch (key)
        {
            case SuitKeys.ParameterEncryption:
                Nested(reader, "encryption info", info => fields.EncryptionInfo = EncryptionInfoCbor.Read(info));
                break;
            case SuitKeys.ParameterUri:
                fields.Uri = ReadPrintable(reader, SuitManifest.UriLengthMax, "the uri");
                break;
            case SuitKeys.ParameterSalt:
                fields.Salt = CborItem.ReadBytes(reader, Packages.ChunkTable.SaltLength, "the salt");
                break;
            case SuitKeys.ParameterChunkTable:
                fields.ChunkTable = reader.ReadByteString();
                break;
            case SuitKeys.ParameterSecurityVersion:
                fields.SecurityVersion = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterVersion:
                fields.Version = ReadPrintable(reader, ApplicationBundle.VersionLengthMax, "the application version");
                break;
            case SuitKeys.ParameterRuntime:
                fields.Runtime = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterContract:
                fields.ContractVersion = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterEncoding:
                fields.Encoding = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterTransferLength:
                fields.TransferLength = reader.ReadUInt32();
                break;
            case SuitKeys.ParameterTransferTable:
                fields.TransferTable = reader.ReadByteString();
                break;
            case SuitKeys.ParameterBaseDigest:
                fields.BaseDigest = CborItem.ReadBytes(reader, 32, "the base digest");
                break;
            default:
                throw Unknown(key);
        }
    }

    private static void RequireMembers(Fields fields)
    {
        bool isComplete = fields.Members.SequenceEqual([1, 2, 3, 7, 9, 20])
            && fields is { VendorId: not null, ClassId: not null, ImageDigest: not null, ImageLength: not null, Uri: not null, Salt: not null }
            && fields is { ChunkTable: not null, SecurityVersion: not null, Version: not null, Runtime: not null, ContractVersion: not null };
        if (!isComplete)
        {
            throw new SuitException(FotaError.ManifestMalformed, "a member or a parameter that the profile demands is missing");
        }

        if (fields.ContractVersion > ushort.MaxValue || fields.Runtime > byte.MaxValue || fields.Encoding > byte.MaxValue)
        {
            throw new SuitException(FotaError.ManifestMalformed, "runtime, contract version or encoding are out of range");
        }

        bool isEncoded = fields.Encoding is not null, isDelta = fields.Encoding >> 4 == DeltaCompression;
        bool isTransfer = fields.Encoding != 0 && (fields.TransferLength is not null) == isEncoded
            && (fields.TransferTable is not null) == isEncoded && (fields.BaseDigest is not null) == isDelta
            && (fields.EncryptionInfo is not null) == (((fields.Encoding ?? 0) & 0x0F) == PayloadEncoding.Encrypted);
        if (!isTransfer)
        {
            throw new SuitException(FotaError.ManifestMalformed, "encoding, encryption info, transfer size, transfer table and base do not go together");
        }
    }

    private static string ReadPrintable(CborReader reader, int lengthMax, string what)
    {
        string text = reader.ReadTextString();
        bool isPrintable = text.Length >= 1 && text.Length <= lengthMax && text.All(c => c is >= ' ' and <= '~');
        return isPrintable ? text : throw new CborContentException($"{what} is not 1 to {lengthMax} printable ASCII characters");
    }

    private static SuitManifest ToManifest(Fields fields) => new()
    {
        Sequence = fields.Sequence,
        VendorId = fields.VendorId!,
        ClassId = fields.ClassId!,
        DeviceId = fields.DeviceId,
        ImageDigest = fields.ImageDigest!,
        ImageLength = fields.ImageLength!.Value,
        SlotMask = fields.SlotMask,
        Uri = fields.Uri!,
        Salt = fields.Salt!,
        ChunkTable = fields.ChunkTable!,
        SecurityVersion = fields.SecurityVersion!.Value,
        Version = fields.Version!,
        Runtime = (BundleRuntime)fields.Runtime!.Value,
        ContractVersion = (ushort)fields.ContractVersion!.Value,
        Encoding = (byte)(fields.Encoding ?? 0),
        TransferLength = fields.TransferLength,
        TransferTable = fields.TransferTable,
        BaseDigest = fields.BaseDigest,
        EncryptionInfo = fields.EncryptionInfo,
    };

    private static SuitException Unknown(int key) => new(FotaError.ManifestUnsupported, $"parameter {key} is not part of the profile here");

    private static void Nested(CborReader reader, string what, Action<CborReader> read) =>
        CborItem.Read(reader.ReadByteString(), FotaError.ManifestMalformed, what, nested =>
        {
            read(nested);
            return true;
        });

    // A command sequence: these commands in this order, each with its argument.
    private static void ReadSteps(CborReader reader, params (int Command, Action<CborReader> ReadArgument)[] steps) =>
        ReadSteps(reader, CborItem.ReadArray(reader), steps);

    private static void ReadSteps(CborReader reader, int length, (int Command, Action<CborReader> ReadArgument)[] steps)
    {
        if (length != 2 * steps.Length)
        {
            throw new SuitException(FotaError.ManifestUnsupported, $"a command sequence has {length} items instead of {2 * steps.Length}");
        }

        foreach ((int expected, Action<CborReader> readArgument) in steps)
        {
            int command = reader.ReadInt32();
            if (command != expected)
            {
                throw new SuitException(FotaError.ManifestUnsupported, $"command {command} stands where {expected} belongs");
            }

            readArgument(reader);
        }

        reader.ReadEndArray();
    }

    private static void Policy(CborReader reader)
    {
        uint policy = reader.ReadUInt32();
        if (policy > SuitKeys.ReportAll)
        {
            throw new SuitException(FotaError.ManifestUnsupported, $"reporting policy {policy} is above 15");
        }
    }

    // What was read so far.
    private sealed class Fields
    {
        public List<int> Members { get; } = [];

        public uint Sequence { get; set; }

        public byte[]? VendorId { get; set; }

        public byte[]? ClassId { get; set; }

        public byte[]? DeviceId { get; set; }

        public byte[]? ImageDigest { get; set; }

        public uint? ImageLength { get; set; }

        public byte SlotMask { get; set; }

        public string? Uri { get; set; }

        public byte[]? Salt { get; set; }

        public byte[]? ChunkTable { get; set; }

        public uint? SecurityVersion { get; set; }

        public string? Version { get; set; }

        public uint? Runtime { get; set; }

        public uint? ContractVersion { get; set; }

        public uint? Encoding { get; set; }

        public uint? TransferLength { get; set; }

        public byte[]? TransferTable { get; set; }

        public byte[]? BaseDigest { get; set; }

        public EncryptionInfo? EncryptionInfo { get; set; }
    }
}
