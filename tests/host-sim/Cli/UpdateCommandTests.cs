// esync provision and esync update as a user runs them, with files, and with every mistake that a user can make.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class UpdateCommandTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly SigningKey _author = TestKeys.Author();
    private readonly SigningKey _oem = TestKeys.Oem();
    private uint _sequence;

    public UpdateCommandTests()
    {
        File.WriteAllBytes(_folder["author.pub"], _author.Anchor.ToFile());
        File.WriteAllBytes(_folder["oem.pub"], _oem.Anchor.ToFile());
    }

    private string Flash => _folder["motor.flash"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ECU_in_a_file_lives_through_provisioning_two_updates_and_a_repetition()
    {
        (int code, string output, string error) = await ProvisionAsync();
        Assert.True(code == 0, error);
        Assert.Contains("motor.flash.device", output);

        Save("one.esp", Build("1.0.0"));
        Save("two.esp", Build("2.0.0"));
        (code, output, error) = await UpdateAsync("one.esp");
        Assert.True(code == 0, error);
        (code, output, error) = await UpdateAsync("two.esp", "--json", _folder["out.json"], "--log", _folder["out.log"]);
        Assert.True(code == 0, error);
        Assert.Contains("2.0.0 Confirmed", output);
        Assert.Contains("\"pass\"", await File.ReadAllTextAsync(_folder["out.json"], TestContext.Current.CancellationToken));
        Assert.Contains("can0 7E0#", await File.ReadAllTextAsync(_folder["out.log"], TestContext.Current.CancellationToken));

        (code, output, error) = await UpdateAsync("two.esp");
        Assert.True(code == 0, error);
        Assert.DoesNotContain("kB/s,", output);
    }

    [Fact]
    public async Task A_faulty_version_goes_back_and_the_exit_code_says_so()
    {
        await ProvisionAsync();
        Save("one.esp", Build("1.0.0"));
        Save("bad.esp", Build("2.1.0-selftest"));
        await UpdateAsync("one.esp");

        (int code, string output, string error) = await UpdateAsync("bad.esp");

        Assert.Equal(ExitCode.UnexpectedOutcome, code);
        Assert.Contains("1.0.0 Confirmed", output);
        Assert.Contains("SelfTestFailed", error);
    }

    [Fact]
    public async Task A_package_signed_with_other_keys_is_a_key_problem()
    {
        await ProvisionAsync();
        MemorySigner[] others =
        [
            new(SigningKey.FromSeedText(SigningRole.Author, TestKeys.Small, "other")),
            new(SigningKey.FromSeedText(SigningRole.Oem, TestKeys.Small, "other")),
        ];
        Save("foreign.esp", PackageBuilder.Build(Request("1.0.0"), others));

        (int code, _, string error) = await UpdateAsync("foreign.esp");

        Assert.Equal(ExitCode.KeyProblem, code);
        Assert.Contains("RoleMissing", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task The_secret_of_another_ECU_opens_nothing()
    {
        await ProvisionAsync();
        Save("one.esp", Build("1.0.0"));
        File.Delete(Flash + ".device");
        DeviceFile.Create(new byte[16]).Save(Flash + ".device");

        (int code, _, string error) = await UpdateAsync("one.esp");

        Assert.Equal(ExitCode.EcuRefused, code);
        Assert.Contains("motor", error);
    }

    [Fact]
    public async Task An_ECU_is_provisioned_once()
    {
        await ProvisionAsync();
        byte[] before = await File.ReadAllBytesAsync(Flash, TestContext.Current.CancellationToken);
        (int code, _, string error) = await ProvisionAsync("--device", _folder["second.device"]);

        Assert.Equal(ExitCode.EcuRefused, code);
        Assert.Contains("motor", error);
        Assert.False(File.Exists(_folder["second.device"]));
        Assert.Equal(before, await File.ReadAllBytesAsync(Flash, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_missing_role_is_told_before_anything_is_made()
    {
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync(
            "provision", "--ecu", "motor", "--flash", Flash, "--anchor", _folder["author.pub"], "--config", Config);

        Assert.Equal(ExitCode.KeyProblem, code);
        Assert.Contains("oem", error);
        Assert.Equal(["author.pub", "oem.pub"], _folder.Names);
    }

    [Fact]
    public async Task Bad_input_is_one_line_and_an_exit_code_and_leaves_the_ECU_alone()
    {
        await ProvisionAsync();
        Package package = Build("1.0.0");
        Save("one.esp", package);
        byte[] file = await File.ReadAllBytesAsync(_folder["one.esp"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["half.esp"], file[..(file.Length / 2)], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["short.flash"], new byte[100], TestContext.Current.CancellationToken);
        Save("class.esp", PackageBuilder.Build(PackageTampering.ForOtherClass(Request("1.0.0")), Signers));
        byte[] before = await File.ReadAllBytesAsync(Flash, TestContext.Current.CancellationToken);

        await FailsAsync(ExitCode.BadFile, "nothing.esp is not there", "--package", _folder["nothing.esp"], "--flash", Flash);
        await FailsAsync(ExitCode.BadFile, "half.esp is truncated", "--package", _folder["half.esp"], "--flash", Flash);
        await FailsAsync(ExitCode.BadFile, "no ECU of", "--package", _folder["class.esp"], "--flash", Flash);
        await FailsAsync(ExitCode.BadFile, "`turbine`", "--package", _folder["one.esp"], "--flash", Flash, "--ecu", "turbine");
        await FailsAsync(ExitCode.BadFile, "esync provision", "--package", _folder["one.esp"], "--flash", _folder["no.flash"], "--device", Flash + ".device");
        await FailsAsync(ExitCode.BadFile, "100 bytes", "--package", _folder["one.esp"], "--flash", _folder["short.flash"], "--device", Flash + ".device");
        await FailsAsync(ExitCode.BadFile, "no.device", "--package", _folder["one.esp"], "--flash", Flash, "--device", _folder["no.device"]);
        await FailsAsync(ExitCode.BadFile, "cannot write", "--package", _folder["one.esp"], "--flash", Flash, "--json", _folder["no/where.json"]);
        await FailsAsync(ExitCode.BrokerUnreachable, "mqtt://127.0.0.1:1", "--package", _folder["one.esp"], "--flash", Flash, "--broker", "mqtt://127.0.0.1:1");
        await FailsAsync(ExitCode.BadUsage, "broker address", "--package", _folder["one.esp"], "--flash", Flash, "--broker", "localhost");
        Assert.Equal(before, await File.ReadAllBytesAsync(Flash, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_demo_says_in_one_line_what_it_cannot_use()
    {
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync("demo", "--config", _folder["no.config"]);
        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("no.config", error);

        (code, _, error) = await EsyncCommandLineTests.RunAsync("demo", "--config", Config, "--broker", "mqtt://127.0.0.1:1");
        Assert.Equal(ExitCode.BrokerUnreachable, code);
        Assert.Single(error.Trim().Split('\n'));

        (code, _, error) = await EsyncCommandLineTests.RunAsync("demo", "--config", Config, "--log", _folder["no/where.log"]);
        Assert.Equal(ExitCode.BadFile, code);

        (code, _, error) = await EsyncCommandLineTests.RunAsync("demo", "--seed", "-1");
        Assert.Equal(ExitCode.BadUsage, code);
    }

    private static string Config => Repository.PathOf("nf.config");

    private ISigner[] Signers => [new MemorySigner(_author), new MemorySigner(_oem)];

    private async Task FailsAsync(int code, string text, params string[] arguments)
    {
        (int actual, _, string error) = await EsyncCommandLineTests.RunAsync(["update", "--config", Config, .. arguments]);
        Assert.True(actual == code, $"exit code {actual} instead of {code}: {error}");
        Assert.StartsWith("error: ", error);
        Assert.Contains(text, error);
        Assert.Single(error.Trim().Split('\n'));
    }

    private Task<(int Code, string Output, string Error)> ProvisionAsync(params string[] more) => EsyncCommandLineTests.RunAsync(
        ["provision", "--config", Config, "--ecu", "motor", "--flash", Flash, "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"], .. more]);

    private Task<(int Code, string Output, string Error)> UpdateAsync(string package, params string[] more) => EsyncCommandLineTests.RunAsync(
        ["update", "--config", Config, "--package", _folder[package], "--flash", Flash, .. more]);

    private PackageRequest Request(string release)
    {
        EsyncAgent.FotaConfig fota = EsyncSim.Config.NfConfig.Load(Config).Ecu("motor").Config.Fota;
        return new PackageRequest
        {
            Name = "motor-control",
            Hardware = "motor",
            Image = BuiltInApplications.Image(BuiltInApplications.MotorControl, release),
            Sequence = ++_sequence,
            SecurityVersion = 1,
            VendorId = fota.VendorId,
            ClassId = fota.ClassId,
        };
    }

    private Package Build(string release) => PackageBuilder.Build(Request(release), Signers);

    private void Save(string name, Package package) => package.Save(_folder[name]);
}
