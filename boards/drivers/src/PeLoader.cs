// Runs an application bundle on a board: the port IApplicationLoader over Assembly.Load(byte[]), the application on a
// thread of its own below the agent's. States are those of host-sim's loader; what differs is that a turn has no budget
// here: an application that does not come back is a stall, seen by its alive counter, and asked no more.
// Memory: each assembly is in RAM once, in the array that the runtime keeps (BundleReceiver); arrays are asked for when
// the bundle's header has come, so it is the first Append that says NotOk where they cannot be had.
// Invariants: one image per reboot, for nothing can be unloaded; nothing is thrown to the agent, and no call of it waits.
// Limits: a static constructor, or a native call, that never returns stops the agent too.
// Tests: tests/boards/drivers/PeLoaderTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>Application loader of a board.</summary>
public sealed class PeLoader : IApplicationLoader
{
    /// <summary>Runtime whose bundles it starts: nanoFramework.</summary>
    public const byte NanoFramework = 2;

    // Without a turn for so long the application is not asked any more: it neither forbids an update nor answers.
    private const uint StallMs = 1000;

    private readonly IAssemblyPort _assemblies;
    private readonly IApplicationThread _thread;
    private readonly BundleReceiver _receiver = new BundleReceiver();
    private ApplicationRunner _runner;
    private IApplicationData _data;
    private ApplicationState _state;
    private string _trouble;
    private bool _wasStarted;
    private uint _nowMs;
    private uint _lastAlive;
    private uint _lastAliveMs;
    private bool _hasAsked;
    private ushort _identifier;
    private uint _askedMs;

    /// <summary>Makes it; the thread is started with the image.</summary>
    public PeLoader(IAssemblyPort assemblies, IApplicationThread thread)
    {
        _assemblies = assemblies;
        _thread = thread;
    }

    /// <inheritdoc/>
    public byte Runtime
    {
        get { return NanoFramework; }
    }

    /// <inheritdoc/>
    public ushort ContractVersion
    {
        get { return ApplicationRunner.ResidentContractVersion; }
    }

    /// <inheritdoc/>
    public ApplicationState State
    {
        get { return _runner == null ? _state : _runner.State; }
    }

    /// <inheritdoc/>
    public uint AliveCounter
    {
        get { return _runner == null ? 0 : _runner.AliveCounter; }
    }

    /// <summary>Why <see cref="State"/> is Faulted, or why the image was refused: for people; null while there is nothing to tell.</summary>
    public string Trouble
    {
        get { return _runner == null ? _trouble : _runner.Trouble; }
    }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get { return !CanAsk || _runner.IsUpdateAllowed; }
    }

    private bool CanAsk
    {
        get { return State == ApplicationState.Running && _nowMs - _lastAliveMs <= StallMs; }
    }

    /// <inheritdoc/>
    public void Attach(IApplicationData data)
    {
        _data = data;
    }

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength)
    {
        if (_wasStarted)
        {
            _trouble = "an image was started before; the next one needs a reset";
            return StdReturn.NotOk;
        }

        _receiver.Begin(imageLength);
        _state = ApplicationState.NotStarted;
        _trouble = _receiver.Trouble;
        return _trouble == null ? StdReturn.Ok : StdReturn.NotOk;
    }

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count)
    {
        if (_receiver.Append(data, offset, count))
        {
            return StdReturn.Ok;
        }

        _trouble = _receiver.Trouble;
        return StdReturn.NotOk;
    }

    /// <inheritdoc/>
    public StdReturn Start()
    {
        if (_wasStarted)
        {
            return StdReturn.NotOk;
        }

        string trouble = Load();
        _receiver.Release();
        if (trouble != null)
        {
            _runner = null;
            _trouble = trouble;
            _state = ApplicationState.Faulted;
            return StdReturn.NotOk;
        }

        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public void MainFunction(uint nowMs)
    {
        _nowMs = nowMs;
        if (_runner == null)
        {
            return;
        }

        _runner.SetTime(nowMs);
        uint alive = _runner.AliveCounter;
        if (alive != _lastAlive || _runner.State != ApplicationState.Running)
        {
            _lastAlive = alive;
            _lastAliveMs = nowMs;
        }
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        if (!CanAsk)
        {
            _hasAsked = false;
            return ApplicationAnswer.Unknown;
        }

        // An answer that nobody came for is not the answer to a later question.
        if (!_hasAsked || _identifier != dataIdentifier || _nowMs - _askedMs > StallMs)
        {
            _hasAsked = true;
            _identifier = dataIdentifier;
            _askedMs = _nowMs;
            _runner.Ask(dataIdentifier);
        }

        if (!_runner.IsAnswered)
        {
            return ApplicationAnswer.NotYet;
        }

        _hasAsked = false;
        return _runner.TakeAnswer(into, offset);
    }

    /// <inheritdoc/>
    public int TakeEvent()
    {
        return _runner == null ? -1 : _runner.TakeEvent();
    }

    // Null, with the thread under way, or why not.
    private string Load()
    {
        if (!_receiver.IsComplete)
        {
            return _receiver.Trouble ?? "not all bytes of the image were handed over";
        }

        // The runtime binds an assembly to the contract's major and minor version, so that an older one does not load either.
        if (_receiver.Runtime != NanoFramework || _receiver.ContractVersion != ContractVersion)
        {
            return "the bundle needs runtime " + _receiver.Runtime.ToString() + " and contract version " + _receiver.ContractVersion.ToString();
        }

        _wasStarted = true; // from here on something of the image is in the runtime, and stays
        string className = _receiver.EntryClass;
        try
        {
            byte[][] assemblies = _receiver.Assemblies;
            for (int i = 0; i < assemblies.Length; i++)
            {
                if (!PeHeader.IsWhole(assemblies[i]))
                {
                    return "assembly " + i.ToString() + " of the bundle is no .pe of nanoFramework, or not a whole one";
                }

                _assemblies.Load(assemblies[i]);
            }

            if (!_assemblies.HasApplication(className))
            {
                return "class " + className + " is not in the bundle, or is no application";
            }

            _runner = new ApplicationRunner(_assemblies, _thread, className, _data);
            _thread.Start(_runner);
            return null;
        }
        catch (System.Exception exception)
        {
            return "an assembly of the bundle cannot be loaded: " + exception.GetType().FullName + " " + exception.Message;
        }
    }
}
