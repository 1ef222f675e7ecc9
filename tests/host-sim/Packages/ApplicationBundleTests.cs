// The application bundle to the byte, and what is none.
using EsyncSim;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class ApplicationBundleTests
{
    [Fact]
    public void The_image_is_laid_out_as_PROTOCOL_says()
    {
        byte[] image = Bundle([[1, 2, 3, 4, 5], [6, 7]]).Build();
        string expected = Convert.ToHexString("ESAB"u8) + "01" + "02" + "0107" + "0000008A"
            + Convert.ToHexString("1.2"u8) + Zeros(21) + "02" + "000000" + Convert.ToHexString("A.B"u8) + Zeros(61)
            + "00000001" + "00000080" + "00000005" + "00000001" + "00000088" + "00000002"
            + "0102030405" + "000000" + "0607";

        Assert.Equal(expected, Convert.ToHexString(image));
    }

    [Fact]
    public void A_bundle_comes_back()
    {
        ApplicationBundle bundle = Bundle([[1], [2, 3, 4, 5], [6]]);
        Assert.Null(ApplicationBundle.TryParse(bundle.Build(), out ApplicationBundle? parsed));
        Assert.Equivalent(bundle, parsed, strict: true);
    }

    [Theory]
    [InlineData(0, 0x46, "ESAB")]
    [InlineData(4, 2, "format is 2")]
    [InlineData(11, 0x8B, "has 138")]
    [InlineData(12, 0, "header")]
    [InlineData(16, 0x41, "header")]
    [InlineData(36, 0, "header")]
    [InlineData(36, 9, "header")]
    [InlineData(40, 0x07, "header")]
    [InlineData(107, 2, "section 0")]
    [InlineData(111, 0x81, "section 0")]
    [InlineData(111, 0x7C, "section 0")]
    [InlineData(115, 0xFF, "section 0")]
    [InlineData(123, 0x80, "section 1")]
    public void A_wrong_byte_is_refused_with_its_place(int offset, byte value, string reason)
    {
        byte[] image = Bundle([[1, 2, 3, 4, 5], [6, 7]]).Build();
        image[offset] = value;
        Assert.Contains(reason, ApplicationBundle.TryParse(image, out _));
    }

    [Fact]
    public void An_image_cut_anywhere_is_none()
    {
        byte[] image = Bundle([[1, 2, 3]]).Build();
        for (int length = 0; length < image.Length; length++)
        {
            Assert.NotNull(ApplicationBundle.TryParse(image[..length], out _));
        }
    }

    [Fact]
    public void Values_out_of_range_are_refused_before_anything_is_built()
    {
        ApplicationBundle good = Bundle([[1]]);
        ApplicationBundle[] bad =
        [
            good with { Version = string.Empty },
            good with { Version = new string('1', 25) },
            good with { Version = "1.0\n" },
            good with { EntryClass = new string('A', 65) },
            good with { EntryClass = "Ä" },
            good with { Assemblies = [] },
            good with { Assemblies = [.. Enumerable.Repeat(new byte[1], 9)] },
        ];

        Assert.All(bad, bundle => Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => bundle.Build()).ExitCode));
    }

    [Fact]
    public void The_last_chunk_is_padded_with_FF_and_every_tag_depends_on_the_salt()
    {
        byte[] salt = new byte[32];
        byte[] data = [.. Enumerable.Repeat((byte)7, 4097)];
        byte[] padded = [.. data, .. Enumerable.Repeat((byte)0xFF, 4095)];
        byte[] table = ChunkTable.Build(salt, data);

        Assert.Equal(64, table.Length);
        Assert.Equal(table, ChunkTable.Build(salt, padded));
        Assert.Equal(System.Security.Cryptography.HMACSHA256.HashData(salt, padded.AsSpan(4096)), table[32..]);
        Assert.Equal(-1, ChunkTable.FirstMismatch(salt, table, data));
        Assert.Equal(1, ChunkTable.FirstMismatch(salt, table[..32], data));
        Assert.Equal(2, ChunkTable.FirstMismatch(salt, [.. table, .. table], data));
        salt[31] = 1;
        Assert.Equal(0, ChunkTable.FirstMismatch(salt, table, data));
    }

    private static ApplicationBundle Bundle(byte[][] assemblies) => new()
    {
        Runtime = BundleRuntime.NanoFramework,
        ContractVersion = 0x107,
        Version = "1.2",
        EntryClass = "A.B",
        Assemblies = assemblies,
    };

    private static string Zeros(int count) => string.Concat(Enumerable.Repeat("00", count));
}
