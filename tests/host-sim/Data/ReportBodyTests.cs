// What records say: each kind from its bytes, values by their types, and nothing lost where something is unknown.
using EsyncSim.Data;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class ReportBodyTests
{
    [Fact]
    public void A_sample_has_its_values_by_their_types()
    {
        ReportBody.Sample sample = Assert.IsType<ReportBody.Sample>(Read(
            ReportKind.Sample, "07 02 0102  0200 00 2710  0201 01 FF  0202 00 01  0203 02 FFFFFFFF  F201 03 FFFE  F202 00 80000000  F203 00 FF"));

        Assert.Equal(((byte)7, SampleCause.Condition, (ushort)0x0102), (sample.Rule, sample.Cause, sample.Trigger));
        Assert.Equal([100.0, -1, 1, 429496729.5, -1, int.MinValue, 127.5], sample.Signals.Values.Select(value => Math.Round(value.Physical, 6)));
        Assert.Equal(
            [SignalQuality.Valid, SignalQuality.NeverSet, SignalQuality.Valid, SignalQuality.OutOfRange, SignalQuality.TimedOut, SignalQuality.Valid, SignalQuality.Valid],
            sample.Signals.Values.Select(value => value.Quality));
        Assert.Empty(sample.Signals.Rest);
    }

    [Fact]
    public void Start_time_DTC_and_rules_are_read()
    {
        Assert.Equal(new ReportBody.Start(0x11223344, 5, 2), Read(ReportKind.Start, "11223344 00000005 02"));
        Assert.Equal(new ReportBody.Time(1_767_225_600_000), Read(ReportKind.Time, "0000019B76DAA800"));
        ReportBody.Dtc dtc = Assert.IsType<ReportBody.Dtc>(Read(ReportKind.Dtc, "0A1B2C 50 2F 03  0201 00 14"));
        Assert.Equal((0x0A1B2Cu, (byte)0x50, (byte)0x2F, (byte)3), (dtc.Code, dtc.Before, dtc.Now, dtc.Event));
        Assert.Equal(20, Assert.Single(dtc.Snapshot.Values).Physical);
        ReportBody.Rules rules = Assert.IsType<ReportBody.Rules>(Read(ReportKind.Rules, "00000009 000102030405060708090A0B0C0D0E0F"));
        Assert.Equal((9u, "000102030405060708090A0B0C0D0E0F"), (rules.Sequence, Convert.ToHexString(rules.DigestPrefix)));
    }

    [Theory]
    [InlineData("0200 00 2710  0299 00 01", 1, "02990001")] // unknown: its length is not known either
    [InlineData("0200 00 2710  0201 04 01", 1, "02010401")] // no quality
    [InlineData("0200 00 2710  0202 00 02", 1, "02020002")] // no boolean
    [InlineData("0200 00 2710  0201 00", 1, "020100")]
    [InlineData("0200 00 2710  02", 1, "02")]
    [InlineData("0299 00", 0, "029900")]
    public void From_the_first_unknown_signal_on_the_bytes_are_kept(string signals, int known, string rest)
    {
        SignalValues values = Assert.IsType<ReportBody.Sample>(Read(ReportKind.Sample, "01 00 0001" + signals)).Signals;

        Assert.Equal((known, rest), (values.Values.Count, Convert.ToHexString(values.Rest)));
    }

    [Fact]
    public void Without_the_ECUs_signals_all_of_them_are_kept_as_bytes()
    {
        ReportRecord record = ReportRecord.Make(ReportKind.Sample, ReportPriority.Low, 1, 1, 0, 0, Convert.FromHexString("0100000102000027" + "10"));

        SignalValues values = Assert.IsType<ReportBody.Sample>(ReportBody.Of(record, null)).Signals;

        Assert.Equal((0, "0200002710"), (values.Values.Count, Convert.ToHexString(values.Rest)));
    }

    [Theory]
    [InlineData(ReportKind.Sample, "010000")]
    [InlineData(ReportKind.Sample, "01060000")]
    [InlineData(ReportKind.Start, "1122334400000005")]
    [InlineData(ReportKind.Start, "11223344000000050202")]
    [InlineData(ReportKind.Time, "00000000000000")]
    [InlineData(ReportKind.Time, "0000000000000000")]
    [InlineData(ReportKind.Time, "FFFFFFFFFFFFFFFF")]
    [InlineData(ReportKind.Dtc, "0A1B2C502F")]
    [InlineData(ReportKind.Rules, "00000009000102030405060708090A0B0C0D0E")]
    public void A_body_of_another_form_is_kept_whole(ReportKind kind, string body) =>
        Assert.Equal(body, Convert.ToHexString(Assert.IsType<ReportBody.Raw>(Read(kind, body)).Bytes));

    private static ReportBody Read(ReportKind kind, string body) =>
        ReportBody.Of(ReportRecord.Make(kind, ReportPriority.Normal, 1, 1, 0, 0, Convert.FromHexString(body.Replace(" ", ""))), Catalogue);
}
