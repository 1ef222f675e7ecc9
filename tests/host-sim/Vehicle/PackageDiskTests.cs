// Packages on the vehicle's disk: whole or in part, never a wrong one, whatever a crash leaves; the one that was not used for longest goes first.
using System.Security.Cryptography;
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class PackageDiskTests(ITestOutputHelper output)
{
    private const string Directory = "packages";
    private const int PieceBytes = 10;
    private static readonly byte[] File = [.. Enumerable.Range(0, 35).Select(i => (byte)(i * 7))];
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public void A_part_grows_and_becomes_the_package()
    {
        PackageDisk disk = Open(_files);
        Assert.Equal(new PackagePart(0, null), disk.PartOf(Name(File)));
        disk.Add(Name(File), 0, File[..10], "\"a\"");
        disk = Open(_files);
        Assert.Equal(new PackagePart(10, "\"a\""), disk.PartOf(Name(File)));
        disk.Add(Name(File), 10, File[10..], "\"a\"");
        Assert.Null(disk.Find(Name(File)));

        Assert.True(disk.Complete(Name(File)));
        Assert.Equal(File, Open(_files).Find(Name(File)));
        Assert.Equal(File.Length, Open(_files).Bytes);
    }

    [Fact]
    public void What_is_not_the_package_is_gone_when_it_should_be_whole()
    {
        PackageDisk disk = Open(_files);
        disk.Add(Name(File), 0, File[1..], null);

        Assert.False(disk.Complete(Name(File)));
        Assert.Equal(new PackagePart(0, null), disk.PartOf(Name(File)));
    }

    [Fact]
    public void A_package_that_the_disk_has_damaged_is_gone()
    {
        Open(_files).Put(Name(File), File);
        _files.Write(Path.Combine(Directory, Name(File)), File[1..], isSecret: false);

        Assert.Null(Open(_files).Find(Name(File)));
        Assert.Equal(0, Open(_files).Bytes);
    }

    [Fact]
    public void The_one_that_was_not_used_for_longest_goes_and_never_one_that_is_held()
    {
        byte[][] files = [.. Enumerable.Range(1, 4).Select(i => Enumerable.Repeat((byte)i, 10).ToArray())];
        PackageDisk disk = Open(_files, 30);
        Array.ForEach(files[..3], file => disk.Put(Name(file), file));
        Assert.NotNull(disk.Find(Name(files[0])));
        disk = Open(_files, 30);
        using (disk.Hold(Name(files[1])))
        {
            Assert.True(disk.MakeRoom(Name(files[3]), 10));
            Assert.Equal([true, true, false], files[..3].Select(file => disk.Find(Name(file)) is not null));
            using IDisposable other = disk.Hold(Name(files[0]));
            disk.Put(Name(files[3]), files[3]);
            Assert.False(disk.MakeRoom(Name(File), 20));
        }

        Assert.True(disk.MakeRoom(Name(File), 30));
        Assert.Equal(0, disk.Bytes);
    }

    [Fact]
    public void Other_files_are_left_alone_and_other_names_are_refused()
    {
        _files.Write(Path.Combine(Directory, "notes.txt"), [1], isSecret: false);
        _files.Write(Path.Combine(Directory, Name(File) + ".part"), [1], isSecret: false);
        PackageDisk disk = Open(_files);

        Assert.True(_files.Exists(Path.Combine(Directory, "notes.txt")));
        Assert.False(_files.Exists(Path.Combine(Directory, Name(File) + ".part")));
        Assert.Throws<UserErrorException>(() => disk.Find("../vehicle.journal"));
    }

    [Fact]
    public void After_a_crash_at_any_operation_no_more_than_a_piece_is_lost_and_the_package_is_the_right_one()
    {
        int operations = Count(), cuts = 0, states = 0;
        for (int cutAt = 1; cutAt <= operations; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut };
                int safe = 0;
                Assert.Throws<PowerCutException>(() => Fill(Open(disk), have => safe = have));
                cuts++;
                foreach (Dictionary<string, byte[]> left in disk.Survivors())
                {
                    MemoryFileSystem next = new MemoryFileSystem().With(left);
                    PackageDisk again = Open(next);
                    int have = again.Find(Name(File)) is null ? again.PartOf(Name(File)).Have : File.Length;
                    Assert.True(have >= safe, $"operation {cutAt}, {cut}: {have} bytes of {safe}");
                    Fill(again, _ => { });
                    Assert.Equal(File, again.Find(Name(File)));
                    Assert.Equal([Name(File), "order"], next.Files.Keys.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
                    states++;
                }
            }
        }

        output.WriteLine($"{operations} operations, {cuts} cuts, {states} states of the medium");
        Assert.True(states > 2 * cuts, $"{states} states");
    }

    private static int Count()
    {
        MemoryFileSystem disk = new();
        Fill(Open(disk), _ => { });
        return disk.OperationCount;
    }

    // Goes on with what is there; tells how much is safe.
    private static void Fill(PackageDisk disk, Action<int> isSafe)
    {
        if (disk.Find(Name(File)) is not null)
        {
            return;
        }

        for (int have = disk.PartOf(Name(File)).Have; have < File.Length; have = disk.PartOf(Name(File)).Have)
        {
            disk.Add(Name(File), have, File.AsMemory(have, Math.Min(PieceBytes, File.Length - have)), "\"a\"");
            isSafe(disk.PartOf(Name(File)).Have);
        }

        Assert.True(disk.Complete(Name(File)));
    }

    private static PackageDisk Open(MemoryFileSystem files, long bytesMax = PackageDisk.DefaultBytesMax) => PackageDisk.Open(files, Directory, bytesMax);

    private static string Name(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));
}
