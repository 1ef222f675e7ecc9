// Writes down each turn of the agent: what it executed, and which operations the virtual ECU saw at its ports.
// Runs inside a CountingContext. Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncSim.Client;
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>One turn of the agent.</summary>
/// <param name="Stage">Where the update was; null before it began.</param>
/// <param name="Il">Instructions executed.</param>
/// <param name="Counts">Operations, by <see cref="IlOperation"/>.</param>
/// <param name="Allocated">Bytes that the agent allocated, by the target's layout; 0 where nobody looked.</param>
internal sealed record Turn(UpdateStage? Stage, long Il, int[] Counts, long Allocated = 0)
{
    /// <summary>True when nothing happened at any port, save that a busy flash was asked.</summary>
    internal bool IsQuiet => CostFit.Active.All(operation => this[operation] == 0);

    internal int this[IlOperation operation] => Counts[(int)operation];
}

/// <summary>Records turns.</summary>
internal sealed class TurnRecorder(IlMeter meter, AllocationLog? allocations = null)
{
    private readonly List<Turn> _turns = [];
    private readonly long[] _counted = new long[IlCosts.Operations.Length];
    private readonly IlMeter _meter = meter;
    private readonly AllocationLog? _allocations = allocations;
    private CpuMeter? _cpu;
    private long[] _before = [];
    private long[] _after = [];
    private long _charged;
    private long _il;
    private long _allocated;

    /// <summary>Stage that the turns to come belong to.</summary>
    internal UpdateStage? Stage { get; set; }

    /// <summary>The turns so far.</summary>
    internal IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Instructions that the virtual ECU charged for these turns.</summary>
    internal long Charged { get; private set; }

    /// <summary>Those of the download alone.</summary>
    internal long ChargedInDownload { get; private set; }

    /// <summary>Instructions by method, of the turns of the download in which something happened.</summary>
    internal long[] ActiveInDownload { get; } = new long[meter.Snapshot().Length];

    /// <summary>The same of all turns of the download.</summary>
    internal long[] InDownload { get; } = new long[meter.Snapshot().Length];

    private long AllocatedBytes => _allocations?.Bytes ?? 0;

    /// <summary>The agent, watched.</summary>
    internal IAgent Watch(IAgent agent) => new Watched(agent, this);

    /// <summary>Takes the operations of the turn that has just ended.</summary>
    internal void OnTurnEnded(VirtualEcu ecu)
    {
        if (ecu.Meter != _cpu)
        {
            _cpu = ecu.Meter;
            _charged = 0;
            Array.Clear(_counted);
        }

        int[] counts = new int[_counted.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            long count = _cpu.CountOf((IlOperation)i);
            counts[i] = (int)(count - _counted[i]);
            _counted[i] = count;
        }

        Charged += _cpu.IlTotal - _charged;
        if (Stage == UpdateStage.Download)
        {
            ChargedInDownload += _cpu.IlTotal - _charged;
        }

        _charged = _cpu.IlTotal;
        Turn turn = new(Stage, _il, counts, _allocated);
        _turns.Add(turn);
        if (Stage == UpdateStage.Download)
        {
            AddMethods(turn.IsQuiet);
        }
    }

    private void AddMethods(bool isQuiet)
    {
        for (int i = 0; i < _after.Length; i++)
        {
            long il = _after[i] - _before[i];
            InDownload[i] += il;
            ActiveInDownload[i] += isQuiet ? 0 : il;
        }
    }

    private sealed class Watched(IAgent agent, TurnRecorder recorder) : IAgent
    {
        public bool IsServing => agent.IsServing;

        // As of the last turn's end: to ask the agent in the middle of a turn would be counted with the turn.
        public uint CompressionCount { get; private set; }

        public uint TakenBitCount { get; private set; }

        public uint MadeByteCount { get; private set; }

        public uint ReadSignalCount { get; private set; }

        public uint TakenSignalCount { get; private set; }

        public uint RuleInstructionCount { get; private set; }

        public bool IsSendingPeriodically { get; private set; }

        public uint WrittenCount { get; private set; }

        public uint WrittenByteCount { get; private set; }

        public void MainFunction(uint nowMs)
        {
            long before = recorder._meter.Total;
            long allocatedBefore = recorder.AllocatedBytes;
            if (recorder.Stage == UpdateStage.Download)
            {
                recorder._before = recorder._meter.Snapshot();
            }

            agent.MainFunction(nowMs);
            recorder._allocated = recorder.AllocatedBytes - allocatedBefore;
            recorder._il = recorder._meter.Total - before;
            if (recorder.Stage == UpdateStage.Download)
            {
                recorder._after = recorder._meter.Snapshot();
            }

            CompressionCount = agent.CompressionCount;
            TakenBitCount = agent.TakenBitCount;
            MadeByteCount = agent.MadeByteCount;
            ReadSignalCount = agent.ReadSignalCount;
            TakenSignalCount = agent.TakenSignalCount;
            RuleInstructionCount = agent.RuleInstructionCount;
            IsSendingPeriodically = agent.IsSendingPeriodically;
            WrittenCount = agent.WrittenCount;
            WrittenByteCount = agent.WrittenByteCount;
        }
    }
}
