// One ECU of a sweep on a bus, with the vehicle's own client: an update that is watched frame by frame.
// Invariants: the same frames at the same times in every run, until somebody cuts the power; the client knows nothing of
// cuts, and what it does about them is its own.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Bus, ECU and client.</summary>
internal sealed class BusWorld : IUpdateObserver, IBusObserver
{
    private const long OffNs = 300 * VirtualTime.NsPerMs;
    private readonly SweepJob _job;
    private readonly Action<BusWorld, int> _onFrame;
    private readonly VirtualTime _time = new();
    private readonly VirtualEcu _ecu;
    private readonly EcuClient _client;
    private ScriptedLoader _loader = new();
    private int _frames;
    private bool _isToBeChecked;
    private int _sent;

    /// <summary>A world where a job begins; <paramref name="onFrame"/> is called at the end of each frame.</summary>
    public BusWorld(SweepJob job, Action<BusWorld, int> onFrame)
    {
        _job = job;
        _onFrame = onFrame;
        Ledger = job.Ledger;
        ulong seed = job.Request.Seed;
        VirtualBus bus = new(_time, 500_000, "can0", seed);
        EcuConfig config = job.Part.Config;
        VirtualBoard board = new(new VirtualCan(bus, config.Name), job.Part.Geometry, seed);
        board.Flash.Memory.Restore(job.Start);
        _ecu = new VirtualEcu(config, board, new VirtualEcuOptions { Seed = seed, Loader = () => _loader = new ScriptedLoader() });
        UdsTester tester = new(new IsoTpLink(bus, config.CanIf), new TesterTiming());
        _client = new EcuClient(tester, new DeviceCredentials(SignedImage.DeviceId, SignedImage.DeviceSecret), new SeededRandom(seed, "client").Bytes);
        bus.Observe(this);
    }

    /// <summary>The ECU's part.</summary>
    public FlashModel Flash => _ecu.Flash;

    /// <summary>What may not be lost.</summary>
    public SweepLedger Ledger { get; }

    /// <summary>Frames so far.</summary>
    public int Frames => _frames;

    /// <summary>Runs the update to the client's end of it; throws when it is not confirmed.</summary>
    public void Run()
    {
        SignedImage image = _job.Part.Images.Two;
        UpdateImage update = new(image.Envelope, image.Digest, 0, image.Payload, image.Version);
        UpdateOutcome outcome = new(UpdateEnd.Lost, FotaError.None, "the script did not end");
        _time.Run(async () =>
        {
            _ecu.TurnEnded = _ => CheckOnce();
            _ecu.PowerOn();
            outcome = await new UpdateSession(_client, update, new UpdatePolicy(), this).RunAsync();
        });
        if (outcome.End != UpdateEnd.Confirmed || !_loader.Image.AsSpan().SequenceEqual(image.Payload))
        {
            throw new SweepFaultException(SweepFault.Brick, $"the client ends with {outcome.End}: {outcome.Text}");
        }
    }

    /// <summary>What the ECU promises at this moment counts.</summary>
    public void Observe()
    {
        if (_ecu.Agent is EcuMAgent agent)
        {
            Ledger.Observe(agent.EcuM, _sent);
        }
    }

    /// <summary>Cuts the power behind this frame, in the way that fits what the flash is at; it comes back after a while.</summary>
    public void CutPower(int turn)
    {
        Observe();
        _time.After(1, () =>
        {
            IReadOnlyList<CutModel> models = FrameSweep.ModelsNow(Flash);
            _ecu.PowerCut(models[turn % models.Count]);
            _isToBeChecked = true;
            _time.After(OffNs, _ecu.PowerOn);
        });
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        _job.Request.Stop.ThrowIfCancellationRequested();
        if (record.IsWhole)
        {
            _onFrame(this, _frames++);
        }
    }

    /// <inheritdoc/>
    public void Stage(UpdateStage stage)
    {
        _sent = stage == UpdateStage.Manifest ? 0 : _sent;
        if (_ecu.Agent is EcuMAgent agent && stage is UpdateStage.Manifest or UpdateStage.Erase)
        {
            Ledger.ExpectRestart(agent.EcuM);
        }
    }

    /// <inheritdoc/>
    public void TransferBegins(UpdateImage image, int offset) => _sent = offset;

    /// <inheritdoc/>
    public void Transferred(int position) => _sent = position;

    /// <inheritdoc/>
    public void TransferEnds()
    {
    }

    /// <inheritdoc/>
    public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
    {
    }

    private void CheckOnce()
    {
        if (_isToBeChecked && _ecu.Agent is EcuMAgent { IsServing: true } agent && agent.EcuM.Fota.IsReady)
        {
            _isToBeChecked = false;
            Ledger.Check(agent.EcuM, Flash, _loader.Image);
        }
    }
}
