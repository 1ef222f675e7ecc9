// The installed image: a header and the assemblies of an application. Build and Parse are each other's inverse; the same
// input always gives the same bytes.
// Clause: PROTOCOL.md, "Application bundle".
// Tests: tests/host-sim/Packages.
using System.Buffers.Binary;
using System.Text;

namespace EsyncSim.Packages;

/// <summary>An application bundle.</summary>
public sealed record ApplicationBundle
{
    /// <summary>Bytes of the header before the first section's entry.</summary>
    public const int HeaderLength = 104;

    /// <summary>Longest application version, in bytes.</summary>
    public const int VersionLengthMax = 24;

    /// <summary>Longest full name of the entry class, in bytes.</summary>
    public const int EntryClassLengthMax = 64;

    /// <summary>Most sections.</summary>
    public const int SectionCountMax = 8;

    private const int SectionEntryLength = 12;
    private const uint AssemblyKind = 1;
    private const byte FormatNumber = 1;

    private static ReadOnlySpan<byte> Magic => "ESAB"u8;

    /// <summary>What runs it.</summary>
    public required BundleRuntime Runtime { get; init; }

    /// <summary>Version of the application contract that it was compiled against.</summary>
    public required ushort ContractVersion { get; init; }

    /// <summary>Application version, 1 to 24 printable ASCII characters.</summary>
    public required string Version { get; init; }

    /// <summary>Full name of the class that implements the contract, 1 to 64 ASCII characters; it lies in the last assembly.</summary>
    public required string EntryClass { get; init; }

    /// <summary>Assemblies in the order in which they are loaded, 1 to 8.</summary>
    public required IReadOnlyList<byte[]> Assemblies { get; init; }

    /// <summary>The image.</summary>
    /// <exception cref="UserErrorException">A text or a count is out of range.</exception>
    public byte[] Build()
    {
        RequireText("the application version", Version, VersionLengthMax);
        RequireText("the entry class", EntryClass, EntryClassLengthMax);
        if (Assemblies.Count is 0 or > SectionCountMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"a bundle holds 1 to {SectionCountMax} assemblies, not {Assemblies.Count}");
        }

        int tableEnd = HeaderLength + (Assemblies.Count * SectionEntryLength);
        byte[] image = new byte[Assemblies.Aggregate(tableEnd, (end, assembly) => Align(end) + assembly.Length)];
        Magic.CopyTo(image);
        image[4] = FormatNumber;
        image[5] = (byte)Runtime;
        BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(6), ContractVersion);
        BinaryPrimitives.WriteInt32BigEndian(image.AsSpan(8), image.Length);
        Encoding.ASCII.GetBytes(Version, image.AsSpan(12));
        image[36] = (byte)Assemblies.Count;
        Encoding.ASCII.GetBytes(EntryClass, image.AsSpan(40));

        int offset = tableEnd;
        for (int i = 0; i < Assemblies.Count; i++)
        {
            offset = Align(offset);
            Span<byte> entry = image.AsSpan(HeaderLength + (i * SectionEntryLength), SectionEntryLength);
            BinaryPrimitives.WriteUInt32BigEndian(entry, AssemblyKind);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], offset);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], Assemblies[i].Length);
            Assemblies[i].CopyTo(image, offset);
            offset += Assemblies[i].Length;
        }

        return image;
    }

    /// <summary>Reads an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="bundle">The bundle; null when it is none.</param>
    /// <returns>Why it is no bundle; null when it is one.</returns>
    public static string? TryParse(byte[] image, out ApplicationBundle? bundle)
    {
        bundle = null;
        if (image.Length < HeaderLength || !image.AsSpan(0, 4).SequenceEqual(Magic))
        {
            return "it does not start with an ESAB header";
        }

        if (image[4] != FormatNumber)
        {
            return $"its format is {image[4]}, this version reads {FormatNumber}";
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(8)) != image.Length)
        {
            return $"it says {BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(8))} bytes and has {image.Length}";
        }

        int count = image[36];
        string? version = Text(image.AsSpan(12, VersionLengthMax));
        string? entryClass = Text(image.AsSpan(40, EntryClassLengthMax));
        if (count is 0 or > SectionCountMax || image.Length < HeaderLength + (count * SectionEntryLength) || version is null || entryClass is null)
        {
            return "its header is malformed";
        }

        List<byte[]> assemblies = [];
        long end = HeaderLength + (count * SectionEntryLength);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = image.AsSpan(HeaderLength + (i * SectionEntryLength), SectionEntryLength);
            uint offset = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            if (BinaryPrimitives.ReadUInt32BigEndian(entry) != AssemblyKind || offset % 4 != 0 || offset < end || (long)offset + length > image.Length)
            {
                return $"its section {i} is malformed";
            }

            assemblies.Add(image.AsSpan((int)offset, (int)length).ToArray());
            end = (long)offset + length;
        }

        bundle = new ApplicationBundle
        {
            Runtime = (BundleRuntime)image[5],
            ContractVersion = BinaryPrimitives.ReadUInt16BigEndian(image.AsSpan(6)),
            Version = version,
            EntryClass = entryClass,
            Assemblies = assemblies,
        };
        return null;
    }

    private static int Align(int offset) => (offset + 3) & ~3;

    private static void RequireText(string what, string text, int lengthMax)
    {
        if (text.Length is 0 || text.Length > lengthMax || text.Any(c => c is < ' ' or > '~'))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{what} \"{text}\" is not 1 to {lengthMax} printable ASCII characters");
        }
    }

    // Text padded with 00; null when there is none, or something stands behind its end.
    private static string? Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? field : field[..end];
        bool isText = !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !field[text.Length..].ContainsAnyExcept((byte)0);
        return isText ? Encoding.ASCII.GetString(text) : null;
    }
}
