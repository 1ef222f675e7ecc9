// Pairs of an old and a new content as updates have them: with bytes inserted, deleted, moved and changed, grown and shrunk,
// the same, unrelated, of one byte and of none.
using FsCheck;
using FsCheck.Fluent;

namespace EsyncTests.HostSim.Packages;

internal static class ImagePairs
{
    /// <summary>Any pair, 0 to some thousand bytes each.</summary>
    public static Gen<(byte[] Old, byte[] New)> Any { get; } =
        from kind in Gen.Choose(0, 8)
        from length in Gen.Choose(0, 6000)
        from seed in Gen.Choose(0, int.MaxValue)
        select Make(kind, length, new Random(seed));

    private static (byte[] Old, byte[] New) Make(int kind, int length, Random random)
    {
        byte[] old = Content(length, random);
        int at = random.Next(length + 1), count = Math.Min(random.Next(400), length - at), to = random.Next(length - count + 1);
        byte[] without = [.. old.AsSpan(0, at), .. old.AsSpan(at + count)];
        return (old, kind switch
        {
            0 => [.. old.AsSpan(0, at), .. Content(count, random), .. old.AsSpan(at)],
            1 => without,
            2 => [.. without.AsSpan(0, to), .. old.AsSpan(at, count), .. without.AsSpan(to)],
            3 => [.. old.Select((value, i) => i % 97 == at % 97 ? (byte)(value + 4) : value)],
            4 => [.. old, .. Content(3000, random)],
            5 => old[..at],
            6 => [.. old],
            7 => Content(random.Next(3000), random),
            _ => [.. Content(at % 2, random)],
        });
    }

    // Half of it noise, half of it a pattern.
    private static byte[] Content(int length, Random random)
    {
        byte[] content = new byte[length];
        random.NextBytes(content.AsSpan(0, length / 2));
        for (int i = length / 2; i < length; i++)
        {
            content[i] = (byte)(i % 24 * (random.Next(30) == 0 ? 3 : 7));
        }

        return content;
    }
}
