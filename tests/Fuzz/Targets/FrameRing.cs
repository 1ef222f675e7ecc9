// A CAN controller for fuzzing: frames wait in a ring, what is sent goes to a listener, nothing is allocated.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>An <see cref="ICan"/> over a ring of 64 frames; one that finds it full is lost and counted.</summary>
internal sealed class FrameRing : ICan
{
    private const int Count = 64;
    private readonly CanFrame[] _frames = [.. Enumerable.Range(0, Count).Select(_ => new CanFrame())];
    private int _first;
    private int _waiting;

    public byte BlockSizeMax { get; init; }

    public byte SeparationTimeMin => 0;

    public uint OverrunCount { get; private set; }

    public uint BusOffCount => 0;

    /// <summary>False: the controller has no free buffer.</summary>
    public bool CanSend { get; set; } = true;

    /// <summary>Gets each frame that is sent.</summary>
    public Action<CanFrame>? Sent { get; set; }

    public void Arrive(uint identifier, bool isExtended, ReadOnlySpan<byte> data)
    {
        if (_waiting == Count)
        {
            OverrunCount++;
            return;
        }

        CanFrame frame = _frames[(_first + _waiting++) % Count];
        (frame.Identifier, frame.IsExtended, frame.Length) = (identifier, isExtended, (byte)data.Length);
        data.CopyTo(frame.Data);
    }

    public bool TryReceive(CanFrame into)
    {
        if (_waiting == 0)
        {
            return false;
        }

        CanFrame frame = _frames[_first];
        _first = (_first + 1) % Count;
        _waiting--;
        (into.Identifier, into.IsExtended, into.Length) = (frame.Identifier, frame.IsExtended, frame.Length);
        frame.Data.CopyTo(into.Data, 0);
        return true;
    }

    public bool TrySend(CanFrame frame)
    {
        if (CanSend)
        {
            Sent?.Invoke(frame);
        }

        return CanSend;
    }

    /// <summary>Forgets what waits.</summary>
    public void Clear()
    {
        _waiting = 0;
        CanSend = true;
    }
}
