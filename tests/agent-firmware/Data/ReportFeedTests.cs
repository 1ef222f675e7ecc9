// The first record of a start, and the records of DTCs: when they are made and what is in them, to the byte.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public class ReportFeedTests : IReportSink
{
    private readonly List<string> _records = [];
    private readonly List<byte> _dropped = [];
    private readonly ReportFeed _feed;

    public ReportFeedTests() =>
        _feed = new ReportFeed(this, new EsyncAgent.Dem(new DemConfig(), null!), new ResetMcu(), 0xA1B2C3D4);

    public bool IsPresent { get; private set; } = true;

    private int Room { get; set; } = 1000;

    public int RoomFor(byte priority) => Room - priority;

    void IReportSink.CountDropped(byte priority) => _dropped.Add(priority);

    public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        if (count > Room)
        {
            return false;
        }

        _records.Add($"{kind} {priority} {retentionHours} {timeMs} {Convert.ToHexString(body, offset, count)}");
        return true;
    }

    [Fact]
    public void A_starts_own_record_comes_before_the_first_other_one_and_once()
    {
        _feed.RulesSequence = 7;
        Assert.True(_feed.Append(1, 0, 24, 5000, [9, 1, 2, 3], 1, 2));
        Assert.True(_feed.Append(1, 1, 0, 6000, [4], 0, 1));

        Assert.Equal(["2 2 0 5000 A1B2C3D40000000702", "1 0 24 5000 0102", "1 1 0 6000 04"], _records);
        Assert.Equal((998, 1000), (_feed.RoomFor(2), _feed.RoomFor(0)));
    }

    [Fact]
    public void A_starts_record_that_found_no_room_comes_before_the_next_record()
    {
        Room = 4;
        Assert.True(_feed.Append(1, 0, 0, 10, [1], 0, 1));
        Room = 1000;
        Assert.True(_feed.Append(1, 0, 0, 20, [2], 0, 1));

        Assert.Equal(["1 0 0 10 01", "2 2 0 20 A1B2C3D40000000002", "1 0 0 20 02"], _records);
    }

    [Theory]
    [InlineData(0x50, 0x2F, true)]
    [InlineData(0x2F, 0x2E, true)]
    [InlineData(0x24, 0x20, true)]
    [InlineData(0x28, 0x20, true)]
    [InlineData(0x50, 0x00, false)]
    [InlineData(0x40, 0x60, false)]
    public void A_dtc_makes_a_record_when_it_fails_passes_confirms_or_ages(byte before, byte now, bool isTold)
    {
        _feed.TellDtc(17, 0x0A1C00, before, now, 1234);
        Assert.Equal(isTold ? [$"2 2 0 1234 A1B2C3D40000000002", $"4 2 0 1234 0A1C00{before:X2}{now:X2}11"] : [], _records);
    }

    [Fact]
    public void An_event_that_flaps_makes_thirty_two_records_and_one_more_a_minute_and_the_rest_counts_as_dropped()
    {
        uint ms = uint.MaxValue - 90_000;
        int told = 0;
        for (int turn = 0; turn < 600_000; turn++, ms++)
        {
            told += _feed.TellDtc(17, 0x0A1C00, (byte)(turn % 2 == 0 ? 0x2E : 0x2F), (byte)(turn % 2 == 0 ? 0x2F : 0x2E), ms) ? 1 : 0;
        }

        Assert.Equal(32 + 9, told);
        Assert.Equal(told, _records.Count(record => record.StartsWith("4 ", StringComparison.Ordinal)));
        Assert.Equal(600_000 - told, _dropped.Count(priority => priority == ReportPriority.High));
        Assert.True(_feed.TellDtc(17, 0x0A1C00, 0x20, 0x21 & 0x20, ms), "what is not worth a record takes nothing");
    }

    [Fact]
    public void Without_a_log_nothing_is_told()
    {
        IsPresent = false;
        Room = 0;
        _feed.TellDtc(17, 0x0A1C00, 0x50, 0x2F, 1);
        Assert.False(_feed.IsPresent);
        Assert.False(_feed.Append(1, 0, 0, 1, [1], 0, 1));
        Assert.Empty(_records);
        Assert.Empty(_dropped);
    }

    private sealed class ResetMcu : IMcu
    {
        public McuResetCause ResetCause => McuResetCause.Software;

        public uint NowMs => 0;

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => throw new InvalidOperationException("nobody needs entropy here");

        public void Reset() => throw new InvalidOperationException("nobody resets here");
    }
}
