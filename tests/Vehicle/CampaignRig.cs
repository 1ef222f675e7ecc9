// Server, vehicle's client and one virtual ECU in virtual time, with a client that can crash and starts again on its journal.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Simulation;
using EsyncSim.Vehicle;
using EsyncTests.HostSim.Client;

namespace EsyncTests.Vehicle;

internal sealed class CampaignRig : IUpdateObserver, ICampaignObserver, IDisposable
{
    private readonly MemoryFileSystem _disk = new();
    private readonly VirtualMessageNetwork _network;
    private readonly CampaignServer _server;
    private readonly Topics _topics = new("V1");
    private readonly Random _random = new(7);
    private CrashableLink? _link;
    private VehicleClient? _vehicle;
    private int _starts;

    internal CampaignRig(Action<EcuConfig>? change = null)
    {
        Definition = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
        change?.Invoke(Definition.Config);
        Bus = new VirtualBus(Time, (int)Definition.Bus.BitRate);
        Ecu = VirtualEcu.Create(Bus, Definition, new VirtualEcuOptions { Loader = () => new FakeApplicationLoader() });
        Log = new MessageLog(Definition.Config.CanIf);
        Bus.Observe(Log);
        _network = new VirtualMessageNetwork(Time, 1);
        _server = new CampaignServer(Time, _network.Join("server"), _topics, new MemoryCampaignStore("server"), this);
    }

    internal VirtualTime Time { get; } = new();

    internal EcuDefinition Definition { get; }

    internal VirtualBus Bus { get; }

    internal VirtualEcu Ecu { get; }

    internal MessageLog Log { get; }

    /// <summary>What the ECU is made to say that it takes (FD05), whatever it really does; null leaves it its own words.</summary>
    internal ushort? ClaimedEncodings { get; set; }

    /// <summary>What came from the vehicle, each once.</summary>
    internal List<EsyncMessage> Told { get; } = [];

    internal List<(string Encoding, int Offset, int Length)> Transfers { get; } = [];

    internal Action<UpdateStage>? OnStage { get; set; }

    internal Action<int>? OnTransferred { get; set; }

    internal Action<EsyncMessage>? OnTold { get; set; }

    internal EcuClient Client { get; private set; } = null!;

    public void Dispose() => _network.Dispose();

    /// <summary>Provisions the ECU, and runs a story.</summary>
    internal void Run(Func<Task> story, byte[]? provisioning = null) => Time.Run(
        async () =>
        {
            Ecu.PowerOn();
            Start();
            await Client.AwaitPresenceAsync();
            await Client.SessionAsync(0x03);
            await Client.RoutineAsync(0x0220, "provision", provisioning ?? TestImage.Provisioning);
            await Client.SessionAsync(0x01);
            await story();
        },
        limitNs: 7200 * VirtualTime.NsPerSecond);

    /// <summary>A campaign that brings a package.</summary>
    internal Task<TargetResult> UpdateAsync(Package package, string campaign) =>
        UpdateAsync(new CampaignTarget { Ecu = "motor", PackageName = package.Name, Version = PackageImages.ManifestOf(package).Version, File = package.Encode() }, campaign);

    /// <summary>A campaign with one target.</summary>
    internal async Task<TargetResult> UpdateAsync(CampaignTarget target, string campaign) => (await _server.RunAsync(new Campaign(campaign, [target])))[0];

    internal async Task<VersionReport> ReportAsync()
    {
        await Client.SessionAsync(0x03);
        return await Client.ReadVersionReportAsync();
    }

    /// <summary>The area of each RequestDownload on the bus, in order: 10 staging, 20 bank.</summary>
    internal IEnumerable<int> Downloads() => Log.Entries.Where(entry => entry is { Direction: '→', Message: [0x34, ..] }).Select(entry => (int)entry.Message[3]);

    /// <summary>How often FF00 was asked for on the bus.</summary>
    internal int Erases() => Log.Entries.Count(entry => entry is { Direction: '→', Message: [0x31, 0x01, 0xFF, 0x00] });

    /// <summary>Bytes for the bank in all TransferData requests on the bus.</summary>
    internal int BankBytes()
    {
        int bytes = 0;
        bool isBank = false;
        foreach ((char direction, byte[] message) in Log.Entries.Where(entry => entry.Direction == '→'))
        {
            isBank = message[0] == 0x34 ? message[3] == 0x20 : isBank;
            bytes += isBank && message[0] == 0x36 ? message.Length - 2 : 0;
        }

        return bytes;
    }

    /// <summary>Takes the client away in the middle of what it does; a new one starts a while later.</summary>
    internal void Crash(int offMs)
    {
        _vehicle!.Stop();
        _link!.Crash();
        Time.After(offMs * VirtualTime.NsPerMs, Start);
    }

    void IUpdateObserver.Stage(UpdateStage stage) => OnStage?.Invoke(stage);

    void IUpdateObserver.TransferBegins(UpdateImage image, int offset) => Transfers.Add((EncodingText.Of(image.Encoding), offset, image.Payload.Length));

    void IUpdateObserver.Transferred(int position) => OnTransferred?.Invoke(position);

    void IUpdateObserver.TransferEnds()
    {
    }

    void IUpdateObserver.AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
    }

    void ICampaignObserver.Message(bool isToVehicle, EsyncMessage message)
    {
        if (!isToVehicle)
        {
            Told.Add(message);
            OnTold?.Invoke(message);
        }
    }

    private void Start()
    {
        _link = new CrashableLink(new IsoTpLink(Bus, Definition.Config.CanIf, name: $"tester-{++_starts}"));
        UdsTester tester = new(new ClaimingLink(_link, this), new TesterTiming());
        Client = new EcuClient(tester, new DeviceCredentials(TestImage.DeviceId, TestImage.DeviceSecret), Entropy);
        _vehicle = new VehicleClient(
            Time, _network.Join("vehicle"), _topics, [new VehicleEcu("motor", Client, new UpdatePolicy(), this)], VehicleJournal.Open(_disk, "vehicle.journal", "vehicle"));
        _ = _vehicle.RunAsync();
    }

    private byte[] Entropy(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Puts other words into the ECU's mouth.</summary>
    private sealed class ClaimingLink(IDiagnosticLink inner, CampaignRig rig) : IDiagnosticLink
    {
        public bool IsFirstBlockUnanswered => inner.IsFirstBlockUnanswered;

        public VirtualTime Time => inner.Time;

        public Task<bool> SendAsync(ReadOnlyMemory<byte> request) => inner.SendAsync(request);

        public Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request) => inner.SendFunctionalAsync(request);

        public async Task<byte[]?> ReceiveAsync(long timeoutNs)
        {
            byte[]? message = await inner.ReceiveAsync(timeoutNs);
            if (message is [0x62, 0xFD, 0x05, ..] && rig.ClaimedEncodings is { } encodings)
            {
                message[15] = (byte)(encodings >> 8);
                message[16] = (byte)encodings;
                message[17] = 32;
                message[18] = 15;
            }

            return message;
        }

        public void Discard() => inner.Discard();
    }
}
