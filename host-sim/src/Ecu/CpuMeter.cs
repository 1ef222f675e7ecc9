// What the processor of a virtual ECU has done in its present turn, and what that costs.
// Ports report here; the agent itself knows nothing of it.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
namespace EsyncSim.Ecu;

/// <summary>Adds up operations and native time.</summary>
public sealed class CpuMeter
{
    private readonly IlCosts _costs;
    private readonly long[] _counts = new long[IlCosts.Operations.Length];
    private long _il;
    private long _millisecondIl;
    private long _nativeNs;

    internal CpuMeter(IlCosts costs) => _costs = costs;

    /// <summary>IL instructions charged since power-on.</summary>
    public long IlTotal { get; private set; }

    /// <summary>Processor time charged since power-on, in nanoseconds: IL, native calls, SPI.</summary>
    public long NsTotal { get; private set; }

    /// <summary>Time of the last turn without what only the first one of a millisecond does, in nanoseconds.</summary>
    internal long PlainTurnNs { get; private set; }

    /// <summary>True when the present turn did anything but turn.</summary>
    internal bool IsActive { get; private set; }

    /// <summary>How often an operation was charged since power-on.</summary>
    public long CountOf(IlOperation operation) => _counts[(int)operation];

    internal void Add(IlOperation operation)
    {
        _counts[(int)operation]++;
        _il += _costs[operation];
        IsActive = true;
    }

    /// <summary>Adds several of the same.</summary>
    internal void Add(IlOperation operation, uint count)
    {
        _counts[(int)operation] += count;
        _il += (long)count * _costs[operation];
        IsActive = true;
    }

    /// <summary>Adds something that a processor with nothing to do would do again and again, or that belongs to what was added already.</summary>
    internal void AddPassive(IlOperation operation, int count = 1)
    {
        _counts[(int)operation] += count;
        _il += (long)count * _costs[operation];
    }

    /// <summary>Adds what only the first turn of a millisecond does.</summary>
    internal void AddOfMillisecond(IlOperation operation)
    {
        AddPassive(operation);
        _millisecondIl += _costs[operation];
    }

    /// <summary>Takes back what was added for something that then did not happen.</summary>
    internal void TakeBack(IlOperation operation)
    {
        _counts[(int)operation]--;
        _il -= _costs[operation];
    }

    /// <summary>Adds instructions that were counted as such.</summary>
    internal void AddInstructions(uint count)
    {
        _il += count;
        IsActive = true;
    }

    internal void AddNative(long ns) => _nativeNs += ns;

    /// <summary>Begins a turn. What was added since the last one ended, by other threads or at a start, is paid in this one.</summary>
    internal void BeginTurn(IlOperation loop)
    {
        _counts[(int)loop]++;
        _il += _costs[loop];
        IsActive = false;
    }

    /// <summary>Time of the present turn so far.</summary>
    internal long TurnNs() => _costs.IlToNs(_il) + _nativeNs;

    /// <summary>Ends the turn; returns its time.</summary>
    internal long EndTurn()
    {
        long ns = TurnNs();
        PlainTurnNs = _costs.IlToNs(_il - _millisecondIl) + _nativeNs;
        IlTotal += _il;
        NsTotal += ns;
        _il = 0;
        _millisecondIl = 0;
        _nativeNs = 0;
        return ns;
    }
}
