// What the collector asks of an ECU, in which order, and what it does when the ECU, its log or the disk are not as one would wish.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class DataCollectorTests : IDisposable
{
    private readonly CollectorRig _rig = new();

    private LogEcu Ecu => _rig.Ecu;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_time_is_told_then_all_records_are_taken_and_acknowledged()
    {
        Ecu.AddStart();
        for (ushort i = 0; i < 30; i++)
        {
            Ecu.AddSample(i);
        }

        _rig.Round();

        // The 32nd is the record about the time, which was made before the log was read.
        Assert.Equal(32u, Ecu.AcknowledgedUpTo);
        Assert.Single(Ecu.Asked("31010232"));
        Assert.True(Ecu.Asked("31010230").Count() >= 2, "one answer has no room for all");
        Assert.Equal(1, Ecu.Session);
        _rig.AssertAllArrived();
        Assert.Equal((32L, 32L), (_rig.Collector.CollectedCount, _rig.Collector.DeliveredCount));
        Assert.Empty(_rig.Problems);
    }

    [Fact]
    public void Where_nothing_is_new_no_session_is_opened()
    {
        Ecu.AddStart();
        _rig.Round();
        _rig.Round();
        int sessions = Ecu.Asked("10").Count();
        _rig.Round();

        Assert.Equal(sessions, Ecu.Asked("10").Count());
        Assert.Equal(3, Ecu.Asked("22FD11").Count());
        Assert.Single(Ecu.Asked("22FD10"));
    }

    [Fact]
    public void A_record_is_acknowledged_when_it_is_in_the_queue_and_not_before()
    {
        Ecu.AddStart();
        _rig.Network.GoDown(3600 * VirtualTime.NsPerSecond);
        _rig.Round();

        Assert.Equal(2u, Ecu.AcknowledgedUpTo);
        Assert.Equal(2, _rig.Queue.CountOf("ecu0"));
        using CollectorRig other = new();
        other.Ecu.AddStart();
        other.Ecu.Tamper = answer => [.. answer[..^1], (byte)(answer[^1] ^ 1)];
        other.Round();
        Assert.Equal(0u, other.Ecu.AcknowledgedUpTo);
        Assert.Contains("its CRC is wrong", Assert.Single(other.Problems));
        other.Ecu.Tamper = null;
        other.Round();
        other.Round();
        Assert.Equal("ecu0: ", other.Problems[1]);
        other.AssertAllArrived();
    }

    [Fact]
    public void Records_of_an_ECU_that_was_not_told_the_time_are_dated_all_the_same()
    {
        Ecu.AddStart();
        _rig.Time.RunFor(3600 * VirtualTime.NsPerSecond);
        Ecu.AddSample(1);
        _rig.Time.RunFor(3600 * VirtualTime.NsPerSecond);
        Ecu.AddSample(2);
        _rig.Round();
        _rig.Round();

        _rig.AssertAllArrived();
        Assert.All(_rig.Stored("ecu0"), record => Assert.False(record.IsEstimated));
    }

    [Fact]
    public void Starts_between_two_rounds_are_dated_by_estimate_and_said_to_be()
    {
        Ecu.AddStart();
        _rig.Round();
        for (int i = 0; i < 3; i++)
        {
            _rig.Time.RunFor(10 * VirtualTime.NsPerSecond);
            Ecu.Restart();
            Ecu.AddStart();
            _rig.Time.RunFor(10 * VirtualTime.NsPerSecond);
            Ecu.AddSample(1);
        }

        _rig.Round();
        _rig.Round();

        _rig.AssertAllArrived();
        bool[] estimated = [.. _rig.Stored("ecu0").Select(record => record.IsEstimated)];
        Assert.Equal([false, false, true, true, true, true, false, false, false], estimated);
        long[] times = [.. _rig.Stored("ecu0").Select(record => record.Ts)];
        Assert.Equal(times.Order(), times);
        Assert.Equal((3L, 0L), (_rig.Figures().Gaps, _rig.Figures().Lost));
    }

    [Fact]
    public void A_clock_that_drifts_is_told_anew_when_it_is_off_by_more_than_the_tolerance()
    {
        Ecu.DriftPpm = 100;
        Ecu.AddStart();
        for (int hour = 0; hour < 5; hour++)
        {
            _rig.Round();
            Ecu.AddSample((ushort)hour);
            _rig.Time.RunFor(3600 * VirtualTime.NsPerSecond);
        }

        _rig.Round();
        _rig.Round();

        // 360 ms in an hour are more than 250.
        Assert.InRange(Ecu.Asked("31010232").Count(), 5, 6);
        _rig.AssertAllArrived(toleranceMs: 250);
    }

    [Fact]
    public void What_an_ECU_dropped_is_a_gap_that_it_accounts_for()
    {
        Ecu.AddStart();
        _rig.Round();
        Ecu.Drop(7);
        Ecu.AddSample(1);
        _rig.Round();

        StreamFigures figures = _rig.Figures();
        Assert.Equal((7L, 0L, 7u), (figures.Gaps, figures.Lost, figures.Dropped.Low));
        _rig.AssertAllArrived();
    }

    [Fact]
    public void Numbers_whose_records_are_all_gone_are_looked_for_once()
    {
        Ecu.AddStart();
        _rig.Round();
        Ecu.Drop(5);
        _rig.Round();
        int reads = Ecu.Asked("31010230").Count();
        _rig.Round();
        Assert.Equal(reads, Ecu.Asked("31010230").Count());

        Ecu.AddSample(1);
        _rig.Round();
        _rig.AssertAllArrived();
        Assert.Equal((5L, 0L), (_rig.Figures().Gaps, _rig.Figures().Lost));
    }

    [Fact]
    public void A_formatted_log_is_another_life_and_begins_anew()
    {
        Ecu.AddStart();
        Ecu.AddSample(1);
        _rig.Round();
        _rig.Round();
        Ecu.Format(0xE2);
        Ecu.AddStart();
        Ecu.AddSample(2);
        _rig.Round();
        _rig.Round();

        _rig.AssertAllArrived();
        Assert.Equal(2, _rig.Store.Figures().Count);
        Assert.All(_rig.Store.Figures(), stream => Assert.Equal((0L, 0L), (stream.Gaps, stream.Duplicates)));
    }

    [Fact]
    public void Values_of_other_signals_than_nf_config_has_go_up_as_bytes_and_that_is_said()
    {
        Ecu.TableId = 0x12345678;
        Ecu.AddStart();
        Ecu.AddSample(5000);
        _rig.Round();

        Assert.Contains("its signals are not those of nf.config (table 12345678", Assert.Single(_rig.Problems));
        Assert.Equal("020000" + "1388", _rig.Store.Connection.Query("SELECT raw FROM record WHERE kind = 'sample'"));
        Assert.Equal("0", _rig.Store.Connection.Query("SELECT count(*) FROM value"));
    }

    [Fact]
    public void Values_arrive_with_their_paths_and_units()
    {
        Ecu.AddStart();
        Ecu.AddSample(5000);
        _rig.Round();

        Assert.Equal("Vehicle.Speed|km/h|50.0", _rig.Store.Connection.Query("SELECT path, unit, value FROM value JOIN signal ON signal.id = value.signal"));
    }

    [Fact]
    public void An_ECU_without_a_log_is_left_alone()
    {
        Ecu.Format(0);
        _rig.Round();

        Assert.Empty(Ecu.Asked("10"));
        Assert.Empty(_rig.Problems);
    }

    [Fact]
    public void A_silent_ECU_keeps_nothing_from_the_others_and_is_said_once()
    {
        using CollectorRig rig = new(ecus: 3);
        rig.Ecus[1].IsSilent = true;
        foreach (LogEcu ecu in rig.Ecus)
        {
            ecu.AddStart();
        }

        rig.Round();
        rig.Round();
        Assert.Contains("ecu1: no answer", Assert.Single(rig.Problems));
        Assert.Equal(["ecu0", "ecu2"], rig.Heard.Select(heard => heard.Ecu).Distinct());
        rig.Ecus[1].IsSilent = false;
        rig.Round();
        rig.Round();
        Assert.Equal("ecu1: ", rig.Problems[1]);
        rig.AssertAllArrived();
    }

    [Fact]
    public void A_full_queue_takes_nothing_says_so_and_goes_on_when_the_server_is_back()
    {
        Ecu.AnswerBytesMax = 4000;
        Ecu.AddStart();
        _rig.Network.GoDown(1000 * VirtualTime.NsPerSecond);
        for (int i = 0; i < 200; i++)
        {
            Ecu.Add(ReportRecord.Make(ReportKind.Sample, ReportPriority.Low, Ecu.Next, Ecu.Boot, Ecu.Ms, 0, new byte[1000]));
        }

        _rig.Round();
        Assert.InRange(_rig.Queue.Bytes, ReportQueue.BytesMaxMin - 4100, ReportQueue.BytesMaxMin);
        Assert.Contains("is full", Assert.Single(_rig.Problems));
        Assert.Equal(Ecu.AcknowledgedUpTo, _rig.Queue.LastOf("ecu0")!.Value.Sequence);
        int reads = Ecu.Asked("31010230").Count();
        _rig.Round();
        Assert.Equal(reads, Ecu.Asked("31010230").Count());

        _rig.Time.RunFor(1100 * VirtualTime.NsPerSecond);
        for (int i = 0; i < 4; i++)
        {
            _rig.Round();
        }

        _rig.AssertAllArrived();
        Assert.Equal("ecu0: ", _rig.Problems[^1]);
    }

    [Fact]
    public void Between_two_requests_of_an_update_it_takes_one_answer_and_changes_no_session()
    {
        Ecu.AddStart();
        for (int i = 0; i < 30; i++)
        {
            Ecu.AddSample(1);
        }

        _rig.Time.Run(async () =>
        {
            EcuTurn update = await Ecu.Vehicle.Gate.EnterAsync();
            await Ecu.Vehicle.Client.SessionAsync(0x02);
            await Ecu.Vehicle.Client.AuthenticateAsync();
            int asked = Ecu.Ecu.Asked.Count;
            Task round = _rig.Collector.CollectAsync();
            Assert.True(Ecu.Vehicle.Gate.HasGuests);
            await Ecu.Vehicle.Gate.HostAsync();
            await round;
            string[] requests = [.. Ecu.Ecu.Asked.Skip(asked).Select(entry => entry.Request[..Math.Min(8, entry.Request.Length)])];
            Assert.Equal(["22FD11", "22FD12", "22FD10", "31010232", "31010230", "31010231"], requests);
            Assert.Equal(2, Ecu.Session);
            update.Dispose();
        });
        Assert.InRange(Ecu.AcknowledgedUpTo, 1u, 30u);
        _rig.Round();
        _rig.Round();
        _rig.AssertAllArrived();
    }

    [Fact]
    public void While_an_update_has_the_ECU_the_collector_waits_for_it()
    {
        Ecu.AddStart();
        EcuTurn? update = null;
        _rig.Time.Run(async () => update = await Ecu.Vehicle.Gate.EnterAsync());
        _rig.Time.After(30 * VirtualTime.NsPerSecond, () => update!.Dispose());
        long askedNs = 0;
        _rig.Time.Run(async () =>
        {
            await _rig.Collector.CollectAsync();
            askedNs = Ecu.Ecu.Asked[0].AtNs;
        });

        Assert.True(askedNs >= 30 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void Records_of_an_ECU_that_the_vehicle_no_longer_has_go_up_too()
    {
        _rig.Queue.TryAppend("gone", 0xE9, 0, [TestSignals.Sample(1, 1, 0, 7)]);
        _rig.RestartCollector();
        _rig.Time.Run(() =>
        {
            Task running = _rig.Collector.RunAsync();
            _rig.Time.After(VirtualTime.NsPerSecond, _rig.Collector.Stop);
            return running;
        });

        Assert.Equal([("gone", "000000e9", 1u)], _rig.Heard);
    }

    [Fact]
    public void A_damaged_time_line_is_said_and_learned_again()
    {
        Ecu.AddStart();
        _rig.Round();
        string path = TimeLineFile.PathOf("q", "ecu0");
        Dictionary<string, byte[]> files = _rig.Disk.Files;
        files[path] = [1, 2, 3];
        _rig.RestartCollector(files);
        Assert.Contains("ecu0.time is damaged", Assert.Single(_rig.Problems));
        Ecu.AddSample(1);
        _rig.Round();
        _rig.Round();

        _rig.AssertAllArrived();
        Assert.False(TimeLineFile.Load(_rig.Disk, path, out bool isDamaged).Boots is []);
        Assert.False(isDamaged);
    }
}
