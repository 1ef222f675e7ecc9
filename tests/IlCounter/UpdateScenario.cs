// One update from first to last: provision a new ECU, send a signed image, activate, boot into the trial, confirm.
// This is what the price list is measured on; the same run serves tests of the virtual ECU.
// Invariant: nothing in it is drawn or timed from outside; with the same options it is the same run, turn by turn.
// Runs inside a CountingContext and outside of one. Tests: tests/host-sim/Ecu/IlCounterTests.cs, WholeUpdateTests.cs.
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
    private readonly VirtualTime _time = new();
    private readonly EcuClient _client;

    /// <summary>Prepares the run of an ECU of nf.config.</summary>
    internal UpdateScenario(string ecu, VirtualEcuOptions options)
    {
        _definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(ecu);
        Bus = new VirtualBus(_time, (int)_definition.Bus.BitRate);
        Ecu = VirtualEcu.Create(Bus, _definition, options with { Loader = () => new QuietApplication() });
        UdsTester tester = new(new IsoTpLink(Bus, _definition.Config.CanIf), new TesterTiming());
        _client = new EcuClient(tester, new DeviceCredentials(DeviceId, DeviceSecret), new SeededRandom(1, "client").Bytes);
    }

    /// <summary>The bus.</summary>
    internal VirtualBus Bus { get; }

    /// <summary>The ECU.</summary>
    internal VirtualEcu Ecu { get; }

    /// <summary>Called when the update enters a stage.</summary>
    internal Action<UpdateStage>? StageEntered { get; set; }

    /// <summary>Moment at which each stage began.</summary>
    internal Dictionary<UpdateStage, long> StageStartNs { get; } = [];

    /// <summary>Runs it; throws when the update does not end confirmed.</summary>
    internal void Run()
    {
        SigningParameters parameters = new(1, 5, 4);
        SigningKey author = SigningKey.FromSeedText(SigningRole.Author, parameters, "counter author");
        SigningKey oem = SigningKey.FromSeedText(SigningRole.Oem, parameters, "counter oem");
        byte[] record = ProvisioningRecord.Build(DeviceId, DeviceSecret, [author.Anchor, oem.Anchor]);
        UpdateImage image = BuildImage([new MemorySigner(author), new MemorySigner(oem)]);
        Ecu.PowerOn();
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

    public void Stage(UpdateStage stage)
    {
        StageStartNs[stage] = _time.NowNs;
        StageEntered?.Invoke(stage);
    }

    public void TransferBegins(UpdateImage image, int offset)
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
