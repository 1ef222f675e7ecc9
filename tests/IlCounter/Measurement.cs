// What is run inside the counting world, and what comes out of it as plain numbers.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class Measurement
{
    // An ECU of nf.config on the virtual board.
    internal const string Ecu = "motor";

    private static TurnRecorder? _flatUpdate;

    /// <summary>A loop that takes the same time whatever it does: short enough that each frame of a full 500 kbit/s bus has a turn of its own.</summary>
    internal const int FlatLoopIl = 240;

    /// <summary>Prices by name, measured on one whole update.</summary>
    public static Dictionary<string, long> Prices(long[] counts)
    {
        IlMeter meter = new(counts);
        TurnRecorder recorder = FlatUpdate(meter);
        Dictionary<IlOperation, long> agent = Fit(recorder.Turns, meter);
        return agent.Concat(SignalMeasurement.Prices(meter)).Concat(DataMeasurement.Prices(meter, agent)).Concat(DecoderMeasurement.Prices(meter, agent)).Concat(DriverMeasurement.Prices(meter, agent[IlOperation.ShaCompression])).ToDictionary(price => IlCosts.NameOf(price.Key), price => price.Value);
    }

    /// <summary>Instructions that a run with these costs charges, and those that it executes: of the download, and of all.</summary>
    public static Dictionary<string, long> Totals(long[] counts, string table)
    {
        TurnRecorder recorder = RunUpdate(new IlMeter(counts), IlCosts.Parse(table));
        return new Dictionary<string, long>
        {
            ["charged"] = recorder.Charged,
            ["executed"] = recorder.Turns.Sum(turn => turn.Il),
            ["chargedInDownload"] = recorder.ChargedInDownload,
            ["executedInDownload"] = recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download).Sum(turn => turn.Il),
        };
    }

    /// <summary>The figures that people ask for.</summary>
    public static Dictionary<string, long> Figures(long[] counts)
    {
        TurnRecorder recorder = FlatUpdate(new IlMeter(counts));
        IReadOnlyList<Turn> turns = recorder.Turns;
        List<Turn> download = [.. turns.Where(turn => turn.Stage == UpdateStage.Download)];
        long frames = download.Sum(turn => (long)turn[IlOperation.ReceiveConsecutive]);
        List<Turn> manifest = [.. turns.Where(turn => turn.Stage == UpdateStage.Manifest && turn[IlOperation.ShaCompression] > 0)];
        return new Dictionary<string, long>
        {
            ["consecutive frame, RxIndication to buffer"] = ConsecutiveFrame(new IlMeter(counts)),
            ["turn that takes a consecutive frame, median"] = Median(download, IlOperation.ReceiveConsecutive),
            ["raw download, per frame, one turn per frame"] = download.Where(turn => !turn.IsQuiet).Sum(turn => turn.Il) / frames,
            ["raw download, per installed kibibyte"] = download.Where(turn => !turn.IsQuiet).Sum(turn => turn.Il) / (UpdateScenario.ImageLength / 1024),
            ["idle turn, default session"] = Common(turns.Where(turn => turn.Stage == null && turn.IsQuiet && turn[IlOperation.Loop] > 0)),
            ["idle turn, during a download"] = Common(download.Where(turn => turn.IsQuiet)),
            ["SHA-256 compression"] = Fit(turns, new IlMeter(counts))[IlOperation.ShaCompression],
            ["two signatures of the manifest, compressions"] = manifest.Sum(turn => (long)turn[IlOperation.ShaCompression]),
            ["two signatures of the manifest, instructions"] = manifest.Sum(turn => turn.Il),
            ["start-up with the boot decision"] = turns.Where(turn => turn.Stage == UpdateStage.Activate).Sum(turn => turn[IlOperation.StartUpLoop] > 0 ? turn.Il : 0),
        };
    }

    /// <summary>Instructions of the download by method, for a thousand consecutive frames.</summary>
    public static Dictionary<string, long> Methods(long[] counts, string[] methods)
    {
        TurnRecorder recorder = FlatUpdate(new IlMeter(counts));
        long frames = recorder.Turns.Where(turn => turn.Stage == UpdateStage.Download).Sum(turn => (long)turn[IlOperation.ReceiveConsecutive]);
        return Enumerable.Range(0, methods.Length)
            .GroupBy(i => methods[i], i => recorder.ActiveInDownload[i] * 1000 / frames)
            .OrderByDescending(group => group.Sum())
            .ToDictionary(group => group.Key, group => group.Sum());
    }

    /// <summary>The update of the scenario's own image with a turn for each frame. The same run each time, so it is made once.</summary>
    internal static TurnRecorder FlatUpdate(IlMeter meter) => _flatUpdate ??= RunUpdate(meter, IlCosts.Flat(FlatLoopIl));

    /// <summary>Runs an update of the scenario's own image, or the last of some images.</summary>
    internal static TurnRecorder RunUpdate(IlMeter meter, IlCosts costs, IReadOnlyList<ScenarioImage>? images = null)
    {
        using AllocationLog allocations = new(false);
        TurnRecorder recorder = new(meter, allocations);
        VirtualEcuOptions options = new() { Costs = costs, Program = (config, ports) => recorder.Watch(new EcuMAgent(config, ports)) };
        UpdateScenario scenario = images == null ? new(Ecu, options) : new(Ecu, options, images);
        scenario.StageEntered = stage => recorder.Stage = stage;
        scenario.Ecu.TurnEnded = recorder.OnTurnEnded;
        scenario.Run();
        return recorder;
    }

    // Frames that the update does not show by themselves are measured by themselves.
    private static Dictionary<IlOperation, long> Fit(IReadOnlyList<Turn> turns, IlMeter meter) =>
        CostFit.Fit(turns, new Dictionary<IlOperation, long>
        {
            [IlOperation.ReceiveForeign] = ForeignFrame(meter),
            [IlOperation.ReceiveFlowControl] = FlowControlFrame(meter),
        });

    private static long Median(IEnumerable<Turn> turns, IlOperation operation)
    {
        long[] il = [.. turns.Where(turn => turn[operation] == 1).Select(turn => turn.Il).Order()];
        return il[il.Length / 2];
    }

    internal static long Common(IEnumerable<Turn> turns) => turns.GroupBy(turn => turn.Il).MaxBy(group => group.Count())!.Key;

    internal static long ConsecutiveFrame(IlMeter meter)
    {
        StoryCan can = new();
        CanTp canTp = new(new CanTpConfig(), new CanIf(can.Config, can));
        canTp.Attach(new Buffer());
        canTp.RxIndication(false, [0x10, 0xFF, 1, 2, 3, 4, 5, 6], 8);
        canTp.MainFunction(0);
        canTp.RxIndication(false, [0x21, 1, 2, 3, 4, 5, 6, 7], 8);
        byte[] frame = [0x22, 1, 2, 3, 4, 5, 6, 7];
        return meter.Of(() => canTp.RxIndication(false, frame, 8));
    }

    private static long FlowControlFrame(IlMeter meter)
    {
        StoryCan can = new();
        CanTp canTp = new(new CanTpConfig(), new CanIf(can.Config, can));
        canTp.Attach(new Buffer());
        canTp.Transmit(new byte[100], 0, 100);
        canTp.MainFunction(0);
        byte[] frame = [0x30, 0, 0, 0, 0, 0, 0, 0];
        return meter.Of(() => canTp.RxIndication(false, frame, 8));
    }

    private static long ForeignFrame(IlMeter meter)
    {
        StoryCan can = new();
        CanIf canIf = new(can.Config, can);
        long without = meter.Of(() => canIf.MainFunction(0));
        can.Waiting = 1;
        return meter.Of(() => canIf.MainFunction(0)) - without;
    }

    /// <summary>A controller with frames of somebody else.</summary>
    private sealed class StoryCan : ICan
    {
        internal int Waiting { get; set; }

        internal CanIfConfig Config { get; } = new() { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 };

        public byte BlockSizeMax => 0;

        public byte SeparationTimeMin => 0;

        public uint OverrunCount => 0;

        public uint BusOffCount => 0;

        public bool TryReceive(CanFrame into)
        {
            into.Identifier = 0x123;
            into.Length = 8;
            return Waiting-- > 0;
        }

        public bool TrySend(CanFrame frame) => true;
    }

    /// <summary>An upper layer with room.</summary>
    private sealed class Buffer : ICanTpUpper
    {
        private readonly byte[] _data = new byte[4095];

        public byte[] StartOfReception(bool isFunctional, uint length) => _data;

        public void RxIndication(bool isFunctional, uint length, CanTpResult result)
        {
        }

        public void TxConfirmation(CanTpResult result)
        {
        }
    }
}
