// New collection rules from the server through the vehicle's client to the real agent, with a client that crashes at every
// request: each request of the server is answered once, and the ECU collects by the new rules.
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Rules;
using EsyncSim.Server;
using EsyncTests.HostSim.Rules;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class RulesCampaignTests : IDisposable
{
    private readonly CampaignRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_server_offers_rules_and_the_ECU_collects_by_them()
    {
        RulesFile first = TestRules.Sign(TestRules.For(_rig.Definition, 1)), second = TestRules.Sign(TestRules.For(_rig.Definition, 2, TestRules.Rule(9)));
        Run(async () =>
        {
            TargetResult result = await PushAsync(first, "c1");
            Assert.Equal((TargetEnd.Completed, $"the ECU collects by {first.ToUpdate().State}"), (result.End, result.Message));
            Assert.Equal(["0", "DOWNLOAD_CONSENT", "INSTALL_READY", "INSTALL_COMPLETED"], Answers().Select(answer => answer.Body.Package.Status ?? answer.Body.Package.Version!));
            Assert.All(_rig.Told, message => Assert.Equal("/ECU/motor/rules", message.Body.Package.Type));
            Assert.Equal(TargetEnd.Completed, (await PushAsync(second, "c2")).End);
            Assert.True((await StateAsync()).Is(second.ToUpdate().State));
        });
    }

    [Fact]
    public void What_is_in_force_is_said_to_be_and_the_ECUs_own_reason_reaches_the_server()
    {
        RulesFile file = TestRules.Sign(TestRules.For(_rig.Definition, 1)), other = TestRules.Sign(TestRules.For(_rig.Definition, 1, TestRules.Rule(9)));
        Run(async () =>
        {
            await PushAsync(file, "c1");
            int downloads = _rig.Downloads().Count();
            TargetResult again = await PushAsync(file, "c2");
            Assert.Equal((TargetEnd.UpToDate, $"motor collects by rule set {file.ToUpdate().State.Version} already"), (again.End, again.Message));
            Assert.Equal(downloads, _rig.Downloads().Count());

            TargetResult refused = await PushAsync(other, "c3");
            Assert.Equal((TargetEnd.Failed, "SequenceTooLow"), (refused.End, refused.Reason));
            Assert.Contains("build them again with --sequence 2", refused.Message, StringComparison.Ordinal);
            Assert.True(Answers().Last().Body.Package.IsTerminalFailure);
            Assert.True((await StateAsync()).Is(file.ToUpdate().State));
        });
    }

    [Fact]
    public void A_client_that_crashes_at_any_request_finishes_after_its_restart()
    {
        int requests = CountOf(crashAt: -1);
        Assert.True(requests > 20);
        for (int i = 0; i < requests; i++)
        {
            CountOf(crashAt: i);
        }
    }

    // Runs a campaign on a vehicle of its own whose client crashes at a request on the bus; returns how many there were.
    private static int CountOf(int crashAt)
    {
        using CampaignRig rig = new();
        RulesFile file = TestRules.Sign(TestRules.For(rig.Definition, 1));
        int asked = 0;
        rig.Run(
            async () =>
            {
                rig.Log.Heard = (direction, message) =>
                {
                    if (direction != '←' && message is not [0x3E, 0x80] && asked++ == crashAt)
                    {
                        rig.Crash(offMs: 2000);
                    }
                };
                TargetResult result = await rig.UpdateAsync(Target(file), "c1");
                rig.Log.Heard = null;
                Assert.True(result.End == TargetEnd.Completed, $"crash at request {crashAt}: {result.Message}");
                string?[] answered = [.. rig.Told.Select(message => message.ReplyTo).Where(id => id is not null)];
                Assert.Equal(4, answered.Length);
                Assert.Equal(answered.Length, answered.Distinct().Count());
                await rig.Client.AwaitPresenceAsync();
                Assert.True(RulesState.Of(await new ReportChannel(rig.Client).ReadStateAsync()).Is(file.ToUpdate().State));
            },
            TestRules.Provisioning);
        Assert.True(crashAt < asked);
        return asked;
    }

    private static CampaignTarget Target(RulesFile file) => new()
    {
        Ecu = "motor", PackageName = "motor-rules", Part = TargetPart.Rules, Version = file.ToUpdate().State.Version, File = file.Document,
    };

    private IEnumerable<EsyncMessage> Answers() => _rig.Told.Where(message => message.ReplyTo is not null);

    private Task<TargetResult> PushAsync(RulesFile file, string campaign) => _rig.UpdateAsync(Target(file), campaign);

    private async Task<RulesState> StateAsync() => RulesState.Of(await new ReportChannel(_rig.Client).ReadStateAsync());

    private void Run(Func<Task> story) => _rig.Run(story, TestRules.Provisioning);
}
