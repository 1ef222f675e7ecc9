// Virtual ECUs on one bus for clients outside this process, in real time: listeners let them in.
// Invariants: a client finds ECUs that have started; what a flash has is in its file at every moment where it has one; no tester of ours is on the bus while clients are served.
// With unlimited speed time jumps while a frame is on its way, while an ECU starts, after a response pending, and while an ECU works
// within a moment after the last frame; at all other times it is the clients' turn, and time is the wall clock's.
// Tests: tests/host-sim/Bench/LiveBenchTests.cs, tests/host-sim/Cli/EcuCommandTests.cs.
using System.Security.Cryptography;
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;
using EsyncSim.Config;
using EsyncSim.Flash;

namespace EsyncSim.Bench;

/// <summary>Virtual ECUs that clients outside can reach.</summary>
public sealed class LiveBench : IDisposable
{
    // Some hundred years.
    private const long LimitNs = long.MaxValue / 3;
    private const long SettleNs = 500 * VirtualTime.NsPerMs;
    private const long StartNsMax = 10 * VirtualTime.NsPerSecond;
    private readonly VirtualBench _bench;
    private readonly WorkObserver _work;
    private readonly List<FlashFollower> _memories = [];
    private readonly List<BusServer> _servers = [];
    private long _unixNs; // the time of day when virtual time was zero

    /// <summary>Makes the ECUs, switched off and erased.</summary>
    /// <param name="ecus">ECUs of one bus.</param>
    /// <param name="seed">Decides what chance decides in the ECUs; null takes a new one.</param>
    /// <exception cref="UserErrorException">They are on different buses.</exception>
    public LiveBench(IReadOnlyList<EcuDefinition> ecus, ulong? seed = null)
    {
        _bench = new VirtualBench(Time, seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), ecus);
        _work = new WorkObserver(_bench);
        _bench.Bus.Observe(_work);
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>The bus.</summary>
    public VirtualBus Bus => _bench.Bus;

    /// <summary>The ECUs.</summary>
    public IReadOnlyList<BenchEcu> Ecus => _bench.Ecus;

    /// <summary>Clients that are connected now.</summary>
    public int ClientCount => _servers.Sum(server => server.ClientCount);

    /// <summary>Keeps an ECU's memory in a file; true when the file was there, and is what the ECU remembers.</summary>
    /// <exception cref="UserErrorException">The file cannot be used.</exception>
    public bool Keep(BenchEcu ecu, string path)
    {
        bool isKnown = FlashFile.TryLoad(ecu.Ecu.Flash, path);
        if (!isKnown)
        {
            FlashFile.Save(ecu.Ecu.Flash, path);
        }

        _memories.Add(FlashFollower.Follow(ecu.Ecu.Flash, path));
        return isKnown;
    }

    /// <summary>Lets clients in; they are served while <see cref="Run"/> runs. Returns the address with its port.</summary>
    /// <param name="address">Where.</param>
    /// <param name="note">Tells the user what happens to clients.</param>
    /// <exception cref="UserErrorException">Nothing can listen there, or the address names no ECU of the bench.</exception>
    public ListenAddress Listen(ListenAddress address, Action<string> note)
    {
        BusServer server = new(Bus, address, Conversations(address), note);
        _servers.Add(server);
        return server.Address;
    }

    /// <summary>Switches the ECUs on and serves clients until the token is cancelled.</summary>
    /// <param name="clock">The wall clock.</param>
    /// <param name="speed">Seconds of the bus in one of the wall clock; null jumps over everything that no client has to wait for.</param>
    /// <param name="stop">Ends it.</param>
    public void Run(TimeProvider clock, double? speed, CancellationToken stop)
    {
        Start();
        _unixNs = (clock.GetUtcNow().ToUnixTimeMilliseconds() * VirtualTime.NsPerMs) - Time.NowNs;
        using LivePace pace = new(clock, Time.NowNs, speed ?? 1, speed is null ? () => _work.IsAtWork : null) { Stop = stop };
        Time.Pace = pace;
        try
        {
            Time.Run(() => new TaskCompletionSource().Task, LimitNs);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
        finally
        {
            Time.Pace = null;
            CloseServers();
        }

        Time.RunFor(SettleNs); // what an ECU has begun to write it finishes
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseServers();
        _memories.ForEach(memory => memory.Dispose());
    }

    // Who comes in finds ECUs that have started.
    private void Start()
    {
        foreach (BenchEcu ecu in Ecus)
        {
            ecu.CrashTester();
            ecu.Ecu.PowerOn();
        }

        long limitNs = Time.NowNs + StartNsMax;
        while (Time.NowNs < limitNs && Ecus.Any(ecu => ecu.Ecu.Agent is not { IsServing: true }))
        {
            Time.RunFor(VirtualTime.NsPerMs);
        }
    }

    private void CloseServers()
    {
        _servers.ForEach(server => server.Dispose());
        _servers.Clear();
    }

    private Func<IClientSide, Conversation> Conversations(ListenAddress address)
    {
        switch (address.Scheme)
        {
            case ListenAddress.Socketcand:
                return side => new SocketcandConversation(side, address.BusName, () => _unixNs + Time.NowNs);
            case ListenAddress.Slcan:
                return side => new SlcanConversation(side, Bus.BitRate);
            default:
                EcuDefinition ecu = EcuOf(address);
                return side => new LinesConversation(side, Bus, ecu.Config);
        }
    }

    private EcuDefinition EcuOf(ListenAddress address)
    {
        if (address.Ecu is null && Ecus.Count > 1)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--listen {address} speaks with one ECU, and there are {Ecus.Count}; add ?ecu={Ecus[0].Name}");
        }

        return Ecus.FirstOrDefault(ecu => address.Ecu is null || ecu.Name == address.Ecu)?.Definition
            ?? throw new UserErrorException(ExitCode.BadUsage, $"--listen {address} names no ECU that runs here; these do: {string.Join(", ", Ecus.Select(ecu => ecu.Name))}");
    }
}

/// <summary>Knows when those on the bus are at work, so that no client misses anything while time jumps.</summary>
internal sealed class WorkObserver(VirtualBench bench) : IBusObserver
{
    // More than P2server_max, by which an ECU has answered or said that it needs longer; far less than N_Cr, N_Bs and S3.
    private const long AfterFrameNsMax = 100 * VirtualTime.NsPerMs;
    private readonly HashSet<uint> _pending = [];
    private long _lastNs;

    /// <summary>True while time may jump.</summary>
    public bool IsAtWork
    {
        get
        {
            bool isSoon = bench.Time.NowNs - _lastNs < AfterFrameNsMax;
            return bench.Bus.Nodes.Any(node => node.HasOffer) || bench.Ecus.Any(ecu => ecu.Ecu.IsPowered && IsBusy(ecu, isSoon));
        }
    }

    /// <inheritdoc/>
    public void OnRecord(in BusRecord record)
    {
        _lastNs = record.EndNs;
        BusFrame frame = record.Frame;
        if (frame.Length > 3 && frame[0] >> 4 <= 1) // the first frame of a message
        {
            bool isPending = frame[0] == 3 && frame[1] == 0x7F && frame[3] == EsyncAgent.Nrc.ResponsePending;
            _ = isPending ? _pending.Add(frame.Identifier) : _pending.Remove(frame.Identifier);
        }
    }

    private bool IsBusy(BenchEcu ecu, bool isSoon)
    {
        if (ecu.Ecu.Agent is not { IsServing: true })
        {
            _pending.Remove(ecu.Definition.Config.CanIf.TxId);
            return true;
        }

        return _pending.Contains(ecu.Definition.Config.CanIf.TxId) || (isSoon && ecu.Ecu.IsWorking);
    }
}
