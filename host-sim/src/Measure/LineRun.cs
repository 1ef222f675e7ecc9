// One update of one virtual ECU on a bus of its own, measured. The ECU is provisioned and runs a small image before; what is measured is the
// second one, signed in both roles, of random bytes: they stuff frames as an average image does.
// What nf.config says of the ECU counts, but for what the run names: board, bit rate, flow control. Nothing is gathered meanwhile.
// Invariant: the same setup gives the same run, frame by frame.
// Tests: tests/host-sim/Measure.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Measure;

/// <summary>Runs one setup.</summary>
public sealed class LineRun
{
    /// <summary>Attempts of an update: under faults one may end early, and the next one goes on.</summary>
    public const int AttemptsMax = 200;

    private const string EcuName = "motor";
    private const int FirstImageLength = 4096;
    // A tree of 32 leaves is ready at once; one of 1,024 takes ten seconds, and its signatures cost the ECU five compressions more of some 575.
    private static readonly SigningParameters Parameters = new(1, 5, 4);
    private static readonly byte[] DeviceId = [.. Enumerable.Range(0xD0, DeviceFile.DeviceIdLength).Select(i => (byte)i)];
    private static readonly byte[] DeviceSecret = [.. Enumerable.Range(1, DeviceFile.DeviceSecretLength).Select(i => (byte)i)];
    private readonly LineSetup _setup;
    private readonly EcuDefinition _definition;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly VirtualEcu _ecu;
    private readonly EcuClient _client;

    private LineRun(LineSetup setup, string configPath, IReadOnlyList<SigningKey> keys)
    {
        _setup = setup;
        _keys = keys;
        EcuDefinition definition = NfConfig.Load(configPath, new BoardOverride(setup.Board, [EcuName])).Ecu(EcuName);
        byte blockSize = setup.BlockSize ?? definition.Board.BlockSizeMax;
        byte separationTime = setup.SeparationTimeMin ?? definition.Board.SeparationTimeMin;
        _definition = definition with { Board = definition.Board with { BlockSizeMax = blockSize, SeparationTimeMin = separationTime } };
        EcuConfig config = _definition.Config;
        config.Data.BuiltInRules = [];
        config.CanTp.BlockSize = blockSize;
        config.CanTp.SeparationTimeMin = separationTime;
        config.CanTp.FrameTimeUs = (ushort)(config.CanTp.FrameTimeUs * (long)_definition.Bus.BitRate / setup.BitRate);
        _bus = new VirtualBus(_time, setup.BitRate, seed: setup.Seed);
        _ecu = VirtualEcu.Create(_bus, _definition, new VirtualEcuOptions { Seed = setup.Seed, Loader = () => new SilentApplication() });
        UdsTester tester = new(new IsoTpLink(_time, TesterCan(), config.CanIf), new TesterTiming());
        _client = new EcuClient(tester, new DeviceCredentials(DeviceId, DeviceSecret), new SeededRandom(setup.Seed, "line-client").Bytes);
    }

    /// <summary>The keys that runs sign with; they serve any number of runs.</summary>
    public static IReadOnlyList<SigningKey> MakeKeys() =>
    [
        SigningKey.FromSeedText(SigningRole.Author, Parameters, "line author"),
        SigningKey.FromSeedText(SigningRole.Oem, Parameters, "line oem"),
    ];

    /// <summary>Runs a setup.</summary>
    /// <exception cref="UserErrorException">nf.config is not usable, or the update does not end confirmed.</exception>
    public static LineResult Measure(LineSetup setup, string configPath, IReadOnlyList<SigningKey> keys) => new LineRun(setup, configPath, keys).Run();

    private LineResult Run()
    {
        byte[] image = Image(Math.Min(_setup.ImageLength, (int)_definition.Config.Fls.BankA.Length));
        LineMeter meter = new(_ecu, _bus);
        BusFaultRule? fault = null;
        meter.PayloadPhase = isBeginning =>
        {
            if (isBeginning && _setup.Fault is { } kind)
            {
                fault = _bus.Faults.Add(new BusFaultRule { Name = "line", Kind = kind, Probability = _setup.FaultShare });
            }
            else
            {
                _bus.Faults.Clear();
            }
        };
        _ecu.PowerOn();
        _time.Run(async () =>
        {
            await _client.AwaitPresenceAsync();
            await _client.SessionAsync(0x03);
            await _client.RoutineAsync(0x0220, "provision", ProvisioningRecord.Build(DeviceId, DeviceSecret, [.. _keys.Select(key => key.Anchor)]));
            await UpdateAsync(Image(FirstImageLength), 1, null);
            await UpdateAsync(image, 2, meter);
        });
        return meter.Result(image.Length) with { Struck = fault?.StrikeCount ?? 0 };
    }

    // The trial needs no time of its own here: it is confirmed as soon as the application has passed its self-test.
    private async Task UpdateAsync(byte[] image, uint sequence, IUpdateObserver? observer)
    {
        UpdateOutcome outcome = await new UpdateSession(_client, Sign(image, sequence), new UpdatePolicy { TrialMs = 0, AttemptsMax = AttemptsMax, BlockLength = _setup.BlockLength }, observer).RunAsync();
        if (outcome.End != UpdateEnd.Confirmed)
        {
            throw new UserErrorException(ExitCode.UnexpectedOutcome, $"the update to be measured on board {_setup.Board} ended {outcome.End}: {outcome.Text}");
        }
    }

    private UpdateImage Sign(byte[] image, uint sequence)
    {
        SuitManifest manifest = PackageBuilder.ToManifest(new PackageRequest
        {
            Name = "line",
            Hardware = EcuName,
            Image = image,
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = _definition.Config.Fota.VendorId,
            ClassId = _definition.Config.Fota.ClassId,
        });
        SuitEnvelope envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), [.. _keys.Select(key => new MemorySigner(key))]);
        return new UpdateImage(envelope.Encode(), envelope.ManifestDigest, 0, image, "1.0.0");
    }

    private byte[] Image(int length)
    {
        byte[] whole = Bundle([]);
        byte[] image = Bundle(new SeededRandom(_setup.Seed, "line-image").Bytes(length - whole.Length));
        return image.Length == length ? image : throw new InvalidOperationException($"a bundle of {length} bytes came out with {image.Length}");
    }

    private static byte[] Bundle(byte[] code) => new ApplicationBundle
    {
        Runtime = BundleRuntime.Net10,
        ContractVersion = 1,
        Version = "1.0.0",
        EntryClass = "Line.Application",
        Assemblies = [code],
    }.Build();

    private ITesterCan TesterCan()
    {
        VirtualCan can = new(_bus, "tester");
        return _setup.Tester switch
        {
            LineTester.WholeMilliseconds => new WholeMillisecondsCan(can),
            LineTester.Usb or LineTester.UsbAhead => new UsbAdapter(can, new SeededRandom(_setup.Seed, "line-usb"), _setup.Tester == LineTester.UsbAhead),
            _ => can,
        };
    }
}
