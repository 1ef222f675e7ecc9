// ICrypto over native functions: results are copied, and whatever a native call does instead of giving a right result,
// the caller gets a right one or an exception; never what lay in its array before.
using System.Security.Cryptography;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class NativeCryptoTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] Data = [.. Enumerable.Range(100, 48).Select(i => (byte)i)];
    private readonly FakeNative _native = new();

    /// <summary>What a native function may do wrong, as a change of its right result.</summary>
    public static TheoryData<string> Faults => [.. FakeNative.Faults.Keys];

    [Fact]
    public void Native_results_reach_the_callers_arrays()
    {
        NativeCrypto crypto = new(_native, new ManagedCrypto());
        Assert.True(crypto.IsHmacNative);
        Assert.True(crypto.IsAesNative);
        int calls = _native.Calls;
        AssertRight(crypto);
        Assert.Equal(calls + 3, _native.Calls);
        Assert.Equal(0u, crypto.FaultCount);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_function_that_fails_later_is_replaced_for_that_call_and_counted(string fault)
    {
        NativeCrypto crypto = new(_native, new ManagedCrypto());
        _native.Fault = fault;
        if (fault == "wrong bytes")
        {
            // Nobody can tell. The check that follows in the agent says no, as it does to a forged message.
            byte[] mac = new byte[32];
            crypto.HmacSha256(Key, Data, mac);
            Assert.NotEqual(HMACSHA256.HashData(Key, Data), mac);
            return;
        }

        AssertRight(crypto);
        Assert.Equal(3u, crypto.FaultCount);
        _native.Fault = null;
        int calls = _native.Calls;
        AssertRight(crypto);
        Assert.Equal(calls + 3, _native.Calls);
        Assert.Equal(3u, crypto.FaultCount);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_function_that_fails_at_start_is_never_asked_again(string fault)
    {
        _native.Fault = fault;
        NativeCrypto crypto = new(_native, new ManagedCrypto());
        Assert.False(crypto.IsHmacNative);
        Assert.False(crypto.IsAesNative);
        _native.Fault = null;
        int calls = _native.Calls;
        AssertRight(crypto);
        Assert.Equal(calls, _native.Calls);
    }

    [Fact]
    public void A_cipher_that_only_encrypts_right_is_not_used()
    {
        _native.IsDecryptionWrong = true;
        NativeCrypto crypto = new(_native, new ManagedCrypto());
        Assert.True(crypto.IsHmacNative);
        Assert.False(crypto.IsAesNative);
        AssertRight(crypto);
    }

    [Fact]
    public void Arrays_of_wrong_lengths_are_refused_before_anything_native_is_called()
    {
        NativeCrypto crypto = new(_native, new ManagedCrypto());
        int calls = _native.Calls;
        Assert.Throws<ArgumentException>(() => crypto.HmacSha256(Key, Data, new byte[31]));
        Assert.Throws<ArgumentException>(() => crypto.AesEcbEncrypt(Key, Data, new byte[16]));
        Assert.Throws<ArgumentException>(() => crypto.AesEcbDecrypt(Key, new byte[15], new byte[15]));
        Assert.Throws<ArgumentException>(() => crypto.AesEcbDecrypt(new byte[16], Data, new byte[Data.Length]));
        Assert.Equal(calls, _native.Calls);
    }

    // Arrays begin with what an attacker might hope to find in them: a right MAC of another message, or zeros.
    private static void AssertRight(NativeCrypto crypto)
    {
        byte[] mac = HMACSHA256.HashData(Key, new byte[1]);
        crypto.HmacSha256(Key, Data, mac);
        Assert.Equal(HMACSHA256.HashData(Key, Data), mac);

        using Aes aes = Aes.Create();
        aes.Key = Key;
        byte[] cipher = new byte[Data.Length], plain = new byte[Data.Length];
        crypto.AesEcbEncrypt(Key, Data, cipher);
        Assert.Equal(aes.EncryptEcb(Data, PaddingMode.None), cipher);
        crypto.AesEcbDecrypt(Key, cipher, plain);
        Assert.Equal(Data, plain);
    }

    private sealed class FakeNative : INativeCrypto
    {
        internal static readonly Dictionary<string, Func<byte[], byte[]?>> Faults = new()
        {
            ["null"] = _ => null,
            ["empty"] = _ => [],
            ["one byte short"] = right => right[..^1],
            ["one byte long"] = right => [.. right, 0],
            ["throws"] = _ => throw new InvalidOperationException("out of memory"),
            ["wrong bytes"] = right => [(byte)(right[0] ^ 1), .. right[1..]],
        };

        internal string? Fault { get; set; }

        internal bool IsDecryptionWrong { get; set; }

        internal int Calls { get; private set; }

        public byte[] HmacSha256(byte[] key, byte[] data) => Give(HMACSHA256.HashData(key, data));

        public byte[] AesEcb(byte[] key, byte[] data, bool isEncrypting)
        {
            using Aes aes = Aes.Create();
            aes.Key = key;
            bool isRight = isEncrypting || !IsDecryptionWrong;
            return Give(isEncrypting ? aes.EncryptEcb(data, PaddingMode.None) : isRight ? aes.DecryptEcb(data, PaddingMode.None) : new byte[data.Length]);
        }

        private byte[] Give(byte[] right)
        {
            Calls++;
            return Fault is null ? right : Faults[Fault](right)!;
        }
    }
}
