// The journal: what is under way, what was taken, what waits; whole after every crash.
using System.Text;
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class VehicleJournalTests
{
    private const string Path = "vehicle.journal";
    private readonly MemoryFileSystem _disk = new();

    [Fact]
    public void A_journal_goes_on_where_it_ended()
    {
        VehicleJournal journal = Open();
        Assert.True(journal.Take(Request("s", 7)));
        journal.Answer(Answer("s-7"));
        Assert.True(journal.Take(Request("s", 8)));

        VehicleJournal again = Open(newEpoch: "another");

        Assert.Equal("e1", again.Epoch);
        Assert.Equal("s-8", Assert.Single(again.UnderWay).ReplyId);
        EsyncMessage kept = Assert.Single(again.Unacknowledged);
        Assert.Equal(("s-7", "e1", 1), (kept.ReplyTo, kept.Epoch, kept.Body.Sequence));
        Assert.Equal(2, again.Answer(Answer("s-8")).Body.Sequence);
        Assert.Empty(Open().UnderWay);
    }

    [Fact]
    public void A_request_is_taken_once_whatever_comes_late()
    {
        VehicleJournal journal = Open();
        Assert.True(journal.Take(Request("s", 2)));
        Assert.False(journal.Take(Request("s", 2)));
        Assert.False(journal.Take(Request("s", 1)));
        Assert.False(Open().Take(Request("s", 2)));
        Assert.True(journal.Take(Request("another server", 1)));
        Assert.True(journal.Take(Request("s", 3)));
    }

    [Fact]
    public void One_that_another_has_overtaken_is_taken_when_the_server_waits_for_it_and_once()
    {
        VehicleJournal journal = Open();
        Assert.True(journal.Take(Request("s", 5) with { Oldest = 3 }));
        Assert.False(Open().Take(Request("s", 2)));
        Assert.True(Open().Take(Request("s", 4) with { Oldest = 3 }));
        Assert.False(Open().Take(Request("s", 4) with { Oldest = 3 }));
        Assert.True(Open().Take(Request("s", 7) with { Oldest = 4 }));
        Assert.False(Open().Take(Request("s", 3)));
        Assert.True(Open().Take(Request("s", 6) with { Oldest = 6 }));
        Assert.False(Open().Take(Request("s", 6) with { Oldest = 6 }));
        Assert.Equal(["s-5", "s-4", "s-7", "s-6"], Open().UnderWay.Select(request => request.ReplyId));
    }

    [Fact]
    public void Several_requests_are_under_way_and_each_answer_ends_its_own()
    {
        VehicleJournal journal = Open();
        journal.Take(Request("s", 1));
        journal.Take(Request("s", 2));
        journal.Answer(Answer("s-1"));

        Assert.Equal("s-2", Assert.Single(Open().UnderWay).ReplyId);
        for (int i = 3; !journal.IsFull; i++)
        {
            journal.Take(Request("s", i));
        }

        // Each of them may bring about a fallback and an answer.
        Assert.True(journal.Unacknowledged.Count + (2 * journal.UnderWay.Count) <= VehicleJournal.MessageCountMax);
    }

    [Fact]
    public void A_journal_of_the_former_version_goes_on()
    {
        string text = """{"format":"esync-vehicle-journal/1","epoch":"e0","nextNumber":4,"servers":[{"epoch":"s","last":7}],"underWay":{"type":"esync.query-package","reply-id":"s-7","epoch":"s","body":{"package":{"type":"/ECU/motor","name":"motor"},"sequence":7}},"messages":[]}""";
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        MemoryFileSystem disk = new MemoryFileSystem().With([new(Path, Encoding.UTF8.GetBytes($"{digest}\n{text}"))]);
        VehicleJournal journal = VehicleJournal.Open(disk, Path, "e1");

        Assert.Equal(("e0", "s-7"), (journal.Epoch, Assert.Single(journal.UnderWay).ReplyId));
        Assert.False(journal.Take(Request("s", 7)));
        Assert.Equal(4, journal.Answer(Answer("s-7")).Body.Sequence);
        Assert.Empty(VehicleJournal.Open(disk, Path, "e1").UnderWay);
    }

    [Fact]
    public void What_is_acknowledged_is_forgotten_and_what_is_not_waits_in_order()
    {
        VehicleJournal journal = Open();
        for (int i = 1; i <= 4; i++)
        {
            journal.Answer(Answer($"{i}"));
        }

        journal.Acknowledge("another epoch", 4);
        Assert.Equal(4, journal.Unacknowledged.Count);
        journal.Acknowledge("e1", 2);

        Assert.Equal([3, 4], journal.Unacknowledged.Select(message => message.Body.Sequence!.Value));
        journal.Answer(Answer("5"));
        Assert.Equal([3, 4, 5], Open().Unacknowledged.Select(message => message.Body.Sequence!.Value));
    }

    [Fact]
    public void A_fallback_and_the_message_about_it_are_one_step_and_the_request_goes_on()
    {
        VehicleJournal journal = Open();
        Assert.False(journal.HasFallenBack(Failed().Body, "aa"));
        EsyncMessage request = InCampaign(Request("s", 1), "c1");
        journal.Take(request);
        EsyncMessage told = journal.FallBack(InCampaign(Failed(), "c1"), "aa");

        VehicleJournal again = Open();

        Assert.Equal(("e1", 1), (told.Epoch, told.Body.Sequence));
        Assert.Equal("s-1", Assert.Single(again.UnderWay).ReplyId);
        Assert.Equal("esync.incremental-failed", Assert.Single(again.Unacknowledged).Type);
        Assert.True(again.HasFallenBack(request.Body, "aa"));
        Assert.False(again.HasFallenBack(request.Body, "bb"));
        Assert.False(again.HasFallenBack(InCampaign(request, "c2").Body, "aa"));
        Assert.Equal(2, again.Answer(Answer("s-1")).Body.Sequence);
        Assert.True(Open().HasFallenBack(request.Body, "aa"));
    }

    [Fact]
    public void Of_each_ECU_the_last_fallback_is_remembered()
    {
        VehicleJournal journal = Open();
        for (int i = 0; i < 200; i++)
        {
            EsyncMessage failed = InCampaign(Failed($"/ECU/{i % 100}"), $"c{i}");
            journal.Acknowledge("e1", journal.FallBack(failed, "aa").Body.Sequence!.Value);
        }

        Assert.True(journal.HasFallenBack(InCampaign(Failed("/ECU/99"), "c199").Body, "aa"));
        Assert.False(journal.HasFallenBack(InCampaign(Failed("/ECU/99"), "c99").Body, "aa"));
        Assert.False(journal.HasFallenBack(InCampaign(Failed("/ECU/0"), "c100").Body, "aa"));
        Assert.InRange(_disk.Read(Path).Length, 1, 64 * 100);
    }

    [Fact]
    public void The_file_does_not_grow_with_the_number_of_messages()
    {
        VehicleJournal journal = Open();
        for (int i = 1; i <= 500; i++)
        {
            journal.Take(Request($"server {i % 20:D2}", i));
            journal.Acknowledge("e1", journal.Answer(Answer($"server {i % 20:D2}-{i}")).Body.Sequence!.Value);
        }

        Assert.InRange(_disk.Read(Path).Length, 1, 2000);
        Assert.False(journal.IsFull);
        for (int i = 0; i < VehicleJournal.MessageCountMax; i++)
        {
            // Room for a fallback and an answer, or none is begun.
            Assert.Equal(i > VehicleJournal.MessageCountMax - 2, journal.IsFull);
            journal.Answer(Answer("s"));
        }

        Assert.True(journal.IsFull);
        Assert.InRange(_disk.Read(Path).Length, 1, 64 * 400);
    }

    [Fact]
    public void A_damaged_journal_is_refused_with_what_to_do()
    {
        Open().Answer(Answer("1"));
        byte[] good = _disk.Read(Path);
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x01;
            MemoryFileSystem disk = new MemoryFileSystem().With([new(Path, bad)]);
            UserErrorException error = Assert.Throws<UserErrorException>(() => VehicleJournal.Open(disk, Path, "e2"));
            Assert.Contains("begin a new one", error.Message);
        }

        Assert.Throws<UserErrorException>(() => VehicleJournal.Open(new MemoryFileSystem().With([new(Path, [])]), Path, "e2"));
    }

    [Fact]
    public void After_a_crash_at_any_operation_the_journal_is_the_former_one_or_the_new_one()
    {
        int cuts = 0;
        HashSet<string> states = [];
        for (int cutAt = 1; cutAt <= 8; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut };
                VehicleJournal journal = VehicleJournal.Open(disk, Path, "e1");
                bool isTaken = false;
                Assert.Throws<PowerCutException>(() =>
                {
                    isTaken = journal.Take(Request("s", 1));
                    journal.Answer(Answer("s-1"));
                });
                foreach (Dictionary<string, byte[]> files in disk.Survivors())
                {
                    VehicleJournal again = VehicleJournal.Open(new MemoryFileSystem().With(files), Path, "e2");
                    string state = $"{again.UnderWay.FirstOrDefault()?.ReplyId} {again.Unacknowledged.Count}";
                    states.Add(state);
                    Assert.True(!isTaken || state != " 0", "a request that was taken is forgotten");
                    cuts++;
                }
            }
        }

        // Nothing yet, under way, answered; and never both of the latter.
        Assert.Equal([" 0", " 1", "s-1 0"], states.Order(StringComparer.Ordinal));
        Assert.True(cuts > 40, $"{cuts} states");
    }

    [Fact]
    public void A_disk_that_is_full_leaves_the_journal_as_it_was()
    {
        FullDisk disk = new(_disk);
        VehicleJournal journal = VehicleJournal.Open(disk, Path, "e1");
        journal.Take(Request("s", 1));
        disk.IsFull = true;

        Assert.Throws<IOException>(() => journal.Answer(Answer("s-1")));
        Assert.Throws<IOException>(() => journal.Take(Request("s", 2)));

        Assert.Throws<IOException>(() => journal.FallBack(Failed(), "aa"));

        Assert.Equal("s-1", Assert.Single(journal.UnderWay).ReplyId);
        Assert.Empty(journal.Unacknowledged);
        Assert.False(journal.HasFallenBack(Failed().Body, "aa"));
        disk.IsFull = false;
        Assert.Equal(1, journal.Answer(Answer("s-1")).Body.Sequence);
    }

    [Fact]
    public void The_journal_can_be_read_by_people()
    {
        Open().Answer(Answer("s-1"));
        string text = Encoding.UTF8.GetString(_disk.Read(Path)).Split('\n')[1];

        Assert.StartsWith("{\"format\":\"esync-vehicle-journal/2\",\"epoch\":\"e1\",\"nextNumber\":2,\"servers\":[],\"requests\":[],\"messages\":[{\"type\":", text);
    }

    private VehicleJournal Open(string newEpoch = "e1") => VehicleJournal.Open(_disk, Path, newEpoch);

    private static EsyncMessage Request(string epoch, int number) => new()
    {
        Type = "esync.query-package",
        ReplyId = $"{epoch}-{number}",
        Epoch = epoch,
        Body = new EsyncBody { Package = new EsyncPackage { Type = "/ECU/motor", Name = "motor" }, Sequence = number },
    };

    private static EsyncMessage Answer(string replyTo) => new()
    {
        Type = "esync.update-status",
        ReplyTo = replyTo,
        Body = new EsyncBody { Package = new EsyncPackage { Type = "/ECU/motor", Name = "motor", Status = "INSTALL_READY" } },
    };

    private static EsyncMessage Failed(string type = "/ECU/motor") => new()
    {
        Type = "esync.incremental-failed",
        Body = new EsyncBody
        {
            Package = new EsyncPackage { Type = type, Name = "motor" },
            Ecu = new EsyncEcu { Encoding = "delta", Reason = "WrongBase" },
        },
    };

    private static EsyncMessage InCampaign(EsyncMessage message, string campaign) =>
        message with { Body = message.Body with { Campaign = new EsyncCampaign(campaign) } };

    private sealed class FullDisk(IFileSystem disk) : IFileSystem
    {
        public bool IsFull { get; set; }

        public bool Exists(string path) => disk.Exists(path);

        public string Resolve(string path) => disk.Resolve(path);

        public long Length(string path) => disk.Length(path);

        public byte[] Read(string path) => disk.Read(path);

        public void Write(string path, byte[] data, bool isSecret)
        {
            disk.Write(path, data, isSecret);
            if (IsFull)
            {
                throw new IOException("no space left on the device");
            }
        }

        public void Append(string path, byte[] data) => disk.Append(path, data);

        public void Flush(string path) => disk.Flush(path);

        public void Replace(string from, string to) => disk.Replace(from, to);

        public void FlushDirectory(string path) => disk.FlushDirectory(path);

        public void Delete(string path) => disk.Delete(path);

        public void CreateDirectory(string path) => disk.CreateDirectory(path);

        public IReadOnlyList<string> List(string directory) => disk.List(directory);

        public IDisposable? TryLock(string path) => disk.TryLock(path);
    }
}
