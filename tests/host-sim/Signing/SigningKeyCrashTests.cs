// A signature index is used once, whatever happens to the machine: power cut before, in the middle of and after every file
// operation, and every state of the medium that may come of it. The same search run on disks that lie finds the double use, which shows
// that it can.
using EsyncSim.Files;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Signing;

public sealed class SigningKeyCrashTests
{
    private const string Path = "author.key";
    private const int SignaturesBeforeCut = 3;
    private const int SignaturesAfterCut = 2;

    private static readonly byte[] FirstFile = FileOf(TestKeys.Author());

    [Fact]
    public void No_index_is_used_twice_however_the_power_fails()
    {
        Findings findings = Explore(isFlushIgnored: false, isDirectoryFlushIgnored: false);

        Assert.Empty(findings.UsedTwice);
        Assert.Empty(findings.Unreadable);

        // Four operations for each signature: write, flush, rename, flush of the directory; each cut in three ways.
        Assert.Equal(3 * 4 * SignaturesBeforeCut, findings.Cuts);
        Assert.True(findings.Recoveries > findings.Cuts);
    }

    [Fact]
    public void A_disk_that_ignores_a_flush_of_the_directory_is_found_to_use_an_index_twice() =>
        Assert.NotEmpty(Explore(isFlushIgnored: false, isDirectoryFlushIgnored: true).UsedTwice);

    [Fact]
    public void A_disk_that_ignores_a_flush_of_the_file_is_found_to_lose_the_key() =>
        Assert.NotEmpty(Explore(isFlushIgnored: true, isDirectoryFlushIgnored: false).Unreadable);

    [Fact]
    public void A_new_key_is_there_completely_or_not_at_all()
    {
        SigningKey key = TestKeys.Author();
        int whole = 0, none = 0;
        foreach ((int cutAt, DiskCut cut) in Enumerable.Range(1, 4).SelectMany(_ => Enum.GetValues<DiskCut>(), (cutAt, cut) => (cutAt, cut)))
        {
            MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut };
            Assert.Throws<PowerCutException>(() => Store(disk).Create(Path, key));
            foreach (Dictionary<string, byte[]> files in disk.Survivors())
            {
                if (files.ContainsKey(Path))
                {
                    Assert.Equal(FirstFile, files[Path]);
                    whole++;
                }
                else
                {
                    none++;
                }
            }
        }

        Assert.True(whole > 0 && none > 0);
    }

    private static Findings Explore(bool isFlushIgnored, bool isDirectoryFlushIgnored)
    {
        Findings findings = new();
        bool wasCut = true;
        for (int cutAt = 1; wasCut; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut, IsFlushIgnored = isFlushIgnored, IsDirectoryFlushIgnored = isDirectoryFlushIgnored };
                disk.With([new(Path, FirstFile)]);
                (List<long> released, wasCut) = SignUntilCut(disk);
                if (wasCut)
                {
                    findings.Cuts++;
                    Recover(disk, released, findings);
                }
            }
        }

        return findings;
    }

    private static (List<long> Released, bool WasCut) SignUntilCut(MemoryFileSystem disk)
    {
        List<long> released = [];
        try
        {
            for (byte i = 0; i < SignaturesBeforeCut; i++)
            {
                released.Add(TestKeys.IndexOf(TestKeys.Small, Store(disk).Sign(Path, [i])));
            }

            return (released, false);
        }
        catch (PowerCutException)
        {
            return (released, true);
        }
    }

    private static void Recover(MemoryFileSystem disk, List<long> released, Findings findings)
    {
        foreach (Dictionary<string, byte[]> files in disk.Survivors())
        {
            findings.Recoveries++;
            List<long> used = [.. released];
            SigningKeyStore store = Store(new MemoryFileSystem().With(files));
            try
            {
                for (byte i = 0; i < SignaturesAfterCut; i++)
                {
                    used.Add(TestKeys.IndexOf(TestKeys.Small, store.Sign(Path, [i, i])));
                }
            }
            catch (EsyncSim.UserErrorException error)
            {
                findings.Unreadable.Add(error.Message);
            }

            findings.UsedTwice.AddRange(used.GroupBy(index => index).Where(group => group.Count() > 1).Select(group => group.Key));
        }
    }

    private static SigningKeyStore Store(MemoryFileSystem disk) => new(disk, _ => throw new InvalidOperationException("nobody else holds the lock"));

    private static byte[] FileOf(SigningKey key)
    {
        MemoryFileSystem disk = new();
        Store(disk).Create(Path, key);
        return disk.Read(Path);
    }

    private sealed class Findings
    {
        public int Cuts { get; set; }

        public int Recoveries { get; set; }

        public List<long> UsedTwice { get; } = [];

        public List<string> Unreadable { get; } = [];
    }
}
