// The suffix array against sorting by comparison, and its search against looking everywhere.
using EsyncSim.Delta;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Delta;

public class SuffixArrayTests
{
    // Few different bytes make many equal beginnings, which is what is hard.
    private static readonly Gen<byte[]> Data = Gen.OneOf(Properties.Bytes(200), Properties.Bytes(200).Select(bytes => bytes.Select(value => (byte)(value % 2)).ToArray()));

    [Fact]
    public void Suffixes_are_in_order() => Properties.Hold(Data, data =>
    {
        int[] sorted = new SuffixArray(data).Sorted.ToArray();
        int[] expected = [.. Enumerable.Range(0, data.Length)];
        Array.Sort(expected, (a, b) => data.AsSpan(a).SequenceCompareTo(data.AsSpan(b)));
        Assert.Equal(expected, sorted);
    });

    [Fact]
    public void The_longest_match_is_found() => Properties.Hold(Data.SelectMany(data => Data.Select(pattern => (Data: data, Pattern: pattern))), input =>
    {
        (byte[] data, byte[] pattern) = input;
        SuffixArray suffixes = new(data);
        (int rank, int length) = suffixes.Find(pattern);
        int longest = Enumerable.Range(0, data.Length).Select(at => data.AsSpan(at).CommonPrefixLength(pattern)).DefaultIfEmpty(0).Max();
        Assert.Equal(longest, length);
        Assert.True(length == 0 || data.AsSpan(suffixes.Sorted[rank]).CommonPrefixLength(pattern) == length);
    });

    [Fact]
    public void Half_a_mebibyte_of_one_value_is_no_trouble()
    {
        int[] sorted = new SuffixArray(new byte[512 * 1024]).Sorted.ToArray();

        Assert.Equal(Enumerable.Range(0, 512 * 1024).Reverse(), sorted);
    }
}
