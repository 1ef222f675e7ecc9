// The package file (.esp): one file that carries everything of one application version for one kind of ECU. It holds one
// entry for each way to transfer the image (full, compressed, as a patch), each with its own signed envelope.
// The container itself is not signed and need not be: an ECU trusts the envelope only, and the envelope vouches for the
// payload. Names in it are for people.
// The form is one canonical CBOR map (host-sim/README.md, "Packages"); its first 18 bytes are always the same.
// Tests: tests/host-sim/Packages.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Files;

namespace EsyncSim.Packages;

/// <summary>One way to transfer the image.</summary>
public sealed record PackageEntry
{
    /// <summary>dataFormatIdentifier; 00 is the plain image.</summary>
    public required byte Encoding { get; init; }

    /// <summary>SUIT envelope, as it goes to the ECU.</summary>
    public required byte[] Envelope { get; init; }

    /// <summary>Bytes to transfer.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>Manifest digest of the delta's base; null when there is none.</summary>
    public byte[]? BaseDigest { get; init; }
}

/// <summary>Content of a package file.</summary>
public sealed record Package
{
    /// <summary>Most entries.</summary>
    public const int EntryCountMax = 64;

    /// <summary>Longest package file, in bytes.</summary>
    public const int LengthMax = 64 * 1024 * 1024;

    /// <summary>Longest name of package or hardware, in characters.</summary>
    public const int NameLengthMax = 64;

    private const string Kind = "esync-package";
    private const int FormatNumber = 1;

    // Key, length and text of Kind follow the map's first byte; the format number comes next.
    private const int KindOffset = 3;
    private const int FormatOffset = 17;

    /// <summary>Name of the package, for people and campaigns.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in words: the ECU's name or its hardware. The manifest's class identifier decides.</summary>
    public required string Hardware { get; init; }

    /// <summary>Ways to transfer the image, at least one.</summary>
    public required IReadOnlyList<PackageEntry> Entries { get; init; }

    /// <summary>The entry that transfers the plain image; null when there is none.</summary>
    public PackageEntry? Full => Entries.FirstOrDefault(entry => entry.Encoding == 0);

    /// <summary>Reads a package file.</summary>
    /// <exception cref="UserErrorException">Missing, truncated, or no package.</exception>
    public static Package Load(string path) => Decode(AtomicFile.ReadInput(path, "package", LengthMax), path);

    /// <summary>Reads the content of a package file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="path">Name for messages.</param>
    /// <exception cref="UserErrorException">Truncated, or no package.</exception>
    public static Package Decode(byte[] file, string path)
    {
        bool isPackage = file.Length > FormatOffset && file.AsSpan(KindOffset, Kind.Length).SequenceEqual("esync-package"u8);
        if (!isPackage)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is no package: it does not start like one");
        }

        if (file[FormatOffset] != FormatNumber)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} has package format {file[FormatOffset]}; this version reads format {FormatNumber}");
        }

        try
        {
            return CborItem.Read(file, FotaError.EnvelopeMalformed, "package", Read);
        }
        catch (SuitException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is truncated or damaged ({error.Message})");
        }
    }

    /// <summary>Writes the package file, completely or not at all.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteOutput(path, Encode());

    /// <summary>Content of the package file.</summary>
    public byte[] Encode() => ManifestEncoder.Cbor(writer =>
    {
        writer.WriteStartMap(5);
        ManifestEncoder.Pair(writer, 0, () => writer.WriteTextString(Kind));
        ManifestEncoder.Pair(writer, 1, () => writer.WriteInt32(FormatNumber));
        ManifestEncoder.Pair(writer, 2, () => writer.WriteTextString(Name));
        ManifestEncoder.Pair(writer, 3, () => writer.WriteTextString(Hardware));
        ManifestEncoder.Pair(writer, 4, () =>
        {
            writer.WriteStartArray(Entries.Count);
            foreach (PackageEntry entry in Entries)
            {
                Write(writer, entry);
            }

            writer.WriteEndArray();
        });
        writer.WriteEndMap();
    });

    private static void Write(CborWriter writer, PackageEntry entry)
    {
        writer.WriteStartMap(entry.BaseDigest is null ? 3 : 4);
        ManifestEncoder.Pair(writer, 0, () => writer.WriteUInt32(entry.Encoding));
        ManifestEncoder.Pair(writer, 1, () => writer.WriteByteString(entry.Envelope));
        ManifestEncoder.Pair(writer, 2, () => writer.WriteByteString(entry.Payload));
        if (entry.BaseDigest is byte[] baseDigest)
        {
            ManifestEncoder.Pair(writer, 3, () => writer.WriteByteString(baseDigest));
        }

        writer.WriteEndMap();
    }

    private static Package Read(CborReader reader)
    {
        string? name = null, hardware = null;
        List<PackageEntry> entries = [];
        CborItem.ReadMap(reader, key =>
        {
            switch (key)
            {
                case 0:
                    reader.ReadTextString();
                    break;
                case 1:
                    reader.ReadInt32();
                    break;
                case 2:
                    name = ReadName(reader);
                    break;
                case 3:
                    hardware = ReadName(reader);
                    break;
                case 4:
                    ReadEntries(reader, entries);
                    break;
                default:
                    throw new CborContentException($"member {key} is unknown");
            }
        });
        return name is not null && hardware is not null && entries.Count > 0
            ? new Package { Name = name, Hardware = hardware, Entries = entries }
            : throw new CborContentException("name, hardware or entries are missing");
    }

    private static string ReadName(CborReader reader)
    {
        string name = reader.ReadTextString();
        return IsName(name) ? name : throw new CborContentException($"a name is not 1 to {NameLengthMax} printable ASCII characters");
    }

    private static void ReadEntries(CborReader reader, List<PackageEntry> entries)
    {
        int count = CborItem.ReadArray(reader);
        if (count > EntryCountMax)
        {
            throw new CborContentException($"{count} entries are more than {EntryCountMax}");
        }

        for (int i = 0; i < count; i++)
        {
            uint? encoding = null;
            byte[]? envelope = null, payload = null, baseDigest = null;
            CborItem.ReadMap(reader, key => _ = key switch
            {
                0 => encoding = reader.ReadUInt32(),
                1 => Length(envelope = reader.ReadByteString()),
                2 => Length(payload = reader.ReadByteString()),
                3 => Length(baseDigest = CborItem.ReadBytes(reader, 32, "the base digest")),
                _ => throw new CborContentException($"member {key} of an entry is unknown"),
            });
            bool isWhole = encoding <= byte.MaxValue && envelope is not null && payload is not null;
            entries.Add(isWhole
                ? new PackageEntry { Encoding = (byte)encoding!, Envelope = envelope!, Payload = payload!, BaseDigest = baseDigest }
                : throw new CborContentException($"entry {i} lacks its encoding, envelope or payload"));
        }

        reader.ReadEndArray();
    }

    private static uint Length(byte[] bytes) => (uint)bytes.Length;

    /// <summary>True for 1 to 64 printable ASCII characters.</summary>
    internal static bool IsName(string name) => name.Length is >= 1 and <= NameLengthMax && name.All(c => c is >= ' ' and <= '~');
}
