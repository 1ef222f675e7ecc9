// esync keys and esync package, as a user meets them: output, exit codes, one line for each mistake, nothing half-written.
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Packages;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class KeysAndPackageTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task From_new_keys_to_a_verified_package()
    {
        await Ok("keys", "new", _folder["author.key"], "--role", "author", "--parameters", "H5/W4");
        await Ok("keys", "new", _folder["oem.key"], "--role", "oem", "--parameters", "2xH5/W8", "--seed", "demo");
        File.WriteAllBytes(_folder["Motor.dll"], new byte[9000]);
        string built = await Ok([.. BuildArguments("motor.esp", "author.key", "oem.key"), "--assembly", _folder["Motor.dll"], "--entry-class", "Motor.Application", "--application-version", "2.0.0"]);
        string inspected = await Ok("package", "inspect", _folder["motor.esp"]);
        string verified = await Ok("package", "verify", _folder["motor.esp"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"]);

        Assert.Contains("31 signatures left", built);
        Assert.DoesNotContain("note:", built);
        Assert.Contains("Motor.Application", inspected);
        Assert.Contains(Convert.ToHexStringLower(TrustAnchor.Load(_folder["author.pub"]).KeyId), inspected);
        Assert.EndsWith("good\n", verified.ReplaceLineEndings("\n"));
        Assert.Equal(["Motor.dll", "author.key", "author.key.lock", "author.pub", "motor.esp", "oem.key", "oem.key.lock", "oem.pub"], _folder.Names);
    }

    [Fact]
    public async Task A_seed_gives_the_same_key_and_without_one_it_is_another()
    {
        string[] parameters = ["--role", "oem", "--parameters", "H5/W2"];
        await Ok(["keys", "new", _folder["1.key"], .. parameters, "--seed", "s"]);
        await Ok(["keys", "new", _folder["2.key"], .. parameters, "--seed", "s"]);
        await Ok(["keys", "new", _folder["3.key"], .. parameters]);

        Assert.Equal(File.ReadAllText(_folder["1.pub"]), File.ReadAllText(_folder["2.pub"]));
        Assert.NotEqual(File.ReadAllText(_folder["1.pub"]), File.ReadAllText(_folder["3.pub"]));
    }

    [Fact]
    public async Task Show_tells_what_is_left_and_no_secret()
    {
        NewKey("a.key", TestKeys.Author());
        SigningKeyStore.Disk.Sign(_folder["a.key"], [1]);
        string shown = await Ok("keys", "show", _folder["a.key"], "--public", _folder["copy.pub"]);

        Assert.Contains("author", shown);
        Assert.Contains("H5/W4, signatures of 2352 bytes", shown);
        Assert.Contains(Convert.ToHexStringLower(TestKeys.Author().PublicKey), shown);
        Assert.Matches(@"used\s+1\s", shown);
        Assert.Matches(@"left\s+31\s", shown);
        Assert.DoesNotContain(Convert.ToHexStringLower(TestKeys.Author().Seed), shown);
        Assert.Equal(TestKeys.Author().PublicKey, TrustAnchor.Load(_folder["copy.pub"]).PublicKey);
        Assert.Contains("author", await Ok("keys", "show", _folder["copy.pub"]));
    }

    [Theory]
    [InlineData("H5")]
    [InlineData("H25/W4")]
    public async Task A_strange_parameter_set_is_bad_usage(string parameters)
    {
        string error = await Fails(ExitCode.BadUsage, "keys", "new", _folder["a.key"], "--role", "author", "--parameters", parameters);

        Assert.Contains("H10/W4", error);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Neither_half_of_a_key_is_ever_overwritten()
    {
        NewKey("a.key", TestKeys.Author());
        File.WriteAllText(_folder["b.pub"], "mine");
        byte[] before = File.ReadAllBytes(_folder["a.key"]);

        Assert.Contains("never overwritten", await Fails(ExitCode.BadUsage, "keys", "new", _folder["a.key"], "--role", "author"));
        Assert.Contains("never overwritten", await Fails(ExitCode.BadUsage, "keys", "new", _folder["b.key"], "--role", "author"));
        Assert.Equal(before, File.ReadAllBytes(_folder["a.key"]));
        Assert.Equal("mine", File.ReadAllText(_folder["b.pub"]));
        Assert.False(File.Exists(_folder["b.key"]));
    }

    [Theory]
    [InlineData("keys", "new", "x.key", "--role", "king")]
    [InlineData("keys", "new", "x.key")]
    [InlineData("keys", "new", "x.pub", "--role", "author")]
    [InlineData("package", "verify", "x.esp")]
    [InlineData("package", "build", "--out", "x.esp")]
    public async Task A_wrong_command_line_is_bad_usage(params string[] arguments) => await Fails(ExitCode.BadUsage, arguments);

    [Fact]
    public async Task Help_of_a_subcommand_is_shown_though_required_options_are_missing()
    {
        string help = await Ok("package", "build", "--help");
        Assert.Contains("--security-version", help);
        Assert.Contains("Examples:", help);
    }

    [Fact]
    public async Task Files_that_are_missing_or_something_else_are_named()
    {
        NewKey("a.key", TestKeys.Author());
        File.WriteAllText(_folder["text"], "hello, I am some text and no package");
        File.WriteAllBytes(_folder["cut.esp"], TestPackages.Build().Encode()[..500]);
        string anchor = Anchor("a.pub", TestKeys.Author()), good = _folder["good.esp"];
        TestPackages.Build().Save(good);

        Assert.Contains("package none.esp is not there", await Fails(ExitCode.BadFile, "package", "inspect", "none.esp"));
        Assert.Contains("is no package", await Fails(ExitCode.BadFile, "package", "inspect", _folder["text"]));
        Assert.Contains("truncated", await Fails(ExitCode.BadFile, "package", "verify", _folder["cut.esp"], "--anchor", anchor));
        Assert.Contains("no usable public key", await Fails(ExitCode.BadFile, "package", "verify", good, "--anchor", _folder["text"]));
        Assert.Contains("is not there", await Fails(ExitCode.BadFile, "keys", "show", _folder["none.key"]));
    }

    [Fact]
    public async Task A_bad_signature_ends_with_4_and_a_bad_image_with_3()
    {
        Package good = TestPackages.Build();
        string author = Anchor("author.pub", TestKeys.Author()), oem = Anchor("oem.pub", TestKeys.Oem());
        PackageTampering.FlipSignatureBit(good, 0, 99).Save(_folder["signature.esp"]);
        PackageTampering.FlipImageBit(good, 99).Save(_folder["image.esp"]);
        good.Save(_folder["good.esp"]);

        Assert.Contains("SignatureInvalid", await Fails(ExitCode.KeyProblem, "package", "verify", _folder["signature.esp"], "--anchor", author, "--anchor", oem));
        Assert.Contains("RoleMissing", await Fails(ExitCode.KeyProblem, "package", "verify", _folder["good.esp"], "--anchor", author));
        Assert.Contains("chunk 0", await Fails(ExitCode.BadFile, "package", "verify", _folder["image.esp"], "--anchor", author, "--anchor", oem));
        await Ok("package", "verify", _folder["good.esp"], "--anchor", author, "--role", "author");
    }

    [Fact]
    public async Task A_refused_build_writes_nothing_and_spends_no_signature()
    {
        NewKey("a.key", TestKeys.Author());
        NewKey("o.key", TestKeys.Oem());
        File.WriteAllText(_folder["text"], "no bundle");
        ImageFile();
        string[] names = _folder.Names;

        await Fails(ExitCode.BadFile, [.. BuildArguments("p.esp", "a.key", "o.key"), "--image", _folder["text"]]);
        await Fails(ExitCode.BadFile, [.. BuildArguments("p.esp", "a.key", "o.key"), "--image", _folder["none"]]);
        await Fails(ExitCode.BadFile, [.. BuildArguments("p.esp", "a.key", "none.key"), "--image", ImageFile()]);
        await Fails(ExitCode.BadFile, [.. BuildArguments("no/p.esp", "a.key", "o.key"), "--image", ImageFile()]);
        await Fails(ExitCode.KeyProblem, [.. BuildArguments("p.esp", "a.key", "a.key"), "--image", ImageFile()]);
        await Fails(ExitCode.BadUsage, BuildArguments("p.esp", "a.key", "o.key"));
        await Fails(ExitCode.BadUsage, [.. BuildArguments("p.esp", "a.key", "o.key"), "--image", ImageFile(), "--device", "12"]);

        Assert.Equal(0, SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex);
        Assert.Equal(names, _folder.Names);
    }

    [Fact]
    public async Task An_ECU_of_nf_config_gives_vendor_class_and_limits()
    {
        NewKey("a.key", TestKeys.Author());
        NewKey("o.key", TestKeys.Oem());
        string[] common = ["package", "build", "--name", "m", "--sequence", "1", "--security-version", "1", "--image", ImageFile(), "--out", _folder["m.esp"], "--key", _folder["a.key"]];

        Assert.Contains("role oem", await Fails(ExitCode.BadUsage, [.. common, "--ecu", "motor"]));
        Assert.Contains("--vendor is missing", await Fails(ExitCode.BadUsage, common));
        Assert.Contains("--config needs --ecu", await Fails(ExitCode.BadUsage, [.. common, "--config", "nf.config"]));
        await Fails(ExitCode.BadFile, [.. common, "--ecu", "toaster"]);
        await Ok([.. common, "--ecu", "motor", "--key", _folder["o.key"]]);

        Package package = Package.Load(_folder["m.esp"]);
        PackageTarget motor = PackageTarget.Of(EsyncSim.Config.NfConfig.Load(EsyncSim.Config.NfConfig.FindDefault()).Ecu("motor"));
        SuitManifest manifest = ManifestDecoder.Decode(SuitEnvelope.Decode(package.Full!.Envelope).ManifestBytes);
        Assert.Equal("motor", package.Hardware);
        Assert.Equal(motor.ClassId, manifest.ClassId);
        Assert.Equal(motor.VendorId, manifest.VendorId);
    }

    [Fact]
    public async Task A_used_up_key_refuses_and_a_nearly_used_up_one_is_noted()
    {
        NewKey("a.key", TestKeys.Author());
        for (int i = 0; i < 31; i++)
        {
            SigningKeyStore.Disk.Sign(_folder["a.key"], [1]);
        }

        string built = await Ok([.. BuildArguments("p.esp", "a.key"), "--image", ImageFile()]);
        Assert.Contains("nearly used up (0 left)", built);
        Assert.Contains("no signature in the role oem", built);
        Assert.Contains("used up", await Fails(ExitCode.KeyProblem, [.. BuildArguments("q.esp", "a.key"), "--image", ImageFile()]));
        Assert.False(File.Exists(_folder["q.esp"]));
    }

    private string[] BuildArguments(string name, params string[] keys) =>
    [
        "package", "build", "--name", "motor", "--vendor", "4e7fdca1-132a-5936-87bf-d2b83108c0bb", "--class", "7659864f-5090-51a7-a4da-e90b940232db",
        "--sequence", "2", "--security-version", "1", .. keys.SelectMany(key => new[] { "--key", _folder[key] }), "--out", _folder[name],
    ];

    private void NewKey(string name, SigningKey key) => SigningKeyStore.Disk.Create(_folder[name], key);

    private string Anchor(string name, SigningKey key)
    {
        File.WriteAllBytes(_folder[name], key.Anchor.ToFile());
        return _folder[name];
    }

    private string ImageFile()
    {
        File.WriteAllBytes(_folder["image"], TestPackages.Image());
        return _folder["image"];
    }
}
