// Keys and signatures: the same bytes as BouncyCastle's own HSS makes from the same secret, over both levels and across
// the change of the lower tree; a verifier that refuses what is not exactly right.
using System.Buffers.Binary;
using EsyncSim;
using EsyncSim.Signing;
using EsyncTests.Vectors;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Pqc.Crypto.Lms;
using Org.BouncyCastle.Security;
using Xunit;

namespace EsyncTests.HostSim.Signing;

public sealed class SigningKeyTests
{
    private static readonly byte[] Message = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];

    [Theory]
    [InlineData(1, 5, 1)]
    [InlineData(1, 5, 2)]
    [InlineData(1, 5, 4)]
    [InlineData(1, 5, 8)]
    [InlineData(1, 10, 1)]
    [InlineData(2, 5, 2)]
    public void Signs_byte_for_byte_as_BouncyCastle_does_from_the_same_secret(int levels, int height, int winternitz)
    {
        SigningParameters parameters = new(levels, height, winternitz);
        SigningKey key = SigningKey.FromSeedText(SigningRole.Author, parameters, "compare");
        HssPrivateKeyParameters reference = Reference(parameters, key);
        MemorySigner signer = new(key);

        Assert.Equal(reference.GetPublicKey().GetEncoded(), key.PublicKey);

        // 34 signatures cross from one lower tree into the next.
        for (int i = 0; i < (levels == 2 ? 34 : 3); i++)
        {
            byte[] signature = signer.Sign(Message);
            Assert.Equal(Hss.GenerateSignature(reference, Message).GetEncoded(), signature);
            Assert.Equal(parameters.SignatureLength, signature.Length);
            Assert.Equal(i, TestKeys.IndexOf(parameters, signature));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_tree_that_keeps_its_upper_nodes_only_signs_the_same(int cachedDepth)
    {
        SigningKey key = TestKeys.Author();
        LmsTree whole = LmsTree.Grow(TestKeys.Small, key.KeyId, key.Seed);
        LmsTree upper = LmsTree.Grow(TestKeys.Small, key.KeyId, key.Seed, cachedDepth);

        Assert.Equal(((2 << cachedDepth) - 1) * 32, upper.Nodes.Length);
        Assert.Equal(whole.PublicKey, upper.PublicKey);
        for (int q = 0; q < 32; q++)
        {
            Assert.Equal(whole.Sign(q, Message), upper.Sign(q, Message));
        }
    }

    [Theory]
    [InlineData("H10/W4", 2512)]
    [InlineData("H5/W8", 1296)]
    [InlineData("2xH5/W8", 2644)]
    [InlineData("2xH10/W4", 5076)]
    public void Lengths_follow_from_the_name_of_the_parameter_set(string name, int length)
    {
        Assert.True(SigningParameters.TryParse(name, out SigningParameters parameters));
        Assert.Equal(length, parameters.SignatureLength);
        Assert.Equal(name, parameters.Name);
    }

    [Theory]
    [InlineData("H10")]
    [InlineData("3xH10/W4")]
    [InlineData("H20/W4")]
    [InlineData("H5/W3")]
    [InlineData("")]
    public void Other_parameter_sets_have_no_name(string name) => Assert.False(SigningParameters.TryParse(name, out _));

    [Fact]
    public void Another_role_text_or_parameter_set_gives_another_key()
    {
        SigningKey[] keys =
        [
            SigningKey.FromSeedText(SigningRole.Author, TestKeys.Small, "a"),
            SigningKey.FromSeedText(SigningRole.Oem, TestKeys.Small, "a"),
            SigningKey.FromSeedText(SigningRole.Author, TestKeys.Small, "b"),
            SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 5, 2), "a"),
            SigningKey.Generate(SigningRole.Author, TestKeys.Small),
            SigningKey.Generate(SigningRole.Author, TestKeys.Small),
        ];

        Assert.Equal(keys.Length, keys.Select(key => Convert.ToHexString(key.PublicKey)).Distinct().Count());
        Assert.Equal(keys.Length, keys.Select(key => Convert.ToHexString(key.KeyId)).Distinct().Count());
        Assert.Equal(keys[0].PublicKey, SigningKey.FromSeedText(SigningRole.Author, TestKeys.Small, "a").PublicKey);
    }

    [Fact]
    public void A_key_in_memory_ends_after_its_last_signature()
    {
        MemorySigner signer = new(TestKeys.Author());
        List<byte[]> signatures = [.. Enumerable.Range(0, 32).Select(_ => signer.Sign(Message))];

        Assert.Equal(32, signatures.Select(signature => TestKeys.IndexOf(TestKeys.Small, signature)).Distinct().Count());
        Assert.Equal(ExitCode.KeyProblem, Assert.Throws<UserErrorException>(() => signer.Sign(Message)).ExitCode);
    }

    [Theory]
    [InlineData("rfc8554-f1.hex")]
    [InlineData("rfc8554-f2.hex")]
    public void Verifies_the_test_cases_of_RFC_8554_Appendix_F(string file)
    {
        byte[][] vector = VectorFile.Read(file);
        Assert.True(HssSignatures.Verify(vector[0], vector[1], vector[2]));
        vector[1][0] ^= 1;
        Assert.False(HssSignatures.Verify(vector[0], vector[1], vector[2]));
    }

    [Fact]
    public void A_signature_with_any_byte_changed_missing_or_added_is_refused()
    {
        SigningKey key = SigningKey.FromSeedText(SigningRole.Author, TestKeys.SmallTwoLevels, "strict");
        byte[] signature = new MemorySigner(key).Sign(Message);
        Assert.True(HssSignatures.Verify(key.PublicKey, Message, signature));

        for (int i = 0; i < signature.Length; i += i < 64 ? 1 : 61)
        {
            byte[] changed = [.. signature];
            changed[i] ^= 0x80;
            Assert.False(HssSignatures.Verify(key.PublicKey, Message, changed), $"byte {i}");
            Assert.False(HssSignatures.Verify(key.PublicKey, Message, signature[..i]), $"cut at {i}");
        }

        Assert.False(HssSignatures.Verify(key.PublicKey, Message, [.. signature, 0]));
    }

    [Fact]
    public void A_public_key_of_other_types_or_levels_verifies_nothing()
    {
        SigningKey key = TestKeys.Author();
        byte[] signature = new MemorySigner(key).Sign(Message);
        foreach ((int offset, uint value) in new[] { (0, 0u), (0, 2u), (0, 3u), (4, 4u), (4, 8u), (4, 10u), (8, 0u), (8, 5u) })
        {
            byte[] other = key.PublicKey;
            BinaryPrimitives.WriteUInt32BigEndian(other.AsSpan(offset), value);
            Assert.False(HssSignatures.Verify(other, Message, signature));
        }

        Assert.False(HssSignatures.Verify(key.PublicKey[..59], Message, signature));
    }

    private static HssPrivateKeyParameters Reference(SigningParameters parameters, SigningKey key)
    {
        LmsParameters set = new(LMSigParameters.GetParametersByID(parameters.LmsType), LMOtsParameters.GetParametersByID(parameters.LmotsType));
        LmsParameters[] sets = [.. Enumerable.Repeat(set, parameters.Levels)];

        // BouncyCastle draws the seed first, then I; both come from the key under test.
        SecureRandom random = new(new Replay([.. key.Seed, .. key.KeyId]), 0);
        return Hss.GenerateHssKeyPair(new HssKeyGenerationParameters(sets, random));
    }

    private sealed class Replay(byte[] bytes) : IRandomGenerator
    {
        private int _position;

        public void AddSeedMaterial(byte[] seed)
        {
        }

        public void AddSeedMaterial(ReadOnlySpan<byte> seed)
        {
        }

        public void AddSeedMaterial(long seed)
        {
        }

        public void NextBytes(byte[] into) => NextBytes(into.AsSpan());

        public void NextBytes(byte[] into, int start, int length) => NextBytes(into.AsSpan(start, length));

        public void NextBytes(Span<byte> into)
        {
            bytes.AsSpan(_position, into.Length).CopyTo(into);
            _position += into.Length;
        }
    }
}
