// An ECU behind a socket: a virtual one, on the other side of a kernel that is not there, both worlds under one clock.
using EsyncSim;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Cli;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Ecu;
using EsyncSim.Logs;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class SocketEcu : IDisposable
{
    private readonly Folder _folder = new();
    private readonly SigningKey _author = TestKeys.Author();
    private readonly SigningKey _oem = TestKeys.Oem();

    public SocketEcu()
    {
        Ecu = VirtualEcu.Create(Kernel.Outside, Definition, new VirtualEcuOptions { Loader = () => new HostApplicationLoader() });
        Ecu.PowerOn();
    }

    internal FakeKernel Kernel { get; } = new();

    public EcuDefinition Definition { get; } = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");

    public VirtualEcu Ecu { get; }

    /// <summary>File with the ECU's identity and secret, once it is provisioned.</summary>
    public string Device => _folder["motor.device"];

    public void Dispose() => _folder.Dispose();

    public string Provision()
    {
        using StringWriter output = new();
        using RealEcu access = Open();
        Assert.Equal(ExitCode.Ok, ProvisionCommand.Run(output, access, Device, [_author.Anchor, _oem.Anchor]));
        return output.ToString();
    }

    public UpdateRunResult Update(string release, uint sequence, TextWriter? candump = null)
    {
        PackageRequest package = new()
        {
            Name = "motor-control",
            Hardware = "motor",
            Image = BuiltInApplications.Image(BuiltInApplications.MotorControl, release),
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = Definition.Config.Fota.VendorId,
            ClassId = Definition.Config.Fota.ClassId,
        };
        UpdateRequest request = new()
        {
            File = UpdateFile.Of(PackageBuilder.Build(package, [new MemorySigner(_author), new MemorySigner(_oem)])),
            Ecu = Definition,
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

    public RealEcu Open() => new(Definition, Kernel.Open(), Kernel.Clock, "socketcan:can0");
}
