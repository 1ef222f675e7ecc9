// The register of used signatures: an old key file is found, however it came to be, and a crash accuses nobody falsely.
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Signing;

public sealed class KeyRegisterTests(ITestOutputHelper output)
{
    private const string Path = "keys/author.key";
    private const string Register = "register";
    private static readonly SigningKey Fresh = SigningKey.Generate(SigningRole.Author, TestKeys.Small);
    private static readonly byte[] FirstFile = FileOf(Fresh);
    private readonly MemoryFileSystem _disk = new MemoryFileSystem().With([new(Path, FirstFile)]);

    [Fact]
    public void A_key_file_from_a_backup_signs_nothing_and_the_message_says_what_to_do()
    {
        byte[] backup = [];
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(i, Sign(_disk));
            backup = i == 1 ? _disk.Read(Path) : backup;
        }

        _disk.Write(Path, backup, isSecret: true);
        UserErrorException error = Assert.Throws<UserErrorException>(() => Sign(_disk));

        Assert.Equal(ExitCode.KeyProblem, error.ExitCode);
        Assert.Contains("old copy", error.Message);
        Assert.Contains("number 2", error.Message);
        Assert.Contains($"{System.IO.Path.GetFullPath(Path)} shows that all below 5 are used", error.Message);
        Assert.Contains($"esync keys reserve {Path} --next 5", error.Message);
        Assert.Equal(backup, _disk.Read(Path));

        Assert.Equal(5, Store(_disk).Reserve(Path, 5).NextIndex);
        Assert.Equal(5, Sign(_disk));
    }

    [Fact]
    public void Of_two_copies_of_a_key_each_number_is_signed_by_one()
    {
        _disk.Write("elsewhere/copy.key", FirstFile, isSecret: true);
        Assert.Equal(0, Sign(_disk));
        Assert.Throws<UserErrorException>(() => Sign(_disk, "elsewhere/copy.key"));
        Store(_disk).Reserve("elsewhere/copy.key", 1);
        Assert.Equal(1, Sign(_disk, "elsewhere/copy.key"));
        Assert.Throws<UserErrorException>(() => Sign(_disk));
    }

    [Fact]
    public void Two_copies_cannot_both_pass_the_comparison_at_once()
    {
        using IDisposable? held = new KeyRegister(_disk, Register).TryLock(Fresh.KeyId);
        int pauses = 0;
        List<string> notices = [];
        SigningKeyStore store = new(_disk, _ => pauses++, new KeyRegister(_disk, Register), notices.Add);

        UserErrorException error = Assert.Throws<UserErrorException>(() => store.Sign(Path, [1]));

        Assert.Contains("in use by another process", error.Message);
        Assert.Contains(Convert.ToHexStringLower(Fresh.KeyId) + ".lock", error.Message);
        Assert.Equal(200, pauses);
        Assert.Contains("waiting for up to 10 seconds", Assert.Single(notices));
        Assert.Equal(FirstFile, _disk.Read(Path));
    }

    [Fact]
    public void A_key_whose_numbers_are_known_otherwise_is_refused_too()
    {
        Store(_disk).Learn(Path, 7, "out/motor-8.esp");
        Assert.Contains("out/motor-8.esp shows that all below 8 are used", Assert.Throws<UserErrorException>(() => Sign(_disk)).Message);
        Store(_disk).Learn(Path, 3, "out/motor-4.esp");
        Assert.Throws<UserErrorException>(() => Store(_disk).Reserve(Path, 7));
        Assert.Throws<UserErrorException>(() => Store(_disk).Reserve(Path, 33));
        Store(_disk).Reserve(Path, 8);
        Assert.Equal(8, Sign(_disk));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    [InlineData(1023)]
    public void Two_levels_sign_on_after_numbers_were_given_up(int next)
    {
        SigningKey key = SigningKey.Generate(SigningRole.Oem, TestKeys.SmallTwoLevels);
        Store(_disk).Create("oem.key", key);
        Store(_disk).Reserve("oem.key", next);
        byte[] signature = Store(_disk).Sign("oem.key", [1]);

        Assert.Equal(next, HssSignatures.IndexOf(key.PublicKey, signature));
        Assert.True(HssSignatures.Verify(key.PublicKey, [1], signature));
        Assert.Equal(TestKeys.IndexOf(TestKeys.SmallTwoLevels, signature), HssSignatures.IndexOf(key.PublicKey, signature));
    }

    [Fact]
    public void An_entry_that_is_damaged_is_no_empty_one()
    {
        Sign(_disk);
        string entry = new KeyRegister(_disk, Register).EntryOf(Fresh.KeyId);
        byte[] good = _disk.Read(entry);
        for (int i = 0; i < good.Length; i += 3)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x01;
            _disk.Write(entry, bad, isSecret: false);
            Assert.Throws<UserErrorException>(() => Sign(_disk));
        }

        _disk.Write(entry, good, isSecret: false);
        Assert.Equal(1, Sign(_disk));
    }

    [Fact]
    public void Keys_for_demonstrations_are_not_registered()
    {
        MemoryFileSystem disk = new();
        for (int i = 0; i < 2; i++)
        {
            disk.Delete("demo.key");
            Store(disk).Create("demo.key", TestKeys.Author());
            Assert.Equal(0, TestKeys.IndexOf(TestKeys.Small, Store(disk).Sign("demo.key", [1])));
        }

        Assert.DoesNotContain(disk.Files.Keys, name => name.StartsWith(Register, StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_said_where_the_register_is()
    {
        SigningKeyStore store = new(_disk, _ => { }, new KeyRegister(_disk, directory: null));
        Assert.Contains("--register DIR", Assert.Throws<UserErrorException>(() => store.Sign(Path, [1])).Message);
        Assert.Equal(FirstFile, _disk.Read(Path));
    }

    [Fact]
    public void After_any_crash_the_key_signs_on_at_once_and_every_older_file_is_refused()
    {
        int cuts = 0, refused = 0;
        for (int cutAt = 1; ; cutAt++)
        {
            bool wasCut = false;
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new MemoryFileSystem { CutAt = cutAt, Cut = cut }.With([new(Path, FirstFile)]);
                (List<long> used, List<byte[]> backups, wasCut) = SignUntilCut(disk);
                foreach (Dictionary<string, byte[]> files in wasCut ? disk.Survivors() : [])
                {
                    cuts++;

                    // No false alarm: the file that survived goes on, with a number that nobody has.
                    Assert.DoesNotContain(Sign(new MemoryFileSystem().With(files)), used);

                    // What was released is known, whichever backup comes back.
                    foreach (byte[] backup in backups.Take(used.Count))
                    {
                        MemoryFileSystem restored = new MemoryFileSystem().With(files).With([new(Path, backup)]);
                        Assert.Contains("old copy", Assert.Throws<UserErrorException>(() => Sign(restored)).Message);
                        refused++;
                    }
                }
            }

            if (!wasCut)
            {
                break;
            }
        }

        output.WriteLine($"three signatures: {cuts} states of the medium, {refused} older key files brought back");
        Assert.True(cuts > 100 && refused > 100, $"{cuts} states, {refused} backups");
    }

    [Fact]
    public void A_disk_that_loses_a_rename_is_found_out_by_a_register_that_did_not()
    {
        MemoryFileSystem disk = new MemoryFileSystem { IsDirectoryFlushIgnored = true }.With([new(Path, FirstFile)]);
        Sign(disk);
        Dictionary<string, byte[]> files = disk.Files;
        files[Path] = disk.AfterPowerLoss(0, UnflushedContent.Kept)[Path];

        Assert.Contains("old copy", Assert.Throws<UserErrorException>(() => Sign(new MemoryFileSystem().With(files))).Message);
    }

    // Numbers of the signatures that were handed out, and the key file as it was before each.
    private static (List<long> Used, List<byte[]> Backups, bool WasCut) SignUntilCut(MemoryFileSystem disk)
    {
        List<long> used = [];
        List<byte[]> backups = [];
        try
        {
            for (int i = 0; i < 3; i++)
            {
                backups.Add(disk.Read(Path));
                used.Add(Sign(disk));
            }

            return (used, backups, false);
        }
        catch (PowerCutException)
        {
            return (used, backups, true);
        }
    }

    private static SigningKeyStore Store(MemoryFileSystem disk) =>
        new(disk, _ => throw new InvalidOperationException("nobody else holds the lock"), new KeyRegister(disk, Register));

    private static long Sign(MemoryFileSystem disk, string path = Path) => TestKeys.IndexOf(TestKeys.Small, Store(disk).Sign(path, [1]));

    private static byte[] FileOf(SigningKey key)
    {
        MemoryFileSystem disk = new();
        new SigningKeyStore(disk, _ => { }).Create(Path, key);
        return disk.Read(Path);
    }
}
