// Chunk tables: what lets an ECU check 4 KiB before a single byte of them reaches its flash. A tag is an HMAC under a
// public salt; the salt is signed with the table, so that only the signer's bytes fit.
// Clause: PROTOCOL.md, "Chunk tables".
// Tests: tests/host-sim/Packages.
using System.Security.Cryptography;

namespace EsyncSim.Packages;

/// <summary>Makes and checks chunk tables.</summary>
public static class ChunkTable
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkLength = 4096;

    /// <summary>Bytes of a tag.</summary>
    public const int TagLength = 32;

    /// <summary>Bytes of the salt.</summary>
    public const int SaltLength = 32;

    /// <summary>Number of chunks of so many bytes.</summary>
    public static int ChunkCount(int length) => (length + ChunkLength - 1) / ChunkLength;

    /// <summary>The tags of all chunks in order; the last chunk is padded with FF.</summary>
    public static byte[] Build(byte[] salt, ReadOnlySpan<byte> data)
    {
        byte[] table = new byte[ChunkCount(data.Length) * TagLength];
        for (int i = 0; i < table.Length / TagLength; i++)
        {
            TagOf(salt, data, i).CopyTo(table, i * TagLength);
        }

        return table;
    }

    /// <summary>Index of the first chunk that the table does not vouch for; −1 when all are right.</summary>
    /// <param name="salt">Salt of the table.</param>
    /// <param name="table">Tags in order.</param>
    /// <param name="data">What the table should describe.</param>
    public static int FirstMismatch(byte[] salt, ReadOnlySpan<byte> table, ReadOnlySpan<byte> data)
    {
        int count = ChunkCount(data.Length);
        for (int i = 0; i < count; i++)
        {
            if (table.Length < (i + 1) * TagLength || !table.Slice(i * TagLength, TagLength).SequenceEqual(TagOf(salt, data, i)))
            {
                return i;
            }
        }

        return table.Length == count * TagLength ? -1 : count;
    }

    private static byte[] TagOf(byte[] salt, ReadOnlySpan<byte> data, int index)
    {
        byte[] chunk = new byte[ChunkLength];
        chunk.AsSpan().Fill(0xFF);
        int start = index * ChunkLength;
        data.Slice(start, Math.Min(ChunkLength, data.Length - start)).CopyTo(chunk);
        return HMACSHA256.HashData(salt, chunk);
    }
}
