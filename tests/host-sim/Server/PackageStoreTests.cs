// Packages in the server's store: whole files before a row says so, whatever moment a kill strikes; once each; gone only when nobody
// needs them.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class PackageStoreTests(ITestOutputHelper output) : IDisposable
{
    private const int Length = 3_000;
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly Package Old = EncodedPackages.Full(Ecu, 1, EncodedPackages.Image("1.0.0", Length));
    private static readonly byte[] File = EncodedPackages.Encoded(Ecu, 2, EncodedPackages.Image("2.0.0", Length), Old).Encode();
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_uploaded_package_is_there_with_its_forms_and_their_bytes()
    {
        using CloudStore store = Open(null);
        StoredPackage package = store.Packages.Add(File, "motor-2.esp");

        Assert.Equal((Campaign.Sha256Of(File), "rig", "2.0.0", File.Length, "motor-2.esp", 5000L), (package.Sha256, package.Name, package.Version, package.Length, package.File, package.AddedMs));
        Assert.Equal(new Guid(Ecu.Config.Fota.ClassId, bigEndian: true).ToString(), package.ClassId);
        PackageForms forms = PackageForms.Of(File);
        Assert.Equal(forms.All.Select(form => (form.Sha256, form.Encoding, form.TransferLength)), package.Forms.Select(form => (form.Sha256, form.Encoding, form.TransferLength)));
        Assert.Equal(File, store.Packages.BytesOf(package.Sha256));
        Assert.All(forms.All, form => Assert.Equal(form.File, store.Packages.BytesOf(form.Sha256)));
        Assert.Equivalent(package, Assert.Single(store.Packages.Find("rig", "2.0.0")), strict: true);
        Assert.Null(store.Packages.BytesOf(new string('0', 64)));
        Assert.Contains("package rig 2.0.0 was stored, 3 forms", Assert.Single(store.Events.After(0)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_package_twice_is_one()
    {
        using CloudStore store = Open(null);
        store.Packages.Add(File, "a.esp");
        Assert.Equal("a.esp", store.Packages.Add(File, "b.esp").File);
        Assert.Single(store.Packages.All);
        Assert.Single(store.Events.After(0));
    }

    [Fact]
    public void What_is_no_package_is_refused_with_a_word_and_leaves_nothing()
    {
        MemoryFileSystem files = new();
        using CloudStore store = Open(null, files);
        Assert.Contains("x.esp is no package", Assert.Throws<UserErrorException>(() => store.Packages.Add([1, 2, 3], "x.esp")).Message, StringComparison.Ordinal);
        Assert.Empty(files.Files);
    }

    [Fact]
    public void A_package_that_an_open_campaign_needs_stays_and_goes_when_it_has_ended()
    {
        MemoryFileSystem files = new();
        using CloudStore store = Open(null, files);
        string sha256 = store.Packages.Add(File, "a.esp").Sha256;
        string other = store.Packages.Add(Old.Encode(), "old.esp").Sha256;
        StoredCampaign campaign = new("c1", "text", "digest", CampaignState.Running, string.Empty);
        store.Save(campaign);
        store.Connection.Query($"INSERT INTO need (campaign, package) VALUES ('c1', '{sha256}')");

        Assert.Contains("is needed by c1", Assert.Throws<UserErrorException>(() => store.Packages.Delete(sha256)).Message, StringComparison.Ordinal);
        Assert.NotNull(store.Packages.BytesOf(sha256));
        store.Save(campaign with { State = CampaignState.Done });
        store.Packages.Delete(sha256);

        Assert.Equal(other, Assert.Single(store.Packages.All).Sha256);
        Assert.Equal([other], files.Files.Keys.Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Two_servers_do_not_write_at_the_same_time()
    {
        MemoryFileSystem files = new();
        using CloudStore store = Open(null, files);
        using (files.TryLock(":memory:.packages/.lock"))
        {
            Assert.Throws<StoreBusyException>(() => store.Packages.Add(File, "a.esp"));
        }

        Assert.NotNull(store.Packages.Add(File, "a.esp"));
    }

    [Fact]
    public void A_kill_at_any_file_operation_leaves_no_row_without_its_files_and_the_upload_can_be_repeated()
    {
        int operations = 0, states = 0;
        for (int at = 1; ; at++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem files = new() { CutAt = at, Cut = cut };
                string path = _folder[$"{at}-{cut}.db"];
                using (CloudStore store = Open(path, files))
                {
                    if (Record.Exception(() => store.Packages.Add(File, "a.esp")) is null)
                    {
                        output.WriteLine($"{operations} operations, {states} states of the medium");
                        Assert.True(operations > 8);
                        return;
                    }
                }

                foreach (Dictionary<string, byte[]> survivor in files.Survivors())
                {
                    states++;
                    using CloudStore next = Open(path, new MemoryFileSystem().With(survivor));
                    Assert.Empty(next.Packages.All);
                    AssertWhole(next, next.Packages.Add(File, "a.esp"));
                    next.Packages.Delete(Campaign.Sha256Of(File));
                }
            }

            operations++;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kill_at_the_transaction_leaves_all_or_no_row(bool isStored)
    {
        MemoryFileSystem files = new();
        string path = _folder["kill.db"];
        using CloudStore store = Open(path, files);
        Action copy = () =>
        {
            foreach (string suffix in new[] { string.Empty, "-wal" }.Where(suffix => System.IO.File.Exists(path + suffix)))
            {
                System.IO.File.Copy(path + suffix, path + ".next" + suffix);
            }
        };
        store.BeforeCommit = isStored ? null : copy;
        store.AfterCommit = isStored ? copy : null;
        store.Packages.Add(File, "a.esp");

        foreach (Dictionary<string, byte[]> survivor in files.Survivors())
        {
            using CloudStore next = Open(path + ".next", new MemoryFileSystem().With(survivor.ToDictionary(file => file.Key.Replace("kill.db", "kill.db.next", StringComparison.Ordinal), file => file.Value)));
            Assert.Equal(isStored ? 1 : 0, next.Packages.All.Count);
            Assert.All(next.Packages.All, package => AssertWhole(next, package));
        }
    }

    private static void AssertWhole(CloudStore store, StoredPackage package) => Assert.All(
        package.Forms.Select(form => form.Sha256).Append(package.Sha256), sha256 => Assert.Equal(sha256, Campaign.Sha256Of(store.Packages.BytesOf(sha256)!)));

    private static CloudStore Open(string? path, IFileSystem? files = null) => CloudStore.Open(path, () => 5000, () => "epoch", files ?? new MemoryFileSystem());
}
