// HSS verification: the test cases of RFC 8554 Appendix F, signatures by an independent implementation and by a forge
// for every parameter set, what must be refused, and what a verification costs.
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Flash;
using EsyncTests.Vectors;
using Org.BouncyCastle.Pqc.Crypto.Lms;
using Org.BouncyCastle.Security;
using Xunit;
using Parameters = Org.BouncyCastle.Pqc.Crypto.Lms.LmsParameters;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class HssVerifierTests
{
    // As long as the COSE structure that a manifest's signature is over.
    private static readonly byte[] Message = [.. Enumerable.Range(0, 56).Select(i => (byte)(i * 37))];

    public static TheoryData<int, int> ParameterSets
    {
        get
        {
            var sets = new TheoryData<int, int>();
            for (int lms = 5; lms <= 7; lms++)
            {
                for (int ots = 1; ots <= 4; ots++)
                {
                    sets.Add(lms, ots);
                }
            }

            return sets;
        }
    }

    [Theory]
    [InlineData("rfc8554-f1.hex")]
    [InlineData("rfc8554-f2.hex")]
    public void Test_cases_of_RFC_8554_Appendix_F(string file)
    {
        byte[][] vector = VectorFile.Read(file);
        var bench = new HssBench();
        Assert.True(bench.Verify(vector[0], vector[1], vector[2]));
        vector[1][50] ^= 1;
        Assert.False(bench.Verify(vector[0], vector[1], vector[2]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Signatures_of_another_implementation_with_one_level(int otsType)
    {
        (byte[] key, byte[] signature) = Foreign(1, otsType);
        Assert.True(new HssBench().Verify(key, Message, signature));
    }

    [Fact]
    public void A_signature_of_another_implementation_with_two_levels()
    {
        (byte[] key, byte[] signature) = Foreign(2, 4);
        Assert.True(new HssBench().Verify(key, Message, signature));
    }

    [Theory]
    [MemberData(nameof(ParameterSets))]
    public void Every_parameter_set_at_the_first_the_last_and_a_middle_leaf(int lmsType, int otsType)
    {
        uint leaves = 1u << (5 * (lmsType - 4));
        var bench = new HssBench();
        foreach (uint leaf in new[] { 0u, leaves - 1, leaves / 3 })
        {
            (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(lmsType * 10 + otsType, lmsType, otsType, leaf), Message);
            Assert.True(bench.Verify(key, Message, signature));
        }
    }

    [Theory]
    [MemberData(nameof(ParameterSets))]
    public void Every_parameter_set_below_a_tree_of_another_one(int lmsType, int otsType)
    {
        var top = new LmsForge(3, 12 - lmsType, 5 - otsType, 17);
        (byte[] key, byte[] signature) = LmsForge.TwoLevels(top, new LmsForge(4, lmsType, otsType, 5), Message);
        Assert.True(new HssBench().Verify(key, Message, signature));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(4096)]
    public void The_window_may_have_any_size(int windowLength)
    {
        (byte[] key, byte[] signature) = LmsForge.TwoLevels(new LmsForge(1, 5, 3, 31), new LmsForge(2, 5, 4, 2), Message);
        Assert.True(new HssBench(windowLength).Verify(key, Message, signature, before: 0));
    }

    [Fact]
    public void A_wrong_bit_in_any_byte_of_a_signature_refuses_it()
    {
        (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(1, 6, 3, 700), Message);
        var bench = new HssBench(256);
        var random = new Random(1);
        for (int i = 0; i < signature.Length; i++)
        {
            byte good = signature[i];
            signature[i] ^= (byte)(1 << random.Next(8));
            Assert.False(bench.Verify(key, Message, signature), $"byte {i}");
            signature[i] = good;
        }

        Assert.True(bench.Verify(key, Message, signature));
    }

    [Fact]
    public void A_wrong_bit_in_any_byte_of_two_levels_refuses_it()
    {
        (byte[] key, byte[] signature) = LmsForge.TwoLevels(new LmsForge(1, 5, 3, 31), new LmsForge(2, 5, 2, 2), Message);
        var bench = new HssBench(256);
        var random = new Random(2);
        for (int i = 0; i < signature.Length; i += i < 64 ? 1 : 5)
        {
            byte good = signature[i];
            signature[i] ^= (byte)(1 << random.Next(8));
            Assert.False(bench.Verify(key, Message, signature), $"byte {i}");
            signature[i] = good;
        }
    }

    [Fact]
    public void A_wrong_bit_anywhere_in_key_or_message_refuses_it()
    {
        (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(1, 5, 2, 3), Message);
        var bench = new HssBench(256);
        for (int bit = 0; bit < 8 * key.Length; bit++)
        {
            byte[] wrong = (byte[])key.Clone();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(bench.Verify(wrong, Message, signature), $"key bit {bit}");
        }

        for (int bit = 0; bit < 8 * Message.Length; bit++)
        {
            byte[] wrong = (byte[])Message.Clone();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(bench.Verify(key, wrong, signature), $"message bit {bit}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_signature_that_is_too_short_or_too_long_is_refused_without_hashing(int levels)
    {
        var tree = new LmsForge(1, 5, 4, 3);
        (byte[] key, byte[] signature) = levels == 1 ? LmsForge.OneLevel(tree, Message) : LmsForge.TwoLevels(tree, tree, Message);
        var bench = new HssBench();
        for (int length = 0; length < signature.Length; length += 7)
        {
            Assert.False(bench.Verify(key, Message, signature[..length]));
            Assert.Equal(0u, bench.Compressions);
        }

        Assert.False(bench.Verify(key, Message, signature[..^1]));
        Assert.False(bench.Verify(key, Message, [.. signature, 0]));
        Assert.Equal(0u, bench.Compressions);
        Assert.True(bench.Verify(key, Message, signature));
    }

    [Fact]
    public void A_leaf_beyond_the_tree_is_refused_without_hashing()
    {
        // Leaf 32 of a tree with 32 leaves: the forge computes a path that would even fit.
        (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(1, 5, 4, 32), Message);
        var bench = new HssBench();
        Assert.False(bench.Verify(key, Message, signature));
        Assert.Equal(0u, bench.Compressions);
    }

    [Theory]
    [InlineData(0, 5, 4)]
    [InlineData(3, 5, 4)]
    [InlineData(1, 4, 4)]
    [InlineData(1, 8, 4)]
    [InlineData(1, 5, 0)]
    [InlineData(1, 5, 5)]
    public void A_key_with_levels_or_types_that_are_not_supported_is_refused(int levels, int lmsType, int otsType)
    {
        (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(1, 5, 4, 0), Message);
        (key[3], key[7], key[11]) = ((byte)levels, (byte)lmsType, (byte)otsType);
        Assert.False(new HssBench().Verify(key, Message, signature));
    }

    [Fact]
    public void One_level_where_the_key_says_two_is_refused_and_the_other_way_round()
    {
        var tree = new LmsForge(1, 5, 4, 3);
        (byte[] one, byte[] signature) = LmsForge.OneLevel(tree, Message);
        (byte[] two, byte[] signature2) = LmsForge.TwoLevels(tree, new LmsForge(2, 5, 4, 0), Message);
        Assert.False(new HssBench().Verify(two, Message, signature));
        Assert.False(new HssBench().Verify(one, Message, signature2));
    }

    [Fact]
    public void H10_W4_takes_about_560_compressions()
    {
        var bench = new HssBench();
        uint sum = 0, most = 0;
        for (int i = 0; i < 50; i++)
        {
            (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(i, 6, 3, (uint)i), Message);
            Assert.True(bench.Verify(key, Message, signature));
            Assert.Equal(2512, signature.Length);
            sum += bench.Compressions;
            most = Math.Max(most, bench.Compressions);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"H10/W4: {sum / 50} compressions on average, {most} at most");
        Assert.InRange(sum / 50, 540u, 580u);
        Assert.True(most < 700);
    }

    [Fact]
    public void A_flash_that_fails_ends_the_verification()
    {
        (byte[] key, byte[] signature) = LmsForge.OneLevel(new LmsForge(1, 5, 4, 3), Message);
        var shelf = new FlashShelf();
        shelf.Put(0, signature);
        var window = new FlsWindow(shelf.Fls, FlsPriority.Fota, 64);
        window.Open(0, (uint)signature.Length);
        var verifier = new HssVerifier(new EsyncAgent.Csm(new HostCrypto()));
        verifier.Begin(key, 0, window, 0, (uint)signature.Length, Message, Message.Length);
        Assert.False(verifier.IsReadFailed);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(StdReturn.Pending, verifier.Step(4));
            shelf.Fls.MainFunction(0);
        }

        shelf.Model.CutNow(CutModel.Before);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; i < 200 && result == StdReturn.Pending; i++)
        {
            result = verifier.Step(4);
            shelf.Fls.MainFunction(0);
        }

        Assert.Equal(StdReturn.NotOk, result);
        Assert.True(verifier.IsReadFailed);

        // That is not said of the next signature, which is wrong all by itself.
        verifier.Begin(new byte[60], 0, window, 0, 10, Message, Message.Length);
        Assert.Equal(StdReturn.NotOk, verifier.Step(4));
        Assert.False(verifier.IsReadFailed);
    }

    [Fact]
    public void A_verifier_that_was_not_given_anything_refuses()
    {
        Assert.Equal(StdReturn.NotOk, new HssVerifier(new EsyncAgent.Csm(new HostCrypto())).Step(4));
    }

    private static (byte[] Key, byte[] Signature) Foreign(int levels, int otsType)
    {
        LMOtsParameters ots = otsType switch
        {
            1 => LMOtsParameters.sha256_n32_w1,
            2 => LMOtsParameters.sha256_n32_w2,
            3 => LMOtsParameters.sha256_n32_w4,
            _ => LMOtsParameters.sha256_n32_w8,
        };
        Parameters[] trees = [.. Enumerable.Repeat(new Parameters(LMSigParameters.lms_sha256_n32_h5, ots), levels)];
        var generator = new HssKeyPairGenerator();
        generator.Init(new HssKeyGenerationParameters(trees, new SecureRandom()));
        var pair = generator.GenerateKeyPair();
        var signer = new HssSigner();
        signer.Init(true, pair.Private);
        byte[] signature = signer.GenerateSignature(Message);
        return (((HssPublicKeyParameters)pair.Public).GetEncoded(), signature);
    }
}
