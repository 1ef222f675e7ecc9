// AES-256 in counter mode: the vectors of NIST SP 800-38A, BouncyCastle's stream as the reference for any position and for a
// counter that wraps, and no allocation.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class AesCtrTests : IDisposable
{
    private const int StreamLength = 5000;

    private readonly HostCrypto _crypto = new();

    public void Dispose() => _crypto.Dispose();

    [Theory]
    [InlineData("F.5.5, encrypting", 0)]
    [InlineData("F.5.6, decrypting", 1)]
    public void Vectors_of_SP_800_38A(string name, int from)
    {
        byte[] key = Convert.FromHexString("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] iv = Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        byte[][] texts =
        [
            Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"),
            Convert.FromHexString("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"),
        ];
        foreach (ICrypto crypto in new ICrypto[] { _crypto, new ManagedCrypto() })
        {
            byte[] data = [.. texts[from]];
            AesCtr ctr = new(crypto);
            ctr.Begin(key, iv, 0);
            ctr.Apply(data, 0, data.Length, 0);
            Assert.True(data.AsSpan().SequenceEqual(texts[1 - from]), name);
        }
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("000000000000000000000000000000f8")]
    [InlineData("0123456789abcdeffffffffffffffffe")]
    [InlineData("fffffffffffffffffffffffffffffff3")]
    public void The_counter_carries_over_all_its_bits_and_wraps(string iv)
    {
        byte[] data = new byte[StreamLength];
        AesCtr ctr = Begun(iv);
        ctr.Apply(data, 0, data.Length, 0);
        Assert.Equal(Reference(iv), data);
    }

    [Fact]
    public void Stretches_of_any_length_in_any_order_are_those_of_the_stream()
    {
        const string Iv = "ffffffffffffffffffffffffffffff80";
        byte[] expected = Reference(Iv);
        AesCtr ctr = Begun(Iv);
        Random random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            int position = random.Next(StreamLength), count = random.Next(Math.Min(600, StreamLength - position + 1)), offset = random.Next(20);
            byte[] data = new byte[offset + count + 9];
            ctr.Apply(data, offset, count, (uint)position);
            Assert.Equal(expected[position..(position + count)], data[offset..(offset + count)]);
            Assert.All(data[..offset], value => Assert.Equal(0, value));
            Assert.All(data[(offset + count)..], value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void The_last_bytes_of_4_GiB_have_their_counter_too()
    {
        // Byte FFFFFFF0 is in block 0FFFFFFF.
        byte[] data = new byte[16], first = new byte[16];
        Begun("00000000000000000000000000000001").Apply(data, 0, 16, 0xFFFFFFF0);
        Begun("00000000000000000000000010000000").Apply(first, 0, 16, 0);
        Assert.Equal(first, data);
    }

    [Fact]
    public void Another_key_or_counter_begins_another_stream_and_the_arrays_are_free_again()
    {
        byte[] key = Key(), iv = new byte[16], data = new byte[32];
        AesCtr ctr = new(_crypto);
        ctr.Begin(key, iv, 0);
        Array.Clear(key);
        iv[15] = 1;
        ctr.Apply(data, 0, 32, 0);
        Assert.Equal(Reference("00000000000000000000000000000000")[..32], data);

        Array.Clear(data);
        ctr.Begin(Key(), iv, 0);
        ctr.Apply(data, 0, 32, 0);
        Assert.Equal(Reference("00000000000000000000000000000001")[..32], data);

        Array.Clear(data);
        ctr.Begin(new byte[32], iv, 0);
        ctr.Apply(data, 0, 32, 0);
        Assert.NotEqual(Reference("00000000000000000000000000000001")[..32], data);
    }

    [Fact]
    public void Whole_arrays_are_encrypted_once_each_and_nothing_is_allocated()
    {
        CountingCrypto crypto = new();
        AesCtr ctr = new(crypto);
        ctr.Begin(Key(), new byte[16], 0);
        byte[] piece = new byte[4096];
        ctr.Apply(piece, 0, piece.Length, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int at = 0; at < piece.Length; at += 100)
        {
            ctr.Apply(piece, at, Math.Min(100, piece.Length - at), (uint)(4096 + at));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((32, 256), (crypto.Calls, crypto.LengthMax));
    }

    private static byte[] Key() => [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    private AesCtr Begun(string iv)
    {
        AesCtr ctr = new(_crypto);
        ctr.Begin(Key(), Convert.FromHexString(iv), 0);
        return ctr;
    }

    private static byte[] Reference(string iv)
    {
        SicBlockCipher cipher = new(new AesEngine());
        cipher.Init(true, new ParametersWithIV(new KeyParameter(Key()), Convert.FromHexString(iv)));
        byte[] zeros = new byte[(StreamLength + 15) / 16 * 16], stream = new byte[zeros.Length];
        for (int at = 0; at < zeros.Length; at += 16)
        {
            cipher.ProcessBlock(zeros, at, stream, at);
        }

        return stream[..StreamLength];
    }

    private sealed class CountingCrypto : ICrypto
    {
        private readonly ManagedCrypto _inner = new();

        public int Calls { get; private set; }

        public int LengthMax { get; private set; }

        public void HmacSha256(byte[] key, byte[] data, byte[] mac) => throw new InvalidOperationException("no MAC here");

        public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result) => throw new InvalidOperationException("counter mode only encrypts");

        public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
        {
            Calls++;
            LengthMax = Math.Max(LengthMax, data.Length);
            _inner.AesEcbEncrypt(key, data, result);
        }
    }
}
