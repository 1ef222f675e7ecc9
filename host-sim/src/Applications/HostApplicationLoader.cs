// Runs an application bundle inside a virtual ECU: the port IApplicationLoader over an AssemblyLoadContext.
// Invariants: code of the application runs only in turns, each with a budget of IL instructions; whatever it does ends
// in a state, never in an exception here; a turn that uses up its budget is a stall: the alive counter stands still and
// no further turn is given; the next turn begins only when the processor would be done with the last one.
// It must not know the bus, the flash or which bank the image came from.
// Tests: tests/host-sim/Applications.
using EsyncAgent;
using EsyncAgent.App;
using EsyncSim.Packages;

namespace EsyncSim.Applications;

/// <summary>Application loader of a virtual ECU. One bundle at a time; a new one needs <see cref="Begin"/>.</summary>
public sealed class HostApplicationLoader : IApplicationLoader, IApplicationServices, IDisposable
{
    /// <summary>Version of the application contract that this program has.</summary>
    public const ushort ResidentContractVersion = 2;

    /// <summary>Time between the beginnings of two turns, in ms.</summary>
    public const uint TurnMs = 10;

    /// <summary>IL instructions that a board's interpreter runs in a millisecond.</summary>
    public const long InstructionsPerMs = 2400;

    /// <summary>Longest value of a data identifier, in bytes.</summary>
    private const int ValueLengthMax = 64;

    private const int EventsMax = 32;
    private const long CycleInstructionsMax = 1000 * InstructionsPerMs;
    private const long StartInstructionsMax = 10_000 * InstructionsPerMs;

    private readonly Queue<int> _events = new(EventsMax);
    private readonly byte[] _value = new byte[ValueLengthMax];
    private byte[] _image = [];
    private int _imageLength;
    private BundleLoadContext? _context;
    private Type? _entry;
    private IApplication? _application;
    private IApplicationData? _data;
    private bool _isStarted;
    private bool _isStalled;
    private bool _hasTurn;
    private bool? _testResult;
    private uint _nextTurnMs;

    /// <inheritdoc/>
    public byte Runtime => (byte)BundleRuntime.Net10;

    /// <inheritdoc/>
    public ushort ContractVersion => ResidentContractVersion;

    /// <inheritdoc/>
    public ApplicationState State { get; private set; }

    /// <inheritdoc/>
    public uint AliveCounter { get; private set; }

    /// <summary>Why <see cref="State"/> is Faulted, or why the application stalled: for people; null while there is nothing to tell.</summary>
    public string? Trouble { get; private set; }

    /// <summary>IL instructions that the application has spent since <see cref="Begin"/>.</summary>
    public long InstructionCount { get; private set; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get
        {
            bool isAllowed = true;
            if (CanAsk)
            {
                Run(CycleInstructionsMax, application => isAllowed = application.IsUpdateAllowed);
            }

            return isAllowed;
        }
    }

    private bool CanAsk => State == ApplicationState.Running && !_isStalled;

    /// <inheritdoc/>
    public void Attach(IApplicationData data) => _data = data;

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength)
    {
        Unload();
        if (imageLength > Array.MaxLength)
        {
            return StdReturn.NotOk;
        }

        _image = new byte[imageLength];
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count)
    {
        if (count > _image.Length - _imageLength)
        {
            return StdReturn.NotOk;
        }

        Array.Copy(data, offset, _image, _imageLength, count);
        _imageLength += count;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public StdReturn Start()
    {
        string? reason = Load();
        if (reason is not null)
        {
            Fail(reason);
            return StdReturn.NotOk;
        }

        State = ApplicationState.Starting;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public void MainFunction(uint nowMs)
    {
        bool hasWork = (State is ApplicationState.Starting or ApplicationState.Running) && !_isStalled;
        if (!hasWork || (_hasTurn && (int)(nowMs - _nextTurnMs) < 0))
        {
            return;
        }

        long spent = State == ApplicationState.Running ? Cycle(nowMs) : StartUp();
        uint busyMs = (uint)((spent + InstructionsPerMs - 1) / InstructionsPerMs);
        _hasTurn = true;
        _nextTurnMs = nowMs + Math.Max(TurnMs, busyMs);
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        int length = -1;
        if (CanAsk)
        {
            Run(CycleInstructionsMax, application => length = application.ReadDataByIdentifier(dataIdentifier, _value, 0));
        }

        if (!CanAsk || length < 0 || length > Math.Min(ValueLengthMax, into.Length - offset))
        {
            return -1;
        }

        Array.Copy(_value, 0, into, offset, length);
        return length;
    }

    /// <inheritdoc/>
    public int TakeEvent() => _events.TryDequeue(out int reported) ? reported : -1;

    /// <summary>Called by the application; when more events wait than fit, the newest is lost.</summary>
    public void ReportEvent(byte eventNumber, bool isFailed)
    {
        if (_events.Count < EventsMax)
        {
            _events.Enqueue((eventNumber * 2) + (isFailed ? 1 : 0));
        }
    }

    /// <summary>Called by the application.</summary>
    public void PublishSignal(ushort dataIdentifier, int rawValue) => _data?.Publish(dataIdentifier, rawValue);

    /// <summary>Called by the application.</summary>
    public int Output(ushort dataIdentifier, int wantedValue) => _data?.Output(dataIdentifier, wantedValue) ?? wantedValue;

    /// <summary>Lets the bundle go.</summary>
    public void Dispose() => Unload();

    private string? Load()
    {
        if (_imageLength != _image.Length)
        {
            return $"only {_imageLength} of {_image.Length} bytes of the image were handed over";
        }

        string? reason = ApplicationBundle.TryParse(_image, out ApplicationBundle? bundle);
        if (reason is not null || bundle is null)
        {
            return $"the image is no bundle: {reason}";
        }

        if (bundle.Runtime != BundleRuntime.Net10 || bundle.ContractVersion is 0 or > ResidentContractVersion)
        {
            return $"the bundle needs runtime {bundle.Runtime.Name()} and contract version {bundle.ContractVersion}";
        }

        try
        {
            _context = new BundleLoadContext();
            _entry = bundle.Assemblies.Select(_context.Add).Last().GetType(bundle.EntryClass);
        }
        catch (Exception exception)
        {
            return $"an assembly of the bundle cannot be loaded: {exception.Message}";
        }

        return typeof(IApplication).IsAssignableFrom(_entry) ? null : $"class {bundle.EntryClass} is not in the bundle, or is no application";
    }

    // From nothing to Running as a board's thread would do it: construct and start, test, and be done only when the
    // processor would be.
    private long StartUp()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            return Run(StartInstructionsMax, null);
        }

        if (_testResult is { } isGood)
        {
            State = isGood ? ApplicationState.Running : ApplicationState.SelfTestFailed;
            return 0;
        }

        return Run(StartInstructionsMax, application => _testResult = application.SelfTest());
    }

    private long Cycle(uint nowMs)
    {
        long spent = Run(CycleInstructionsMax, application => application.Cycle(nowMs));
        if (CanAsk)
        {
            AliveCounter++;
        }

        return spent;
    }

    // Gives the application the processor. Null for the action constructs and starts it.
    private long Run(long budget, Action<IApplication>? action)
    {
        TurnBudget.Open(budget);
        try
        {
            if (action is null)
            {
                _application = (IApplication)Activator.CreateInstance(_entry!)!;
                _application.Start(this);
            }
            else
            {
                action(_application!);
            }
        }
        catch (Exception exception)
        {
            if (!TurnBudget.IsExceeded)
            {
                Exception cause = exception is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : exception;
                Fail($"the application threw {cause.GetType().Name}: {cause.Message}");
            }
        }

        // Not in the catch: an application that swallows the exception has used up its turn all the same.
        if (TurnBudget.IsExceeded)
        {
            _isStalled = true;
            Trouble = "a turn of the application did not end";
        }

        long spent = TurnBudget.Close();
        InstructionCount += spent;
        return spent;
    }

    private void Fail(string reason)
    {
        State = ApplicationState.Faulted;
        Trouble = reason;
    }

    private void Unload()
    {
        _application = null;
        _entry = null;
        _context?.Unload();
        _context = null;
        _image = [];
        _imageLength = 0;
        _events.Clear();
        State = ApplicationState.NotStarted;
        Trouble = null;
        AliveCounter = 0;
        InstructionCount = 0;
        _isStarted = false;
        _isStalled = false;
        _hasTurn = false;
        _testResult = null;
    }
}
