// Reading CBOR with the strictness that the ECU has: canonical form, definite lengths, nothing behind the end, and every
// failure turned into one exception that carries the ECU's reason.
// Depth is bounded by the callers' structure: nothing here recurses on input.
// Tests: tests/host-sim/Packages.
using System.Formats.Cbor;
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>Helpers over <see cref="CborReader"/>.</summary>
internal static class CborItem
{
    /// <summary>Reads one item that fills <paramref name="cbor"/> completely.</summary>
    /// <exception cref="SuitException">Malformed: <paramref name="reason"/>.</exception>
    public static T Read<T>(byte[] cbor, FotaError reason, string what, Func<CborReader, T> read)
    {
        try
        {
            CborReader reader = new(cbor, CborConformanceMode.Canonical);
            T value = read(reader);
            return reader.BytesRemaining == 0 ? value : throw new SuitException(reason, $"{what}: {reader.BytesRemaining} bytes stand behind its end");
        }
        catch (Exception error) when (error is CborContentException or InvalidOperationException or OverflowException or FormatException)
        {
            throw new SuitException(reason, $"{what}: {error.Message}");
        }
    }

    /// <summary>Reads a map with integer keys, calling <paramref name="onValue"/> at each value.</summary>
    public static void ReadMap(CborReader reader, Action<int> onValue)
    {
        int count = reader.ReadStartMap() ?? throw new CborContentException("a map of indefinite length");
        for (int i = 0; i < count; i++)
        {
            onValue(reader.ReadInt32());
        }

        reader.ReadEndMap();
    }

    /// <summary>Reads the start of an array and returns its length.</summary>
    public static int ReadArray(CborReader reader) =>
        reader.ReadStartArray() ?? throw new CborContentException("an array of indefinite length");

    /// <summary>Reads the start of an array that must have so many items.</summary>
    public static void ReadArray(CborReader reader, int length, string what)
    {
        int found = ReadArray(reader);
        if (found != length)
        {
            throw new CborContentException($"{what} has {found} items instead of {length}");
        }
    }

    /// <summary>Reads a byte string of an exact length.</summary>
    public static byte[] ReadBytes(CborReader reader, int length, string what)
    {
        byte[] bytes = reader.ReadByteString();
        return bytes.Length == length ? bytes : throw new CborContentException($"{what} has {bytes.Length} bytes instead of {length}");
    }

    /// <summary>Reads a SUIT digest, [−16, 32 bytes].</summary>
    public static byte[] ReadDigest(CborReader reader)
    {
        ReadArray(reader, 2, "a digest");
        int algorithm = reader.ReadInt32();
        byte[] digest = algorithm == SuitKeys.Sha256 ? ReadBytes(reader, 32, "a digest") : throw new CborContentException($"digest algorithm {algorithm} is not SHA-256");
        reader.ReadEndArray();
        return digest;
    }
}
