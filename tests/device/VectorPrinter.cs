// Prints the vectors of the device tests: from tests/Vectors, which a device cannot read.
using System.Buffers.Binary;
using EsyncTests.Boards.Virtual;
using EsyncTests.Vectors;

namespace EsyncTests.Device;

/// <summary>C# files of tests/device/src/Generated.</summary>
internal static class VectorPrinter
{
    /// <summary>Folder of the files, relative to the root.</summary>
    public const string Folder = "tests/device/src/Generated";

    private const int LmsPublicKeyLength = 56;
    private const int LmsSignatureLength = 4 + 4 + 32 + (67 * 32) + 4 + (10 * 32);

    /// <summary>All files: path and text.</summary>
    public static IReadOnlyDictionary<string, string> Print()
    {
        // HSS signature of two levels: levels − 1, the upper signature, the lower public key that it signs, the lower signature.
        byte[][] vector = VectorFile.Read("rfc8554-f2.hex");
        byte[] upperSignature = vector[2][4..(4 + LmsSignatureLength)];
        byte[] lowerPublicKey = vector[2][(4 + LmsSignatureLength)..(4 + LmsSignatureLength + LmsPublicKeyLength)];
        var source = new PrintedSource("tests/device/VectorPrinter.cs", "tests/device/DeviceTests.cs", "EsyncAgent.DeviceTests");
        return new Dictionary<string, string>
        {
            [$"{Folder}/Rfc8554Case2.cs"] = PrintedBytes.Class(
                source,
                "RFC 8554 Appendix F, test case 2: the upper of its two levels, as HSS with one level (LMS_SHA256_M32_H10, LMOTS_SHA256_N32_W4).",
                "Rfc8554Case2",
                "A vector of RFC 8554.",
                ("CreatePublicKey", "HSS public key", [.. U32(1), .. vector[0][4..]]),
                ("CreateMessage", "The message: the lower level's LMS public key", lowerPublicKey),
                ("CreateSignature", "HSS signature", [.. U32(0), .. upperSignature])),
        };
    }

    private static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
