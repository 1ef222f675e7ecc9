// The outputs of the ECU that a tester may take over (service 2F), and what they are set to.
// Invariants: without a tester an output is what the application wants; a tester's value is within the output's range;
// Release gives all of them back. Apply may be called from the application's thread: each field has one writer, and the
// forced value is written before the mark.
// Tests: tests/agent-firmware/Data/OutputTableTests.
namespace EsyncAgent;

/// <summary>Outputs, by index in ascending order of their identifiers.</summary>
public sealed class OutputTable
{
    private readonly ushort[] _dids;
    private readonly byte[] _types;
    private readonly int[] _min;
    private readonly int[] _max;
    private readonly int[] _defaults;
    private readonly int[] _wanted;
    private readonly int[] _forced;
    private readonly bool[] _isForced;

    /// <summary>Makes the table; the application has all outputs.</summary>
    public OutputTable(DataConfig config)
    {
        _dids = config.OutputDids;
        _types = config.OutputTypes;
        _min = config.OutputMin;
        _max = config.OutputMax;
        _defaults = config.OutputDefaults;
        _wanted = new int[config.OutputDids.Length];
        _forced = new int[config.OutputDids.Length];
        _isForced = new bool[config.OutputDids.Length];
        System.Array.Copy(config.OutputDefaults, 0, _wanted, 0, _wanted.Length);
    }

    /// <summary>Index of an output by its data identifier; −1 when there is none.</summary>
    public int IndexOf(ushort dataIdentifier)
    {
        return Ascending.IndexOf(_dids, dataIdentifier);
    }

    /// <summary>Type of an output, a value of <see cref="SignalType"/>.</summary>
    public byte TypeOf(int index)
    {
        return _types[index];
    }

    /// <summary>What the output is set to.</summary>
    public int Value(int index)
    {
        return _isForced[index] ? _forced[index] : _wanted[index];
    }

    /// <summary>True while a tester has the output.</summary>
    public bool IsForced(int index)
    {
        return _isForced[index];
    }

    /// <summary>The application: notes what it wants, and says what the output is set to. An unknown output is as wanted.</summary>
    public int Apply(ushort dataIdentifier, int wanted)
    {
        int index = IndexOf(dataIdentifier);
        if (index < 0)
        {
            return wanted;
        }

        _wanted[index] = wanted;
        return Value(index);
    }

    /// <summary>returnControlToECU: the application has the output again.</summary>
    public void Return(int index)
    {
        _isForced[index] = false;
    }

    /// <summary>resetToDefault: the output is set to its default and stays so.</summary>
    public void Reset(int index)
    {
        Force(index, _defaults[index]);
    }

    /// <summary>freezeCurrentState: the output stays as it is.</summary>
    public void Freeze(int index)
    {
        Force(index, Value(index));
    }

    /// <summary>shortTermAdjustment; false when the value is out of the output's range.</summary>
    public bool Adjust(int index, int raw)
    {
        bool isInside = SignalType.IsUnsigned(TypeOf(index))
            ? (uint)raw >= (uint)_min[index] && (uint)raw <= (uint)_max[index]
            : raw >= _min[index] && raw <= _max[index];
        if (isInside)
        {
            Force(index, raw);
        }

        return isInside;
    }

    /// <summary>All outputs are the application's again: the session has ended.</summary>
    public void Release()
    {
        for (int i = 0; i < _isForced.Length; i++)
        {
            _isForced[i] = false;
        }
    }

    private void Force(int index, int raw)
    {
        _forced[index] = raw;
        _isForced[index] = true;
    }
}
