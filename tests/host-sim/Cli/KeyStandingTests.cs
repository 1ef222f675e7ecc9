// Old copies of keys, as a user meets them: `package build`, `keys status` and `keys reserve`, and a power cut at every file
// operation of `keys new`, `package build` and `keys rotate`.
using EsyncSim;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Packages;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class KeyStandingTests : IDisposable
{
    private readonly Folder _folder = new();

    private readonly ITestOutputHelper _output;

    public KeyStandingTests(ITestOutputHelper output)
    {
        _output = output;
        File.WriteAllBytes(_folder["image"], TestPackages.Image());
        File.WriteAllBytes(_folder["new-oem.pub"], TestKeys.Oem().Anchor.ToFile());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restored_backup_is_refused_by_the_register_and_goes_on_as_the_message_says()
    {
        MemoryFileSystem disk = new();
        await Ok(disk, NewKey());
        await Ok(disk, Build("1.esp"));
        byte[] backup = disk.Read(_folder["a.key"]);
        await Ok(disk, Build("2.esp"));
        await Ok(disk, Build("3.esp"));
        Remove(disk, "1.esp", "2.esp", "3.esp");
        disk.Write(_folder["a.key"], backup, isSecret: true);

        string error = await Fails(disk, ExitCode.KeyProblem, Build("4.esp"));
        Assert.Contains("old copy", error);
        Assert.False(disk.Exists(_folder["4.esp"]));
        Assert.Contains("all below 3 are used", await Fails(disk, ExitCode.KeyProblem, "keys", "status", _folder["a.key"], "--register", _folder["register"]));

        await Ok(disk, [.. Remedy(error, "esync "), "--register", _folder["register"]]);
        await Ok(disk, Build("4.esp"));
        Assert.Equal(3, IndexIn(disk, "4.esp"));
        Assert.Contains("may sign", await Ok(disk, "keys", "status", _folder["a.key"], "--register", _folder["register"]));
    }

    [Fact]
    public async Task A_restored_backup_is_refused_by_a_package_that_lies_beside_the_new_one()
    {
        MemoryFileSystem disk = new();
        await Ok(disk, NewKey());
        byte[] backup = disk.Read(_folder["a.key"]);
        await Ok(disk, Build("1.esp"));
        await Ok(disk, Build("2.esp"));
        byte[] second = disk.Read(_folder["2.esp"]);
        MemoryFileSystem other = new MemoryFileSystem().With([new(_folder["a.key"], backup), new(_folder["2.esp"], second)]);

        string error = await Fails(other, ExitCode.KeyProblem, Build("3.esp"));

        Assert.Contains($"{_folder["2.esp"]} shows that all below 2 are used", error);
        Remove(other, "2.esp");
        Assert.Contains("2.esp", await Fails(other, ExitCode.KeyProblem, Build("3.esp")));
    }

    [Fact]
    public async Task What_only_pretends_to_be_signed_by_a_key_does_not_put_it_out_of_use()
    {
        MemoryFileSystem disk = new();
        await Ok(disk, NewKey());
        byte[] backup = disk.Read(_folder["a.key"]);
        await Ok(disk, Build("1.esp"));
        Package forged = PackageTampering.FlipSignatureBit(Package.Decode(disk.Read(_folder["1.esp"]), "1.esp"), 0, 999);
        MemoryFileSystem other = new MemoryFileSystem().With(
        [
            new(_folder["a.key"], backup), new(_folder["1.esp"], forged.Encode()), new(_folder["text.esp"], "no package"u8.ToArray()),
        ]);

        await Ok(other, Build("2.esp"));
    }

    [Fact]
    public async Task Packages_handed_to_status_count_and_are_remembered()
    {
        string register = _folder["register"];
        await Ok(NewKey());
        File.Copy(_folder["a.key"], _folder["backup"]);
        await Ok(Build("1.esp"));
        Directory.CreateDirectory(_folder["far"]);
        File.Move(_folder["1.esp"], _folder["far/1.esp"]);
        TestPackages.Build().Save(_folder["far/other.esp"]);
        File.Copy(_folder["backup"], _folder["a.key"], overwrite: true);
        Directory.Delete(register, recursive: true);

        Assert.Contains("knows nothing", await Ok("keys", "status", _folder["a.key"], "--register", register));
        string error = await Fails(ExitCode.KeyProblem, "keys", "status", _folder["a.key"], "--register", register, "--seen", _folder["far/1.esp"], _folder["far/other.esp"]);
        Assert.Contains("far/1.esp shows that all below 1 are used", error);
        Assert.Contains("old copy", await Fails(ExitCode.KeyProblem, Build("2.esp")));
        Assert.Contains("is no package", await Fails(ExitCode.BadFile, "keys", "status", _folder["a.key"], "--register", register, "--seen", _folder["image"]));
        Assert.Contains("can be number 1 to 32", await Fails(ExitCode.BadUsage, "keys", "reserve", _folder["a.key"], "--next", "0", "--register", register));
    }

    [Fact]
    public async Task A_register_that_cannot_be_written_spends_no_signature()
    {
        await Ok(NewKey());
        byte[] before = File.ReadAllBytes(_folder["a.key"]);
        File.WriteAllText(_folder["register"], "a file");

        Assert.Contains("--register DIR", await Fails(ExitCode.BadFile, Build("1.esp")));
        Assert.Equal(before, File.ReadAllBytes(_folder["a.key"]));
    }

    [Fact]
    public async Task A_key_that_was_cut_off_while_it_was_made_is_finished_as_the_message_says()
    {
        int whole = 0;
        (int operations, int states) = await CutEverywhere([], NewKey(), async after =>
        {
            (int code, string _, string error) = await EsyncCommandLineTests.RunAsync(after, NewKey());
            if (error.Contains("Go on with: ", StringComparison.Ordinal))
            {
                whole++;
                await Ok(after, Remedy(error, "Go on with: esync "));
            }
            else
            {
                Assert.True(code == ExitCode.Ok || error.Contains("never overwritten", StringComparison.Ordinal), error);
            }

            SigningKey key = new SigningKeyStore(after, _ => { }).Load(_folder["a.key"]);
            Assert.Equal(key.Anchor.ToFile(), after.Read(_folder["a.pub"]));
        });

        _output.WriteLine($"keys new: {operations} operations, {3 * operations} cuts, {states} states of the medium, {whole} with a key that lacks its public key");
        Assert.True(whole > 10 && states > whole, $"{states} states, {whole} with a key and no public key");
    }

    [Fact]
    public async Task A_build_that_was_cut_off_is_run_again_and_no_number_is_used_twice()
    {
        MemoryFileSystem made = new();
        await Ok(made, NewKey());
        await Ok(made, Build("1.esp"));
        (int operations, int states) = await CutEverywhere(made.Files, Build("2.esp"), async after =>
        {
            bool isThere = after.Exists(_folder["2.esp"]);
            await Ok(after, Build("3.esp"));
            string[] packages = isThere ? ["1.esp", "2.esp", "3.esp"] : ["1.esp", "3.esp"];
            Assert.Distinct(packages.Select(name => IndexIn(after, name)));
        });

        _output.WriteLine($"package build: {operations} operations, {3 * operations} cuts, {states} states of the medium");
        Assert.True(states > 50, $"{states} states");
    }

    [Fact]
    public async Task A_rotation_that_was_cut_off_is_finished_by_running_it_again_and_no_number_of_either_key_is_used_twice()
    {
        MemoryFileSystem made = new();
        await Ok(made, NewKey());
        await Ok(made, NewKey("o.key", "oem"));
        await Ok(made, Rotate(1, "1.trust"));
        TrustFile first = Trust(made, "1.trust");
        int released = 0;
        (int operations, int states) = await CutEverywhere(made.Files, Rotate(2, "2.trust"), async after =>
        {
            TrustFile[] before = after.Exists(_folder["2.trust"]) ? [first, Trust(after, "2.trust")] : [first];
            released += before.Length - 1;
            await Ok(after, Rotate(2, "2.trust"));
            TrustFile[] all = [.. before, Trust(after, "2.trust")];
            foreach (int signer in new[] { 0, 1 })
            {
                Assert.Distinct(all.Select(trust => TestKeys.IndexOf(TestKeys.Small, trust.Envelope.Signatures[signer].Signature)));
            }

            Assert.Equal((2u, 2), (all[^1].List.Sequence, all[^1].List.Anchors.Count));
        });

        _output.WriteLine($"keys rotate: {operations} operations, {3 * operations} cuts, {states} states of the medium, {released} with a trust file that nobody was told of");
        Assert.True(states > 100 && released > 0, $"{states} states, {released} with a trust file");
    }

    // Runs a command cut before, in the middle of and after each of its file operations, and judges every state in which the medium
    // may be left.
    private static async Task<(int Operations, int States)> CutEverywhere(Dictionary<string, byte[]> start, string[] command, Func<MemoryFileSystem, Task> judge)
    {
        int states = 0;
        for (int cutAt = 1; ; cutAt++)
        {
            bool wasCut = false;
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new MemoryFileSystem { CutAt = cutAt, Cut = cut }.With(start);
                wasCut = await IsCut(disk, command);
                foreach (Dictionary<string, byte[]> files in wasCut ? disk.Survivors() : [])
                {
                    states++;
                    await judge(new MemoryFileSystem().With(files));
                }
            }

            if (!wasCut)
            {
                return (cutAt - 1, states);
            }
        }
    }

    private string[] NewKey(string name = "a.key", string role = "author") => ["keys", "new", _folder[name], "--role", role, "--parameters", "H5/W4"];

    private string[] Rotate(int sequence, string name) =>
    [
        "keys", "rotate", "--vendor", Guid.Empty.ToString(), "--class", Guid.Empty.ToString(), "--sequence", $"{sequence}", "--key", _folder["a.key"], "--key", _folder["o.key"],
        "--remove", _folder["o.key"], "--add", _folder["new-oem.pub"], "--out", _folder[name], "--register", _folder["register"],
    ];

    private string[] Build(string name) =>
    [
        "package", "build", "--image", _folder["image"], "--name", "motor", "--sequence", "1", "--security-version", "1", "--vendor", Guid.Empty.ToString(),
        "--class", Guid.Empty.ToString(), "--key", _folder["a.key"], "--out", _folder[name], "--register", _folder["register"],
    ];

    private long IndexIn(MemoryFileSystem disk, string name)
    {
        Package package = Package.Decode(disk.Read(_folder[name]), name);
        return TestKeys.IndexOf(TestKeys.Small, SuitEnvelope.Decode(package.Full!.Envelope).Signatures[0].Signature);
    }

    private TrustFile Trust(MemoryFileSystem disk, string name) => TrustFile.Decode(disk.Read(_folder[name]), name);

    private void Remove(MemoryFileSystem disk, params string[] names)
    {
        foreach (string name in names)
        {
            disk.Delete(_folder[name]);
        }
    }

    // The command line that a message ends with.
    private static string[] Remedy(string error, string after) => error[(error.LastIndexOf(after, StringComparison.Ordinal) + after.Length)..].Trim().Split(' ');
}
