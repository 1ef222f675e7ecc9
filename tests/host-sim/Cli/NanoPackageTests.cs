// esync package for a real board: .pe files in, a package out, and every mistake told before a signature is spent.
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Packages;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class NanoPackageTests : IDisposable
{
    private readonly Folder _folder = new();

    public NanoPackageTests()
    {
        SigningKeyStore.Disk.Create(_folder["a.key"], TestKeys.Author());
        SigningKeyStore.Disk.Create(_folder["o.key"], TestKeys.Oem());
        File.WriteAllBytes(_folder["Maps.pe"], PeFile.Library("Maps").Define("Maps", "Torque", PeFile.Class, (PeFile.StaticConstructor, 0)).Build());
        File.WriteAllBytes(_folder["Fan.pe"], PeFile.Application("Fan", "Maps").Build());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task From_pe_files_to_a_package_for_a_board()
    {
        string built = await Ok([.. Build("climate"), .. Assemblies("Maps.pe", "Fan.pe")]);
        string inspected = await Ok("package", "inspect", _folder["p.esp"]);

        Assert.Contains($"note: {_folder["Maps.pe"]} has static constructors (Maps.Torque;", built);
        Assert.Matches(@"runtime +nanoframework", inspected);
        Assert.Matches(@"assembly 0 +Maps 1\.2\.0\.0, \d+ bytes\s+refers to +mscorlib 1\.17\.11\.0\s+assembly 1 +Fan 2\.0\.0\.0, \d+ bytes", inspected);
        Assert.Matches(@"refers to +EsyncAgent\.App 2\.0\.0\.0\s+refers to +Maps 1\.2\.3\.4", inspected);
    }

    [Fact]
    public async Task Without_an_ECU_the_runtime_is_said()
    {
        string[] build = ["package", "build", "--name", "fan", "--vendor", "4e7fdca1-132a-5936-87bf-d2b83108c0bb", "--class", "7659864f-5090-51a7-a4da-e90b940232db", .. Common(), .. Application(), .. Assemblies("Maps.pe", "Fan.pe")];

        Assert.Contains("say --runtime nanoframework", await Fails(ExitCode.BadFile, build));
        await Ok([.. build, "--runtime", "nanoframework"]);
    }

    [Fact]
    public async Task A_refused_file_is_named_and_spends_no_signature()
    {
        File.Copy(typeof(NanoPackageTests).Assembly.Location, _folder["Fan.dll"]);
        File.WriteAllBytes(_folder["cut.pe"], File.ReadAllBytes(_folder["Fan.pe"])[..^4]);
        string[] names = _folder.Names;

        Assert.Contains($"{_folder["Fan.dll"]}: it is a .NET assembly", await Fails(ExitCode.BadFile, [.. Build("climate"), .. Assemblies("Maps.pe", "Fan.dll")]));
        Assert.Contains($"{_folder["cut.pe"]}: it is truncated", await Fails(ExitCode.BadFile, [.. Build("climate"), .. Assemblies("Maps.pe", "cut.pe")]));
        Assert.Contains($"give --assembly {_folder["Maps.pe"]} first", await Fails(ExitCode.BadFile, [.. Build("climate"), .. Assemblies("Fan.pe", "Maps.pe")]));
        Assert.Equal(0, SigningKeyStore.Disk.Load(_folder["a.key"]).NextIndex);
        Assert.Equal(names, _folder.Names);
    }

    [Fact]
    public async Task A_virtual_ECU_takes_no_pe_file_and_a_board_no_other_runtime()
    {
        Assert.Contains("motor is a virtual ECU, give the .dll", await Fails(ExitCode.BadFile, [.. Build("motor"), .. Assemblies("Maps.pe", "Fan.pe")]));
        Assert.Contains("motor runs net10.0", await Fails(ExitCode.BadUsage, [.. Build("motor"), .. Assemblies("Maps.pe", "Fan.pe"), "--runtime", "nanoframework"]));
        Assert.Contains("climate runs nanoframework", await Fails(ExitCode.BadUsage, [.. Build("climate"), .. Assemblies("Maps.pe", "Fan.pe"), "--runtime", "net10.0"]));
    }

    [Fact]
    public async Task A_ready_bundle_is_checked_as_well()
    {
        ApplicationBundle bundle = new() { Runtime = BundleRuntime.NanoFramework, ContractVersion = 2, Version = "2.0.0", EntryClass = "Fan.Application", Assemblies = [File.ReadAllBytes(_folder["Fan.pe"])] };
        File.WriteAllBytes(_folder["fan.esab"], bundle.Build());

        Assert.Contains($"{_folder["fan.esab"]}, assembly 0: it refers to Maps", await Fails(ExitCode.BadFile, ["package", "build", "--name", "fan", "--ecu", "climate", .. Common(), "--image", _folder["fan.esab"]]));
    }

    [Fact]
    public async Task Inspect_shows_what_an_unreadable_assembly_lacks()
    {
        PackageRequest request = TestPackages.Request();
        ApplicationBundle bundle = new() { Runtime = BundleRuntime.NanoFramework, ContractVersion = 2, Version = "1", EntryClass = "A", Assemblies = ["MZ"u8.ToArray()] };
        TestPackages.Build(request with { Image = bundle.Build() }).Save(_folder["bad.esp"]);

        Assert.Matches(@"assembly 0 +2 bytes, unreadable: it is a \.NET assembly", await Ok("package", "inspect", _folder["bad.esp"]));
    }

    private string[] Build(string ecu) => ["package", "build", "--name", "fan", "--ecu", ecu, .. Common(), .. Application()];

    private static string[] Application() => ["--entry-class", "Fan.Application", "--application-version", "2.0.0"];

    private string[] Common() => ["--sequence", "2", "--security-version", "1", "--key", _folder["a.key"], "--key", _folder["o.key"], "--out", _folder["p.esp"]];

    private string[] Assemblies(params string[] names) => [.. names.SelectMany(name => new[] { "--assembly", _folder[name] })];
}
