// How values are written: numbers, sizes, UUIDs, bytes.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class ConfigValuesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("0x7E0", 0x7E0)]
    [InlineData("256 KiB", 256 * 1024)]
    [InlineData("0x10KiB", 16 * 1024)]
    [InlineData("4 MiB", 4 * 1024 * 1024)]
    public void A_size_is_a_number_that_may_have_a_unit(string text, ulong value)
    {
        Assert.True(ConfigValues.TrySize(text, out ulong read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1.5 KiB")]
    [InlineData("7E0")]
    [InlineData("0x")]
    [InlineData("1 kB")]
    [InlineData("1_000")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    [InlineData("18014398509481984 KiB")]
    public void Anything_else_is_no_size(string text)
    {
        Assert.False(ConfigValues.TrySize(text, out _));
    }

    [Theory]
    [InlineData("4e7fdca1-132a-5936-87bf-d2b83108c0bb", true)]
    [InlineData("4E7FDCA1-132A-5936-87BF-D2B83108C0BB", true)]
    [InlineData("4e7fdca1132a593687bfd2b83108c0bb", false)]
    [InlineData("{4e7fdca1-132a-5936-87bf-d2b83108c0bb}", false)]
    [InlineData("00000000-0000-0000-0000-000000000000", false)]
    [InlineData("4e7fdca1-132a-5936-87bf-d2b83108c0bg", false)]
    public void A_UUID_has_the_form_8_4_4_4_12_and_is_not_all_zero(string text, bool isUuid)
    {
        Assert.Equal(isUuid, ConfigValues.TryUuid(text, out byte[] bytes));
        if (isUuid)
        {
            Assert.Equal("4E7FDCA1132A593687BFD2B83108C0BB", Convert.ToHexString(bytes));
        }
    }

    [Theory]
    [InlineData("260701", "260701")]
    [InlineData("26 07 01", "260701")]
    [InlineData("2607 01", "260701")]
    [InlineData("26 7 01", null)]
    [InlineData("0x26", null)]
    [InlineData("", null)]
    [InlineData("GG", null)]
    public void Bytes_are_pairs_of_hexadecimal_digits(string text, string? expected)
    {
        Assert.Equal(expected is not null, ConfigValues.TryHexBytes(text, out byte[] bytes));
        Assert.Equal(expected ?? "", Convert.ToHexString(bytes));
    }
}
