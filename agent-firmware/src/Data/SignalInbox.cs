// Where the application lays down values, on whatever thread it runs, and where it learns what its outputs are set to.
// Invariants, which need no lock: a word is read and written as a whole; the ring of what is new has one writer of each end.
// The application writes a value before it marks the signal as new, and enters it into the ring only when it was not marked;
// the agent takes the mark away before it reads the value, so that a value which comes in between is taken once more, never
// lost. So each signal stands in the ring once at the most.
// Tests: tests/agent-firmware/Data/SignalInboxTests.
namespace EsyncAgent;

/// <summary>The application's side of the signals.</summary>
public sealed class SignalInbox : IApplicationData
{
    private readonly SignalTable _signals;
    private readonly OutputTable _outputs;
    private readonly int[] _noted;
    private readonly bool[] _isNoted;
    private readonly ushort[] _ring;
    private int _head;
    private int _tail;

    /// <summary>An inbox for these signals and outputs.</summary>
    public SignalInbox(SignalTable signals, OutputTable outputs)
    {
        _signals = signals;
        _outputs = outputs;
        _noted = new int[signals.Count];
        _isNoted = new bool[signals.Count];
        _ring = new ushort[signals.Count + 1];
    }

    /// <summary>Values that were taken so far; wraps.</summary>
    public uint TakenCount { get; private set; }

    /// <inheritdoc/>
    public void Publish(ushort dataIdentifier, int rawValue)
    {
        int index = _signals.IndexOf(dataIdentifier);
        if (index < 0)
        {
            return;
        }

        _noted[index] = rawValue;
        if (!_isNoted[index])
        {
            _isNoted[index] = true;
            _ring[_tail] = (ushort)index;
            _tail = _tail + 1 == _ring.Length ? 0 : _tail + 1;
        }
    }

    /// <inheritdoc/>
    public int Output(ushort dataIdentifier, int wanted)
    {
        return _outputs.Apply(dataIdentifier, wanted);
    }

    /// <summary>Agent: hands what was noted to the table.</summary>
    public void MainFunction()
    {
        if (_head == _tail)
        {
            return;
        }

        for (int end = _tail; _head != end;)
        {
            int index = _ring[_head];
            _head = _head + 1 == _ring.Length ? 0 : _head + 1;
            _isNoted[index] = false;
            _signals.Publish(index, _noted[index]);
            TakenCount++;
        }
    }
}
