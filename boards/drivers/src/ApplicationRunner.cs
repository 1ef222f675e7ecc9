// What runs on the application's thread: construct, start, self-test, then turn after turn. Everything that the
// application's code does happens here, so that whatever it does cannot stop the agent.
// Invariants, which need no lock: each field is written by one thread only, the agent's or the application's; a word is
// read and written as a whole. A question is put by counting _asked up and answered by setting _answered to it, last of
// all; the value is written only while the two differ and read only while they are equal. Events pass through a ring with
// one writer of each end.
// Nothing leaves Run but its end: an exception becomes a state and a word for people.
// Tests: tests/boards/drivers/PeLoaderTests.cs.
using EsyncAgent.App;

namespace EsyncAgent.Drivers;

/// <summary>The application's side of <see cref="PeLoader"/>.</summary>
public sealed class ApplicationRunner : IThreadBody, IApplicationServices
{
    /// <summary>Longest value of a data identifier, in bytes.</summary>
    public const int ValueLengthMax = 64;

    /// <summary>Version of the application contract that is resident.</summary>
    public const ushort ResidentContractVersion = 2;

    /// <summary>Time between two turns, in ms.</summary>
    public const int TurnMs = 10;

    private const int EventsMax = 32;

    private readonly IAssemblyPort _assemblies;
    private readonly IApplicationThread _thread;
    private readonly string _className;
    private readonly IApplicationData _data;

    // Written by the application's thread.
    private readonly byte[] _value = new byte[ValueLengthMax];
    private readonly int[] _events = new int[EventsMax];
    private int _valueLength;
    private uint _answered;
    private uint _reported;
    private bool _isUpdateAllowed;

    // Written by the agent's thread.
    private uint _nowMs;
    private ushort _identifier;
    private uint _asked;
    private uint _taken;

    /// <summary>Makes it for a class of the assemblies that were loaded; signals and outputs are those of <paramref name="data"/>.</summary>
    public ApplicationRunner(IAssemblyPort assemblies, IApplicationThread thread, string className, IApplicationData data)
    {
        _assemblies = assemblies;
        _thread = thread;
        _className = className;
        _data = data;
        State = ApplicationState.Starting;
    }

    /// <summary>What the application is doing.</summary>
    public ApplicationState State { get; private set; }

    /// <summary>Completed turns; wraps.</summary>
    public uint AliveCounter { get; private set; }

    /// <summary>Why <see cref="State"/> is Faulted, for people; null while there is nothing to tell.</summary>
    public string Trouble { get; private set; }

    /// <summary>The application's consent to an update, as of its last turn.</summary>
    public bool IsUpdateAllowed
    {
        get { return _isUpdateAllowed; }
    }

    /// <summary>True when the last question has its answer.</summary>
    public bool IsAnswered
    {
        get { return _answered == _asked; }
    }

    /// <inheritdoc/>
    public ushort ContractVersion
    {
        get { return ResidentContractVersion; }
    }

    /// <summary>Agent: the time, for the next turn.</summary>
    public void SetTime(uint nowMs)
    {
        _nowMs = nowMs;
    }

    /// <summary>Agent: asks for the value of a data identifier; a question that is still open is given up.</summary>
    public void Ask(ushort dataIdentifier)
    {
        _identifier = dataIdentifier;
        _asked++;
    }

    /// <summary>Agent: copies the answer; its length, −1 when the application does not know the identifier or the answer is too long.</summary>
    public int TakeAnswer(byte[] into, int offset)
    {
        int length = _valueLength;
        if (length < 0 || length > ValueLengthMax || length > into.Length - offset)
        {
            return ApplicationAnswer.Unknown;
        }

        System.Array.Copy(_value, 0, into, offset, length);
        return length;
    }

    /// <summary>Agent: the oldest event that was reported, as <see cref="IApplicationLoader.TakeEvent"/> gives it.</summary>
    public int TakeEvent()
    {
        if (_taken == _reported)
        {
            return -1;
        }

        int reported = _events[(int)(_taken % EventsMax)];
        _taken++;
        return reported;
    }

    /// <summary>Application: when more events wait than fit, the newest is lost.</summary>
    public void ReportEvent(byte eventNumber, bool isFailed)
    {
        if (_reported - _taken < EventsMax)
        {
            _events[(int)(_reported % EventsMax)] = (eventNumber * 2) + (isFailed ? 1 : 0);
            _reported++;
        }
    }

    /// <inheritdoc/>
    public void PublishSignal(ushort dataIdentifier, int rawValue)
    {
        _data.Publish(dataIdentifier, rawValue);
    }

    /// <inheritdoc/>
    public int Output(ushort dataIdentifier, int wantedValue)
    {
        return _data.Output(dataIdentifier, wantedValue);
    }

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            IApplication application = _assemblies.Create(_className);
            application.Start(this);
            if (!application.SelfTest())
            {
                State = ApplicationState.SelfTestFailed;
                return;
            }

            _isUpdateAllowed = application.IsUpdateAllowed;
            State = ApplicationState.Running;
            while (true)
            {
                Turn(application);
                _thread.Sleep(TurnMs);
            }
        }
        catch (System.Exception exception)
        {
            Trouble = "the application threw " + exception.GetType().FullName + ": " + exception.Message;
            State = ApplicationState.Faulted;
        }
    }

    private void Turn(IApplication application)
    {
        application.Cycle(_nowMs);
        _isUpdateAllowed = application.IsUpdateAllowed;
        uint asked = _asked;
        if (asked != _answered)
        {
            _valueLength = application.ReadDataByIdentifier(_identifier, _value, 0);
            _answered = asked;
        }

        AliveCounter++;
    }
}
