// Writes nanoFramework assemblies for tests: what the reader looks at and nothing else. The bytes follow the records of
// nanoFramework's nanoCLR_Types.h; the CRC is written here a second time, and held to its published check value by a test.
using System.Buffers.Binary;
using System.Text;

namespace EsyncTests.HostSim.Packages;

/// <summary>A .pe file to be written.</summary>
public sealed class PeFile(string name, string version)
{
    /// <summary>Flags of methods.</summary>
    public const uint PublicConstructor = 0x1006, PrivateConstructor = 0x1001, StaticConstructor = 0x2011, PublicMethod = 0x06;

    /// <summary>Flags of types.</summary>
    public const ushort Class = 0, ValueType = 0x10, Interface = 0x20, Abstract = 0x40;

    /// <summary>No enclosing type.</summary>
    public const ushort TopLevel = 0xFFFF;

    /// <summary>Numbers of names in the runtime's own table of strings.</summary>
    public const ushort Mscorlib = 0xFCD2, Timer = 0xFFFF - 0x221;

    private const int TableCount = 15;

    private readonly List<byte> _strings = [0];
    private readonly List<(ushort Name, string Version)> _references = [];
    private readonly List<(ushort Name, ushort Space, ushort Enclosing, ushort Flags, (uint Flags, byte Arguments)[] Methods)> _types = [];

    public uint Flags { get; init; }

    public uint NativeChecksum { get; init; }

    /// <summary>An application of one class, against the contract and mscorlib of the boards.</summary>
    public static PeFile Application(string name = "Fan", params string[] libraries)
    {
        PeFile file = new PeFile(name, "2.0.0.0").Refer("mscorlib", "1.17.11.0").Refer("EsyncAgent.App", "2.0.0.0");
        return libraries.Aggregate(file, (all, library) => all.Refer(library, "1.2.3.4")).Define(name, "Application", Class, (PublicConstructor, 1));
    }

    /// <summary>A library of one class.</summary>
    public static PeFile Library(string name, params string[] libraries)
    {
        PeFile file = new PeFile(name, "1.2.0.0").Refer("mscorlib", "1.17.11.0");
        return libraries.Aggregate(file, (all, library) => all.Refer(library, "1.2.3.4")).Define(name, "Maps", Class, (PublicConstructor, 1));
    }

    public PeFile Refer(string name, string version) => Refer(name == "mscorlib" ? Mscorlib : Text(name), version);

    public PeFile Refer(ushort name, string version)
    {
        _references.Add((name, version));
        return this;
    }

    /// <summary>A type, and its methods: flags, and the count of arguments with `this`.</summary>
    public PeFile Define(string space, string name, ushort flags, params (uint Flags, byte Arguments)[] methods) => Define(Text(space), Text(name), TopLevel, flags, methods);

    public PeFile Define(ushort space, ushort name, ushort enclosing, ushort flags, params (uint Flags, byte Arguments)[] methods)
    {
        _types.Add((name, space, enclosing, flags, methods));
        return this;
    }

    /// <summary>Number of a text in this file's table of strings.</summary>
    public ushort Text(string text)
    {
        int number = text.Length == 0 ? 0 : _strings.Count;
        _strings.AddRange(text.Length == 0 ? [] : [.. Encoding.UTF8.GetBytes(text), 0]);
        return (ushort)number;
    }

    public byte[] Build()
    {
        ushort ownName = Text(name);
        byte[][] tables = [.. Enumerable.Repeat(Array.Empty<byte>(), TableCount)];
        int firstMethod = 0;
        foreach ((ushort type, ushort space, ushort enclosing, ushort flags, (uint Flags, byte Arguments)[] methods) in _types)
        {
            byte[] counts = [0, (byte)methods.Length, 0, 0x11];
            tables[4] = [.. tables[4], .. Words(type, space, 0xFFFF, enclosing, 0xFFFF, firstMethod), .. counts, .. Words(0, 0, 0, flags)];
            tables[6] = [.. tables[6], .. methods.SelectMany(method => Words(0, 0, (ushort)method.Flags, (int)(method.Flags >> 16), method.Arguments << 8, 0, 0, 0))];
            firstMethod += methods.Length;
        }

        tables[0] = [.. _references.SelectMany(reference => Words([reference.Name, 0, .. Parts(reference.Version)]))];
        tables[11] = [.. _strings];
        return Assemble(ownName, tables);
    }

    /// <summary>Makes both CRCs right again, after a change that shall be seen for itself.</summary>
    public static byte[] Seal(byte[] file)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), Crc(file.AsSpan(124)));
        file.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), Crc(file.AsSpan(0, 124)));
        return file;
    }

    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        ulong rest = 0;
        foreach (byte value in (byte[])[.. bytes, 0, 0, 0, 0])
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                rest = (rest << 1) | ((uint)(value >> bit) & 1);
                rest = (rest >> 32) == 0 ? rest : (rest ^ 0x1_04C1_1DB7) & 0xFFFF_FFFF;
            }
        }

        return (uint)rest;
    }

    private byte[] Assemble(ushort ownName, byte[][] tables)
    {
        List<byte> file = [.. new byte[124]];
        byte[] paddings = new byte[16];
        List<int> starts = [];
        for (int i = 0; i < TableCount; i++)
        {
            starts.Add(file.Count);
            paddings[i] = (byte)(-tables[i].Length & 3);
            file.AddRange([.. tables[i], .. new byte[paddings[i]]]);
        }

        starts.Add(file.Count);
        byte[] bytes = [.. file];
        "NFMRK1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), NativeChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), uint.MaxValue);
        Words([.. Parts(version), ownName, 1]).CopyTo(bytes, 28);
        for (int i = 0; i < starts.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40 + (4 * i)), starts[i]);
        }

        paddings.CopyTo(bytes, 108);
        return Seal(bytes);
    }

    private static int[] Parts(string version) => [.. version.Split('.').Select(int.Parse)];

    private static byte[] Words(params int[] words) => [.. words.SelectMany(word => new[] { (byte)word, (byte)(word >> 8) })];
}
