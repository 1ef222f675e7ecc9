// One update from first to last: provision a new ECU, send a signed image, activate, boot into the trial, confirm. With
// several images the last one is the update that is looked at, in whatever form it comes; the others are installed before.
// This is what the price list is measured on; the same run serves tests of the virtual ECU.
// Invariant: nothing in it is drawn or timed from outside; with the same options it is the same run, turn by turn.
// Runs inside a CountingContext and outside of one. Tests: tests/host-sim/Ecu/IlCounterTests.cs, WholeUpdateTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Measure;
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
    private readonly IReadOnlyList<ScenarioImage> _images;
    private readonly VirtualTime _time = new();
    private readonly EcuClient _client;

    private bool _isWatched;

    /// <summary>Prepares the run of an ECU of nf.config, with an image of random bytes.</summary>
    internal UpdateScenario(string ecu, VirtualEcuOptions options)
        : this(ecu, options, [ScenarioImage.Plain(new SeededRandom(1, "image").Bytes(ImageLength - 256))])
    {
    }

    /// <summary>Prepares the run of an ECU of nf.config, changed if so wished, with images one after the other.</summary>
    internal UpdateScenario(string ecu, VirtualEcuOptions options, IReadOnlyList<ScenarioImage> images, Action<EcuConfig>? change = null)
    {
        _images = images;
        _definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(ecu);
        _definition.Config.Data.BuiltInRules = []; // what rules cost is counted by themselves (RuleMeasurement)
        change?.Invoke(_definition.Config);
        Bus = new VirtualBus(_time, (int)_definition.Bus.BitRate);
        Ecu = VirtualEcu.Create(Bus, _definition, options with { Loader = () => new SilentApplication() });
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
        Ecu.PowerOn();
        _time.Run(
            async () =>
            {
                await _client.AwaitPresenceAsync(10_000);
                await _client.SessionAsync(0x03);
                await _client.RoutineAsync(0x0220, "provision", record);
                byte[]? baseDigest = null;
                for (int i = 0; i < _images.Count; i++)
                {
                    _isWatched = i == _images.Count - 1;
                    UpdateImage image = Sign(_images[i], (uint)i + 1, baseDigest, [new MemorySigner(author), new MemorySigner(oem)]);
                    Require(await new UpdateSession(_client, image, new UpdatePolicy { TrialMs = 500 }, this).RunAsync());
                    baseDigest = image.ManifestDigest;
                }
            },
            limitNs: 600 * VirtualTime.NsPerSecond);
    }

    public void Stage(UpdateStage stage)
    {
        if (_isWatched)
        {
            StageStartNs[stage] = _time.NowNs;
            StageEntered?.Invoke(stage);
        }
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

    private static void Require(UpdateOutcome outcome)
    {
        if (outcome.End != UpdateEnd.Confirmed)
        {
            throw new InvalidOperationException($"The measured update ended {outcome.End}: {outcome.Text}");
        }
    }

    private UpdateImage Sign(ScenarioImage image, uint sequence, byte[]? baseDigest, IReadOnlyList<ISigner> signers)
    {
        SuitManifest plain = PackageBuilder.ToManifest(new PackageRequest
        {
            Name = "counter",
            Hardware = _definition.Name,
            Image = image.Bundle,
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = _definition.Config.Fota.VendorId,
            ClassId = _definition.Config.Fota.ClassId,
        });
        (SuitManifest manifest, byte[] payload) = image.Describe(plain, baseDigest, new DeviceFile(DeviceId, DeviceSecret));
        SuitEnvelope envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), signers);
        return new UpdateImage(envelope.Encode(), envelope.ManifestDigest, image.Encoding, payload, "1.0.0");
    }
}
