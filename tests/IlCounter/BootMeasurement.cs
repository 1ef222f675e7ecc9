// What a start costs the agent, from its first turn to the moment when the application is started: the first start of a
// trial, and that of a confirmed image. Split where NvM and boot record are read: before it the scan of the memory, behind
// it the boot decision with the check of each chunk. HMAC is native, as on a board, and not counted.
// The flash answers at once, as a blocking driver's reads do, so that no turn waits; the flash's contents are those of a
// virtual ECU that was updated to an image of this length.
// Runs inside a CountingContext. Tests: tests/host-sim/Measure/IlFigureTests.cs.
using System.Reflection;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Crypto;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Starts of an agent.</summary>
internal static class BootMeasurement
{
    /// <summary>The part of a start in which memory is read.</summary>
    internal const string Scan = "scan";

    /// <summary>The part in which the bank is chosen, checked and started.</summary>
    internal const string Choice = "decision";

    private const int TurnsMax = 10_000;
    private const int BundleOverhead = 256;

    /// <summary>Adds the instructions of both starts, by "start, part: class"; "start, part" counts turns.</summary>
    internal static void AddStarts(Dictionary<string, double> figures, VirtualEcu ecu, FlashSnapshot trial, IlMeter meter, string[] methods)
    {
        AddStart(figures, "trial", new Start(ecu, trial), meter, methods);
        AddStart(figures, "confirmed", new Start(ecu, ecu.Flash.Memory.Snapshot()), meter, methods);
    }

    // An ECU that has confirmed an image, and its flash at the trial's start.
    internal static (VirtualEcu Ecu, FlashSnapshot Trial) Install(int imageLength)
    {
        FlashSnapshot? trial = null;
        VirtualEcu? ecu = null;
        VirtualEcuOptions options = new()
        {
            Costs = IlCosts.Flat(Measurement.FlatLoopIl),
            Program = (config, ports) =>
            {
                trial = ecu!.Flash.Memory.Snapshot(); // of all starts the last one is the trial's
                return new EcuMAgent(config, ports);
            },
        };
        UpdateScenario scenario = new(Measurement.Ecu, options, [ScenarioImage.Plain(new SeededRandom(1, "image").Bytes(imageLength - BundleOverhead))]);
        ecu = scenario.Ecu;
        scenario.Run();
        scenario.Bus.Time.RunFor(10 * VirtualTime.NsPerSecond); // what is still to be written is written by then
        return (ecu, trial!);
    }

    private static void AddStart(Dictionary<string, double> figures, string name, Start start, IlMeter meter, string[] methods)
    {
        while (!start.Agent.IsRunning)
        {
            string part = start.IsScanning ? Scan : Choice;
            long[] before = meter.Snapshot();
            start.Turn();
            long[] after = meter.Snapshot();
            for (int i = 0; i < methods.Length; i++)
            {
                string key = $"{name}, {part}: {methods[i].Split('.')[0]}";
                figures[key] = figures.GetValueOrDefault(key) + after[i] - before[i];
            }

            figures[$"{name}, {part}"] = figures.GetValueOrDefault($"{name}, {part}") + 1;
        }
    }

    /// <summary>Instructions of the boot decision by itself: of the agent only what decides has its turn, and the flash.</summary>
    internal static long Decision(VirtualEcu ecu, IlMeter meter)
    {
        Start start = new(ecu, ecu.Flash.Memory.Snapshot());
        while (start.IsScanning)
        {
            start.Turn();
        }

        BootSequence boot = Field<BootSequence>(start.Agent, "_boot");
        BootRecordStore records = Field<BootRecordStore>(start.Agent, "_records");
        Fls fls = start.Agent.Fls;
        while (!fls.IsIdle)
        {
            fls.MainFunction(0);
        }

        StdReturn result = StdReturn.Pending;
        long il = meter.Of(() =>
        {
            while (result == StdReturn.Pending)
            {
                records.MainFunction(0);
                fls.MainFunction(0);
                result = boot.Advance();
            }
        });
        if (start.Agent.Banks.Running == Banks.None)
        {
            throw new InvalidOperationException("The measured start found no bank to run.");
        }

        return il;
    }

    private static T Field<T>(EcuM agent, string name) => (T)typeof(EcuM).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(agent)!;

    /// <summary>A start of an agent over a flash that answers at once, on an empty bus.</summary>
    internal sealed class Start
    {
        private readonly QuietBoard _board = new();

        internal Start(VirtualEcu ecu, FlashSnapshot contents)
        {
            FlashModel flash = new(ecu.Flash.Geometry);
            flash.Memory.Restore(contents);
            Agent = new EcuM(ecu.Config, _board, flash, new HostCrypto(), _board, new SilentApplication());
        }

        internal EcuM Agent { get; }

        // EcuM.Phase.ScanMemory is the first.
        internal bool IsScanning => Convert.ToInt32(Field<object>(Agent, "_phase")) == 0;

        internal uint NowMs => _board.NowMs;

        /// <summary>The first turn of the next millisecond.</summary>
        internal void Turn()
        {
            _board.NowMs++;
            Agent.MainFunction(_board.NowMs);
            if (_board.NowMs == TurnsMax && !Agent.IsRunning) // once: the answer is counted with the agent
            {
                throw new InvalidOperationException("The measured start does not come to its end.");
            }
        }

        /// <summary>Another turn in the same millisecond.</summary>
        internal void TurnAgain() => Agent.MainFunction(_board.NowMs);
    }
}
