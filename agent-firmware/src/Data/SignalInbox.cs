// Where the application lays down values, on whatever thread it runs, and where it learns what its outputs are set to.
// Invariants, which need no lock: a word is read and written as a whole; the application writes a value before its mark, and
// the agent takes the mark away before it reads the value, so that a value which comes in between is taken once more, never lost.
// Tests: tests/agent-firmware/Data/SignalInboxTests.
namespace EsyncAgent;

/// <summary>The application's side of the signals.</summary>
public sealed class SignalInbox : IApplicationData
{
    private readonly SignalTable _signals;
    private readonly OutputTable _outputs;
    private readonly int[] _noted;
    private readonly bool[] _isNoted;
    private bool _isAnyNoted;

    /// <summary>An inbox for these signals and outputs.</summary>
    public SignalInbox(SignalTable signals, OutputTable outputs)
    {
        _signals = signals;
        _outputs = outputs;
        _noted = new int[signals.Count];
        _isNoted = new bool[signals.Count];
    }

    /// <inheritdoc/>
    public void Publish(ushort dataIdentifier, int rawValue)
    {
        int index = _signals.IndexOf(dataIdentifier);
        if (index >= 0)
        {
            _noted[index] = rawValue;
            _isNoted[index] = true;
            _isAnyNoted = true;
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
        if (!_isAnyNoted)
        {
            return;
        }

        _isAnyNoted = false;
        for (int i = 0; i < _isNoted.Length; i++)
        {
            if (_isNoted[i])
            {
                _isNoted[i] = false;
                _signals.Publish(i, _noted[i]);
            }
        }
    }
}
