// ECUs with the agent inside on one bus, each with a client of its own: what the simulator's speed is measured on.
// Invariant: the same number of ECUs gives the same frames at the same times in every run.
// Tests: tests/host-sim/Measure/HostBenchTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncSim.Sweep;

namespace EsyncSim.Measure;

/// <summary>What is on the bus, and what happened there.</summary>
internal sealed class HostWorld
{
    private const uint FirstIdentifier = 0x600;
    private const uint AnswerOffset = 0x80;
    private const int BitRate = 500_000;
    private static readonly SigningKey[] Keys = SignedImage.MakeKeys("measure");
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly List<(VirtualEcu Ecu, EcuClient Client)> _ecus = [];

    /// <summary>Makes ECUs without application, their power off.</summary>
    public HostWorld(int ecus)
    {
        _bus = new VirtualBus(_time, BitRate);
        for (uint i = 0; i < ecus; i++)
        {
            SweepPart part = SweepPart.Of(FlashGeometries.W25Q32, SweepPart.LargeLength)!;
            EcuConfig config = part.Config;
            config.CanIf = new CanIfConfig { PhysicalRxId = FirstIdentifier + i, FunctionalRxId = CanIfConfig.NoIdentifier, TxId = FirstIdentifier + AnswerOffset + i };
            VirtualBoard board = new(new VirtualCan(_bus, $"ecu{i}"), part.Geometry, seed: i + 1);
            VirtualEcu ecu = new(config, board, new VirtualEcuOptions { Seed = i + 1, Loader = () => new ScriptedLoader() });
            UdsTester tester = new(new IsoTpLink(_bus, config.CanIf, config.CanTp, $"tester{i}"), new TesterTiming());
            _ecus.Add((ecu, new EcuClient(tester, new DeviceCredentials(SignedImage.DeviceId, SignedImage.DeviceSecret), new SeededRandom(i + 1, "client").Bytes)));
        }
    }

    /// <summary>Virtual time so far.</summary>
    public double VirtualSeconds => _time.NowNs / (double)VirtualTime.NsPerSecond;

    /// <summary>Frames on the bus so far.</summary>
    public long Frames => _bus.FrameCount;

    /// <summary>An image of a length, signed; the same each time, but for the one signature that it uses up.</summary>
    public static SignedImage ImageOf(int length) => SignedImage.MakeBy(Keys, "1.0.0", 1, length);

    /// <summary>The first ECU takes an image, from provisioning to the confirmation; the others run beside it.</summary>
    public void Install(SignedImage image)
    {
        byte[] provisioning = ProvisioningRecord.Build(SignedImage.DeviceId, SignedImage.DeviceSecret, [.. Keys.Select(key => key.Anchor)]);
        UpdateImage update = new(image.Envelope, image.Digest, 0, image.Payload, image.Version);
        UpdateOutcome outcome = _time.Run(() =>
        {
            PowerOn();
            return InstallAsync(_ecus[0].Client, provisioning, update);
        });
        if (outcome.End != UpdateEnd.Confirmed)
        {
            throw new InvalidOperationException($"an update without any fault ends with {outcome.End}: {outcome.Text}");
        }
    }

    /// <summary>ECUs that run and are asked nothing.</summary>
    public void Idle(int seconds)
    {
        PowerOn();
        _time.RunFor(seconds * VirtualTime.NsPerSecond);
    }

    private void PowerOn()
    {
        foreach ((VirtualEcu ecu, _) in _ecus)
        {
            ecu.PowerOn();
        }
    }

    private static async Task<UpdateOutcome> InstallAsync(EcuClient client, byte[] provisioning, UpdateImage update)
    {
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        await client.RoutineAsync(0x0220, "provision", provisioning);
        return await new UpdateSession(client, update, new UpdatePolicy()).RunAsync();
    }
}
