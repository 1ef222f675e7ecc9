// nanoFramework assemblies (.pe) at the reader that vouches for them before anybody signs, alone and in a bundle. Changed inputs
// get length and CRCs right again by Repair, so that they come as far as the tables.
// Tests: tests/Fuzz/Checks.
using System.Buffers.Binary;
using System.Text;
using EsyncAgent.Drivers;
using EsyncSim;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>NanoAssembly, NanoBundleCheck, PeHeader.</summary>
internal sealed class AssemblyTarget : FuzzTarget
{
    private const int HeaderLength = NanoAssembly.HeaderLength;

    public override string What => "nanoFramework assembly (.pe) at the reader and the check of a bundle";

    public override IReadOnlyList<string> Parsers => ["EsyncSim.Packages.NanoAssembly", "EsyncSim.Packages.NanoBundleCheck", "EsyncAgent.Drivers.PeHeader"];

    public override int LengthMax => 12_000;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words => ["NFMRK1\0\0"u8.ToArray(), [0xFF, 0xFF], [0xD2, 0xFC], [0x06, 0x10], [0x11, 0x20], "EsyncAgent.App\0"u8.ToArray(), "Fan\0Application\0"u8.ToArray()];

    public override long StepsMax(int length) => 30_000 + (400 * length);

    public override long AllocationMax(int length) => 30_000 + (800L * length);

    public override IReadOnlyList<byte[]> Seeds() => [Make(1, 2), Make(3, 0), Make(0, 1), Make(2, 0, new string('N', 250)), Flat(300, 4500)];

    public override byte[] Repair(byte[] input)
    {
        if (input.Length < HeaderLength)
        {
            return input;
        }

        byte[] file = [.. input];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40 + (4 * 15)), file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), Crc(file.AsSpan(HeaderLength)));
        file.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), Crc(file.AsSpan(0, HeaderLength)));
        return file;
    }

    public override void Run(byte[] input)
    {
        string? reason = NanoAssembly.TryParse(input, out NanoAssembly? assembly);
        Require((reason is null) == (assembly is not null), "a verdict without a reason");
        Require(reason is not null || PeHeader.IsWhole(input), "the board's loader refuses what the host vouches for");
        ApplicationBundle bundle = new() { Runtime = BundleRuntime.NanoFramework, ContractVersion = 1, Version = "1", EntryClass = "Fan.Application", Assemblies = [input] };
        try
        {
            NanoBundleCheck.Require(bundle, ["fan.pe"], null);
        }
        catch (UserErrorException)
        {
            return;
        }

        Require(reason is null, "a bundle is good whose assembly is not");
    }

    // Tables: references, types, methods, strings; what the reader looks at and nothing else.
    private static byte[] Make(int types, int methods, string name = "Inner")
    {
        byte[] strings = [.. "\0Fan\0Application\0EsyncAgent.App\0"u8, .. Encoding.ASCII.GetBytes(name), 0];
        byte[] references = [.. Words16(0xFCD2, 0, 1, 17, 11, 0), .. Words16(17, 0, 1, 0, 0, 0)];
        byte[] definitions = [.. Enumerable.Range(0, types).SelectMany(i => (byte[])[.. Words16(i == 0 ? 5 : 32, i == 0 ? 1 : 0, 0xFFFF, i == 0 ? 0xFFFF : i - 1, 0xFFFF, 0), 0, (byte)methods, 0, 0x11, .. Words16(0, 0, 0, 0)])];
        byte[] bodies = [.. Enumerable.Range(0, methods).SelectMany(i => Words16(0, 0, i == 0 ? 0x1006 : 0x2011, 0, 0x0100, 0, 0, 0))];
        return Assemble(table => table switch { 0 => references, 4 => definitions, 6 => bodies, 11 => strings, _ => [] });
    }

    private static byte[] Assemble(Func<int, byte[]> contentOf)
    {
        byte[] file = new byte[HeaderLength];
        "NFMRK1"u8.CopyTo(file);
        Words16(1, 0, 0, 0, 1, 1).CopyTo(file, 28);
        for (int table = 0; table < 15; table++)
        {
            byte[] content = contentOf(table);
            int padding = -content.Length & 3;
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40 + (4 * table)), file.Length);
            file[108 + table] = (byte)padding;
            file = [.. file, .. content, .. new byte[padding]];
        }

        return new AssemblyTarget().Repair(file);
    }

    // Many types, all with one long name and namespace.
    private static byte[] Flat(int types, int nameLength)
    {
        byte[] definitions = [.. Enumerable.Range(0, types).SelectMany(_ => (byte[])[.. Words16(1, 1, 0xFFFF, 0xFFFF, 0xFFFF, 0), 0, 0, 0, 0x11, .. Words16(0, 0, 0, 0)])];
        return Assemble(table => table switch { 4 => definitions, 11 => [0, .. Enumerable.Repeat((byte)'N', nameLength), 0], _ => [] });
    }

    private static byte[] Words16(params int[] words) => [.. words.SelectMany(word => new[] { (byte)word, (byte)(word >> 8) })];

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= (uint)value << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            }
        }

        return crc;
    }
}
