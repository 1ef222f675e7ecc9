// From records to messages: dates, names, units, sentences; and what cannot be read goes up as bytes.
using EsyncSim.Data;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class DataFormTests
{
    private const long Noon = 1_767_268_800_000;
    private readonly DataForm _form;

    public DataFormTests()
    {
        TimeLine line = new();
        line.Observe(0xE1, Start(1, 3));
        line.Observe(0xE1, Time(2, 3, 1000, Noon));
        _form = new DataForm("motor", Catalogue, line);
    }

    [Fact]
    public void A_sample_has_dated_values_with_units()
    {
        DataBatch batch = Form(Sample(5, 3, 2500, 1234));

        Assert.Equal(("motor", "000000e1", 4u), (batch.Ecu, batch.Epoch, batch.After));
        DataRecord record = Assert.Single(batch.Records);
        Assert.Equal(("sample", "normal", (ushort)3, 2500u, "2026-01-01T12:00:01.500Z", null), (record.Kind, record.Priority, record.Boot, record.Ms, record.Ts, record.IsEstimated));
        Assert.Equal(((byte)7, "period", (ushort)1), (record.Rule, record.Cause, record.Trigger));
        VssValue value = Assert.Single(record.Values!);
        Assert.Equal(("Vehicle.Speed", "2026-01-01T12:00:01.500Z", new VssScalar(12.34, false), null), (value.Path, value.Ts, value.Value, value.Quality));
        Assert.Equal("km/h", batch.Units!["Vehicle.Speed"]);
        Assert.Null(record.Raw);
    }

    [Fact]
    public void Numbers_are_what_people_would_write()
    {
        Assert.Equal(0.3, Value("0203 00 00000003", Odometer).Value!.Value.Number);
        Assert.Equal(429496729.5, Value("0203 00 FFFFFFFF", Odometer).Value!.Value.Number);
        Assert.Equal(new VssScalar(1, true), Value("0202 00 01", IsRunning).Value);
    }

    [Fact]
    public void A_value_that_is_not_good_says_so()
    {
        VssValue never = Value("0201 01 00", Temperature), late = Value("0201 03 14", Temperature), far = Value("0201 02 14", Temperature);

        Assert.Equal((null, "never-set"), (never.Value, never.Quality));
        Assert.Equal((20, "timed-out"), (late.Value!.Value.Number, late.Quality));
        Assert.Equal("out-of-range", far.Quality);
    }

    [Theory]
    [InlineData("50", "2F", "WARN", "DTC 0A1B2C fails (status 50, now 2F)")]
    [InlineData("2F", "2E", "EVENT", "DTC 0A1B2C fails no longer (status 2F, now 2E)")]
    [InlineData("2E", "2C", "EVENT", "DTC 0A1B2C has another status (status 2E, now 2C)")]
    public void A_DTC_is_an_event_with_its_snapshot(string before, string now, string level, string message)
    {
        DataRecord record = Assert.Single(Form(Make(ReportKind.Dtc, $"0A1B2C {before} {now} 03 0201 00 14")).Records);

        LogReportBody body = record.Event!.Body;
        Assert.Equal(("dtc", "esync.log-report", "/ECU/motor", level, message), (record.Kind, record.Event.Type, body.Type, body.Level, body.Message));
        Assert.Equal(("0A1B2C", before, now, (byte)3), (body.Compound!.Dtc, body.Compound.StatusBefore, body.Compound.Status, body.Compound.Event));
        Assert.Equal(20, Assert.Single(record.Values!).Value!.Value.Number);
    }

    [Fact]
    public void Starts_and_rules_are_events_and_the_time_is_none()
    {
        LogReportBody start = Form(Start(5, 3)).Records[0].Event!.Body;
        Assert.Equal("the ECU has started (power on, rules 3)", start.Message);
        Assert.Equal((DataJson.EpochText(Catalogue.TableId), 3u, (byte)1), (start.Compound!.SignalTable, start.Compound.Rules, start.Compound.ResetCause));
        LogReportBody rules = Form(Make(ReportKind.Rules, "00000009 000102030405060708090A0B0C0D0E0F")).Records[0].Event!.Body;
        Assert.Equal(("collection rules 9 are in force", 9u, "000102030405060708090a0b0c0d0e0f"), (rules.Message, rules.Compound!.Rules, rules.Compound.Digest));
        Assert.Equal(("time", null), (Form(Time(5, 3, 1, Noon)).Records[0].Kind, Form(Time(5, 3, 1, Noon)).Records[0].Event));
    }

    [Fact]
    public void What_cannot_be_read_goes_up_as_bytes()
    {
        DataRecord partly = Form(Make(ReportKind.Sample, "07 00 0001 0201 00 14 0299 00 01")).Records[0];
        Assert.Equal((1, "02990001"), (partly.Values!.Count, partly.Raw));
        Assert.Equal(("other", "aabb"), (Form(Make((ReportKind)9, "AABB")).Records[0].Kind, Form(Make((ReportKind)9, "AABB")).Records[0].Raw));
        Assert.Equal("aabb", Form(Make(ReportKind.Start, "AABB")).Records[0].Raw);
    }

    [Fact]
    public void Values_are_read_only_with_the_signals_that_the_ECU_had()
    {
        _form.Line.Observe(0xE1, Start(6, 4, table: 0x12345678));
        Assert.Equal("0200000001", Form(Sample(7, 4, 100, 1)).Records[0].Raw);

        // A start whose first record was not met: what the ECU has now counts, and without that nothing is guessed.
        Assert.Equal("0200000001", Form(Sample(9, 5, 100, 1)).Records[0].Raw);
        _form.SignalTableId = Catalogue.TableId;
        Assert.Null(Form(Sample(9, 5, 100, 1)).Records[0].Raw);
    }

    [Fact]
    public void A_record_of_a_log_without_any_time_is_dated_now_and_said_to_be_estimated()
    {
        DataRecord record = new DataForm("motor", Catalogue, new TimeLine()).Of(new QueuedBatch(0xE1, 4, [Sample(5, 3, 1, 1)]), null, Noon).Records[0];

        Assert.Equal(("2026-01-01T12:00:00.000Z", true), (record.Ts, record.IsEstimated));
    }

    [Fact]
    public void Whatever_is_formed_can_be_read_by_the_server()
    {
        ReportRecord[] records =
        [
            Start(1, 3), Time(2, 3, 1000, Noon), Sample(3, 3, 1, 1), Make(ReportKind.Dtc, "0A1B2C 50 2F 03 0201 01 00", 4),
            Make(ReportKind.Rules, "00000009 000102030405060708090A0B0C0D0E0F", 5), Make((ReportKind)200, "AABB", 6), Make(ReportKind.Start, "", 7), Make(ReportKind.Dtc, "", 8), Make(ReportKind.Sample, "", 9),
        ];
        DataBatch batch = _form.Of(new QueuedBatch(0xE1, 0, records), new DataDropped(1, 2, 3, 4), Noon);
        byte[] bytes = DataJson.Encode(batch);

        Assert.Equal(bytes, DataJson.Encode(DataJson.TryDecode(bytes)!));
    }

    private VssValue Value(string signal, SignalDefinition definition)
    {
        VssValue value = Assert.Single(Form(Make(ReportKind.Sample, "07 00 0001 " + signal)).Records[0].Values!);
        Assert.Equal(definition.Path, value.Path);
        return value;
    }

    private static ReportRecord Make(ReportKind kind, string body, uint sequence = 5) =>
        ReportRecord.Make(kind, ReportPriority.Normal, sequence, 3, 1500, 0, Convert.FromHexString(body.Replace(" ", "")));

    private DataBatch Form(ReportRecord record) => _form.Of(new QueuedBatch(0xE1, record.Sequence - 1, [record]), null, Noon);
}
