// Reads a nanoFramework assembly (.pe file): header, both CRCs, references, types. What it accepts the board's loader takes:
// it makes every check of Assembly.Load, and those that the runtime leaves out and reads beyond the end for.
// Little endian. The header has 124 bytes: marker, header CRC, assembly CRC, flags, checksum of the native methods, version,
// name, string table version, the starts of 16 tables of which the last is the file's length, and each table's padding.
// CRC: polynomial 04C11DB7, start 0, not reflected, no final inversion; the header's is over its 124 bytes with itself as 0.
// Clause: struct CLR_RECORD_ASSEMBLY and the records after it in nanoFramework's nanoCLR_Types.h (CoreLibrary 1.x).
// Tests: tests/host-sim/Packages.
using System.Buffers.Binary;
using System.Text;

namespace EsyncSim.Packages;

/// <summary>A reference to another assembly.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">The version that was compiled against; the runtime compares major and minor.</param>
public sealed record NanoReference(string Name, Version Version);

/// <summary>A type that an assembly defines.</summary>
/// <param name="FullName">Name with namespace, `+` before a nested one; a part that the file does not hold is <see cref="NanoAssembly.Unreadable"/>.</param>
/// <param name="IsConcreteClass">True for a class that objects can be made of.</param>
/// <param name="HasPublicConstructor">True when it has a public constructor without parameters.</param>
/// <param name="HasStaticConstructor">True when it has a static constructor, written or made by the compiler for initial values.</param>
public sealed record NanoType(string FullName, bool IsConcreteClass, bool HasPublicConstructor, bool HasStaticConstructor);

/// <summary>What a .pe file says of itself.</summary>
public sealed record NanoAssembly
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderLength = 124;

    /// <summary>Stands for a name that is in the runtime's own table of strings instead of the file.</summary>
    public const string Unreadable = "?";

    private const int TableCount = 16;
    private const int AssemblyRefTable = 0;
    private const int TypeDefTable = 4;
    private const int MethodDefTable = 6;
    private const int StringTable = 11;
    private const int AssemblyRefLength = 12;
    private const int TypeDefLength = 24;
    private const int MethodDefLength = 16;
    private const ushort NoIndex = 0xFFFF;

    // Longest name in bytes. Many types may share one string, so that without a bound names take the square of the file's length.
    private const int NameLengthMax = 255;
    private const uint NeedReboot = 1;
    private const uint Polynomial = 0x04C11DB7;

    // From here on a string's number is that of the runtime's own table, counted down from FFFF. Only those that name an
    // assembly are known here.
    private const ushort FirstStandardString = 0x8000;
    private static readonly Dictionary<ushort, string> StandardNames = new() { [0xFFFF - 0x32D] = "mscorlib", [0xFFFF - 0x1D7] = "System.Threading" };

    private static ReadOnlySpan<byte> Marker => "NFMRK1\0\0"u8;

    private static ReadOnlySpan<byte> MarkerOfAnyVersion => "NFMRK"u8;

    /// <summary>Simple name.</summary>
    public required string Name { get; init; }

    /// <summary>Version.</summary>
    public required Version Version { get; init; }

    /// <summary>True when it has methods that the firmware must bring.</summary>
    public required bool HasNativeMethods { get; init; }

    /// <summary>What it was compiled against.</summary>
    public required IReadOnlyList<NanoReference> References { get; init; }

    /// <summary>What it defines.</summary>
    public required IReadOnlyList<NanoType> Types { get; init; }

    /// <summary>True for a file that begins as nanoFramework assemblies of any version do.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> file) => file.StartsWith(MarkerOfAnyVersion);

    /// <summary>Reads a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="assembly">What it says; null when it is unusable.</param>
    /// <returns>What is wrong with it, and what to do; null when it is usable.</returns>
    public static string? TryParse(ReadOnlySpan<byte> file, out NanoAssembly? assembly)
    {
        assembly = null;
        return TroubleOfKind(file) ?? TroubleOfBytes(file) ?? TroubleOfTables(file) ?? Read(file, out assembly);
    }

    private static string? TroubleOfKind(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("MZ"u8))
        {
            return "it is a .NET assembly; a board takes the .pe file of the same name from the application's bin/Release, which nanoFramework's metadata processor makes of it";
        }

        if (!IsMarked(file))
        {
            return "it does not begin with NFMRK1 as a nanoFramework assembly does; take the .pe file from the application's bin/Release";
        }

        if (file.Length < HeaderLength)
        {
            return $"it is truncated: {file.Length} bytes, the header alone has {HeaderLength}; copy it anew from bin/Release";
        }

        ushort stringTableVersion = U16(file, 38);
        if (stringTableVersion == 0x0100)
        {
            return "it is made for big-endian processors, the boards are little-endian; run the metadata processor without big-endian output";
        }

        return file.StartsWith(Marker) && stringTableVersion == 1
            ? null
            : "it is made for another nanoFramework (marker or string table version); the boards run CoreLibrary 1.17, build it with the project system of 1.x";
    }

    // The header's CRC comes first: without it the length that the header gives is worth nothing.
    private static string? TroubleOfBytes(ReadOnlySpan<byte> file)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        file[..HeaderLength].CopyTo(header);
        header.Slice(8, 4).Clear();
        if (Crc(header) != U32(file, 8))
        {
            return "the CRC of its header is wrong: the file was changed after it was made (copied as text?); copy it anew from bin/Release";
        }

        uint length = Start(file, TableCount - 1);
        if (length != file.Length)
        {
            string how = length > file.Length ? "is truncated" : "has bytes behind its end";
            return $"it {how}: its header says {length} bytes, the file has {file.Length}; copy it anew from bin/Release";
        }

        if (length < HeaderLength || Crc(file[HeaderLength..]) != U32(file, 12))
        {
            return "its CRC is wrong: the file was changed after it was made (copied as text?); copy it anew from bin/Release";
        }

        uint flags = U32(file, 16);
        return flags == 0 ? null : (flags & NeedReboot) != 0
            ? "it asks for a reboot before it is loaded (flag 1), and is refused by the runtime"
            : $"its flags are {flags:X8}, which CoreLibrary 1.17 does not know; build it with the project system of 1.x";
    }

    private static string? TroubleOfTables(ReadOnlySpan<byte> file)
    {
        uint end = HeaderLength;
        for (int table = 0; table < TableCount; table++)
        {
            uint start = Start(file, table);
            bool isInPlace = table == 0 ? start == HeaderLength : start >= end && start % 4 == 0 && start <= file.Length;
            if (!isInPlace)
            {
                return Malformed($"table {table} starts at {start}, after {end} of {file.Length} bytes");
            }

            end = start;
        }

        for (int table = 0; table < TableCount - 1; table++)
        {
            byte padding = file[108 + table];
            if (padding > 3 || Start(file, table) + padding > Start(file, table + 1))
            {
                return Malformed($"table {table} has a padding of {padding} bytes");
            }
        }

        foreach ((int table, int length) in new[] { (AssemblyRefTable, AssemblyRefLength), (TypeDefTable, TypeDefLength), (MethodDefTable, MethodDefLength) })
        {
            if (Table(file, table).Length % length != 0)
            {
                return Malformed($"table {table} has {Table(file, table).Length} bytes and records of {length}");
            }
        }

        ReadOnlySpan<byte> strings = Table(file, StringTable);
        return strings.IsEmpty || strings[^1] == 0 ? null : Malformed("its last string has no end");
    }

    private static string? Read(ReadOnlySpan<byte> file, out NanoAssembly? assembly)
    {
        assembly = null;
        ReadOnlySpan<byte> references = Table(file, AssemblyRefTable);
        string? name = AssemblyName(file, U16(file, 36));
        List<NanoReference> read = [];
        for (int at = 0; at < references.Length; at += AssemblyRefLength)
        {
            if (AssemblyName(file, U16(references, at)) is not string referenced)
            {
                return Malformed($"reference {read.Count} has no name");
            }

            read.Add(new NanoReference(referenced, VersionAt(references, at + 4)));
        }

        List<NanoType>? types = ReadTypes(file);
        if (name is null || types is null)
        {
            return Malformed(name is null ? "it has no name" : $"a type names a string, a method or a type that is not there, or a name has more than {NameLengthMax} bytes");
        }

        assembly = new NanoAssembly
        {
            Name = name,
            Version = VersionAt(file, 28),
            HasNativeMethods = U32(file, 20) != 0,
            References = read,
            Types = types,
        };
        return null;
    }

    private static List<NanoType>? ReadTypes(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> records = Table(file, TypeDefTable);
        List<NanoType> types = [];
        for (int at = 0; at < records.Length; at += TypeDefLength)
        {
            ReadOnlySpan<byte> record = records.Slice(at, TypeDefLength);
            ReadOnlySpan<byte> methods = Table(file, MethodDefTable);
            int count = record[12] + record[13] + record[14], first = U16(record, 10) * MethodDefLength;
            if (FullName(file, at / TypeDefLength, nestingMax: 8) is not string name || (count > 0 && first + (count * MethodDefLength) > methods.Length))
            {
                return null;
            }

            bool hasConstructor = false, hasStatic = false;
            for (int i = 0; i < count; i++)
            {
                uint flags = U32(methods, first + (i * MethodDefLength) + 4);
                byte arguments = methods[first + (i * MethodDefLength) + 9];
                hasConstructor |= (flags & 0x3007) == 0x1006 && arguments == 1; // a public constructor, `this` alone
                hasStatic |= (flags & 0x2000) != 0;
            }

            types.Add(new NanoType(name, (U16(record, 22) & 0x70) == 0, hasConstructor, hasStatic)); // a class, not abstract
        }

        return types;
    }

    // Null where a string or the enclosing type is not there or a name is too long, or types enclose each other in a ring.
    private static string? FullName(ReadOnlySpan<byte> file, int index, int nestingMax)
    {
        ReadOnlySpan<byte> records = Table(file, TypeDefTable);
        if (nestingMax == 0 || (index + 1) * TypeDefLength > records.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> record = records.Slice(index * TypeDefLength, TypeDefLength);
        string? name = Text(file, U16(record, 0)), space = Text(file, U16(record, 2));
        ushort enclosing = U16(record, 6);
        if (name is null || space is null)
        {
            return null;
        }

        if (enclosing == NoIndex)
        {
            return space.Length == 0 ? name : $"{space}.{name}";
        }

        return FullName(file, enclosing, nestingMax - 1) is string outer ? $"{outer}+{name}" : null;
    }

    // An assembly's name in the runtime's own table that is not known here is shown by its number there.
    private static string? AssemblyName(ReadOnlySpan<byte> file, ushort number)
    {
        string? name = Text(file, number);
        return name == Unreadable ? $"(standard string {0xFFFF - number:X3})" : string.IsNullOrEmpty(name) ? null : name;
    }

    private static string? Text(ReadOnlySpan<byte> file, ushort number)
    {
        if (number >= FirstStandardString)
        {
            return StandardNames.GetValueOrDefault(number, Unreadable);
        }

        ReadOnlySpan<byte> strings = Table(file, StringTable);
        int length = number < strings.Length ? strings[number..].IndexOf((byte)0) : -1;
        return length is >= 0 and <= NameLengthMax ? Encoding.UTF8.GetString(strings.Slice(number, length)) : null;
    }

    private static ReadOnlySpan<byte> Table(ReadOnlySpan<byte> file, int table) =>
        file[(int)Start(file, table)..((int)Start(file, table + 1) - file[108 + table])];

    private static uint Start(ReadOnlySpan<byte> file, int table) => U32(file, 40 + (4 * table));

    private static Version VersionAt(ReadOnlySpan<byte> bytes, int at) => new(U16(bytes, at), U16(bytes, at + 2), U16(bytes, at + 4), U16(bytes, at + 6));

    private static string Malformed(string detail) => $"its tables are malformed ({detail}); build it anew with the project system of nanoFramework 1.x";

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= (uint)value << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }
        }

        return crc;
    }
}
