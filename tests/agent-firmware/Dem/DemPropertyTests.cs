// Random lives of an ECU against a model that was written from the standard's words: reports, orderly starts, clears, service
// 85, power cuts at any moment. Whatever the order, status, counters and permanence are the model's; after a power cut they
// are those that the model had at one moment between the last write that was done and the cut.
using System.Globalization;
using EsyncAgent;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemPropertyTests
{
    private static readonly byte[] Numbers = [6, 16, 17];

    /// <summary>What the model knows of one event.</summary>
    private sealed record State(bool Tf, bool Tftoc, bool Pending, bool Confirmed, bool Tncslc, bool Tfslc, bool Tnctoc, int Failed, int Ageing, int Occurrences, bool IsPermanent, int Passed)
    {
        public static State New { get; } = new(false, false, false, false, true, false, true, 0, 0, 0, false, 0);

        public int Status => Bit(Tf, 0) | Bit(Tftoc, 1) | Bit(Pending, 2) | Bit(Confirmed, 3) | Bit(Tncslc, 4) | Bit(Tfslc, 5) | Bit(Tnctoc, 6);

        private static int Bit(bool value, int bit) => value ? 1 << bit : 0;
    }

    /// <summary>One event of the model, its thresholds and its counter.</summary>
    private sealed class Model(byte number, int step, int confirmCycles, int ageingCycles, bool isPermanent)
    {
        public byte Number => number;

        public State Now { get; set; } = State.New;

        public int Counter { get; set; }

        public void Report(bool isFailed)
        {
            Counter = isFailed ? Math.Min(127, Math.Max(Counter, 0) + step) : Math.Max(-128, Math.Min(Counter, 0) - step - 1);
            if (Counter == 127)
            {
                int failed = Now.Failed + (Now.Tftoc ? 0 : 1);
                bool isConfirmed = Now.Confirmed || failed >= confirmCycles;
                Now = new State(true, true, true, isConfirmed, false, true, false, failed, 0, Now.Occurrences + (Now.Tf ? 0 : 1), Now.IsPermanent || (isPermanent && isConfirmed), 0);
            }
            else if (Counter == -128)
            {
                Now = Now with { Tf = false, Tncslc = false, Tnctoc = false };
            }
        }

        public void Clear()
        {
            Counter = 0;
            Now = State.New with { IsPermanent = Now.IsPermanent };
        }

        public State NextCycle(State end)
        {
            State next = end with { Tf = false, Tftoc = false, Tnctoc = true };
            if (end.Tnctoc || end.Tftoc)
            {
                return next;
            }

            bool staysPermanent = end.IsPermanent && end.Passed + 1 < 3;
            next = next with { Pending = false, Failed = 0, IsPermanent = staysPermanent, Passed = staysPermanent ? end.Passed + 1 : 0 };
            if (!end.Confirmed)
            {
                return next;
            }

            bool isAged = end.Ageing + 1 >= ageingCycles;
            return next with { Confirmed = !isAged, Ageing = isAged ? 0 : end.Ageing + 1, Occurrences = isAged ? 0 : end.Occurrences };
        }
    }

    /// <summary>An ECU and its model, step by step.</summary>
    private sealed class Life
    {
        private readonly DemBench bench = new(() => new DemConfig
        {
            Events = Numbers,
            Dtcs = [1, 2, 3],
            FailSteps = [127, 64, 127],
            PassSteps = [128, 65, 128],
            ConfirmCycles = [1, 2, 2],
            AgeingCycles = [3, 2, 4],
            PermanentEvents = [17],
        });

        private readonly Model[] models = [new(6, 127, 1, 3, false), new(16, 64, 2, 2, false), new(17, 127, 2, 4, true)];

        // What the flash may hold: the state that is in it for certain, and all that came after it.
        private readonly List<State[]> history = [[State.New, State.New, State.New]];
        private bool isOn = true;

        public Life() => bench.Flash.BusyPolls = 2;

        public void Do(string step)
        {
            int argument = step.Length > 1 ? int.Parse(step[1..], CultureInfo.InvariantCulture) : 0;
            switch (step[0])
            {
                case 'F' or 'P':
                    bench.Report(Numbers[argument], step[0] == 'F');
                    if (isOn)
                    {
                        models[argument].Report(step[0] == 'F');
                    }

                    break;
                case 'C':
                    bench.Skip(60_000);
                    Assert.True(bench.Dem.ClearAll());
                    Array.ForEach(models, m => m.Clear());
                    break;
                case 'c':
                    bench.Skip(60_000);
                    Assert.True(bench.Dem.Clear(argument));
                    models[argument].Clear();
                    break;
                case 'S':
                    isOn = argument != 0;
                    bench.Dem.IsStorageEnabled = isOn;
                    break;
                case 'N':
                    bench.Settle();
                    ForgetWhatIsOvertaken();
                    Restart();
                    break;
                default:
                    bench.Run(argument);
                    Restart();
                    break;
            }

            history.Add([.. models.Select(m => m.Now)]);
            Assert.Equal(models.Select(m => Shown(m.Now)), Numbers.Select((_, i) => Shown(i)));
            Assert.Equal(models.Select(m => m.Counter), Numbers.Select((_, i) => bench.Dem.FaultDetectionCounterAt(i)));
        }

        // All is written: what the flash holds has the status bits and cycle counters of the last state.
        private void ForgetWhatIsOvertaken()
        {
            string last = string.Join(' ', history[^1].Select(Stored));
            int first = history.FindLastIndex(states => string.Join(' ', states.Select(Stored)) != last) + 1;
            history.RemoveRange(0, first);
        }

        private void Restart()
        {
            bench.Restart();
            isOn = true;
            string[] found = [.. Numbers.Select((_, i) => Shown(i))];
            State[]? origin = history.FindLast(states => models.Select((m, i) => Shown(m.NextCycle(states[i]))).SequenceEqual(found));
            Assert.True(origin is not null, $"the start found {string.Join(" | ", found)}, which is none of the {history.Count} states that may be in flash");
            history.Clear();
            history.Add(origin);
            for (int i = 0; i < models.Length; i++)
            {
                models[i].Now = models[i].NextCycle(origin[i]);
                models[i].Counter = 0;
            }
        }

        private static string Stored(State state) => $"{state.Status & ~DemStatus.TestFailed:X2} {state.Failed} {state.Ageing} {state.IsPermanent} {state.Passed}";

        private static string Shown(State state) => $"{state.Status:X2} {state.Failed} {state.Ageing} {state.Occurrences} {state.IsPermanent}";

        private string Shown(int index) =>
            $"{bench.Dem.StatusAt(index):X2} {bench.Dem.FailedCyclesAt(index)} {bench.Dem.AgeingAt(index)} {bench.Dem.OccurrencesAt(index)} {bench.Dem.IsPermanentAt(index)}";
    }

    [Fact]
    public void Whatever_happens_the_events_are_as_the_model_says()
    {
        var indices = Gen.Elements("0", "1", "2");
        var step = Gen.Frequency(
            (8, indices.Select(i => "F" + i)),
            (8, indices.Select(i => "P" + i)),
            (5, Gen.Constant("N")),
            (3, Gen.Choose(0, 60).Select(n => $"X{n}")),
            (1, Gen.Constant("C")),
            (1, indices.Select(i => "c" + i)),
            (1, Gen.Elements("S0", "S1")));
        var lives = Gen.Choose(1, 60).SelectMany(length => step.ArrayOf(length));
        int done = 0;
        Properties.Hold(
            lives,
            steps =>
            {
                Life life = new();
                Array.ForEach(steps, life.Do);
                done += steps.Length;
            },
            1500);
        Assert.True(done > 10_000);
    }
}
