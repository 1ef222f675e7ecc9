// Where package bytes come from besides the message link: something that reads a range of a file at an address.
// Invariant: a source gives what the other side sent, from the beginning of the range on, be it less than was asked for; whether it is the
// announced file is the reader's matter.
// Tests: tests/host-sim/Vehicle/PackageFetcherTests.cs, HttpPackageSourceTests.cs.
namespace EsyncSim.Vehicle;

/// <summary>A part of a file that is wanted.</summary>
/// <param name="Url">Address of the file.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Count">Bytes, 1 or more.</param>
/// <param name="Length">Length of the whole file as it was announced: no more is read, whatever comes.</param>
/// <param name="Tag">What the file was called when its beginning was read (an ETag); null when it has no such name, or nothing of it was read.</param>
public sealed record PackageRange(string Url, int Offset, int Count, int Length, string? Tag);

/// <summary>What came.</summary>
/// <param name="Offset">Place of its first byte: that of the range; 0 when the other side sent the file from its beginning, since it is another one now or cannot send parts.</param>
/// <param name="Bytes">The bytes; fewer than wanted when the connection was lost.</param>
/// <param name="Length">Length of the whole file as the other side has it; null when it does not say.</param>
/// <param name="Tag">What the file is called now; null when it has no such name.</param>
public sealed record PackagePiece(int Offset, ReadOnlyMemory<byte> Bytes, int? Length, string? Tag);

/// <summary>Nothing came of a range; the message says why, as a sentence for people.</summary>
public sealed class PackageSourceException(string message) : Exception(message);

/// <summary>Port to servers of packages.</summary>
public interface IPackageSource
{
    /// <summary>True when addresses of this kind are its matter.</summary>
    bool Takes(string url);

    /// <summary>Reads a part of a file.</summary>
    /// <exception cref="PackageSourceException">Nothing came.</exception>
    Task<PackagePiece> ReadAsync(PackageRange range);
}
