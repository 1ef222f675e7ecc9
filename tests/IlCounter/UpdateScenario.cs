// One update from first to last on the counting agent: provision a new ECU, send a signed image, activate, boot into the
// trial, confirm. This is what the price list is measured on.
// Invariant: nothing in it is drawn or timed from outside; with the same costs it is the same run, turn by turn.
// Runs inside a CountingContext. Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.IlCounting;

/// <summary>The measured run.</summary>
internal sealed class UpdateScenario : IUpdateObserver
{
    /// <summary>Bytes of the image that is installed.</summary>
    internal const int ImageLength = 64 * 1024;

    private static readonly byte[] DeviceId = [.. Enumerable.Range(0xD0, 16).Select(i => (byte)i)];
    private static readonly byte[] DeviceSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private readonly EcuDefinition _definition;
    private readonly TurnRecorder _recorder;
    private readonly VirtualTime _time = new();
    private readonly VirtualEcu _ecu;
    private readonly EcuClient _client;

    /// <summary>Prepares the run of an ECU of nf.config at these costs.</summary>
    internal UpdateScenario(string ecu, IlCosts costs, TurnRecorder recorder)
    {
        _recorder = recorder;
        _definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(ecu);
        VirtualBus bus = new(_time, (int)_definition.Bus.BitRate);
        _ecu = VirtualEcu.Create(bus, _definition, new VirtualEcuOptions
        {
            Costs = costs,
            Loader = () => new QuietApplication(),
            Program = (config, ports) => recorder.Watch(new EcuMAgent(config, ports)),
        });
        _ecu.TurnEnded = recorder.OnTurnEnded;
        SeededRandom random = new(1, "client");
        UdsTester tester = new(new IsoTpLink(bus, _definition.Config.CanIf), new TesterTiming());
        _client = new EcuClient(tester, new DeviceCredentials(DeviceId, DeviceSecret), count =>
        {
            byte[] bytes = new byte[count];
            random.Fill(bytes);
            return bytes;
        });
    }

    /// <summary>Runs it; throws when the update does not end confirmed.</summary>
    internal void Run()
    {
        SigningParameters parameters = new(1, 5, 4);
        SigningKey author = SigningKey.FromSeedText(SigningRole.Author, parameters, "counter author");
        SigningKey oem = SigningKey.FromSeedText(SigningRole.Oem, parameters, "counter oem");
        byte[] record = ProvisioningRecord.Build(DeviceId, DeviceSecret, [author.Anchor, oem.Anchor]);
        UpdateImage image = BuildImage([new MemorySigner(author), new MemorySigner(oem)]);
        _ecu.PowerOn();
        UpdateOutcome outcome = _time.Run(async () =>
        {
            await _client.AwaitPresenceAsync(10_000);
            await _client.SessionAsync(0x03);
            await _client.RoutineAsync(0x0220, "provision", record);
            return await new UpdateSession(_client, image, new UpdatePolicy { TrialMs = 500 }, this).RunAsync();
        });
        if (outcome.End != UpdateEnd.Confirmed)
        {
            throw new InvalidOperationException($"The measured update ended {outcome.End}: {outcome.Text}");
        }
    }

    public void Stage(UpdateStage stage) => _recorder.Stage = stage;

    public void TransferBegins(int offset, int total)
    {
    }

    public void Transferred(int position)
    {
    }

    public void TransferEnds()
    {
    }

    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
    }

    private UpdateImage BuildImage(IReadOnlyList<ISigner> signers)
    {
        byte[] code = new byte[ImageLength - 256];
        new SeededRandom(1, "image").Fill(code);
        ApplicationBundle bundle = new()
        {
            Runtime = BundleRuntime.Net10,
            ContractVersion = 1,
            Version = "1.0.0",
            EntryClass = "Counter.Application",
            Assemblies = [code],
        };
        PackageRequest request = new()
        {
            Name = "counter",
            Hardware = _definition.Name,
            Image = bundle.Build(),
            Sequence = 1,
            SecurityVersion = 1,
            VendorId = _definition.Config.Fota.VendorId,
            ClassId = _definition.Config.Fota.ClassId,
        };
        PackageEntry entry = PackageBuilder.Build(request, signers).Entries[0];
        return new UpdateImage(entry.Envelope, SuitEnvelope.Decode(entry.Envelope).ManifestDigest, entry.Encoding, entry.Payload, "1.0.0");
    }
}
