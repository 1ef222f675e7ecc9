// Whole files or none, on the real disk.
using EsyncSim;
using EsyncSim.Files;
using Xunit;

namespace EsyncTests.HostSim.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_and_nothing_else_stays_behind()
    {
        AtomicFile.WriteOutput(_folder["a"], [1, 2, 3]);
        AtomicFile.WriteOutput(_folder["a"], [4]);

        Assert.Equal([4], File.ReadAllBytes(_folder["a"]));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void A_secret_is_for_its_owner_only_even_where_a_readable_file_was()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no file modes
        }

        File.WriteAllBytes(_folder["a.new"], [9, 9, 9, 9, 9]);
        AtomicFile.WriteOutput(_folder["a"], [1]);
        Assert.NotEqual(UnixFileMode.None, File.GetUnixFileMode(_folder["a"]) & UnixFileMode.GroupRead);

        AtomicFile.WriteOutput(_folder["a"], [2], isSecret: true);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["a"]));
        Assert.Equal([2], File.ReadAllBytes(_folder["a"]));
    }

    [Fact]
    public void Writing_where_one_cannot_is_one_line_and_leaves_nothing()
    {
        UserErrorException noFolder = Assert.Throws<UserErrorException>(() => AtomicFile.WriteOutput(_folder["no/a"], [1]));
        Directory.CreateDirectory(_folder["taken"]);
        UserErrorException isFolder = Assert.Throws<UserErrorException>(() => AtomicFile.WriteOutput(_folder["taken"], [1]));

        Assert.Equal(ExitCode.BadFile, noFolder.ExitCode);
        Assert.StartsWith("cannot write ", isFolder.Message);
        Assert.Equal(["taken"], _folder.Names);
    }

    [Fact]
    public void Reading_says_what_is_missing_or_too_long()
    {
        File.WriteAllBytes(_folder["long"], new byte[11]);

        Assert.Contains("is not there", Assert.Throws<UserErrorException>(() => AtomicFile.ReadInput(_folder["none"], "package", 10)).Message);
        Assert.Contains("is no package: it is a directory", Assert.Throws<UserErrorException>(() => AtomicFile.ReadInput(_folder["."], "package", 10)).Message);
        Assert.Contains("11 bytes", Assert.Throws<UserErrorException>(() => AtomicFile.ReadInput(_folder["long"], "package", 10)).Message);
        Assert.Equal(ExitCode.BadFile, Assert.Throws<UserErrorException>(() => AtomicFile.ReadInput(_folder["x"], "package", 10)).ExitCode);
        Assert.Equal(11, AtomicFile.ReadInput(_folder["long"], "package", 11).Length);
    }

    [Fact]
    public void A_lock_excludes_every_other_handle_until_it_is_given_back()
    {
        IFileSystem disk = DiskFileSystem.Instance;
        using (IDisposable? first = disk.TryLock(_folder["k.lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(disk.TryLock(_folder["k.lock"]));
        }

        using IDisposable? second = disk.TryLock(_folder["k.lock"]);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_lock_that_cannot_be_made_is_an_error_and_not_somebody_elses() =>
        Assert.Throws<DirectoryNotFoundException>(() => DiskFileSystem.Instance.TryLock(_folder["no/k.lock"]));

    [Fact]
    public void The_order_is_write_flush_rename_flush_of_the_directory()
    {
        MemoryFileSystem disk = new MemoryFileSystem().With([new("a", new byte[] { 1 })]);
        AtomicFile.Write(disk, "a", [2]);

        Assert.Equal(4, disk.OperationCount);
        Assert.Equal([2], disk.AfterPowerLoss(0, UnflushedContent.Lost)["a"]);
    }

    [Fact]
    public void What_is_added_stands_behind_what_was_there()
    {
        File.WriteAllBytes(_folder["a"], [1, 2]);
        DiskFileSystem.Instance.Append(_folder["a"], [3]);
        DiskFileSystem.Instance.Flush(_folder["a"]);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["a"]));
        Assert.Throws<FileNotFoundException>(() => DiskFileSystem.Instance.Append(_folder["none"], [1]));
        Assert.Throws<FileNotFoundException>(() => new MemoryFileSystem().Append("none", [1]));
    }

    [Fact]
    public void Of_what_was_added_and_not_flushed_the_medium_keeps_what_it_pleases()
    {
        MemoryFileSystem disk = new MemoryFileSystem().With([new("a", new byte[] { 1, 2 })]);
        disk.Append("a", [3, 4]);

        Assert.Equal([1, 2], disk.AfterPowerLoss(0, UnflushedContent.Lost)["a"]);
        Assert.Equal([1, 2, 3, 0], disk.AfterPowerLoss(0, UnflushedContent.Torn)["a"]);
        Assert.Equal([1, 2, 3, 4], disk.AfterPowerLoss(0, UnflushedContent.Kept)["a"]);
        disk.Flush("a");
        Assert.Equal([1, 2, 3, 4], disk.AfterPowerLoss(0, UnflushedContent.Lost)["a"]);
    }
}
