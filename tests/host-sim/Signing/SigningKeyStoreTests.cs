// Key files in use: locks, the end of a key, damage, links, and messages that say what to do.
using System.Diagnostics;
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Signing;

public sealed class SigningKeyStoreTests : IDisposable
{
    private static readonly byte[] Message = [1, 2, 3];

    private readonly Folder _folder = new();
    private readonly List<TimeSpan> _pauses = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_signature_takes_the_next_index_and_verifies()
    {
        string path = NewKey();
        FileSigner signer = FileSigner.Open(Store(), path);
        for (int i = 0; i < 3; i++)
        {
            byte[] signature = signer.Sign(Message);
            Assert.Equal(i, TestKeys.IndexOf(TestKeys.Small, signature));
            Assert.True(HssSignatures.Verify(signer.PublicKey, Message, signature));
        }

        Assert.Equal(3, Store().Load(path).NextIndex);
    }

    [Fact]
    public void Two_signers_on_one_file_never_take_the_same_index()
    {
        string path = NewKey();
        FileSigner[] signers = [FileSigner.Open(Store(), path), FileSigner.Open(Store(), path)];

        Assert.Equal(8, Enumerable.Range(0, 8).Select(i => TestKeys.IndexOf(TestKeys.Small, signers[i % 2].Sign(Message))).Distinct().Count());
    }

    [Fact]
    public void Two_levels_keep_their_place_across_files_and_lower_trees()
    {
        SigningKey key = SigningKey.FromSeedText(SigningRole.Oem, TestKeys.SmallTwoLevels, "file");
        SigningKeyStore store = new(new MemoryFileSystem(), _pauses.Add);
        store.Create("oem.key", key);
        for (int i = 0; i < 66; i++)
        {
            byte[] signature = store.Sign("oem.key", Message);
            Assert.Equal(i, TestKeys.IndexOf(TestKeys.SmallTwoLevels, signature));
        }
    }

    [Fact]
    public void The_second_process_waits_for_the_first()
    {
        string path = NewKey();
        IDisposable? held = DiskFileSystem.Instance.TryLock(path + ".lock");
        SigningKeyStore store = new(DiskFileSystem.Instance, pause =>
        {
            _pauses.Add(pause);
            if (_pauses.Count == 3)
            {
                held!.Dispose();
            }
        });

        Assert.Equal(0, TestKeys.IndexOf(TestKeys.Small, store.Sign(path, Message)));
        Assert.Equal(3, _pauses.Count);
    }

    [Fact]
    public void The_second_process_gives_up_after_ten_seconds_without_using_an_index()
    {
        string path = NewKey();
        byte[] before = File.ReadAllBytes(path);
        using IDisposable? held = DiskFileSystem.Instance.TryLock(path + ".lock");

        UserErrorException error = Assert.Throws<UserErrorException>(() => Store().Sign(path, Message));

        Assert.Equal(ExitCode.KeyProblem, error.ExitCode);
        Assert.Contains("in use by another process", error.Message);
        Assert.Equal(10, _pauses.Sum(pause => pause.TotalSeconds), 3);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Two_real_processes_on_one_key_share_no_index()
    {
        string author = _folder["author.key"];
        Store().Create(author, SigningKey.Generate(SigningRole.Author, TestKeys.Small));
        File.WriteAllBytes(_folder["image"], EsyncTests.HostSim.Packages.TestPackages.Image());
        Process[] processes = [Build(author, "1.esp"), Build(author, "2.esp")];
        foreach (Process process in processes)
        {
            using (process)
            {
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, errors);
            }
        }

        long[] indices = [.. new[] { "1.esp", "2.esp" }.Select(name => EsyncSim.Packages.Package.Load(_folder[name]).Full!.Envelope)
            .Select(envelope => TestKeys.IndexOf(TestKeys.Small, EsyncSim.Packages.SuitEnvelope.Decode(envelope).Signatures[0].Signature)).Order()];
        Assert.Equal([0, 1], indices);
    }

    [Fact]
    public void A_used_up_key_says_so_and_what_to_do()
    {
        string path = NewKey();
        for (int i = 0; i < 32; i++)
        {
            Store().Sign(path, Message);
        }

        UserErrorException error = Assert.Throws<UserErrorException>(() => Store().Sign(path, Message));

        Assert.Equal(ExitCode.KeyProblem, error.ExitCode);
        Assert.Contains("used up", error.Message);
        Assert.Contains("make a new key", error.Message);
        Assert.Equal(0, Store().Load(path).Remaining);
    }

    [Fact]
    public void A_key_file_with_any_character_changed_is_refused()
    {
        MemoryFileSystem disk = new();
        SigningKeyStore store = new(disk, _pauses.Add);
        store.Create("k", TestKeys.Author());
        byte[] good = disk.Read("k");
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x01;
            SigningKeyStore damaged = new(new MemoryFileSystem().With([new("k", bad)]), _pauses.Add);
            Assert.Equal(ExitCode.BadFile, Assert.Throws<UserErrorException>(() => damaged.Sign("k", Message)).ExitCode);
        }
    }

    [Fact]
    public void A_lowered_index_is_refused()
    {
        string path = NewKey();
        Store().Sign(path, Message);
        string text = File.ReadAllText(path);
        Assert.Contains("\"nextIndex\": 1,", text);
        File.WriteAllText(path, text.Replace("\"nextIndex\": 1,", "\"nextIndex\": 0,"));

        Assert.Contains("checksum", Assert.Throws<UserErrorException>(() => Store().Sign(path, Message)).Message);
    }

    [Theory]
    [InlineData("", "signing key")]
    [InlineData("{", "line 1")]
    [InlineData("{\"format\": \"esync-signing-key/1\"}", "missing")]
    [InlineData("[]", "wrong kind")]
    public void What_is_no_key_file_is_refused_with_a_reason(string text, string expected)
    {
        File.WriteAllText(_folder["k"], text);
        UserErrorException error = Assert.Throws<UserErrorException>(() => Store().Load(_folder["k"]));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("EsyncSim", error.Message);
    }

    [Fact]
    public void A_missing_key_is_no_reason_to_leave_a_lock_behind()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Store().Sign(_folder["none.key"], Message));

        Assert.Contains("is not there", error.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_key_for_a_directory_that_is_missing_is_refused()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => Store().Create(_folder["none/a.key"], TestKeys.Oem()));

        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        Assert.EndsWith("a.key: its directory is not there", error.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        string path = NewKey();
        Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => Store().Create(path, TestKeys.Oem())).ExitCode);
        Assert.Equal(SigningRole.Author, Store().Load(path).Role);
    }

    [Fact]
    public void A_link_stays_a_link_and_the_file_behind_it_advances()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // links need rights there
        }

        string path = NewKey();
        File.CreateSymbolicLink(_folder["link.key"], path);

        Store().Sign(_folder["link.key"], Message);

        Assert.NotNull(new FileInfo(_folder["link.key"]).LinkTarget);
        Assert.Equal(1, Store().Load(path).NextIndex);
    }

    private SigningKeyStore Store() => new(DiskFileSystem.Instance, _pauses.Add);

    private string NewKey()
    {
        string path = _folder["author.key"];
        Store().Create(path, TestKeys.Author());
        return path;
    }

    private Process Build(string key, string name)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "esync.dll"), "package", "build", "--image", _folder["image"], "--name", "motor", "--sequence", "1",
            "--security-version", "1", "--vendor", Guid.Empty.ToString(), "--class", Guid.Empty.ToString(), "--key", key, "--out", _folder[name],
        ];
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(host, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }
}
