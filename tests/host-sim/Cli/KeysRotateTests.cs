// esync keys rotate and what follows it: a trust file from key files, looked into, verified, brought to an ECU in a file.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class KeysRotateTests : IDisposable
{
    private readonly Folder _folder = new();

    public KeysRotateTests()
    {
        foreach ((string name, SigningRole role) in new[] { ("author", SigningRole.Author), ("oem", SigningRole.Oem), ("author-2", SigningRole.Author), ("oem-2", SigningRole.Oem) })
        {
            SigningKey key = SigningKey.FromSeedText(role, TestKeys.Small, name);
            SigningKeyStore.Disk.Create(_folder[$"{name}.key"], key);
            File.WriteAllBytes(_folder[$"{name}.pub"], key.Anchor.ToFile());
        }
    }

    private static string Config => Repository.PathOf("nf.config");

    private string Flash => _folder["motor.flash"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ECU_in_a_file_takes_other_keys_and_images_by_them_only()
    {
        await Ok("provision", "--config", Config, "--ecu", "motor", "--flash", Flash, "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);
        string made = await Ok([.. Rotate(1, "one.trust"), "--key", _folder["author.key"], "--key", _folder["oem.key"], "--remove", _folder["oem.pub"], "--add", _folder["oem-2.pub"]]);
        Assert.Matches($@"trusted\s+author {KeyId("author")}", made);
        Assert.Matches($@"trusted\s+oem {KeyId("oem-2")}", made);
        Assert.Matches($@"revoked\s+oem {KeyId("oem")}", made);
        Assert.Contains("31 signatures left", made);

        string inspected = await Ok("package", "inspect", _folder["one.trust"]);
        Assert.Matches(@"sequence\s+1\s", inspected);
        Assert.Matches($@"new anchor\s+oem {KeyId("oem-2")}", inspected);
        string verified = await Ok("package", "verify", _folder["one.trust"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);
        Assert.EndsWith("good\n", verified.ReplaceLineEndings("\n"));
        Assert.Contains("RoleMissing", await Fails(ExitCode.KeyProblem, "package", "verify", _folder["one.trust"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem-2.pub"]));

        string output = await Ok(Update("one.trust"));
        Assert.Contains($"trust manifest 1: author {KeyId("author")[..8]}, oem {KeyId("oem-2")[..8]}", output);
        Assert.DoesNotContain("Transfers", output);
        await Ok(Update("one.trust"));

        Build("old.esp", 1, "author", "oem");
        Build("new.esp", 2, "author", "oem-2");
        Assert.Contains("RoleMissing", await Fails(ExitCode.KeyProblem, Update("old.esp")));
        Assert.Contains("1.0.0 Confirmed", await Ok(Update("new.esp")));
    }

    [Fact]
    public async Task A_trust_file_by_revoked_keys_is_a_key_problem()
    {
        await Ok("provision", "--config", Config, "--ecu", "motor", "--flash", Flash, "--anchor", _folder["author-2.pub"], "--anchor", _folder["oem-2.pub"]);
        await Ok([.. Rotate(1, "one.trust"), "--key", _folder["author.key"], "--key", _folder["oem.key"]]);
        Assert.Contains("RoleMissing", await Fails(ExitCode.KeyProblem, Update("one.trust")));
    }

    [Fact]
    public async Task What_would_lock_ECUs_out_or_be_refused_is_told_and_no_signature_is_spent()
    {
        string[] both = ["--key", _folder["author.key"], "--key", _folder["oem.key"]];
        Assert.Contains("have no oem key", await Fails(ExitCode.KeyProblem, [.. Rotate(1, "a.trust"), .. both, "--remove", _folder["oem.key"]]));
        Assert.Contains("oem is missing; add its --key", await Fails(ExitCode.KeyProblem, [.. Rotate(1, "a.trust"), "--key", _folder["author.key"], "--add", _folder["oem.pub"]]));
        Assert.Contains("named twice", await Fails(ExitCode.KeyProblem, [.. Rotate(1, "a.trust"), "--key", _folder["author.key"], "--key", _folder["oem.key"], "--key", _folder["oem.key"], "--remove", _folder["oem.key"], "--add", _folder["oem-2.pub"]]));
        Assert.Contains("stands twice", await Fails(ExitCode.KeyProblem, [.. Rotate(1, "a.trust"), .. both, "--add", _folder["oem.pub"]]));
        Assert.Contains("not among those that sign", await Fails(ExitCode.BadUsage, [.. Rotate(1, "a.trust"), .. both, "--remove", _folder["oem-2.pub"]]));
        Assert.Contains("count from sequence 1", await Fails(ExitCode.BadUsage, [.. Rotate(0, "a.trust"), .. both]));
        Assert.Contains("cannot write", await Fails(ExitCode.BadFile, [.. Rotate(1, "no/a.trust"), .. both]));
        Assert.Contains("no.key", await Fails(ExitCode.BadFile, [.. Rotate(1, "a.trust"), "--key", _folder["no.key"], "--key", _folder["oem.key"]]));
        Assert.Contains("--vendor is missing", await Fails(ExitCode.BadUsage, ["keys", "rotate", "--sequence", "1", "--out", _folder["a.trust"], .. both]));
        Assert.False(File.Exists(_folder["a.trust"]));
        Assert.Equal(0, SigningKeyStore.Disk.Load(_folder["author.key"]).NextIndex);
        Assert.Equal(0, SigningKeyStore.Disk.Load(_folder["oem.key"]).NextIndex);
    }

    [Fact]
    public async Task It_can_be_for_one_device_and_without_nf_config()
    {
        string device = new('5', 32);
        await Ok(
            "keys", "rotate", "--vendor", new string('1', 32), "--class", new string('2', 32), "--device", device, "--sequence", "7", "--out", _folder["a.trust"],
            "--key", _folder["author.key"], "--key", _folder["oem.key"]);
        TrustFile file = TrustFile.Load(_folder["a.trust"]);
        Assert.Equal((7u, device), (file.List.Sequence, Convert.ToHexString(file.List.DeviceId!)));
        Assert.Equal([KeyId("author"), KeyId("oem")], file.List.Anchors.Select(anchor => Convert.ToHexStringLower(anchor.KeyId)));
        Assert.Contains(device, await Ok("package", "inspect", _folder["a.trust"]));
        Assert.Contains("no ECU of", await Fails(ExitCode.BadFile, Update("a.trust")));
    }

    [Fact]
    public async Task A_trust_file_shows_that_a_key_file_is_an_old_copy()
    {
        foreach (string role in new[] { "author", "oem" })
        {
            await Ok("keys", "new", _folder[$"my-{role}.key"], "--role", role, "--parameters", "H5/W8");
        }

        byte[] backup = File.ReadAllBytes(_folder["my-oem.key"]);
        string[] keys = ["--key", _folder["my-author.key"], "--key", _folder["my-oem.key"]];
        await Ok([.. Rotate(1, "one.trust"), .. keys, "--register", _folder["register"]]);
        File.WriteAllBytes(_folder["my-oem.key"], backup);
        string error = await Fails(ExitCode.KeyProblem, [.. Rotate(2, "two.trust"), .. keys, "--register", _folder["empty"]]);
        Assert.Contains("one.trust", error);
        Assert.False(File.Exists(_folder["two.trust"]));
        Assert.Contains("one.trust", await Fails(ExitCode.KeyProblem, "keys", "status", _folder["my-oem.key"], "--seen", _folder["one.trust"], "--register", _folder["empty too"]));
    }

    [Fact]
    public async Task A_damaged_trust_file_is_one_line_and_an_exit_code()
    {
        await Ok([.. Rotate(1, "a.trust"), "--key", _folder["author.key"], "--key", _folder["oem.key"]]);
        byte[] file = File.ReadAllBytes(_folder["a.trust"]);
        File.WriteAllBytes(_folder["half.trust"], file[..(file.Length / 2)]);
        Assert.Contains("half.trust is no trust file, or damaged", await Fails(ExitCode.BadFile, Update("half.trust")));
        Assert.Contains("half.trust is no trust file, or damaged", await Fails(ExitCode.BadFile, "package", "inspect", _folder["half.trust"]));
        file[^1] ^= 1;
        File.WriteAllBytes(_folder["spoilt.trust"], file);
        Assert.Contains("DigestMismatch", await Fails(ExitCode.KeyProblem, "package", "verify", _folder["spoilt.trust"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]));
    }

    private string KeyId(string name) => Convert.ToHexStringLower(TrustAnchor.Load(_folder[$"{name}.pub"]).KeyId);

    private string[] Rotate(uint sequence, string name) =>
        ["keys", "rotate", "--config", Config, "--ecu", "motor", "--sequence", sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), "--out", _folder[name]];

    private string[] Update(string name) => ["update", "--config", Config, "--package", _folder[name], "--flash", Flash, .. File.Exists(Flash) ? Array.Empty<string>() : ["--device", Flash]];

    private void Build(string name, uint sequence, params string[] keys)
    {
        EsyncAgent.FotaConfig fota = NfConfig.Load(Config).Ecu("motor").Config.Fota;
        PackageRequest request = new()
        {
            Name = "motor-control",
            Hardware = "motor",
            Image = BuiltInApplications.Image(BuiltInApplications.MotorControl, "1.0.0"),
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = fota.VendorId,
            ClassId = fota.ClassId,
        };
        PackageBuilder.Build(request, [.. keys.Select(key => FileSigner.Open(_folder[$"{key}.key"]))]).Save(_folder[name]);
    }
}
