// The traffic of a bus as rows: raw and ISO-TP frames, messages in words, runs in one row, bounded memory.
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Web;
using Xunit;

namespace EsyncTests.HostSim.Web;

public class TraceLogTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));
    private readonly VirtualBus _bus = new(new VirtualTime(), 500_000, "can0", 1);
    private readonly TraceLog _trace = new([Config.Ecu("motor"), Config.Ecu("battery")]);
    private long _ns;

    [Fact]
    public void A_request_and_its_answer_are_frames_and_messages_of_their_ECU()
    {
        Put(0x7E2, "02 10 02 CC CC CC CC CC");
        Put(0x7EA, "03 7F 10 22 CC CC CC CC");

        IReadOnlyList<TraceRow> rows = _trace.After(0, 100);
        Assert.Equal(["isotp", "uds", "isotp", "uds"], rows.Select(row => row.Layer));
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.Number));
        Assert.Equal(("battery", false, "7E2", "DiagnosticSessionControl: programming session", "10 02"), (rows[1].Ecu, rows[1].IsResponse, rows[1].Identifier, rows[1].Text, rows[1].Data));
        Assert.Equal(("battery", true, "DiagnosticSessionControl: conditionsNotCorrect (NRC 22)", "negative"), (rows[3].Ecu, rows[3].IsResponse, rows[3].Text, rows[3].Mark));
    }

    [Fact]
    public void Consecutive_frames_share_a_row_and_the_message_follows_with_all_its_frames()
    {
        Put(0x7E0, "10 1B 36 01 01 02 03 04");
        Put(0x7E8, "30 20 00 CC CC CC CC CC");
        Put(0x7E0, "21 05 06 07 08 09 0A 0B");
        Put(0x7E0, "22 0C 0D 0E 0F 10 11 12");
        Put(0x7E0, "23 13 14 15 16 17 18 19");

        IReadOnlyList<TraceRow> rows = _trace.After(0, 100);
        Assert.Equal(["FF, 27 bytes follow", "FC continue, BS 32, STmin 0 ms", "CF 1 to 3", "TransferData: block 1, 25 bytes"], rows.Select(row => row.Text));
        Assert.Equal([1, 1, 3, 4], rows.Select(row => row.Frames));
        Assert.Equal("prepare-update", rows[3].Step);
        Assert.EndsWith(" …", rows[3].Data, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_frames_are_raw_and_those_that_follow_each_other_share_a_row()
    {
        Put(0x120, "00 10");
        Put(0x120, "00 11");
        Put(0x121, "01");
        _trace.Close();

        IReadOnlyList<TraceRow> rows = _trace.After(0, 100);
        Assert.Equal([("can", "120", 2, ""), ("can", "121", 1, "")], rows.Select(row => (row.Layer, row.Identifier, row.Frames, row.Ecu)));
    }

    [Fact]
    public void What_went_wrong_on_the_bus_is_marked()
    {
        Put(0x7E0, "02 3E 00", BusFate.Dropped);
        Put(0x120, "00", BusFate.Corrupted);
        Put(0x7E0, "22 01 02");
        _trace.Close();

        Assert.Equal(
            ["SF, 2 bytes: lost for its receivers", "error frame: a bit was destroyed, the frame is sent again", "CF 2 without a first frame"],
            _trace.After(0, 100).Where(row => row.Mark == "fault").Select(row => row.Text));
    }

    [Fact]
    public void A_reader_goes_on_behind_what_it_has_and_old_rows_make_room()
    {
        for (int i = 0; i < TraceLog.RowCountMax + 10; i++)
        {
            Put(0x7E8, "30 00 00");
        }

        Assert.Equal(TraceLog.RowCountMax + 10, _trace.Newest);
        Assert.Equal([_trace.Newest - 1, _trace.Newest], _trace.After(_trace.Newest - 2, 100).Select(row => row.Number));
        Assert.Equal(TraceLog.RowCountMax, _trace.After(0, int.MaxValue).Count);
        Assert.Equal([_trace.Newest], _trace.After(0, 1).Select(row => row.Number));
        Assert.Empty(_trace.After(_trace.Newest, 100));
    }

    private void Put(uint identifier, string hex, BusFate fate = BusFate.Delivered)
    {
        BusFrame frame = new(identifier, false, Convert.FromHexString(hex.Replace(" ", string.Empty)));
        _trace.OnRecord(new BusRecord(_bus, frame, null, _ns, _ns + 200_000, 100, fate));
        _ns += 230_000;
    }
}
