// Changes one value inside encoded CBOR and leaves every other byte as it was, so that a document is malformed in one place
// only. It writes what it is told, well-formed or not.
// Clause: RFC 8949 §3, §4.2.1.
// Tests: tests/host-sim/Attack.
using System.Formats.Cbor;

namespace EsyncSim.Attack;

/// <summary>Cuts into CBOR.</summary>
internal static class CborSurgery
{
    /// <summary>A map whose value of <paramref name="key"/>, as encoded, is another one.</summary>
    public static byte[] InMap(byte[] map, int key, Func<byte[], byte[]> change)
    {
        CborReader reader = new(map, CborConformanceMode.Lax);
        int count = reader.ReadStartMap() ?? throw new InvalidOperationException("the map that is cut into has no length");
        List<byte> changed = [.. Head(5, count)];
        for (int i = 0; i < count; i++)
        {
            byte[] encodedKey = reader.ReadEncodedValue().ToArray();
            byte[] value = reader.ReadEncodedValue().ToArray();
            changed.AddRange(encodedKey);
            changed.AddRange(new CborReader(encodedKey).ReadInt32() == key ? change(value) : value);
        }

        return [.. changed];
    }

    /// <summary>A byte string whose contents are changed.</summary>
    public static byte[] InBytes(byte[] encoded, Func<byte[], byte[]> change) => Bytes(change(new CborReader(encoded).ReadByteString()));

    /// <summary>A byte string.</summary>
    public static byte[] Bytes(byte[] contents) => [.. Head(2, contents.Length), .. contents];

    private static byte[] Head(int major, int count) => count switch
    {
        < 24 => [(byte)((major << 5) | count)],
        < 256 => [(byte)((major << 5) | 24), (byte)count],
        _ => [(byte)((major << 5) | 25), (byte)(count >> 8), (byte)count],
    };
}
