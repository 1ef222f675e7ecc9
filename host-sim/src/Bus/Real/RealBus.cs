// A real bus in the world of VirtualTime: paces the clock to the wall clock, hands incoming frames to the controllers, and
// tells the observers what was on the bus.
// Invariants: everything happens on the pump's thread; frames are handled in the order in which they came; a bus that
// fails ends the run from the pump, never from within a script, which could take the failure for something else.
// The times of a record are those at which this process saw the frame; its length on the wire is computed.
// Tests: tests/host-sim/Bus/Real/RealBusTests.cs, PacedTimeTests.cs.
using System.Runtime.ExceptionServices;

namespace EsyncSim.Bus.Real;

/// <summary>A connected bus.</summary>
public sealed class RealBus : ICanBus, IPace, IDisposable
{
    // What does not come from the bus (Ctrl-C, work that a broker posts) is seen at the latest after this.
    private const long SleepNsMax = 20 * VirtualTime.NsPerMs;
    private readonly IFrameChannel _channel;
    private readonly TimeProvider _clock;
    private readonly int _bitRate;
    private readonly long _startTimestamp;
    private readonly long _startNs;
    private readonly List<RealCan> _controllers = [];
    private readonly List<IBusObserver> _observers = [];
    private readonly List<(uint Identifier, bool IsExtended)> _accepted = [];
    private ExceptionDispatchInfo? _failure;

    /// <summary>Connects a clock to a bus; from now on it follows the wall clock.</summary>
    /// <param name="time">The clock of those who use the bus.</param>
    /// <param name="channel">The way to the bus; it is closed with this object.</param>
    /// <param name="bitRate">Bits per second, for the lengths of frames; the adapter's own setting is the system's matter.</param>
    /// <param name="clock">The wall clock.</param>
    public RealBus(VirtualTime time, IFrameChannel channel, int bitRate, TimeProvider clock)
    {
        Time = time;
        _channel = channel;
        _bitRate = bitRate;
        _clock = clock;
        _startTimestamp = clock.GetTimestamp();
        _startNs = time.NowNs;
        time.Pace = this;
    }

    /// <inheritdoc/>
    public VirtualTime Time { get; }

    /// <inheritdoc/>
    public string Name => _channel.Name;

    /// <summary>Ends whatever runs on the bus, by <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Stop { get; set; }

    /// <inheritdoc/>
    public long NowNs => _startNs + (long)(_clock.GetElapsedTime(_startTimestamp).TotalNanoseconds);

    /// <inheritdoc/>
    public long BitsToNs(long bits) => bits * VirtualTime.NsPerSecond / _bitRate;

    /// <inheritdoc/>
    public void Observe(IBusObserver observer) => _observers.Add(observer);

    /// <summary>Makes a controller on this bus; it is switched off.</summary>
    public RealCan CreateCan()
    {
        RealCan controller = new(this);
        _controllers.Add(controller);
        return controller;
    }

    /// <inheritdoc/>
    public void Wait(long untilNs)
    {
        Stop.ThrowIfCancellationRequested();
        _failure?.Throw();
        long leftNs = untilNs - NowNs;
        if (leftNs > 0)
        {
            _channel.Wait(Math.Min(leftNs, SleepNsMax));
        }
    }

    /// <inheritdoc/>
    public void TakeIn()
    {
        while (_channel.TryRead(out BusFrame frame))
        {
            Report(frame);
            if (!_controllers.Exists(controller => controller.TryConfirm(frame)))
            {
                _controllers.ForEach(controller => controller.Receive(frame));
            }
        }
    }

    /// <summary>Leaves the bus; the clock is free again.</summary>
    public void Dispose()
    {
        Time.Pace = null;
        _channel.Dispose();
    }

    /// <summary>Lets identifiers through, beside those that pass already.</summary>
    internal void Accept(params ReadOnlySpan<(uint Identifier, bool IsExtended)> identifiers)
    {
        int before = _accepted.Count;
        foreach ((uint Identifier, bool IsExtended) identifier in identifiers)
        {
            if (!_accepted.Contains(identifier))
            {
                _accepted.Add(identifier);
            }
        }

        if (_accepted.Count != before)
        {
            Guard(() => _channel.SetFilter(_accepted));
        }
    }

    /// <summary>Hands a frame to the bus; false when there is no room for it now.</summary>
    internal bool TryWrite(BusFrame frame)
    {
        bool isWritten = false;
        Accept((frame.Identifier, frame.IsExtended)); // or its echo would not come back
        Guard(() => isWritten = _channel.TryWrite(frame));
        return isWritten;
    }

    private void Guard(Action use)
    {
        try
        {
            use();
        }
        catch (UserErrorException exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    private void Report(in BusFrame frame)
    {
        int bits = FrameBits.Count(frame);
        BusRecord record = new(this, frame, null, Time.NowNs - BitsToNs(bits), Time.NowNs, bits + FrameBits.InterframeBits, BusFate.Delivered);
        foreach (IBusObserver observer in _observers)
        {
            observer.OnRecord(record);
        }
    }
}
