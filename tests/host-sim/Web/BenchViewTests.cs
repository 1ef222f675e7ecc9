// What a page is told of a bench: everything at first, then only what is different, and never too much.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Web;
using Xunit;

namespace EsyncTests.HostSim.Web;

public class BenchViewTests
{
    private readonly Source _source = new();
    private readonly BenchView _view;

    public BenchViewTests() => _view = new BenchView(_source);

    [Fact]
    public void A_snapshot_has_everything()
    {
        _source.Notes.Add("motor", "warn", "power cut by hand");
        _source.Load.Add(new CurvePoint(1000, 12.346));
        _source.Frames(3);

        BenchUpdate all = _view.Snapshot();

        Assert.Equal("VIN", all.Head!.Vehicle);
        Assert.Equal("motor", all.Ecus!.Single().Name);
        Assert.Equal([1000, 12.35], all.Bus!.Points);
        Assert.Equal(3, all.Trace!.Count);
        Assert.Equal((1L, "power cut by hand"), (all.Notes!.Single().Number, all.Notes!.Single().Text));
        Assert.Empty(all.Faults!);
    }

    [Fact]
    public void A_delta_has_what_is_different_once()
    {
        _view.Delta();
        BenchUpdate none = _view.Delta();
        Assert.True(none.IsEmpty);

        _source.Ecu = _source.Ecu with { Version = "2.0.0" };
        _source.Load.Add(new CurvePoint(1000, 1));
        _source.Faults = [new FaultView("drop", "1 % of the frames are lost", 3)];
        _source.Notes.Add(string.Empty, "info", "so");
        _source.Frames(2);
        _source.Signals.Take(Batch, [Record(1, 5), Record(2, 6)]);
        BenchUpdate delta = _view.Delta();

        Assert.Null(delta.Head);
        Assert.Equal("2.0.0", delta.Ecus!.Single().Version);
        Assert.Equal([1000, 1], delta.Bus!.Points);
        Assert.Equal(3, delta.Faults!.Single().Strikes);
        Assert.Equal("so", delta.Notes!.Single().Text);
        Assert.Equal([1L, 2], delta.Trace!.Select(row => row.Number));
        Assert.Equal([1000, 5, 2000, 6], delta.Signals!.Single().Points);
        Assert.True(_view.Delta().IsEmpty);

        _source.Signals.Take(Batch, [Record(3, 7)]);
        Assert.Equal([3000, 7], _view.Delta().Signals!.Single().Points);
        Assert.Equal([1000, 5, 2000, 6, 3000, 7], _view.Snapshot().Signals!.Single().Points);
    }

    [Fact]
    public void Rows_that_come_too_fast_are_left_out_and_counted()
    {
        _source.Frames(BenchView.DeltaRowsMax + 7);

        BenchUpdate delta = _view.Delta();
        Assert.Equal((BenchView.DeltaRowsMax, 7), (delta.Trace!.Count, delta.TraceSkipped));
        Assert.Equal(BenchView.DeltaRowsMax + 7, delta.Trace![^1].Number);
    }

    [Fact]
    public void Old_notes_make_room_and_numbers_go_on()
    {
        for (int i = 0; i < NoteBook.CountMax + 5; i++)
        {
            _source.Notes.Add(string.Empty, "info", "so");
        }

        Assert.Equal(NoteBook.CountMax, _source.Notes.All.Count);
        Assert.Equal(NoteBook.CountMax + 5, _source.Notes.All[^1].Number);
    }

    private static DataBatch Batch => new() { Type = DataBatch.TypeName, Ecu = "motor", Epoch = "00000001", After = 0, Records = [], Units = new Dictionary<string, string> { ["Vehicle.Speed"] = "km/h" } };

    private static DataRecord Record(uint seconds, double value) => new()
    {
        Sequence = seconds, Kind = "sample", Priority = "low", Boot = 1, Ms = seconds * 1000, Ts = UtcText.Of(seconds * 1000),
        Values = [new VssValue { Path = "Vehicle.Speed", Ts = UtcText.Of(seconds * 1000), Value = new VssScalar(value, false) }],
    };

    private sealed class Source : IBenchSource
    {
        private readonly VirtualBus _bus = new(new VirtualTime(), 500_000);
        private uint _identifier;

        public EcuView Ecu { get; set; } = new() { Name = "motor", Board = "virtual", Identifiers = "7E0/7E8", Version = "1.0.0" };

        public NoteBook Notes { get; } = new(() => 1);

        public IReadOnlyList<FaultView> Faults { get; set; } = [];

        public PointRing Load { get; } = new(100);

        public SignalWatch Signals { get; } = new();

        public TraceLog Trace { get; } = new([]);

        public long NowMs => 1;

        public BenchHead Head => new("VIN", "can0", 500_000, ["motor"], new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, BenchRelease>(), "virtual", "in memory");

        public IReadOnlyList<EcuView> Ecus => [Ecu];

        public BusView Bus => new(1, 2, 3, []);

        IReadOnlyList<NoteView> IBenchSource.Notes => Notes.All;

        // Each with another identifier, so that none shares a row.
        public void Frames(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _identifier = (_identifier + 1) % 0x700;
                Trace.OnRecord(new BusRecord(_bus, new BusFrame(_identifier, false, [1]), null, 0, 100, 50, BusFate.Delivered));
            }
        }
    }
}
