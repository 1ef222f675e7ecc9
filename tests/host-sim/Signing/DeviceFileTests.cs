// Device files, public key files and the provisioning record that they become.
using EsyncSim;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Signing;

public sealed class DeviceFileTests : IDisposable
{
    private static readonly byte[] DeviceId = [.. Enumerable.Range(0x10, 16).Select(i => (byte)i)];

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_device_file_comes_back_and_is_for_its_owner_only()
    {
        DeviceFile device = DeviceFile.Create(DeviceId);
        device.Save(_folder["motor.device"]);
        DeviceFile loaded = DeviceFile.Load(_folder["motor.device"]);

        Assert.Equal(DeviceId, loaded.DeviceId);
        Assert.Equal(device.DeviceSecret, loaded.DeviceSecret);
        Assert.NotEqual(device.DeviceSecret, DeviceFile.Create(DeviceId).DeviceSecret);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["motor.device"]));
        }
    }

    [Fact]
    public void A_device_file_is_never_overwritten()
    {
        DeviceFile first = DeviceFile.Create(DeviceId);
        first.Save(_folder["d"]);

        Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => DeviceFile.Create(DeviceId).Save(_folder["d"])).ExitCode);
        Assert.Equal(first.DeviceSecret, DeviceFile.Load(_folder["d"]).DeviceSecret);
    }

    [Theory]
    [InlineData("{\"format\":\"esync-device/2\",\"deviceId\":\"00\",\"deviceSecret\":\"00\"}", "esync-device/2")]
    [InlineData("{\"format\":\"esync-device/1\",\"deviceId\":\"00\",\"deviceSecret\":\"00\"}", "deviceId has 1 bytes instead of 16")]
    [InlineData("{\"format\":\"esync-device/1\",\"deviceId\":\"zz\",\"deviceSecret\":\"00\"}", "deviceId is not hexadecimal")]
    [InlineData("{\"format\":\"esync-device/1\",\"deviceId\":\"00\"}", "missing 'deviceSecret'")]
    [InlineData("{\"format\":\"esync-device/1\",\"deviceId\":\"00\",\"deviceSecret\":\"00\",\"secret\":1}", "unknown field 'secret'")]
    [InlineData("{\"format\":\"esync-device/1\",\"deviceId\":7,\"deviceSecret\":\"00\"}", "wrong kind")]
    [InlineData("no", "line 1")]
    public void A_malformed_device_file_is_refused_with_its_reason(string text, string reason)
    {
        File.WriteAllText(_folder["d"], text);
        UserErrorException error = Assert.Throws<UserErrorException>(() => DeviceFile.Load(_folder["d"]));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_public_key_file_comes_back()
    {
        TrustAnchor anchor = TestKeys.Oem().Anchor;
        File.WriteAllBytes(_folder["oem.pub"], anchor.ToFile());
        TrustAnchor loaded = TrustAnchor.Load(_folder["oem.pub"]);

        Assert.Equal(SigningRole.Oem, loaded.Role);
        Assert.Equal(anchor.PublicKey, loaded.PublicKey);
        Assert.Equal(TestKeys.Oem().KeyId, loaded.KeyId);
    }

    [Theory]
    [InlineData("oem", "king", "king")]
    [InlineData("00000001000000050", "00000001000000090", "no HSS key")]
    public void A_public_key_file_with_a_wrong_role_or_type_is_refused(string find, string replace, string reason)
    {
        string text = System.Text.Encoding.UTF8.GetString(TestKeys.Oem().Anchor.ToFile());
        File.WriteAllText(_folder["oem.pub"], text.Replace(find, replace));

        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => TrustAnchor.Load(_folder["oem.pub"])).Message);
    }

    [Fact]
    public void The_record_is_identifier_secret_count_and_anchors()
    {
        byte[] secret = [.. Enumerable.Range(0x40, 32).Select(i => (byte)i)];
        TrustAnchor author = TestKeys.Author().Anchor, oem = TestKeys.Oem().Anchor;
        byte[] record = ProvisioningRecord.Build(DeviceId, secret, [author, oem]);

        Assert.Equal(16 + 32 + 1 + (2 * 61), record.Length);
        Assert.Equal([.. DeviceId, .. secret, 2, 1, .. author.PublicKey, 2, .. oem.PublicKey], record);
    }

    [Fact]
    public void A_record_without_anchors_or_with_a_key_twice_is_refused()
    {
        byte[] secret = new byte[32];
        TrustAnchor author = TestKeys.Author().Anchor;

        Assert.Throws<UserErrorException>(() => ProvisioningRecord.Build(DeviceId, secret, []));
        Assert.Throws<UserErrorException>(() => ProvisioningRecord.Build(DeviceId, secret, [.. Enumerable.Repeat(author, 9)]));
        Assert.Contains("twice", Assert.Throws<UserErrorException>(() => ProvisioningRecord.Build(DeviceId, secret, [author, author with { Role = SigningRole.Oem }])).Message);
    }
}
