// esync campaign against a server that runs: a campaign file with its packages goes up, begins, waits for consent and ends; what the server
// refuses is one line with an exit code.
using EsyncSim;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.HostSim.Web;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class CampaignClientTests : IAsyncLifetime
{
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");

    private readonly Folder _folder = new();
    private ApiRig? _rig;

    public async ValueTask InitializeAsync()
    {
        _rig = await ApiRig.StartAsync();
        await File.WriteAllTextAsync(_folder["token"], ApiRig.Token + "\n");
        EncodedPackages.Full(Ecu, 2, EncodedPackages.Image("2.0.0", 3_000)).Save(_folder["new.esp"]);
        EncodedPackages.Full(Ecu, 3, EncodedPackages.Image("1.1.0", 3_000)).Save(_folder["old.esp"]);
        await File.WriteAllTextAsync(
            _folder["c1.yaml"],
            "campaign: c1\nvehicles: [V1, V2]\nparallelMax: 2\nconsent: required\nwindow: { from: 1970-01-01, to: 2970-01-01 }\nabort: { failureRate: 60, atLeast: 2 }\ntargets: [{ ecu: motor, package: new.esp, rollback: [old.esp, 0.9.0] }]\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _rig!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_campaign_file_goes_up_begins_gets_its_words_and_ends()
    {
        Assert.Contains("campaign c1: Draft; 0 of 2 vehicles have ended", await Ok("start", _folder["c1.yaml"], "--draft"), StringComparison.Ordinal);
        Assert.Contains("campaign c1: Running", await Ok("start", "c1"), StringComparison.Ordinal);
        Assert.Contains("campaign c1: Running", await Ok("start", _folder["c1.yaml"]), StringComparison.Ordinal);
        await _rig!.UntilAsync("V1 waits for consent");
        await _rig.UntilAsync("V2 waits for consent");
        Assert.Matches("V1 +waits for consent +motor +2.0.0 +Consent", await Ok("show", "c1"));
        Assert.Contains("campaign c1: Paused, a look", await Ok("pause", "c1", "--why", "a look"), StringComparison.Ordinal);
        Assert.Contains("campaign c1: Running", await Ok("resume", "c1"), StringComparison.Ordinal);
        await Ok("consent", "c1", "V1", "--given", "--by", "its driver");
        await Ok("consent", "c1", "V2", "--refused", "--by", "its driver");
        await _rig.UntilAsync("campaign c1: Done");

        string shown = await Ok("show", "c1");
        Assert.Matches("V1 +ended +motor +2.0.0 +Completed +full", shown);
        Assert.Matches("V2 +ended +motor +2.0.0 +Denied .*its driver did not consent", shown);
        Assert.Matches("c1 +Done +independent +2 +2 +1", await Ok("list"));
        Assert.Matches("V1 .*motor +2.0.0 +11111111-2222-3333-4444-555555555555", await Ok("list", "--vehicles"));
    }

    [Fact]
    public async Task Packages_go_up_by_themselves_and_are_named_by_name_and_version()
    {
        string said = await Ok("upload", _folder["new.esp"], _folder["old.esp"]);
        Assert.Contains($"rig@2.0.0  {Campaign.Sha256Of(File.ReadAllBytes(_folder["new.esp"]))}  full ", said, StringComparison.Ordinal);
        Assert.Contains("rig@1.1.0  ", said, StringComparison.Ordinal);
        Assert.Equal(2, (await _rig!.GetAsync("api/v1/packages")).GetArrayLength());
    }

    [Fact]
    public async Task What_is_refused_is_one_line_with_an_exit_code()
    {
        Assert.Contains("there is no campaign c9", await Fails(ExitCode.BadFile, "show", "c9"), StringComparison.Ordinal);
        await Ok("start", _folder["c1.yaml"], "--draft");
        Assert.Contains("only a paused one can be resumed", await Fails(ExitCode.BadUsage, "resume", "c1"), StringComparison.Ordinal);
        Assert.Contains("campaign c1: Cancelled, wrong one", await Ok("cancel", "c1", "--why", "wrong one"), StringComparison.Ordinal);
        Assert.Contains("one of --given and --refused", await Fails(ExitCode.BadUsage, "consent", "c1", "V1"), StringComparison.Ordinal);
        Assert.Contains("is not there", await Fails(ExitCode.BadFile, "start", "none.yaml"), StringComparison.Ordinal);
        Assert.Contains("--token", await EsyncRun.Fails(ExitCode.BadUsage, "campaign", "list", "--server", _rig!.Host.Url.ToString()), StringComparison.Ordinal);
        Assert.Contains("Does `esync server --web` run there?", await EsyncRun.Fails(ExitCode.BrokerUnreachable, "campaign", "list", "--server", "http://127.0.0.1:1"), StringComparison.Ordinal);
        Assert.Contains("write http://HOST:PORT", await EsyncRun.Fails(ExitCode.BadUsage, "campaign", "list", "--server", "somewhere"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_teaches_by_examples()
    {
        Assert.Contains("esync campaign start spring-26.yaml", (await EsyncRun.Ok("campaign", "--help")).Split("Examples:")[1], StringComparison.Ordinal);
        foreach (string command in new[] { "start", "upload", "list", "show", "pause", "resume", "cancel", "consent" })
        {
            Assert.Contains($"esync campaign {command} ", (await EsyncRun.Ok("campaign", command, "--help")).Split("Examples:")[1], StringComparison.Ordinal);
        }
    }

    private Task<string> Ok(params string[] arguments) => EsyncRun.Ok(Arguments(arguments));

    private Task<string> Fails(int expected, params string[] arguments) => EsyncRun.Fails(expected, Arguments(arguments));

    private string[] Arguments(string[] arguments) => ["campaign", .. arguments, "--server", _rig!.Host.Url.ToString(), "--token", _folder["token"]];
}
