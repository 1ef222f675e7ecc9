// The queue: order, bounds, acknowledgements, and that after a crash at any file operation what was confirmed is there and nothing half is.
using EsyncSim;
using EsyncSim.Data;
using EsyncSim.Files;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class ReportQueueTests
{
    private const uint Epoch = 0xE1;
    private readonly MemoryFileSystem _disk = new();

    [Fact]
    public void Records_wait_in_order_until_the_server_has_them_whoever_opens_the_queue()
    {
        using (ReportQueue queue = ReportQueue.Open(_disk, "q"))
        {
            Assert.Null(queue.Peek("motor", 10, 1000));
            Assert.Null(queue.LastOf("motor"));
            Append(queue, "motor", 1, 2, 3);
            Append(queue, "battery", 7);
            Append(queue, "motor", 5);
            queue.Acknowledge("motor", Epoch, 2);
            Assert.Equal((2u, "3 5"), Head(queue, "motor"));
        }

        using ReportQueue again = ReportQueue.Open(_disk, "q");
        Assert.Equal((0u, "1 2 3 5"), Head(again, "motor"));
        Assert.Equal((6u, "7"), Head(again, "battery"));
        Assert.Equal((Epoch, 5u), again.LastOf("motor"));
        Assert.Equal(["battery", "motor"], again.Ecus.Order());
        again.Acknowledge("motor", Epoch, 5);
        Assert.Null(again.Peek("motor", 10, 1000));
        Assert.Equal(1, again.CountOf("battery"));
        Assert.Single(_disk.Files);
    }

    [Fact]
    public void A_batch_is_as_large_as_was_asked_for_and_has_one_record_at_least()
    {
        using ReportQueue queue = ReportQueue.Open(_disk, "q");
        Append(queue, "motor", 1, 2, 3);
        int length = Sample(1, 1, 0, 0).Bytes.Length;

        Assert.Equal([1u, 2], queue.Peek("motor", 2, 1000)!.Records.Select(record => record.Sequence));
        Assert.Equal([1u, 2], queue.Peek("motor", 9, 2 * length)!.Records.Select(record => record.Sequence));
        Assert.Equal([1u], queue.Peek("motor", 9, 1)!.Records.Select(record => record.Sequence));
    }

    [Fact]
    public void A_record_is_given_back_as_it_came()
    {
        using ReportQueue queue = ReportQueue.Open(_disk, "q");
        ReportRecord record = Start(4, 9);
        queue.TryAppend("motor", Epoch, 0, [record]);

        Assert.Equal(record.Bytes, queue.Peek("motor", 1, 1)!.Records[0].Bytes);
        Assert.Equal([(Epoch, 4u)], queue.AllOf("motor").Select(entry => (entry.Epoch, entry.Record.Sequence)));
    }

    [Fact]
    public void Lives_of_a_log_follow_each_other()
    {
        using ReportQueue queue = ReportQueue.Open(_disk, "q");
        Append(queue, "motor", 8, 9);
        queue.TryAppend("motor", 0xE2, 0, [Sample(1, 1, 0, 0)]);

        Assert.Equal((7u, "8 9"), Head(queue, "motor"));
        queue.Acknowledge("motor", 0xE2, 5);
        Assert.Equal((7u, "8 9"), Head(queue, "motor"));
        queue.Acknowledge("motor", Epoch, 9);
        Assert.Equal(0xE2u, queue.Peek("motor", 9, 99)!.Epoch);
    }

    [Fact]
    public void It_takes_no_more_than_its_bound_and_goes_on_when_there_is_room_again()
    {
        using ReportQueue queue = ReportQueue.Open(_disk, "q", ReportQueue.BytesMaxMin);
        uint next = 1;
        while (queue.TryAppend("motor", Epoch, next - 1, [Sample(next, 1, 0, 0)]))
        {
            next++;
        }

        long full = queue.Bytes;
        Assert.InRange(full, ReportQueue.BytesMaxMin - 100, ReportQueue.BytesMaxMin);
        Assert.Equal(full, _disk.Files.Values.Sum(file => file.Length));
        Assert.Equal((int)next - 1, queue.CountOf("motor"));
        Assert.False(queue.TryAppend("battery", Epoch, 0, [Sample(1, 1, 0, 0)]));
        Assert.True(_disk.Files.Count > 1);

        queue.Acknowledge("motor", Epoch, (next / 2) + 200);
        Assert.True(queue.TryAppend("battery", Epoch, 0, [Sample(1, 1, 0, 0)]));
        uint last = 0;
        while (queue.Peek("motor", 100, 4000) is { } batch)
        {
            Assert.True(last == 0 || batch.Records[0].Sequence == last + 1);
            last = batch.Records[^1].Sequence;
            queue.Acknowledge("motor", Epoch, last);
        }

        Assert.Equal(next - 1, last);
    }

    [Fact]
    public void A_bound_that_holds_nothing_is_refused()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => ReportQueue.Open(_disk, "q", ReportQueue.BytesMaxMin - 1));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
    }

    [Fact]
    public void Two_clients_do_not_share_a_queue()
    {
        using ReportQueue first = ReportQueue.Open(_disk, "q");
        Assert.Contains("in use", Assert.Throws<UserErrorException>(() => ReportQueue.Open(_disk, "q")).Message);
    }

    [Fact]
    public void After_a_crash_at_any_operation_all_that_was_confirmed_is_there_and_nothing_half_is()
    {
        int states = 0;
        int operations = Story(new MemoryFileSystem(), out _);
        for (int cutAt = 1; cutAt <= operations; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut };
                uint confirmed = 0, attempted = 0, acknowledged = 0;
                Assert.Throws<PowerCutException>(() => Story(disk, out _, (c, t, k) => (confirmed, attempted, acknowledged) = (c, t, k)));
                foreach (Dictionary<string, byte[]> files in disk.Survivors())
                {
                    Check(new MemoryFileSystem().With(files), confirmed, attempted, acknowledged);
                    states++;
                }
            }
        }

        Assert.InRange(operations, 30, 200);
        Assert.True(states > 5 * operations, $"{states} states of the medium");
    }

    // Whatever survived, the records that were confirmed and not acknowledged follow each other without a gap, and one can go on.
    private static void Check(MemoryFileSystem disk, uint confirmed, uint attempted, uint acknowledged)
    {
        using ReportQueue queue = ReportQueue.Open(disk, "q");
        Assert.Empty(queue.Damages);
        uint[] numbers = [.. queue.AllOf("motor").Select(entry => entry.Record.Sequence)];
        for (int i = 1; i < numbers.Length; i++)
        {
            Assert.Equal(numbers[i - 1] + 1, numbers[i]);
        }

        uint last = numbers.Length == 0 ? acknowledged : numbers[^1];
        Assert.InRange(last, confirmed, attempted);
        Assert.True(numbers.Length == 0 || numbers[0] <= acknowledged + 1, $"begins at {(numbers.Length == 0 ? 0 : numbers[0])}, acknowledged up to {acknowledged}");
        uint previous = queue.LastOf("motor")?.Sequence ?? last;
        Assert.True(queue.TryAppend("motor", Epoch, previous, [Sample(previous + 1, 1, 0, 0)]));
        queue.Dispose();
        using ReportQueue again = ReportQueue.Open(disk, "q");
        Assert.Empty(again.Damages);
        Assert.Equal(previous + 1, again.LastOf("motor")!.Value.Sequence);
    }

    // Twenty records of one ECU, some at once, acknowledged now and then; large ones, so that there are several segments.
    private static int Story(MemoryFileSystem disk, out uint last, Action<uint, uint, uint>? stands = null)
    {
        using ReportQueue queue = ReportQueue.Open(disk, "q");
        uint confirmed = 0, acknowledged = 0;
        foreach (int count in new[] { 1, 3, 2, 4, 1, 5, 3, 1 })
        {
            ReportRecord[] records = [.. Enumerable.Range(1, count).Select(i => Large(confirmed + (uint)i))];
            stands?.Invoke(confirmed, confirmed + (uint)count, acknowledged);
            Assert.True(queue.TryAppend("motor", Epoch, confirmed, records));
            confirmed += (uint)count;
            stands?.Invoke(confirmed, confirmed, acknowledged);
            if (confirmed % 2 == 0)
            {
                stands?.Invoke(confirmed, confirmed, confirmed - 1);
                queue.Acknowledge("motor", Epoch, confirmed - 1);
                acknowledged = confirmed - 1;
            }
        }

        last = confirmed;
        return disk.OperationCount;
    }

    [Fact]
    public void What_is_half_at_the_end_is_cut_off_and_not_added_to()
    {
        using (ReportQueue queue = ReportQueue.Open(_disk, "q"))
        {
            Append(queue, "motor", 1, 2);
        }

        string path = Assert.Single(_disk.Files.Keys);
        MemoryFileSystem torn = new MemoryFileSystem().With([new(path, _disk.Files[path][..^1])]);
        using (ReportQueue queue = ReportQueue.Open(torn, "q"))
        {
            Assert.Equal((0u, "1"), Head(queue, "motor"));
            Append(queue, "motor", 2, 3);
        }

        using ReportQueue again = ReportQueue.Open(torn, "q");
        Assert.Equal((0u, "1 2 3"), Head(again, "motor"));
        Assert.Empty(again.Damages);
    }

    [Fact]
    public void Damage_is_said_and_the_rest_goes_on_with_the_number_that_shows_the_gap()
    {
        using (ReportQueue queue = ReportQueue.Open(_disk, "q"))
        {
            for (uint number = 1; number <= 12; number++)
            {
                queue.TryAppend("motor", Epoch, number - 1, [Large(number)]);
            }
        }

        string[] paths = [.. _disk.Files.Keys.Order(StringComparer.Ordinal)];
        Assert.True(paths.Length >= 3);
        Dictionary<string, byte[]> files = _disk.Files;
        files[paths[0]] = Flipped(files[paths[0]], 3);
        files[paths[1]] = Flipped(files[paths[1]], files[paths[1]].Length - 1);
        MemoryFileSystem damaged = new MemoryFileSystem().With(files);

        using ReportQueue again = ReportQueue.Open(damaged, "q");

        Assert.Equal(2, again.Damages.Count);
        Assert.Contains("put aside", again.Damages[0]);
        Assert.Contains("are lost", again.Damages[1]);
        Assert.Contains(damaged.Files.Keys, path => path.EndsWith(".damaged", StringComparison.Ordinal));
        uint[] numbers = [.. again.AllOf("motor").Select(entry => entry.Record.Sequence)];
        Assert.Equal(12u, numbers[^1]);
        Assert.True(numbers.Length < 10);
    }

    [Fact]
    public void A_disk_that_takes_nothing_leaves_the_queue_as_it_was_and_may_be_tried_again()
    {
        StubbornDisk disk = new(_disk);
        using (ReportQueue queue = ReportQueue.Open(disk, "q"))
        {
            Append(queue, "motor", 1);
            disk.IsStubborn = true;
            Assert.Throws<IOException>(() => Append(queue, "motor", 2));
            disk.IsStubborn = false;
            Assert.Equal((0u, "1"), Head(queue, "motor"));
            Append(queue, "motor", 2, 3);
            Assert.Equal(3, queue.CountOf("motor"));
        }

        using ReportQueue again = ReportQueue.Open(_disk, "q");
        Assert.Empty(again.Damages);
        Assert.Equal([1u, 2, 3], again.AllOf("motor").Select(entry => entry.Record.Sequence));
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] bad = [.. bytes];
        bad[at] ^= 1;
        return bad;
    }

    private static ReportRecord Large(uint number) => ReportRecord.Make(ReportKind.Sample, ReportPriority.Low, number, 1, number, 0, new byte[15_000]);

    private static void Append(ReportQueue queue, string ecu, params uint[] numbers)
    {
        uint previous = queue.LastOf(ecu)?.Sequence ?? (numbers[0] - 1);
        Assert.True(queue.TryAppend(ecu, Epoch, previous, [.. numbers.Select(number => Sample(number, 1, number, 0))]));
    }

    private static (uint After, string Numbers) Head(ReportQueue queue, string ecu)
    {
        QueuedBatch batch = queue.Peek(ecu, 100, 100_000)!;
        return (batch.After, string.Join(' ', batch.Records.Select(record => record.Sequence)));
    }

    // Adds, and then says that it could not.
    private sealed class StubbornDisk(IFileSystem disk) : IFileSystem
    {
        public bool IsStubborn { get; set; }

        public bool Exists(string path) => disk.Exists(path);

        public string Resolve(string path) => disk.Resolve(path);

        public long Length(string path) => disk.Length(path);

        public byte[] Read(string path) => disk.Read(path);

        public void Write(string path, byte[] data, bool isSecret) => disk.Write(path, data, isSecret);

        public void Append(string path, byte[] data)
        {
            disk.Append(path, data);
            if (IsStubborn)
            {
                throw new IOException("no space left on the device");
            }
        }

        public void Flush(string path) => disk.Flush(path);

        public void Replace(string from, string to) => disk.Replace(from, to);

        public void FlushDirectory(string path) => disk.FlushDirectory(path);

        public void Delete(string path) => disk.Delete(path);

        public void CreateDirectory(string path) => disk.CreateDirectory(path);

        public IReadOnlyList<string> List(string directory) => disk.List(directory);

        public IDisposable? TryLock(string path) => disk.TryLock(path);
    }
}
