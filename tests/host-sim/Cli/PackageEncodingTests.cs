// `esync package build` with encodings as a user runs it: forms of an image for older versions and for a whole fleet, the table,
// and what is refused before a key signs.
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Packages;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class PackageEncodingTests : IDisposable
{
    private static readonly byte[] First = [.. TestPackages.Code(9000), .. new byte[6000]];
    private static readonly byte[] Second = [.. First.AsSpan(0, 4000), .. TestPackages.Code(300, 2), .. First.AsSpan(4000)];
    private static readonly byte[] Third = [.. Second.AsSpan(500), .. TestPackages.Code(200, 3)];

    private readonly Folder _folder = new();

    public PackageEncodingTests()
    {
        SigningKeyStore.Disk.Create(_folder["a.key"], TestKeys.Author());
        SigningKeyStore.Disk.Create(_folder["o.key"], TestKeys.Oem());
        Image("1.bin", "1.0.0", First);
        Image("2.bin", "2.0.0", Second);
        Image("3.bin", "3.0.0", Third);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fleet_gets_a_patch_from_every_version_and_every_entry_of_it()
    {
        Directory.CreateDirectory(_folder["released"]);
        await Ok(Arguments("1.bin", 1, "released/1.esp"));
        string second = await Ok([.. Arguments("2.bin", 2, "released/2.esp"), "--compress", "--delta-from", _folder["released/1.esp"]]);
        string third = await Ok([.. Arguments("3.bin", 4, "3.esp"), "--for-fleet", _folder["released"]]);
        Package package = Package.Load(_folder["3.esp"]);

        Assert.Contains("making patch 1 of 1, from motor 1.0.0", second);
        Assert.Contains("2, the full image 3; the next package needs 4 or more", second);
        Assert.Contains("making patch 2 of 2, from motor 2.0.0", third);
        Assert.Contains("delta from motor 1.0.0 " + Digest("released/1.esp", 0)[..8], third);
        Assert.Contains("delta from motor 2.0.0 " + Digest("released/2.esp", 2)[..8], third);
        Assert.Equal([0x00, 0x10, 0x20, 0x20, 0x20, 0x20], package.Entries.Select(entry => entry.Encoding));
        Assert.Equal(
            [Digest("released/1.esp", 0), Digest("released/2.esp", 0), Digest("released/2.esp", 1), Digest("released/2.esp", 2)],
            package.Entries.Skip(2).Select(entry => Convert.ToHexStringLower(entry.BaseDigest!)));
        Assert.Equal(1 + 3 + 6, SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex);
    }

    [Fact]
    public async Task Verify_checks_every_entry_and_says_what_it_could_not()
    {
        File.WriteAllBytes(_folder["a.pub"], TestKeys.Author().Anchor.ToFile());
        File.WriteAllBytes(_folder["o.pub"], TestKeys.Oem().Anchor.ToFile());
        await Ok(Arguments("1.bin", 1, "1.esp"));
        await Ok([.. Arguments("2.bin", 2, "2.esp"), "--compress", "--delta-from", _folder["1.esp"]]);
        string[] verify = ["package", "verify", _folder["2.esp"], "--anchor", _folder["a.pub"], "--anchor", _folder["o.pub"]];
        Package two = Package.Load(_folder["2.esp"]);

        Assert.EndsWith("good as far as it was checked; what 1 of 3 entries make was not (see \"image\" above)\n", (await Ok(verify)).ReplaceLineEndings("\n"));
        Assert.EndsWith("2.esp: good\n", (await Ok([.. verify, "--base", _folder["1.esp"]])).ReplaceLineEndings("\n"));
        Assert.Contains("delta + heatshrink", await Ok("package", "inspect", _folder["2.esp"]));
        (two with { Entries = [two.Full!, Package.Load(_folder["1.esp"]).Full!] }).Save(_folder["2.esp"]);
        Assert.Contains("not of one image", await Fails(ExitCode.BadFile, verify));
    }

    [Fact]
    public async Task A_package_for_two_devices_is_verified_and_built_upon_with_the_file_of_one()
    {
        File.WriteAllBytes(_folder["a.pub"], TestKeys.Author().Anchor.ToFile());
        DeviceFile[] devices = TestPackages.Devices(2);
        devices[0].Save(_folder["1.device"]);
        devices[1].Save(_folder["2.device"]);
        string[] both = ["--encrypt-for", _folder["1.device"], "--encrypt-for", _folder["2.device"]];
        await Ok([.. Arguments("1.bin", 1, "1.esp"), .. both]);
        string built = await Ok([.. Arguments("2.bin", 2, "2.esp"), "--compress", "--delta-from", _folder["1.esp"], .. both]);
        string[] verify = ["package", "verify", _folder["2.esp"], "--anchor", _folder["a.pub"], "--role", "author"];

        Assert.Equal([0x01, 0x11, 0x21], Package.Load(_folder["2.esp"]).Entries.Select(entry => entry.Encoding));
        Assert.Matches(@"encrypted for\s+2 devices", built);
        Assert.Contains("what 3 of 3 entries make was not", await Ok(verify));
        Assert.EndsWith("2.esp: good\n", (await Ok([.. verify, "--base", _folder["1.esp"], "--device", _folder["2.device"]])).ReplaceLineEndings("\n"));
        Assert.Contains(Hex(devices[1].DeviceId), await Ok("package", "inspect", _folder["2.esp"]));

        string[] next = [.. Arguments("3.bin", 4, "3.esp"), "--delta-from", _folder["2.esp"]];
        Assert.Contains("encrypted only", await Fails(ExitCode.BadFile, next));
        Assert.Contains("stands twice", await Fails(ExitCode.BadUsage, [.. next, .. both, .. both]));
        Assert.Contains("device file", await Fails(ExitCode.BadFile, [.. next, "--encrypt-for", _folder["1.bin"]]));
        await Ok([.. next, "--encrypt-for", _folder["1.device"]]);
    }

    [Fact]
    public async Task An_ECU_of_nf_config_bounds_encodings_windows_and_recipients()
    {
        Directory.CreateDirectory(_folder["released"]);
        TestPackages.Devices(1)[0].Save(_folder["1.device"]);
        string config = EsyncSim.Config.NfConfig.FindDefault();
        PackageTarget motor = PackageTarget.Of(EsyncSim.Config.NfConfig.Load(config).Ecu("motor"));
        string[] request = ["package", "build", "--name", "m", "--security-version", "1", "--key", _folder["a.key"], "--key", _folder["o.key"], "--ecu", "motor"];
        await Ok([.. request, "--image", _folder["1.bin"], "--sequence", "1", "--out", _folder["released/1.esp"]]);
        string[] next = [.. request, "--image", _folder["2.bin"], "--sequence", "2", "--out", _folder["2.esp"]];

        Assert.Contains($"window of {motor.WindowBitsMax} bits", await Fails(ExitCode.BadUsage, [.. next, "--window-bits", "12"]));
        foreach ((string[] option, byte encoding) in new[] { (new[] { "--compress" }, (byte)0x10), (["--delta-from", _folder["released/1.esp"]], 0x20), (["--encrypt-for", _folder["1.device"]], 0x01) })
        {
            if (PayloadEncoding.IsTaken(motor.Encodings, encoding))
            {
                await Ok([.. next, .. option]);
            }
            else
            {
                Assert.Contains("motor takes no images", await Fails(ExitCode.BadUsage, [.. next, .. option]));
            }
        }

        await Ok([.. next, "--for-fleet", _folder["released"]]);
        byte[] taken = [.. new byte[] { 0x00, 0x10, 0x20 }.Where(encoding => PayloadEncoding.IsTaken(motor.Encodings, encoding))];
        Assert.Equal(taken, Package.Load(_folder["2.esp"]).Entries.Select(entry => entry.Encoding));
    }

    [Fact]
    public async Task A_list_names_packages_relative_to_itself()
    {
        Directory.CreateDirectory(_folder["lists"]);
        await Ok(Arguments("1.bin", 1, "1.esp"));
        File.WriteAllText(_folder["lists/fleet.txt"], "# what is on the road\n\n../1.esp # since spring\r\n");
        await Ok([.. Arguments("2.bin", 2, "2.esp"), "--for-fleet", _folder["lists/fleet.txt"]]);

        Assert.Equal([0x00, 0x10, 0x20], Package.Load(_folder["2.esp"]).Entries.Select(entry => entry.Encoding));
    }

    [Fact]
    public async Task What_is_not_smaller_and_the_same_image_are_told_and_left_out()
    {
        Image("noise.bin", "1.0.0", TestPackages.Code(15_000, 9));
        Image("zeros.bin", "2.0.0", new byte[15_000]);
        Directory.CreateDirectory(_folder["released"]);
        await Ok(Arguments("noise.bin", 1, "released/1.esp"));
        await Ok(Arguments("zeros.bin", 2, "released/2.esp"));
        string built = await Ok([.. Arguments("zeros.bin", 4, "again.esp"), "--for-fleet", _folder["released"]]);

        Assert.Contains("released/2.esp has the same image", built);
        Assert.Matches(@"left out: delta from motor 1\.0\.0, [\d,]+ bytes \([\d.]+ %\): with its manifest not smaller than the compressed image", built);
        Assert.Equal([0x00, 0x10], Package.Load(_folder["again.esp"]).Entries.Select(entry => entry.Encoding));
    }

    [Fact]
    public async Task Whatever_cannot_be_is_refused_before_a_key_signs()
    {
        await Ok(Arguments("1.bin", 5, "1.esp"));
        long signed = SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex;
        Directory.CreateDirectory(_folder["empty"]);
        Directory.CreateDirectory(_folder["mixed"]);
        File.WriteAllText(_folder["mixed/text.esp"], "I am some text and no package");
        TestPackages.Build().Save(_folder["mixed/foreign.esp"]);
        string[] next = Arguments("2.bin", 6, "2.esp");

        Assert.Contains("--sequence 6 or more", await Fails(ExitCode.BadFile, [.. Arguments("2.bin", 5, "2.esp"), "--delta-from", _folder["1.esp"]]));
        Assert.Contains("none.esp is not there", await Fails(ExitCode.BadFile, [.. next, "--delta-from", _folder["none.esp"]]));
        Assert.Contains("same image", await Fails(ExitCode.BadUsage, [.. Arguments("1.bin", 6, "2.esp"), "--delta-from", _folder["1.esp"]]));
        Assert.Contains("there is no package in it", await Fails(ExitCode.BadFile, [.. next, "--for-fleet", _folder["empty"]]));
        string mixed = await Fails(ExitCode.BadFile, [.. next, "--for-fleet", _folder["mixed"]]);
        Assert.Contains("foreign.esp is for another vendor", mixed);
        Assert.Contains("text.esp is no package", mixed);
        Assert.Contains("4 to 12 bits", await Fails(ExitCode.BadUsage, [.. next, "--compress", "--window-bits", "13"]));
        Assert.Contains("is the last there is", await Fails(ExitCode.BadUsage, [.. Arguments("2.bin", uint.MaxValue, "2.esp"), "--compress"]));
        Assert.Equal(signed, SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex);
        Assert.False(File.Exists(_folder["2.esp"]));
    }

    [Fact]
    public async Task A_key_with_too_few_signatures_left_signs_none()
    {
        await Ok(Arguments("1.bin", 1, "1.esp"));
        SigningKeyStore.Disk.Reserve(_folder["o.key"], 30);
        string error = await Fails(ExitCode.KeyProblem, [.. Arguments("2.bin", 2, "2.esp"), "--compress", "--delta-from", _folder["1.esp"]]);

        Assert.Contains("o.key has 2 signatures left and is to make 3", error);
        Assert.Equal(1, SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex);
        await Ok([.. Arguments("2.bin", 2, "2.esp"), "--compress"]);
    }

    [Fact]
    public async Task Help_says_how_entries_are_numbered()
    {
        string help = await Ok("package", "build", "--help");

        Assert.Contains("the full image beside them has N + 1", help.ReplaceLineEndings(" "));
        Assert.Contains("--for-fleet released", help);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private string Digest(string package, int entry) => Hex(SuitEnvelope.Decode(Package.Load(_folder[package]).Entries[entry].Envelope).Digest);

    private void Image(string name, string version, byte[] code) => File.WriteAllBytes(_folder[name], TestPackages.ImageOf(version, code));

    private string[] Arguments(string image, uint sequence, string name) =>
    [
        "package", "build", "--image", _folder[image], "--name", "motor", "--vendor", "4e7fdca1-132a-5936-87bf-d2b83108c0bb", "--class", "7659864f-5090-51a7-a4da-e90b940232db",
        "--sequence", $"{sequence}", "--security-version", "1", "--key", _folder["a.key"], "--key", _folder["o.key"], "--out", _folder[name],
    ];
}
