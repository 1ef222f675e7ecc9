// One bus, one virtual ECU of nf.config, one tester: everything as in the demo but the server, and a loader that
// behaves as the image says.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.EcuM;

namespace EsyncTests.Vehicle;

public sealed class VehicleRig : IUpdateObserver
{
    private readonly Random _random = new(7);

    public VehicleRig(string ecu = "motor", Action<EcuConfig>? change = null, Func<IApplicationLoader>? loader = null, string? board = null)
    {
        EcuDefinition definition = NfConfig.Load(Repository.PathOf("nf.config"), board is null ? null : new BoardOverride(board, [ecu])).Ecu(ecu);
        change?.Invoke(definition.Config);
        Definition = definition;
        Bus = new VirtualBus(Time, (int)definition.Bus.BitRate);
        Ecu = VirtualEcu.Create(Bus, definition, new VirtualEcuOptions { Loader = loader ?? (() => Loader = new FakeApplicationLoader()) });
        Link = new IsoTpLink(Bus, definition.Config.CanIf);
        Tester = new UdsTester(Link, new TesterTiming());
        Client = new EcuClient(Tester, new DeviceCredentials(TestImage.DeviceId, TestImage.DeviceSecret), RandomBytes);
    }

    public VirtualTime Time { get; } = new();

    public EcuDefinition Definition { get; }

    public VirtualBus Bus { get; }

    public VirtualEcu Ecu { get; }

    public IsoTpLink Link { get; }

    public UdsTester Tester { get; }

    public EcuClient Client { get; }

    public FakeApplicationLoader? Loader { get; private set; }

    public List<UpdateStage> Stages { get; } = [];

    public List<(int Offset, int Total)> Transfers { get; } = [];

    public List<UpdateOutcome> Attempts { get; } = [];

    public Action<int>? OnTransferred { get; set; }

    /// <summary>An image for the ECU of the rig.</summary>
    public TestImage Image(string version, uint sequence, int length, string behaviour = "good") =>
        TestImage.MakeFor(Definition.Config.Fota.VendorId, Definition.Config.Fota.ClassId, version, sequence, length, behaviour);

    public void Run(Func<Task> script) => Time.Run(script);

    /// <summary>Power on and provisioning.</summary>
    public async Task BeginAsync(byte[]? provisioning = null)
    {
        Ecu.PowerOn();
        await Client.AwaitPresenceAsync();
        await Client.SessionAsync(0x03);
        await Client.RoutineAsync(0x0220, "provision", provisioning ?? TestImage.Provisioning);
        await Client.SessionAsync(0x01);
    }

    public Task<UpdateOutcome> UpdateAsync(TestImage image, UpdatePolicy? policy = null) => new UpdateSession(
        Client,
        new UpdateImage(image.Envelope, image.Digest, 0, image.Payload, image.Version),
        policy ?? new UpdatePolicy(),
        this).RunAsync();

    public void Stage(UpdateStage stage) => Stages.Add(stage);

    public void TransferBegins(UpdateImage image, int offset) => Transfers.Add((offset, image.Payload.Length));

    public void Transferred(int position) => OnTransferred?.Invoke(position);

    public void TransferEnds()
    {
    }

    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast) => Attempts.Add(outcome);

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
