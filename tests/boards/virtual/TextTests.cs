// Words for people, as the emulator puts them together.
using EsyncAgent;
using EsyncAgent.Emulator;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class TextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0F", "0F")]
    [InlineData("31010203", "31 01 02 03")]
    public void Bytes_are_pairs_of_digits(string hex, string text)
    {
        byte[] bytes = Convert.FromHexString("EE" + hex);
        Assert.Equal(text, Text.Hex(bytes, 1, bytes.Length - 1));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1000, "1,000")]
    [InlineData(181656, "181,656")]
    [InlineData(12345678, "12,345,678")]
    public void Numbers_have_commas_between_thousands(int value, string text)
    {
        Assert.Equal(text, Text.Number(value));
    }

    [Fact]
    public void A_field_ends_at_its_first_zero_or_with_its_length()
    {
        byte[] field = [.. "x1.0.0"u8, 0, 0, (byte)'y'];
        Assert.Equal("1.0.0", Text.Field(field, 1, 7));
        Assert.Equal("1.0", Text.Field(field, 1, 3));
    }

    [Fact]
    public void Every_state_of_a_bank_has_its_name_in_the_protocol()
    {
        Assert.All(Enum.GetValues<BankState>(), state => Assert.Equal(state.ToString().ToUpperInvariant(), Text.Of(state)));
    }

    [Fact]
    public void A_reason_has_its_own_name_or_none_and_always_its_number()
    {
        Assert.All(Enum.GetValues<FotaError>(), reason => Assert.Contains(Text.Of(reason), new[] { $"{reason} ({(int)reason})", $"FotaError ({(int)reason})" }));
        Assert.Equal("SignatureInvalid (5)", Text.Of(FotaError.SignatureInvalid));
    }
}
