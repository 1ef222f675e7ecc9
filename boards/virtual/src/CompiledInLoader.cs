// Starts the application that an image's header chooses among those compiled into the emulator: where the nanoFramework
// tools are missing nobody can make a PE, and without one Assembly.Load has nothing to load.
// Everything else is as on a board: the bytes come in order, each chunk checked; the header decides whether it can run
// here; the application has its turn every 10 ms; whatever it does ends in a state.
// Invariant: the image is not kept, only its header and how much of it came.
// Tests: tests/boards/virtual/CompiledInLoaderTests.cs.
using System;
using EsyncAgent.App;

namespace EsyncAgent.Emulator;

/// <summary>Application loader of the emulator.</summary>
public sealed class CompiledInLoader : IApplicationLoader, IApplicationServices
{
    private const uint TurnMs = 10;
    private const int EventsMax = 8;

    private readonly byte[] _header = new byte[EmulatorImage.HeaderLength];
    private readonly int[] _events = new int[EventsMax];
    private CompiledInApplication _application;
    private IApplicationData _data;
    private uint _length;
    private uint _received;
    private uint _nextTurnMs;
    private bool _hasTurn;
    private int _eventCount;

    /// <inheritdoc/>
    public byte Runtime
    {
        get { return EmulatorImage.Runtime; }
    }

    /// <inheritdoc/>
    public ushort ContractVersion
    {
        get { return EmulatorImage.ContractVersion; }
    }

    /// <inheritdoc/>
    public ApplicationState State { get; private set; }

    /// <inheritdoc/>
    public uint AliveCounter { get; private set; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get { return _application == null || _application.IsUpdateAllowed; }
    }

    /// <inheritdoc/>
    public void Attach(IApplicationData data)
    {
        _data = data;
    }

    /// <inheritdoc/>
    public StdReturn Begin(uint imageLength)
    {
        _application = null;
        State = ApplicationState.NotStarted;
        _length = imageLength;
        _received = 0;
        return imageLength > EmulatorImage.HeaderLength ? StdReturn.Ok : StdReturn.NotOk;
    }

    /// <inheritdoc/>
    public StdReturn Append(byte[] data, int offset, int count)
    {
        if ((uint)count > _length - _received)
        {
            return StdReturn.NotOk;
        }

        int room = EmulatorImage.HeaderLength - (int)_received;
        if (room > 0)
        {
            Array.Copy(data, offset, _header, (int)_received, count < room ? count : room);
        }

        _received += (uint)count;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public StdReturn Start()
    {
        _application = IsRunnable() ? Choose() : null;
        if (_application == null)
        {
            State = ApplicationState.Faulted;
            return StdReturn.NotOk;
        }

        _hasTurn = false;
        State = ApplicationState.Starting;
        return StdReturn.Ok;
    }

    /// <inheritdoc/>
    public void MainFunction(uint nowMs)
    {
        bool isAlive = State == ApplicationState.Starting || State == ApplicationState.Running;
        if (!isAlive || (_hasTurn && (int)(nowMs - _nextTurnMs) < 0))
        {
            return;
        }

        try
        {
            Turn(nowMs);
        }
        catch (Exception)
        {
            State = ApplicationState.Faulted;
        }

        _hasTurn = true;
        _nextTurnMs = nowMs + TurnMs;
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        if (State != ApplicationState.Running)
        {
            return -1;
        }

        try
        {
            return _application.ReadDataByIdentifier(dataIdentifier, into, offset);
        }
        catch (Exception)
        {
            State = ApplicationState.Faulted;
            return -1;
        }
    }

    /// <inheritdoc/>
    public int TakeEvent()
    {
        if (_eventCount == 0)
        {
            return -1;
        }

        int oldest = _events[0];
        _eventCount--;
        Array.Copy(_events, 1, _events, 0, _eventCount);
        return oldest;
    }

    /// <summary>Called by the application; when more events wait than fit, the newest is lost.</summary>
    public void ReportEvent(byte eventNumber, bool isFailed)
    {
        if (_eventCount < EventsMax)
        {
            _events[_eventCount] = (eventNumber * 2) + (isFailed ? 1 : 0);
            _eventCount++;
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

    private bool IsRunnable()
    {
        return _received == _length && BigEndian.ReadU32(_header, 0) == EmulatorImage.Magic && _header[4] == EmulatorImage.Format
            && _header[5] == Runtime && BigEndian.ReadU16(_header, 6) <= ContractVersion && BigEndian.ReadU32(_header, 8) == _length;
    }

    private CompiledInApplication Choose()
    {
        string version = Text.Field(_header, EmulatorImage.VersionOffset, EmulatorImage.VersionLength);
        switch (Text.Field(_header, EmulatorImage.EntryClassOffset, EmulatorImage.EntryClassLength))
        {
            case GoodApplication.EntryClass:
                return new GoodApplication(version);
            case SelfTestFailsApplication.EntryClass:
                return new SelfTestFailsApplication();
            case StalledApplication.EntryClass:
                return new StalledApplication();
            default:
                return null;
        }
    }

    private void Turn(uint nowMs)
    {
        if (State == ApplicationState.Starting)
        {
            _application.Start(this);
            State = _application.SelfTest() ? ApplicationState.Running : ApplicationState.SelfTestFailed;
            return;
        }

        if (!_application.IsStalled)
        {
            _application.Cycle(nowMs);
            AliveCounter += _application.IsStalled ? 0u : 1u;
        }
    }
}
