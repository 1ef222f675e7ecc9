// The signal registry: the latest raw value of each signal, what it is worth, and its form on the wire.
// Invariants: a value out of its range never replaces a valid one; constant work for a publication, a search by bisection;
// nothing is allocated after the constructor.
// Must not know where values come from, nor units, factors and names: those are the host's (PROTOCOL.md, "Signals").
// Tests: tests/agent-firmware/Data/SignalTableTests.
namespace EsyncAgent;

/// <summary>Signals of one ECU, by index in ascending order of their identifiers.</summary>
public sealed class SignalTable
{
    private readonly ushort[] _dids;
    private readonly byte[] _types;
    private readonly int[] _min;
    private readonly int[] _max;
    private readonly int[] _values;
    private readonly byte[] _qualities;

    /// <summary>Makes the table; no signal has a value yet.</summary>
    public SignalTable(DataConfig config)
    {
        Id = config.SignalTableId;
        _dids = config.SignalDids;
        _types = config.SignalTypes;
        _min = config.SignalMin;
        _max = config.SignalMax;
        _values = new int[_dids.Length];
        _qualities = new byte[_dids.Length];
        Bytes.Fill(_qualities, 0, _qualities.Length, SignalQuality.NeverSet);
    }

    /// <summary>What names the meaning of all values (<see cref="DataConfig.SignalTableId"/>).</summary>
    public uint Id { get; }

    /// <summary>Number of signals.</summary>
    public int Count
    {
        get { return _dids.Length; }
    }

    /// <summary>Index of a signal by its data identifier; −1 when there is none.</summary>
    public int IndexOf(ushort dataIdentifier)
    {
        return Ascending.IndexOf(_dids, dataIdentifier);
    }

    /// <summary>Data identifier of a signal.</summary>
    public ushort DidOf(int index)
    {
        return _dids[index];
    }

    /// <summary>Type of a signal, a value of <see cref="SignalType"/>.</summary>
    public byte TypeOf(int index)
    {
        return _types[index];
    }

    /// <summary>True where values of the signal compare as unsigned.</summary>
    public bool IsUnsigned(int index)
    {
        return SignalType.IsUnsigned(_types[index]);
    }

    /// <summary>The last valid raw value, 0 when there was none.</summary>
    public int Value(int index)
    {
        return _values[index];
    }

    /// <summary>What the value is worth, a value of <see cref="SignalQuality"/>.</summary>
    public byte QualityOf(int index)
    {
        return _qualities[index];
    }

    /// <summary>Takes a raw value; one out of the signal's range changes its quality only.</summary>
    public void Publish(int index, int raw)
    {
        int min = _min[index];
        int max = _max[index];
        bool isInside = SignalType.IsUnsigned(_types[index])
            ? (uint)raw >= (uint)min && (uint)raw <= (uint)max
            : raw >= min && raw <= max;
        if (!isInside)
        {
            _qualities[index] = SignalQuality.OutOfRange;
            return;
        }

        _values[index] = raw;
        _qualities[index] = SignalQuality.Valid;
    }

    /// <summary>The source has fallen silent. A signal that never had a value stays so.</summary>
    public void TimeOut(int index)
    {
        if (_qualities[index] != SignalQuality.NeverSet)
        {
            _qualities[index] = SignalQuality.TimedOut;
        }
    }

    /// <summary>Length of the signal's record: its quality and its value, 2, 3 or 5 bytes.</summary>
    public int RecordLength(int index)
    {
        return 1 + SignalType.Length(_types[index]);
    }

    /// <summary>Writes quality ‖ value and returns the length.</summary>
    public int WriteRecord(int index, byte[] into, int offset)
    {
        into[offset] = _qualities[index];
        return 1 + SignalType.Write(_types[index], _values[index], into, offset + 1);
    }
}
