// The whole agent over a zero-time flash, with or without a board's driver in between, driven at the update target: what a client does over the bus, without the
// bus. Small and fast, so that a power cut can be tried at every flash operation.
// Invariant: everything that outlives a reset is in the flash model; a reset makes a new EcuM.
// Tests: tests/agent-firmware/EcuM.
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Ecu;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>One agent and the client that drives it.</summary>
public sealed class AgentRig
{
    private const int LoopsMax = 20_000;
    private const int QuietTurns = 40;
    private readonly EcuConfig _config;
    private readonly Func<IMcu, IFls>? _driver;
    private readonly Func<IApplicationLoader> _makeLoader;
    private IApplicationLoader _loader = null!;
    private uint _nowMs = 0xFFFF_F000;
    private long _turns;

    /// <param name="config">The ECU.</param>
    /// <param name="flash">What outlives its resets.</param>
    /// <param name="driver">Makes the flash driver of a start; by default the part is its own.</param>
    /// <param name="makeLoader">Makes the loader of a start; a fake one when it is left out.</param>
    public AgentRig(EcuConfig config, FlashModel flash, Func<IMcu, IFls>? driver = null, Func<IApplicationLoader>? makeLoader = null)
    {
        _config = config;
        _driver = driver;
        Flash = flash;
        _makeLoader = makeLoader ?? (() => new ScriptedLoader());
    }

    public FlashModel Flash { get; }

    public EcuM Agent { get; private set; } = null!;

    public ScriptedLoader Loader => (ScriptedLoader)_loader;

    /// <summary>Called after each turn with the time: what else has its turn on a processor.</summary>
    public Action<uint> AfterTurn { get; set; } = _ => { };

    public RigMcu Mcu { get; private set; } = null!;

    public int Resets { get; private set; }

    public Banks Banks => Agent.Banks;

    public string RunningVersion => Banks.Running == Banks.None
        ? "none" : System.Text.Encoding.ASCII.GetString(Banks.RunningVersion).TrimEnd('\0');

    /// <summary>Microseconds of all turns so far, for a part that takes its time; a turn is a millisecond.</summary>
    public long NowUs => _turns * 1000;

    /// <summary>Power comes on: a new agent, run until it serves requests.</summary>
    public void PowerOn()
    {
        Flash.PowerOn();
        Start();
    }

    /// <summary>A new agent on a flash whose power is on already.</summary>
    public void StartAgain() => Start();

    /// <summary>One turn; a reset that the agent asked for happens at once.</summary>
    public void Turn()
    {
        RunOnce();
        if (Mcu.IsResetRequested)
        {
            Resets++;
            Start();
        }
    }

    public void TurnUntil(Func<bool> condition, string what)
    {
        for (int i = 0; i < LoopsMax; i++)
        {
            if (condition())
            {
                return;
            }

            Turn();
        }

        throw new InvalidOperationException($"{what}: not within {LoopsMax} turns");
    }

    /// <summary>Called with each routine before it is asked for.</summary>
    public Action<ushort> RoutineBegins { get; set; } = _ => { };

    /// <summary>Called with each routine and its result.</summary>
    public Action<ushort, FotaError> RoutineEnded { get; set; } = (_, _) => { };

    /// <summary>Runs a routine of the update target to its end.</summary>
    public FotaError Routine(ushort identifier)
    {
        RoutineBegins(identifier);
        FotaError condition = Agent.Fota.RoutineCondition(identifier);
        if (condition != FotaError.None)
        {
            return condition;
        }

        StdReturn result = Agent.Fota.StartRoutine(identifier);
        TurnUntil(() => result != StdReturn.Pending || (result = Agent.Fota.PollRoutine()) != StdReturn.Pending, $"routine {identifier:X4}");
        RoutineEnded(identifier, Agent.Fota.LastError);
        return Agent.Fota.LastError;
    }

    /// <summary>34, 36 …, 37; with <paramref name="breakOffAt"/> the client goes silent when it has sent so much.</summary>
    public FotaError Download(uint address, ReadOnlyMemory<byte> data, int blockLength = 4093, int breakOffAt = int.MaxValue, byte encoding = 0)
    {
        StdReturn result = StdReturn.Pending;
        TurnUntil(() => (result = Agent.Fota.StartDownload(encoding, address, (uint)data.Length)) != StdReturn.Pending, "request download");
        byte[] all = data.ToArray();
        bool isBank = address >= Fota.BankAddress;
        TransferPosition = isBank ? (int)(address - Fota.BankAddress) : 0;
        for (int position = 0; result == StdReturn.Ok && position < Math.Min(all.Length, breakOffAt); position += blockLength)
        {
            int count = Math.Min(blockLength, all.Length - position);
            TurnUntil(() => (result = Agent.Fota.TransferData(all, position, count)) != StdReturn.Pending, "transfer data");
            TransferPosition += isBank ? count : 0;
        }

        if (result == StdReturn.Ok && breakOffAt >= all.Length)
        {
            TurnUntil(() => (result = Agent.Fota.TransferExit()) != StdReturn.Pending, "transfer exit");
        }

        return result == StdReturn.Ok ? FotaError.None : Agent.Fota.LastError;
    }

    public void Reset()
    {
        int before = Resets;
        Agent.RequestReset(true);
        TurnUntil(() => Resets > before, "reset");
    }

    /// <summary>Provisions an ECU that is not yet.</summary>
    public void Provision(byte[] record)
    {
        if (Agent.Keys.IsProvisioned)
        {
            return;
        }

        FotaError error = Agent.Keys.Provision(record, 0, record.Length);
        TurnUntil(() => Agent.NvM.WriteResult(NvMBlock.Provisioning) != StdReturn.Pending && Agent.NvM.IsIdle, "provisioning");
        if (error != FotaError.None || !Agent.Keys.IsProvisioned)
        {
            throw new InvalidOperationException($"provisioning failed: {error}");
        }
    }

    /// <summary>What a client does, from wherever the ECU is, until the image is confirmed or refused.</summary>
    public FotaError Update(SignedImage image)
    {
        BootRecord record = Banks.Record;
        int target = Banks.Secondary;
        if (record.ManifestDigest(record.ActiveBank).AsSpan().SequenceEqual(image.Digest) && record.State[record.ActiveBank] == BankState.Confirmed)
        {
            return FotaError.None;
        }

        bool isBound = record.ManifestDigest(target).AsSpan().SequenceEqual(image.Digest);
        BankState state = isBound ? record.State[target] : BankState.Empty;
        FotaError error = FotaError.None;
        if (state is not (BankState.Trial or BankState.Verified))
        {
            error = Install(image, state == BankState.Receiving);
        }

        error = error == FotaError.None && state != BankState.Trial ? Routine(0x0211) : error;
        if (error != FotaError.None)
        {
            return error;
        }

        if (Banks.Running != target)
        {
            Reset();
        }

        TurnUntil(() => Agent.IsRunning && Agent.Fota.IsReady, "boot into the trial");
        return Routine(0x0212);
    }

    private FotaError Install(SignedImage image, bool isBound)
    {
        FotaError error = isBound ? FotaError.None : SendManifest(image);
        return error == FotaError.None ? SendImage(image) : error;
    }

    /// <summary>Envelope to the staging slot, 0210.</summary>
    public FotaError SendManifest(SignedImage image)
    {
        FotaError error = Download(Fota.StagingAddress, image.Envelope);
        return error == FotaError.None ? Routine(0x0210) : error;
    }

    /// <summary>The image from where the ECU lacks it, after FF00 when it lacks all of it; FF01.</summary>
    public FotaError SendImage(SignedImage image)
    {
        FotaError error = ChunksInBank() == 0 ? Routine(0xFF00) : FotaError.None;
        int offset = ResumeOffset();
        if (error == FotaError.None && offset < image.Transfer.Length)
        {
            SentBytes += image.Transfer.Length - offset;
            error = Download(Fota.BankAddress + (uint)offset, image.Transfer.AsMemory(offset), encoding: image.Encoding);
        }

        return error == FotaError.None ? Routine(0xFF01) : error;
    }

    /// <summary>Bytes of images transferred in all.</summary>
    public long SentBytes { get; set; }

    /// <summary>Bytes of the last transfer to the bank, from its image's first one, that the ECU has taken; 0 after one to the staging slot.</summary>
    public int TransferPosition { get; private set; }

    /// <summary>Chunks of the image that are in the bank (DID FD02); none: FF00 comes first.</summary>
    public int ChunksInBank() => ChunksInBank(Agent);

    /// <summary>Chunks of the image that are in the bank of an ECU (DID FD02).</summary>
    public static int ChunksInBank(EcuM agent) => ResumePoint(agent, 24);

    /// <summary>First byte that the ECU lacks (DID FD02).</summary>
    public int ResumeOffset() => ResumeOffset(Agent);

    /// <summary>First byte that an ECU lacks (DID FD02).</summary>
    public static int ResumeOffset(EcuM agent) => ResumePoint(agent, 0);

    private static int ResumePoint(EcuM agent, int offset)
    {
        byte[] point = new byte[28];
        agent.Fota.ReadDid(0xFD02, point, 0);
        return (int)BigEndian.ReadU32(point, offset);
    }

    /// <summary>Turns until the agent leaves the flash in peace.</summary>
    public void Settle()
    {
        long operations = Flash.OperationCount;
        for (int quiet = 0; quiet < QuietTurns; quiet++)
        {
            Turn();
            quiet = Flash.OperationCount == operations ? quiet : 0;
            operations = Flash.OperationCount;
        }
    }

    private void Start()
    {
        Mcu = new RigMcu();
        _loader = _makeLoader();
        Agent = new EcuM(_config, new SilentCan(), _driver?.Invoke(Mcu) ?? Flash, new HostCrypto(), Mcu, _loader);
        for (int i = 0; i < LoopsMax && !(Agent.IsRunning && Agent.Fota.IsReady) && !Mcu.IsResetRequested; i++)
        {
            RunOnce();
        }

        if (Mcu.IsResetRequested)
        {
            Resets++;
            Start();
        }
        else if (!Agent.IsRunning)
        {
            throw new InvalidOperationException("the agent does not come up");
        }
    }

    private void RunOnce()
    {
        _turns++;
        _nowMs++;
        Mcu.NowMs = _nowMs;
        Agent.MainFunction(_nowMs);
        AfterTurn(_nowMs);
    }
}
