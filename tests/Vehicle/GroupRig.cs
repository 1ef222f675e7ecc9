// Server, vehicle's client and three virtual ECUs of one vehicle, on one bus or several, in virtual time. The client can crash at any message to an ECU and
// starts again on its journal; the server too, on its store.
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

internal sealed class GroupRig : IUpdateObserver, ICampaignObserver, IDisposable
{
    internal const int EcuCount = 3;
    private const int Length = 6_000;

    private readonly MemoryFileSystem _disk = new();
    private readonly VirtualMessageNetwork _network;
    private readonly CloudStore _cloud;
    private readonly Topics _topics = new("V1");
    private readonly Random _random = new(7);
    private readonly EcuDefinition[] _definitions = [.. Enumerable.Range(0, EcuCount).Select(Define)];
    private readonly VirtualBus[] _buses;
    private readonly VirtualEcu[] _ecus;
    private readonly List<CrashableLink> _links = [];
    private VehicleClient? _vehicle;
    private VehicleJournal? _journal;
    private int _starts;

    internal GroupRig(int busCount = 1, bool isFleet = false)
    {
        Fleet = isFleet ? new FleetParty(Time) : null;
        _buses = [.. Enumerable.Range(0, busCount).Select(_ => new VirtualBus(Time, (int)_definitions[0].Bus.BitRate))];
        _ecus = [.. _definitions.Select((definition, i) => VirtualEcu.Create(BusOf(i), definition, new VirtualEcuOptions { Loader = () => new FakeApplicationLoader() }))];
        _network = new VirtualMessageNetwork(Time, 1);
        int epochs = 0;
        _cloud = CloudStore.Open(null, () => Time.NowNs / VirtualTime.NsPerMs, () => $"server-{++epochs}");
    }

    internal VirtualTime Time { get; } = new();

    /// <summary>Vehicle manifests: signed by the server, demanded by the client; null without.</summary>
    internal FleetParty? Fleet { get; }

    /// <summary>Messages that the client has sent to ECUs so far, in all its lives.</summary>
    internal int MessageCount { get; private set; }

    /// <summary>Called before each message to an ECU with its number.</summary>
    internal Action<int>? OnMessage { get; set; }

    /// <summary>Requests that the client has under way beside downloads, as its journal has them.</summary>
    internal int UnderWayCount => _journal!.UnderWay.Count(request => request.Type != EsyncType.ReadyDownload);

    /// <summary>What the server has not acknowledged, as the journal has it.</summary>
    internal IReadOnlyList<EsyncMessage> Unacknowledged => _journal!.Unacknowledged;

    internal VirtualMessageNetwork Network => _network;

    /// <summary>When the vehicle takes updates; counts from the client's next start on.</summary>
    internal UpdateHours Updates { get; set; } = UpdateHours.Always;

    /// <summary>Called when the transfer of an image begins.</summary>
    internal Action? OnTransferBegins { get; set; }

    /// <summary>How each ECU tells failures; to be set before the world runs.</summary>
    internal RollbackMode[] Rollback { get; set; } = new RollbackMode[EcuCount];

    internal bool FakesVersionOnRollback { get; set; }

    /// <summary>Answers of the vehicle that are no percentages, in order.</summary>
    internal List<EsyncPackage> Told { get; } = [];

    internal VirtualEcu Ecu(int index) => _ecus[index];

    /// <summary>The server's database.</summary>
    internal CloudStore Cloud => _cloud;

    public void Dispose()
    {
        _network.Dispose();
        _cloud.Dispose();
    }


    internal static string NameOf(int index) => $"ecu{index}";

    /// <summary>Provisions the ECUs, brings each to 1.0.0, and runs a story.</summary>
    internal void Run(Func<Task> story) => Time.Run(
        async () =>
        {
            foreach (VirtualEcu ecu in _ecus)
            {
                ecu.PowerOn();
            }

            VehicleEcu[] ecus = Start();
            foreach (VehicleEcu ecu in ecus)
            {
                await ecu.Client.AwaitPresenceAsync();
                await ecu.Client.SessionAsync(0x03);
                await ecu.Client.RoutineAsync(0x0220, "provision", TestImage.Provisioning);
                await ecu.Client.SessionAsync(0x01);
            }

            IReadOnlyList<TargetResult> first = await UpdateAsync(new Campaign("first", Targets("1.0.0", 1)));
            Xunit.Assert.All(first, result => Xunit.Assert.Equal(TargetEnd.Completed, result.End));
            MessageCount = 0;
            Told.Clear();
            await story();
        },
        limitNs: 36_000 * VirtualTime.NsPerSecond);

    internal CampaignTarget[] Targets(string version, uint sequence, params (int Index, string Behaviour)[] faulty) =>
        [.. Enumerable.Range(0, EcuCount).Select(i => Target(i, version, sequence, faulty.FirstOrDefault(fault => fault.Index == i).Behaviour ?? "good"))];

    internal CampaignTarget Target(int index, string version, uint sequence, string behaviour = "good")
    {
        Package package = EncodedPackages.Full(_definitions[index], sequence, EncodedPackages.Image(version, Length, behaviour));
        return new CampaignTarget { Ecu = NameOf(index), PackageName = package.Name, Version = version, File = package.Encode() };
    }

    /// <summary>Runs a campaign over vehicles, of which V1 is the one that is here.</summary>
    internal async Task<CampaignDirector> DirectAsync(CampaignPlan plan)
    {
        IMessageLink link = _network.Join("server");
        CampaignDirector director = new(Time, link, _cloud, plan);
        await director.RunAsync();
        link.Leave();
        return director;
    }

    /// <summary>Runs a campaign on a server of its own, which finds what one before it has left.</summary>
    internal async Task<IReadOnlyList<TargetResult>> UpdateAsync(Campaign campaign)
    {
        IMessageLink link = _network.Join("server");
        IReadOnlyList<TargetResult> results = await Serve(link, _cloud.Of(_topics.Vehicle)).RunAsync(campaign);
        link.Leave();
        return results;
    }

    /// <summary>The same on a server that is killed when it stores a step, and on the next one, which starts a while later.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="at">Which of its steps.</param>
    /// <param name="isStored">True when that step is on the medium, and nobody has heard of it.</param>
    /// <param name="offMs">How long nobody serves, in milliseconds.</param>
    /// <returns>The results, and whether it was killed at all.</returns>
    internal async Task<(IReadOnlyList<TargetResult> Results, bool IsKilled)> UpdateKilledAsync(Campaign campaign, int at, bool isStored, int offMs)
    {
        IMessageLink link = _network.Join("server");
        MortalStore store = new(_cloud.Of(_topics.Vehicle), Time, link, at, isStored);
        Task<IReadOnlyList<TargetResult>> first = Serve(link, store).RunAsync(campaign);
        await store.EndOf(first);
        if (!store.IsDead)
        {
            link.Leave();
            return (await first, false);
        }

        await Time.Delay(offMs * VirtualTime.NsPerMs);
        return (await UpdateAsync(campaign), true);
    }

    /// <summary>Takes the client away in the middle of what it does; a new one starts a while later.</summary>
    internal void Crash(int offMs)
    {
        _vehicle!.Stop();
        _links.ForEach(link => link.Crash());
        _links.Clear();
        Time.After(offMs * VirtualTime.NsPerMs, () => Start());
    }

    /// <summary>Versions that run, each with the state of its bank, when all trials have ended.</summary>
    internal async Task<string[]> SettleAsync()
    {
        await Time.Delay(120 * VirtualTime.NsPerSecond);
        List<string> running = [];
        for (int i = 0; i < EcuCount; i++)
        {
            EcuClient client = Connect(i);
            await client.AwaitPresenceAsync();
            await client.SessionAsync(0x03);
            VersionReport report = await client.ReadVersionReportAsync();
            running.Add($"{report.ApplicationVersion} {report.States[report.RunningBank]}");
        }

        return [.. running];
    }

    void IUpdateObserver.Stage(UpdateStage stage)
    {
    }

    void IUpdateObserver.TransferBegins(UpdateImage image, int offset) => OnTransferBegins?.Invoke();

    void IUpdateObserver.Transferred(int position)
    {
    }

    void IUpdateObserver.TransferEnds()
    {
    }

    void IUpdateObserver.AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
    }

    void ICampaignObserver.Message(bool isToVehicle, EsyncMessage message)
    {
        if (!isToVehicle && message.Epoch is not null)
        {
            Told.Add(message.Body.Package);
        }
    }

    private static EcuDefinition Define(int index)
    {
        EcuDefinition definition = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
        definition.Config.CanIf.PhysicalRxId = 0x700u + (uint)(index * 2);
        definition.Config.CanIf.TxId = 0x701u + (uint)(index * 2);
        definition.Config.CanIf.PeriodicTxId = 0x5E0u + (uint)index;
        return definition;
    }

    private VirtualBus BusOf(int index) => _buses[index % _buses.Length];

    private CampaignServer Serve(IMessageLink link, ICampaignStore store) => new(Time, Fleet?.Between(link) ?? link, _topics, store, this) { Fleet = Fleet?.Signer };

    private VehicleEcu[] Start()
    {
        VehicleEcu[] ecus = [.. Enumerable.Range(0, EcuCount).Select(i => new VehicleEcu(NameOf(i), Connect(i), new UpdatePolicy { TrialMs = 1000 }, this)
        {
            Bus = $"can{i % _buses.Length}", Rollback = Rollback[i], FakesVersionOnRollback = FakesVersionOnRollback,
        })];
        _journal = VehicleJournal.Open(_disk, "vehicle.journal", "vehicle");
        _vehicle = new VehicleClient(Time, _network.Join("vehicle"), _topics, ecus, _journal, new VehicleOptions
        {
            Packages = PackageDisk.Open(_disk, "packages"), Updates = Updates, UtcNowMs = () => Time.NowNs / VirtualTime.NsPerMs, Fleet = Fleet?.Policy,
        });
        _ = _vehicle.RunAsync();
        return ecus;
    }

    private EcuClient Connect(int index)
    {
        CrashableLink link = new(new IsoTpLink(BusOf(index), _definitions[index].Config.CanIf, name: $"tester-{++_starts}"));
        _links.Add(link);
        return new EcuClient(new UdsTester(new CountingLink(link, this), new TesterTiming()), new DeviceCredentials(TestImage.DeviceId, TestImage.DeviceSecret), Entropy);
    }

    private byte[] Entropy(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A store whose server is killed at a step: from then on nothing is stored and nothing said.</summary>
    private sealed class MortalStore(ICampaignStore inner, VirtualTime time, IMessageLink link, int at, bool isStored) : ICampaignStore
    {
        private readonly SimSignal _dead = new(time);
        private int _saves;

        public bool IsDead { get; private set; }

        public ServerLedger Ledger => inner.Ledger;

        public bool IsOurs => inner.IsOurs;

        public VehicleCampaign? Find(string id) => inner.Find(id);

        public void Note(EsyncMessage answer) => inner.Note(answer);

        public void Save(VehicleCampaign? state)
        {
            bool isLast = ++_saves == at;
            if (!IsDead && (!isLast || isStored))
            {
                inner.Save(state);
            }

            if (isLast)
            {
                IsDead = true;
                link.Leave();
                _dead.Set();
            }
        }

        /// <summary>Ends when the server's work is done, or when it is dead.</summary>
        public async Task EndOf(Task work)
        {
            _ = WatchAsync(work);
            await _dead;
        }

        private async Task WatchAsync(Task work)
        {
            await work;
            _dead.Set();
        }
    }

    private sealed class CountingLink(IDiagnosticLink inner, GroupRig rig) : IDiagnosticLink
    {
        public bool IsFirstBlockUnanswered => inner.IsFirstBlockUnanswered;

        public VirtualTime Time => inner.Time;

        public Task<bool> SendAsync(ReadOnlyMemory<byte> request)
        {
            rig.MessageCount++;
            rig.OnMessage?.Invoke(rig.MessageCount);
            return inner.SendAsync(request);
        }

        public Task<bool> SendFunctionalAsync(ReadOnlyMemory<byte> request) => inner.SendFunctionalAsync(request);

        public Task<byte[]?> ReceiveAsync(long timeoutNs) => inner.ReceiveAsync(timeoutNs);

        public void Discard() => inner.Discard();
    }
}
