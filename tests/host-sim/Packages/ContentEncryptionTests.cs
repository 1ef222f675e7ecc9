// What the host encrypts the agent decrypts, with the device's own key and no other; and the draft's example of the same form.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim;
using EsyncSim.Crypto;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.Vectors;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class ContentEncryptionTests : IDisposable
{
    private const string Draft = "suit-fwenc24-aes-kw-ctr.hex";

    private readonly HostCrypto _crypto = new();

    public void Dispose() => _crypto.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 2)]
    [InlineData(4096, 3)]
    [InlineData(10_001, 32)]
    public void The_agent_decrypts_what_the_host_encrypts(int length, int devices)
    {
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        DeviceFile[] recipients = Devices(devices);
        EncryptedContent content = ContentEncryption.Encrypt(payload, recipients);
        Assert.Equal(length, content.Payload.Length);
        Assert.Equal(devices, content.Info.Recipients.Count);
        foreach (DeviceFile device in recipients)
        {
            Assert.Equal(payload, DecryptedByAgent(content, device));
        }
    }

    [Fact]
    public void Another_devices_secret_opens_nothing()
    {
        DeviceFile[] devices = Devices(2);
        EncryptedContent content = ContentEncryption.Encrypt(new byte[100], devices);
        Assert.Null(DecryptedByAgent(content, devices[0] with { DeviceSecret = devices[1].DeviceSecret }));
        Assert.Null(DecryptedByAgent(content, devices[0] with { DeviceId = devices[1].DeviceId }));
    }

    [Fact]
    public void The_key_wrap_key_is_the_one_that_the_agent_derives()
    {
        DeviceFile device = Devices(1)[0];
        byte[] key = new byte[32];
        new EsyncAgent.Csm(_crypto).DeriveKey(device.DeviceSecret, KeyPurpose.KeyWrap, device.DeviceId, key);
        Assert.Equal(key, device.KeyWrapKey());
    }

    [Fact]
    public void Every_payload_has_a_key_and_a_counter_of_its_own()
    {
        DeviceFile[] devices = Devices(1);
        EncryptedContent one = ContentEncryption.Encrypt(new byte[64], devices), two = ContentEncryption.Encrypt(new byte[64], devices);
        Assert.NotEqual(one.Info.Iv, two.Info.Iv);
        Assert.NotEqual(one.Info.Recipients[0].Key, two.Info.Recipients[0].Key);
        Assert.NotEqual(one.Payload, two.Payload);
    }

    [Fact]
    public void With_a_given_key_and_counter_it_is_the_vector_of_SP_800_38A_F_5_5()
    {
        byte[] plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        byte[] key = Convert.FromHexString("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] iv = Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        string expected = "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";
        Assert.Equal(expected, Convert.ToHexStringLower(ContentEncryption.Encrypt(plain, Devices(1), key, iv).Payload));
        Assert.Equal(expected[..74], Convert.ToHexStringLower(ContentEncryption.Encrypt(plain[..37], Devices(1), key, iv).Payload));
    }

    [Fact]
    public void The_counter_wraps_as_the_agents_does()
    {
        byte[] payload = new byte[100], iv = [.. Enumerable.Repeat((byte)0xFF, 16)];
        DeviceFile[] devices = Devices(1);
        Assert.Equal(payload, DecryptedByAgent(ContentEncryption.Encrypt(payload, devices, new byte[32], iv), devices[0]));
    }

    [Fact]
    public void Devices_are_1_to_32_each_once_and_stand_in_order()
    {
        DeviceFile[] devices = Devices(33);
        EncryptionInfo info = ContentEncryption.Encrypt([1], [.. devices[..32].Reverse()]).Info;
        Assert.Equal(devices[..32].Select(device => device.DeviceId), info.Recipients.Select(recipient => recipient.DeviceId));

        Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => ContentEncryption.Encrypt([1], devices)).ExitCode);
        Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => ContentEncryption.Encrypt([1], [])).ExitCode);
        UserErrorException twice = Assert.Throws<UserErrorException>(() => ContentEncryption.Encrypt([1], [devices[3], devices[0], devices[3]]));
        Assert.Contains(Convert.ToHexStringLower(devices[3].DeviceId), twice.Message);
    }

    [Fact]
    public void The_form_is_that_of_the_drafts_example_with_our_algorithms()
    {
        byte[] kid = [.. Enumerable.Repeat((byte)0x33, 16)], key = [.. Enumerable.Repeat((byte)0x44, 40)];
        string draft = Convert.ToHexStringLower(VectorFile.Read(Draft)[0]);
        string iv = draft[22..54], wrapped = draft[^48..];
        Assert.Equal("d8608440a20139fffd0550" + iv + "f6818340a2012204456b69642d315818" + wrapped, draft);

        // A128CTR (−65534) becomes A256CTR (−65532), A128KW (−3) A256KW (−5).
        string ours = draft.Replace("39fffd", "39fffb").Replace("0122", "0124")
            .Replace("456b69642d31", "50" + Convert.ToHexStringLower(kid)).Replace("18" + wrapped, "28" + Convert.ToHexStringLower(key));
        EncryptionInfo info = new(Convert.FromHexString(iv), [new WrappedKey(kid, key)]);
        Assert.Equal(ours, Convert.ToHexStringLower(EncryptionInfoCbor.Encode(info)));
    }

    [Fact]
    public void The_drafts_payload_is_decrypted_by_the_agents_counter_mode()
    {
        // Key-encryption key and plaintext are those of the draft's text.
        byte[][] lines = VectorFile.Read(Draft);
        Rfc3394WrapEngine engine = new(new AesEngine());
        engine.Init(false, new KeyParameter("aaaaaaaaaaaaaaaa"u8.ToArray()));
        byte[] contentKey = engine.Unwrap(lines[0], lines[0].Length - 24, 24);
        Assert.Equal("261de6165070fb8951ec5d7b92a065fe", Convert.ToHexStringLower(contentKey));

        AesCtr ctr = new(new Aes128());
        ctr.Begin([.. contentKey, .. new byte[16]], lines[0][11..27], 0);
        byte[] payload = [.. lines[1]];
        ctr.Apply(payload, 0, payload.Length, 0);
        Assert.Equal("This is a real firmware image."u8.ToArray(), payload);
    }

    private static DeviceFile[] Devices(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new DeviceFile([0x10, (byte)(i * 7), .. new byte[14]], [.. Enumerable.Range(i, 32).Select(k => (byte)k)]))];

    private byte[]? DecryptedByAgent(EncryptedContent content, DeviceFile device)
    {
        byte[] wrapKey = new byte[32], key = new byte[32];
        new EsyncAgent.Csm(_crypto).DeriveKey(device.DeviceSecret, KeyPurpose.KeyWrap, device.DeviceId, wrapKey);
        WrappedKey wrapped = content.Info.Recipients.Single(recipient => recipient.DeviceId.SequenceEqual(device.DeviceId));
        if (!new AesKeyUnwrap(_crypto).Unwrap(wrapKey, wrapped.Key, 0, key))
        {
            return null;
        }

        AesCtr ctr = new(_crypto);
        ctr.Begin(key, content.Info.Iv, 0);
        byte[] data = [.. content.Payload];
        ctr.Apply(data, 0, data.Length, 0);
        return data;
    }

    // The example's cipher has a key of 128 bits; what is tried here is the counter.
    private sealed class Aes128 : ICrypto
    {
        public void HmacSha256(byte[] key, byte[] data, byte[] mac) => throw new InvalidOperationException("no MAC here");

        public void AesEcbDecrypt(byte[] key, byte[] data, byte[] result) => throw new InvalidOperationException("counter mode only encrypts");

        public void AesEcbEncrypt(byte[] key, byte[] data, byte[] result)
        {
            using Aes aes = Aes.Create();
            aes.Key = key[..16];
            aes.EncryptEcb(data, result, PaddingMode.None);
        }
    }
}
