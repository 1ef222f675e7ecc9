// SHA-256: the examples of FIPS 180-4 (NIST "SHA256.pdf" and the CAVP short messages), the platform's own hash, and
// the cost of one block.
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class Sha256Tests
{
    private static string Hash(byte[] message)
    {
        var sha256 = new Sha256(new Sha256Compression());
        sha256.Update(message, 0, message.Length);
        byte[] hash = new byte[32];
        sha256.Finish(hash, 0);
        return Convert.ToHexString(hash).ToLowerInvariant();
    }

    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public void Examples_of_FIPS_180_4(string message, string expected)
    {
        Assert.Equal(expected, Hash(Encoding.ASCII.GetBytes(message)));
    }

    [Fact]
    public void A_million_times_a()
    {
        byte[] message = new byte[1_000_000];
        Array.Fill(message, (byte)'a');
        Assert.Equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Hash(message));
    }

    [Fact]
    public void Every_length_over_two_blocks_agrees_with_the_platform()
    {
        byte[] message = new byte[130];
        for (int i = 0; i < message.Length; i++)
        {
            message[i] = (byte)(i * 151 + 7);
        }

        for (int length = 0; length <= message.Length; length++)
        {
            Assert.Equal(Convert.ToHexString(SHA256.HashData(message.AsSpan(0, length))).ToLowerInvariant(), Hash(message[..length]));
        }
    }

    [Fact]
    public void Pieces_of_any_size_give_the_hash_of_the_whole()
    {
        byte[] message = new byte[777];
        new Random(5).NextBytes(message);
        var sha256 = new Sha256(new Sha256Compression());
        byte[] hash = new byte[40];
        for (int piece = 1; piece <= 200; piece++)
        {
            sha256.Reset();
            for (int offset = 0; offset < message.Length; offset += piece)
            {
                sha256.Update(message, offset, Math.Min(piece, message.Length - offset));
            }

            sha256.Finish(hash, 5);
            Assert.Equal(SHA256.HashData(message), hash[5..37]);
        }
    }

    [Fact]
    public void Random_states_reach_every_carry_and_rotation()
    {
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            byte[] message = new byte[random.Next(200)];
            random.NextBytes(message);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(message)).ToLowerInvariant(), Hash(message));
        }
    }

    [Fact]
    public void Each_block_counts_once()
    {
        var compression = new Sha256Compression();
        var sha256 = new Sha256(compression);
        sha256.Update(new byte[119], 0, 119);
        sha256.Finish(new byte[32], 0);
        Assert.Equal(2u, compression.Count);
        sha256.Reset();
        sha256.Update(new byte[120], 0, 120);
        sha256.Finish(new byte[32], 0);
        Assert.Equal(5u, sha256.CompressionCount);
    }
}
