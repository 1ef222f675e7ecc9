// What a board could not start is refused before anybody signs: references, their order, the entry class.
using EsyncAgent.Drivers;
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class NanoBundleCheckTests
{
    private static readonly PackageTarget Climate = PackageTarget.Of(NfConfig.Load(NfConfig.FindDefault()).Ecu("climate"));

    [Fact]
    public void A_bundle_in_order_is_taken_without_a_word()
    {
        Assert.Empty(Require(Climate, PeFile.Library("Maps"), PeFile.Library("Curves", "Maps"), PeFile.Application("Fan", "Maps", "Curves")));
        Assert.Empty(Require(null, PeFile.Application()));
    }

    [Fact]
    public void Every_package_of_the_board_may_be_referred_to_by_its_assemblys_name()
    {
        Assert.Contains("nanoFramework.System.Device.Gpio", Climate.BoardPackages);
        Assert.Empty(Require(Climate, PeFile.Application("Fan", "System.Device.Gpio", "nanoFramework.Runtime.Native")));
        Refuses("neither in the bundle nor in the program of climate's board", Climate, PeFile.Application("Fan", "nanoFramework.Device.Can"));
    }

    [Fact]
    public void Without_a_board_a_foreign_reference_is_noted()
    {
        string note = Assert.Single(Require(null, PeFile.Application("Fan", "System.Device.Gpio")));
        Assert.Contains("0.pe refers to System.Device.Gpio 1.2.3.4", note);
        Assert.Contains("--ecu", note);
    }

    [Fact]
    public void A_referenced_assembly_comes_before_in_a_version_that_matches()
    {
        Refuses("0.pe: it refers to Maps, which comes after it; give --assembly 1.pe first", Climate, PeFile.Library("Curves", "Maps"), PeFile.Library("Maps"), PeFile.Application());
        Refuses("neither in the bundle", Climate, PeFile.Application("Fan", "Maps"));
        Refuses("neither in the bundle", Climate, PeFile.Application("Fan", "Fan"));
        Refuses("1.pe: it refers to Maps 1.3, 0.pe has 1.2; build both together", Climate, PeFile.Library("Maps"), PeFile.Application().Refer("Maps", "1.3.0.0"));
    }

    [Fact]
    public void The_runtime_and_the_contract_are_compared_as_the_runtime_does_by_major_and_minor()
    {
        Assert.Empty(Require(Climate, new PeFile("Fan", "1.0.0.0").Refer("mscorlib", "1.17.0.0").Refer("EsyncAgent.App", "2.0.7.7").Define("Fan", "Application", PeFile.Class, (PeFile.PublicConstructor, 1))));
        Refuses("mscorlib 1.16, the boards have 1.17", Climate, PeFile.Application().Refer("mscorlib", "1.16.11.0"));
        Refuses("mscorlib 2.17, the boards have 1.17", null, PeFile.Application().Refer("mscorlib", "2.17.11.0"));
        Refuses("EsyncAgent.App 1.0, contract version 2 is 2.0", Climate, PeFile.Application().Refer("EsyncAgent.App", "1.0.0.0"));
        Refuses("EsyncAgent.App 2.1", Climate, PeFile.Application().Refer("EsyncAgent.App", "2.1.0.0"));
    }

    [Fact]
    public void The_contracts_assembly_version_is_its_contract_version() =>
        Assert.Equal(new Version(ApplicationRunner.ResidentContractVersion, 0, 0, 0), typeof(EsyncAgent.App.IApplication).Assembly.GetName().Version);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_contract_that_no_board_has_is_bad_usage(ushort contract)
    {
        ApplicationBundle bundle = Bundle("Fan.Application", [PeFile.Application()]) with { ContractVersion = contract };
        UserErrorException error = Assert.Throws<UserErrorException>(() => NanoBundleCheck.Require(bundle, ["0.pe"], null));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("contract version 2", error.Message);
    }

    [Theory]
    [InlineData("EsyncAgent")]
    [InlineData("EsyncAgent.Drivers")]
    public void The_agent_itself_is_out_of_reach(string name) => Refuses("the contract EsyncAgent.App only", Climate, PeFile.Application("Fan", name));

    [Fact]
    public void What_is_on_the_board_stays_out_of_the_bundle()
    {
        Refuses("0.pe: EsyncAgent.App is on the board already", null, PeFile.Library("EsyncAgent.App"), PeFile.Application());
        Refuses("System.Device.Gpio is on the board already", Climate, PeFile.Library("System.Device.Gpio"), PeFile.Application());
        Refuses("mscorlib is on the board already", null, PeFile.Library("mscorlib"), PeFile.Application());
        Refuses("1.pe: Maps is in 0.pe too", null, PeFile.Library("Maps"), PeFile.Library("Maps"), PeFile.Application());
        Refuses("has native methods", null, new PeFile("Lcd", "1.0.0.0") { NativeChecksum = 7 }, PeFile.Application());
    }

    [Fact]
    public void The_entry_class_is_a_class_in_the_last_assembly_that_objects_can_be_made_of()
    {
        Refuses("Fan.Application is in 0.pe", Climate, PeFile.Application(), PeFile.Library("Maps"));
        Refuses("there is no class Fan.Application", Climate, PeFile.Application("Pump"));
        Refuses("no object can be made of", Climate, With(PeFile.Abstract, (PeFile.PublicConstructor, 1)));
        Refuses("no object can be made of", Climate, With(PeFile.Interface));
        Refuses("no object can be made of", Climate, With(PeFile.Class, (PeFile.PrivateConstructor, 1)));
        Refuses("no object can be made of", Climate, With(PeFile.Class, (PeFile.PublicConstructor, 2)));
        Refuses("refers to the contract EsyncAgent.App", Climate, new PeFile("Fan", "1.0.0.0").Refer("mscorlib", "1.17.11.0").Define("Fan", "Application", PeFile.Class, (PeFile.PublicConstructor, 1)));

        static PeFile With(ushort flags, params (uint, byte)[] methods) => new PeFile("Fan", "1.0.0.0").Refer("EsyncAgent.App", "2.0.0.0").Define("Fan", "Application", flags, methods);
    }

    [Fact]
    public void A_class_name_from_the_runtimes_own_table_cannot_be_told_and_is_noted()
    {
        PeFile file = new PeFile("Fan", "1.0.0.0").Refer("EsyncAgent.App", "2.0.0.0");
        byte[] built = file.Define(file.Text("Fan"), PeFile.Timer, PeFile.TopLevel, PeFile.Class).Build();
        ApplicationBundle bundle = Bundle("Fan.Timer", []) with { Assemblies = [built] };

        Assert.Contains("is not told by the file", Assert.Single(NanoBundleCheck.Require(bundle, ["0.pe"], Climate)));
        Assert.Throws<UserErrorException>(() => NanoBundleCheck.Require(bundle with { EntryClass = "Pump.Timer" }, ["0.pe"], Climate));
    }

    [Fact]
    public void Static_constructors_are_noted_with_their_types()
    {
        PeFile maps = PeFile.Library("Maps").Define("Maps", "Torque", PeFile.Class, (PeFile.StaticConstructor, 0));
        string note = Assert.Single(Require(Climate, maps, PeFile.Application("Fan", "Maps")));
        Assert.Contains("0.pe has static constructors (Maps.Torque;", note);
    }

    private static void Refuses(string reason, PackageTarget? target, params PeFile[] files)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Require(target, files));
        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.Contains(reason, error.Message);
    }

    private static IReadOnlyList<string> Require(PackageTarget? target, params PeFile[] files) =>
        NanoBundleCheck.Require(Bundle("Fan.Application", files), [.. files.Select((_, i) => $"{i}.pe")], target);

    private static ApplicationBundle Bundle(string entryClass, PeFile[] files) => new()
    {
        Runtime = BundleRuntime.NanoFramework,
        ContractVersion = 2,
        Version = "1.0.0",
        EntryClass = entryClass,
        Assemblies = [.. files.Select(file => file.Build())],
    };
}
