// What the text protocols of adapters have in common: bytes that could not be handed over yet, frames that came, frames that were
// handed over and come back at once, since these protocols cannot tell when a frame has left the bus.
// Invariants: no call but Wait waits, once the channel is open; no buffer grows without bound.
// Tests: tests/host-sim/Bus/Real/SlcanChannelTests.cs, SocketcandChannelTests.cs.
using System.Text;

namespace EsyncSim.Bus.Real;

/// <summary>A channel over a line of bytes.</summary>
internal abstract class TextChannel : IFrameChannel
{
    private const long FlushNs = VirtualTime.NsPerMs;
    private readonly IByteLink _link;
    private readonly Queue<BusFrame> _frames = new();
    private readonly TimeProvider _clock;
    private HashSet<(uint Identifier, bool IsExtended)>? _accepted; // null lets everything through
    private readonly byte[] _read = new byte[4096];
    private byte[] _unsent = [];

    /// <summary>Takes a line; <paramref name="address"/> is the bus's, for messages.</summary>
    protected TextChannel(IByteLink link, string address, string name, TimeProvider? clock)
    {
        _link = link;
        _clock = clock ?? TimeProvider.System;
        Address = address;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The bus's address.</summary>
    protected string Address { get; }

    /// <inheritdoc/>
    public void SetFilter(IReadOnlyList<(uint Identifier, bool IsExtended)> accepted) => _accepted = [.. accepted];

    /// <inheritdoc/>
    public bool TryWrite(in BusFrame frame)
    {
        if (!TryFlush() || !MayWrite)
        {
            return false;
        }

        _unsent = Line(frame);
        TryFlush();
        Take(frame);
        return true;
    }

    /// <inheritdoc/>
    public bool TryRead(out BusFrame frame)
    {
        if (_frames.Count == 0)
        {
            TryFlush();
            Receive();
        }

        return _frames.TryDequeue(out frame);
    }

    /// <inheritdoc/>
    public void Wait(long timeoutNs)
    {
        if (_frames.Count == 0)
        {
            _link.Wait(TryFlush() ? timeoutNs : Math.Min(timeoutNs, FlushNs));
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => _link.Dispose();

    /// <summary>False while the other side has not acknowledged enough of what came before.</summary>
    protected virtual bool MayWrite => true;

    /// <summary>The frame as it goes over the line.</summary>
    protected abstract byte[] Line(in BusFrame frame);

    /// <summary>Takes bytes of the other side, cut anywhere.</summary>
    protected abstract void Take(ReadOnlySpan<byte> bytes);

    /// <summary>A frame came.</summary>
    protected void Take(in BusFrame frame)
    {
        if (_accepted?.Contains((frame.Identifier, frame.IsExtended)) != false)
        {
            _frames.Enqueue(frame);
        }
    }

    /// <summary>Says something while the channel is opened, and waits for what a condition wants; false when it did not come in time.</summary>
    protected bool Ask(string text, int timeoutMs, Func<bool> isThere)
    {
        long begin = _clock.GetTimestamp();
        _unsent = [.. _unsent, .. Encoding.ASCII.GetBytes(text)];
        while (!isThere())
        {
            long leftMs = timeoutMs - (long)_clock.GetElapsedTime(begin).TotalMilliseconds;
            if (leftMs <= 0)
            {
                return false;
            }

            _link.Wait(TryFlush() ? leftMs * VirtualTime.NsPerMs : FlushNs);
            Receive();
        }

        return true;
    }

    /// <summary>Says something that nobody answers, if there is room for it now.</summary>
    protected void Say(string text) => _link.Write(Encoding.ASCII.GetBytes(text));

    /// <summary>An error of this bus.</summary>
    protected UserErrorException Error(string what) => new(ExitCode.BusUnusable, $"{Address}: {what}");

    private bool TryFlush()
    {
        while (_unsent.Length > 0)
        {
            int count = _link.Write(_unsent);
            if (count == 0)
            {
                return false;
            }

            _unsent = _unsent[count..];
        }

        return true;
    }

    private void Receive()
    {
        int count = _link.Read(_read);
        if (count > 0)
        {
            Take(_read.AsSpan(0, count));
        }
    }
}
