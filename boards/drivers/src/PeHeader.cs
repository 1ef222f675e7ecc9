// The head of a .pe (nf-interpreter, src/CLR/Include/nanoCLR_Types.h: CLR_RECORD_ASSEMBLY, 124 bytes, little endian), as
// far as a loader must look before Assembly.Load: that checks both CRCs, but takes the length that the header gives
// for that of the array, and reads behind an array that is shorter.
// Tests: tests/boards/drivers/PeLoaderTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>The head of an assembly for nanoFramework.</summary>
public static class PeHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 124;

    // "NFMRK1" and a zero; an eighth byte is not compared.
    private const int MarkerLength = 7;
    private const int EndOfAssemblyOffset = 100;

    private static readonly byte[] Marker = { (byte)'N', (byte)'F', (byte)'M', (byte)'R', (byte)'K', (byte)'1', 0 };

    /// <summary>True when the array begins with a header whose length is that of the array.</summary>
    public static bool IsWhole(byte[] assembly)
    {
        if (assembly.Length < Length || !Bytes.AreEqual(Marker, 0, assembly, 0, MarkerLength))
        {
            return false;
        }

        int end = EndOfAssemblyOffset;
        return assembly.Length == (assembly[end] | (assembly[end + 1] << 8) | (assembly[end + 2] << 16) | (assembly[end + 3] << 24));
    }
}
