// The head of a .pe as a loader looks at it: marker and length. Nothing here was made by nanoFramework's tools.
using System.Buffers.Binary;

namespace EsyncTests.Boards.Drivers;

/// <summary>Stand-ins for assemblies.</summary>
internal static class PeImage
{
    /// <summary>Shortest that a loader takes.</summary>
    public const int LengthMin = 124;

    /// <summary>An assembly with this content behind its header.</summary>
    public static byte[] Of(params byte[] content)
    {
        byte[] assembly = [.. new byte[LengthMin], .. content];
        WriteHead(assembly);
        return assembly;
    }

    /// <summary>Writes what a loader looks at over the front of an array.</summary>
    public static void WriteHead(byte[] assembly)
    {
        "NFMRK1\0\0"u8.CopyTo(assembly);
        BinaryPrimitives.WriteInt32LittleEndian(assembly.AsSpan(100), assembly.Length);
    }
}
