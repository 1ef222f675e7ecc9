// `esync provision` and `esync update` over a real bus: a virtual ECU lies behind a socket, both worlds under one clock.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Cli;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Ecu;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class RealUpdateTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeKernel _kernel = new();
    private readonly EcuDefinition _definition = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private readonly SigningKey _author = TestKeys.Author();
    private readonly SigningKey _oem = TestKeys.Oem();
    private readonly VirtualEcu _ecu;

    public RealUpdateTests()
    {
        _ecu = VirtualEcu.Create(_kernel.Outside, _definition, new VirtualEcuOptions { Loader = () => new HostApplicationLoader() });
        _ecu.PowerOn();
    }

    private string Device => _folder["motor.device"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_ECU_behind_a_socket_is_provisioned_and_updated_twice()
    {
        string told = Provision();
        Assert.Contains("on socketcan:can0", told);

        Assert.Null(Update("1.0.0", 1).Error);
        using StringWriter candump = new();
        UpdateRunResult result = Update("2.0.0", 2, candump);
        Assert.Null(result.Error);
        Assert.Equal("2.0.0 Confirmed", Assert.Single(result.Report.Steps).Observed);
        TransferResult transfer = Assert.Single(result.Report.Transfers);
        Assert.InRange(transfer.KBps, 15, 32);
        Assert.InRange(transfer.PercentOfLimit, 50, 100);
        Assert.Contains(" can0 7E0#", candump.ToString());
        Assert.Contains(" can0 7E8#", candump.ToString());
        Assert.False(_kernel.IsOpen);
    }

    [Fact]
    public void An_ECU_that_does_not_answer_is_one_line_and_nothing_is_left_behind()
    {
        _ecu.PowerCut(EsyncSim.Flash.CutModel.Before);
        UserErrorException error = Assert.Throws<UserErrorException>(Provision);
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains("motor on socketcan:can0", error.Message);
        Assert.False(File.Exists(Device));

        DeviceFile.Create(new byte[16]).Save(Device);
        error = Assert.Throws<UserErrorException>(() => Update("1.0.0", 1));
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains("motor on socketcan:can0 cannot be updated", error.Message);
    }

    [Fact]
    public void A_bus_that_goes_down_in_the_middle_ends_the_update_and_the_next_one_goes_on()
    {
        Provision();
        Countdown countdown = new(5000, () => _kernel.IsUp = false);
        _kernel.Outside.Observe(countdown);
        UserErrorException error = Assert.Throws<UserErrorException>(() => Update("1.0.0", 1));
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.Contains("can0 is down", error.Message);
        Assert.False(_kernel.IsOpen);

        _kernel.IsUp = true;
        UpdateRunResult again = Update("1.0.0", 1);
        Assert.Null(again.Error);
        TransferResult rest = Assert.Single(again.Report.Transfers);
        Assert.InRange(rest.Bytes, 1, rest.ImageBytes - 4096);
    }

    [Fact]
    public void A_lost_answer_to_the_provisioning_does_not_cost_the_secret()
    {
        // The ECU takes the request; its answer is lost once, and the repetition is refused.
        bool isLost = false;
        _kernel.IsLost = frame => !isLost && (isLost = frame is { Identifier: 0x7E8, Length: 8 } && frame.Data >> 24 == 0x0671010220);
        Assert.Contains("is provisioned", Provision());
        Assert.True(isLost);
        Assert.Null(Update("1.0.0", 1).Error);
    }

    [Fact]
    public void An_ECU_that_falls_silent_while_it_is_provisioned_leaves_its_secret_with_the_user()
    {
        bool isSilent = false;
        _kernel.IsLost = frame => isSilent |= frame is { Identifier: 0x7E8, Length: 8 } && frame.Data >> 24 == 0x0671010220;
        UserErrorException error = Assert.Throws<UserErrorException>(Provision);
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains($"keep {Device}", error.Message);
        Assert.True(File.Exists(Device));

        _kernel.IsLost = _ => false;
        Assert.Null(Update("1.0.0", 1).Error);
    }

    private string Provision()
    {
        using StringWriter output = new();
        using RealEcu access = Open();
        Assert.Equal(ExitCode.Ok, ProvisionCommand.Run(output, access, Device, [_author.Anchor, _oem.Anchor]));
        return output.ToString();
    }

    private UpdateRunResult Update(string release, uint sequence, TextWriter? candump = null)
    {
        PackageRequest package = new()
        {
            Name = "motor-control",
            Hardware = "motor",
            Image = BuiltInApplications.Image(BuiltInApplications.MotorControl, release),
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = _definition.Config.Fota.VendorId,
            ClassId = _definition.Config.Fota.ClassId,
        };
        UpdateRequest request = new()
        {
            File = UpdateFile.Of(PackageBuilder.Build(package, [new MemorySigner(_author), new MemorySigner(_oem)])),
            Ecu = _definition,
            Location = new EcuLocation(BusAddress.Parse("socketcan:can0"), null),
            Device = DeviceFile.Load(Device),
        };
        using RealEcu access = Open();
        if (candump is not null)
        {
            access.Bus.Observe(new CandumpLog(candump));
        }

        return UpdateRun.Run(request, access, new PlainScreen(TextWriter.Null));
    }

    private RealEcu Open() => new(_definition, _kernel.Open(), _kernel.Clock, "socketcan:can0");

    /// <summary>Does something at the end of so many frames.</summary>
    private sealed class Countdown(int frames, Action then) : IBusObserver
    {
        public void OnRecord(in BusRecord record)
        {
            if (--frames == 0)
            {
                then();
            }
        }
    }
}
