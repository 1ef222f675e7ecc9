// The report log cut at its flash operations, on every geometry, and its recovery cut again: appended in all priorities,
// acknowledged, restarted, run over. After each cut every record that stood is there, or acknowledged, or counted as dropped;
// no number ever stands for two records; and the log goes on.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Sweep;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportPowerCutTests
{
    private const int Sectors = 8;
    private const int CutsMax = 40;
    private const int CutsMaxLarge = 5;

    public static TheoryData<string> Geometries => [.. FlashGeometries.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Cut_anywhere_nothing_that_stood_is_lost_uncounted(string name)
    {
        FlashGeometry geometry = FlashGeometries.ByName(name);
        List<FlashOperation> operations = [];
        Life rehearsal = new(new FlashModel(geometry));
        rehearsal.Flash.Observer = operations.Add;
        rehearsal.Run();
        Assert.True(rehearsal.DroppedSum > 0, "the log was never run over");

        // Where single bytes are programmed all are alike: each kind of operation is cut as often as the others.
        // Restarts on large sectors take long: fewer there.
        bool isLarge = geometry.LengthOf(geometry.SectorCount - 1) > 16 * 1024;
        int countMax = isLarge ? CutsMaxLarge : CutsMax;
        int[] erases = Chosen(operations, FlashOperationKind.Erase, countMax), programs = Chosen(operations, FlashOperationKind.Program, countMax);
        HashSet<int> chosen = [.. erases, .. programs];
        SweepOptions options = new(isLarge ? 0 : name == "w25q32" ? 2 : 8, 29) { IsChosen = chosen.Contains, IsSecondModelInTurn = true };
        SweepResult result = PowerCutSweep.Run(new Life(new FlashModel(geometry)), options);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {result}");
        Assert.True(result.Cuts > (isLarge ? 30 : 200));
        Assert.True(isLarge || result.DoubleCuts > 10);
    }

    private static int[] Chosen(List<FlashOperation> operations, FlashOperationKind kind, int countMax)
    {
        int[] all = [.. Enumerable.Range(0, operations.Count).Where(i => operations[i].Kind == kind)];
        int every = Math.Max(1, (all.Length + countMax - 1) / countMax);
        return [.. all.Where((_, i) => i % every == 0 || i == all.Length - 1)];
    }

    // What stands is known by what was appended and settled; what was under way at a cut may be there or not.
    private sealed class Life(FlashModel flash) : IPowerCutScenario
    {
        private readonly Dictionary<uint, uint> _seen = [];
        private readonly SortedSet<uint> _stood = [];
        private readonly int _length = LengthFor(flash.Geometry);
        private uint _mark;
        private uint _acknowledged;
        private ReportLogBench _bench = null!;

        public FlashModel Flash { get; } = flash;

        public long DroppedSum => Dropped(_bench);

        public IPowerCutScenario Fork(FlashModel flash)
        {
            Life fork = new(flash) { _mark = _mark, _acknowledged = _acknowledged };
            foreach ((uint number, uint mark) in _seen)
            {
                fork._seen.Add(number, mark);
            }

            fork._stood.UnionWith(_stood);
            return fork;
        }

        public void Run()
        {
            Start();
            Store(ReportPriority.Low, ReportPriority.High, ReportPriority.Low, ReportPriority.Normal);
            Acknowledge(2);
            Start();
            Store(ReportPriority.Normal);
            while (DroppedSum == 0)
            {
                Store(ReportPriority.Low);
            }

            Start();
            Store(ReportPriority.Low, ReportPriority.High, ReportPriority.Normal);
            Acknowledge(_bench.Log.NextSequence - 3);
            Store(ReportPriority.Low);
            Check();
        }

        public void Restart()
        {
            Start();
            Store(ReportPriority.High, ReportPriority.Low, ReportPriority.Normal, ReportPriority.Low);
            Check();
            Start();
        }

        private static int LengthFor(FlashGeometry geometry) =>
            Math.Clamp((geometry.LengthOf(geometry.SectorCount - 1) / 6) - 40, 200, 6_000);

        private static long Dropped(ReportLogBench bench) => Enumerable.Range(0, 3).Sum(p => bench.Log.DroppedOf((byte)p));

        private void Start()
        {
            FlashGeometry geometry = Flash.Geometry;
            FlsArea area = ReportLogBench.AreaOf(geometry, geometry.SectorCount - Sectors, Sectors);
            _bench = new ReportLogBench(Flash, area, recordLengthMax: _length).Mount();
            Check();
        }

        private void Store(params byte[] priorities)
        {
            foreach (byte priority in priorities)
            {
                _mark++;
                uint number = _bench.Log.NextSequence;
                _bench.Append(_mark, priority, _length - ReportLayout.Overhead - (int)(_mark % 7));
                _bench.Settle();
                if (_bench.Log.NextSequence == number)
                {
                    // After many starts nothing below this record may be left to give up.
                    Assert.True(_bench.Log.DroppedOf(priority) > 0, "a record is gone uncounted");
                    continue;
                }

                Assert.False(_seen.ContainsKey(number), $"number {number} is given again");
                _seen.Add(number, _mark);
                _stood.Add(number);
            }
        }

        private void Acknowledge(uint upTo)
        {
            _acknowledged = Math.Max(_acknowledged, upTo);
            Assert.Equal(StdReturn.Ok, _bench.Log.Acknowledge(_bench.Log.Epoch, upTo));
            uint until = _bench.NowMs + 2100;
            _bench.Run(() => _bench.NowMs == until);
        }

        private void Check()
        {
            List<FetchedReport> all = _bench.ReadAll();
            uint before = 0;
            foreach (FetchedReport report in all)
            {
                uint mark = ReportLogBench.MarkOf(report);
                Assert.True(report.Number > before, "numbers do not ascend");
                Assert.True(mark <= _mark, "a record that nobody made");
                Assert.True(!_seen.TryGetValue(report.Number, out uint known) || known == mark, $"number {report.Number} stands for {known} and {mark}");
                _seen[report.Number] = mark;
                before = report.Number;
            }

            Assert.Equal(all.Count, all.Select(ReportLogBench.MarkOf).Distinct().Count());
            Assert.True(_bench.Log.NextSequence > before);
            HashSet<uint> readable = [.. all.Select(r => r.Number)];
            int missing = _stood.Count(number => number > _acknowledged && !readable.Contains(number));
            Assert.True(missing <= DroppedSum, $"{missing} records are gone, {DroppedSum} are counted as dropped: {string.Join(' ', _stood.Where(n => n > _acknowledged && !readable.Contains(n)))}");
        }
    }
}
