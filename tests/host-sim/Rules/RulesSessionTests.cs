// A change of collection rules over the virtual bus: the client against the agent's own sources, what gets in its way, and what
// people read when the ECU refuses.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Flash;
using EsyncSim.Rules;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Client;
using EsyncTests.Vehicle;
using Xunit;
using SignalType = EsyncSim.Data.SignalType;

namespace EsyncTests.HostSim.Rules;

public sealed class RulesSessionTests
{
    private static readonly string[] Order =
    [
        "→ 3E 00", "→ 10 03", "→ 22 FD 10", "→ 22 FD 00", "→ 22 FD 05", "→ 31 01 02 03", "⇒ 85 82", "⇒ 28 81 01", "→ 10 02",
        "→ 29 05", "→ 29 06", "→ 34 00 44", "→ 36 01", "→ 37", "→ 31 01 02 15", "→ 22 FD 10",
        "⇒ 28 80 01", "⇒ 85 81", "→ 10 01",
    ];

    private VehicleRig _rig = new();
    private MessageLog _log;

    public RulesSessionTests() => _log = Listen();

    /// <summary>What breaks, at which request.</summary>
    public static TheoryData<int, bool> Losses()
    {
        TheoryData<int, bool> losses = [];
        for (int request = 0; request < Order.Length; request++)
        {
            losses.Add(request, false);
            losses.Add(request, true);
        }

        return losses;
    }

    [Fact]
    public void The_requests_come_in_their_order_and_nothing_restarts()
    {
        RulesFile file = TestRules.Sign(TestRules.For(_rig.Definition, 1, TestRules.Rule(1), TestRules.Rule(7)));
        Run(async () =>
        {
            await _rig.Time.DelayMs(2000); // a new log is formatted, and the start gets its number
            EcuTime before = await new ReportChannel(_rig.Client).ReadTimeAsync();
            _log.Entries.Clear();
            UpdateOutcome outcome = await PushAsync(file);
            Assert.Equal(Order, MessageLog.Beginnings(_log.Entries));
            Assert.Equal((UpdateEnd.Confirmed, $"the ECU collects by rule set 1-{Convert.ToHexStringLower(file.Envelope.Digest)[..8]} (2 rules)"), (outcome.End, outcome.Text));
            EcuTime after = await new ReportChannel(_rig.Client).ReadTimeAsync();
            Assert.Equal((before.Boot, true), (after.Boot, after.Ms > before.Ms));
            Assert.True((await StateAsync()).Is(file.ToUpdate().State));
        });
    }

    [Fact]
    public void They_outlive_a_restart_and_the_next_ones_take_their_place()
    {
        Run(async () =>
        {
            Assert.Equal("the built-in rule set (4 rules)", (await StateAsync()).ToString());
            await PushAsync(TestRules.Sign(TestRules.For(_rig.Definition, 3)));
            await _rig.Client.SessionAsync(0x03);
            await _rig.Client.AuthenticateAsync();
            await _rig.Client.ResetAsync();
            Assert.Equal((3u, 1), ((await StateAsync()).Sequence, (await StateAsync()).RuleCount));
            RulesFile next = TestRules.Sign(TestRules.For(_rig.Definition, 4, TestRules.Rule(1), TestRules.Rule(2)));
            Assert.Equal(UpdateEnd.Confirmed, (await PushAsync(next)).End);
            Assert.True((await StateAsync()).Is(next.ToUpdate().State));
        });
    }

    [Fact]
    public void What_is_in_force_is_not_sent_again_whoever_signed_it()
    {
        Run(async () =>
        {
            await PushAsync(TestRules.Sign(TestRules.For(_rig.Definition, 1)));
            _log.Entries.Clear();
            UpdateOutcome outcome = await PushAsync(TestRules.Sign(TestRules.For(_rig.Definition, 1), TestRules.OtherKey));
            Assert.Equal(UpdateEnd.Confirmed, outcome.End);
        });
        Assert.DoesNotContain(_log.Entries, entry => entry.Message is [0x34, ..] or [0x85, 0x82]);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_connection_that_is_lost_at_any_request_is_taken_up_again(int request, bool isPowerLost)
    {
        RulesFile file = TestRules.Sign(TestRules.For(_rig.Definition, 1));
        int asked = 0;
        Run(async () =>
        {
            _log.Heard = (direction, message) =>
            {
                if (direction != '←' && message is not [0x3E, 0x80] && asked++ == request)
                {
                    Lose(isPowerLost);
                }
            };
            UpdateOutcome outcome = await PushAsync(file);
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
            await _rig.Client.AwaitPresenceAsync();
            Assert.True((await StateAsync()).Is(file.ToUpdate().State));
        });
        Assert.InRange(_log.Entries.Count(entry => entry.Message is [0x31, 0x01, 0x02, 0x15]), 1, 4);
        Assert.True(asked > request);
    }

    [Fact]
    public void An_ECU_that_does_not_consent_postpones_it()
    {
        Run(async () =>
        {
            Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(TestTrust.SignedBy(_rig.Image("1.0.0", 1, 12_000), TestTrust.Author, TestTrust.Oem))).End);
            _log.Entries.Clear();
            _rig.Loader!.IsUpdateAllowed = false;
            Assert.Equal(UpdateEnd.Postponed, (await PushAsync(TestRules.Sign(TestRules.For(_rig.Definition, 1)))).End);
        });
        Assert.DoesNotContain(_log.Entries, entry => entry.Message is [0x34, ..]);
    }

    [Fact]
    public void A_refusal_is_told_with_the_ECUs_reason_and_what_to_do_and_not_tried_again()
    {
        CollectionRule rule = TestRules.Rule(5);
        RuleList good = TestRules.For(_rig.Definition, 1);
        Run(async () =>
        {
            string table = $"0x{_rig.Definition.Config.Data.SignalTableId:X8}";
            await RefusedAsync(FotaError.RulesExceedLimits, "rule 5: the samples before triggers need too much memory for this ECU; `esync rules show`", good with { Rules = [rule with { Window = new RuleWindow(10, 60_000, 0) }] });
            await RefusedAsync(FotaError.RulesExceedLimits, ": there are too many rules for this ECU", good with { Rules = [.. Enumerable.Range(1, 17).Select(id => TestRules.Rule((byte)id))] });
            await RefusedAsync(FotaError.SignalUnknown, "the ECU has no signal 0x0333; leave it out", good with { Rules = [rule with { Signals = [0x0333] }] });
            await RefusedAsync(FotaError.SignalUnknown, "the ECU has no signal 0x0444 (Vehicle.Later);", good with { Rules = [rule with { Signals = [0x0444] }] });
            await RefusedAsync(FotaError.SignalTableMismatch, $"other signals than the ECU has (its table is {table}); build them again with the nf.config", good with { TableId = 1 });
            await RefusedAsync(FotaError.WrongVendor, "the rules are for another ECU", good with { VendorId = new byte[16] });
            await RefusedAsync(FotaError.WrongClass, "the rules are for another ECU", good with { ClassId = new byte[16], TableId = 1 });
            await RefusedAsync(FotaError.WrongDevice, "the rules are for another ECU", good with { DeviceId = new byte[16] });
            await RefusedAsync(FotaError.RoleMissing, "bring its public half to the ECU with `esync keys rotate`", good, TestRules.OtherKey);
            Assert.Equal("the built-in rule set (4 rules)", (await StateAsync()).ToString());
            Assert.Equal(UpdateEnd.Confirmed, (await PushAsync(TestRules.Sign(good with { Sequence = 7 }))).End);
            await RefusedAsync(FotaError.SequenceTooLow, "taken rules with sequence 7 already, and these have 7; build them again with --sequence 8 or higher", good with { Sequence = 7, Rules = [rule] });
            await RefusedAsync(FotaError.SequenceTooLow, "these have 1; build them again with --sequence 8", good);
        });
    }

    [Fact]
    public void What_is_no_sound_document_of_this_kind_is_refused()
    {
        RulesFile file = TestRules.Sign(TestRules.For(_rig.Definition, 1));
        Run(async () =>
        {
            byte[] spoiled = [.. file.Document];
            spoiled[400] ^= 1;
            UpdateOutcome outcome = await PushAsync(file with { Document = spoiled });
            Assert.Equal((FotaError.SignatureInvalid, "install collection rules: a signature is wrong (SignatureInvalid)"), (outcome.Reason, outcome.Text));
            outcome = await PushAsync(file with { Document = TestTrust.Document(TestTrust.List(1, TestTrust.Author, TestTrust.Oem), TestTrust.Author, TestTrust.Oem) });
            Assert.Equal(FotaError.WrongDocument, outcome.Reason);
            _log.Entries.Clear();
            outcome = await PushAsync(file with { Document = new byte[60_000] });
            Assert.Equal((UpdateEnd.Refused, FotaError.EnvelopeTooLong), (outcome.End, outcome.Reason));
            Assert.DoesNotContain(_log.Entries, entry => entry.Message is [0x34, ..]);
        });
    }

    [Fact]
    public void An_ECU_that_accepts_and_collects_by_something_else_is_not_believed()
    {
        RulesFile file = TestRules.Sign(TestRules.For(_rig.Definition, 1));
        RulesUpdate update = file.ToUpdate();
        Run(async () =>
        {
            UpdateOutcome outcome = await PushAsync(update with { State = update.State with { DigestPrefix = new byte[16] } });
            Assert.Equal((UpdateEnd.Refused, $"the ECU accepted the collection rules but says: {update.State}"), (outcome.End, outcome.Text));
        });
    }

    [Fact]
    public void An_ECU_without_report_log_says_so()
    {
        _rig = new VehicleRig(change: config => config.Fls.ReportLog = new FlsArea());
        _log = Listen();
        Run(async () =>
        {
            UpdateOutcome outcome = await PushAsync(TestRules.Sign(TestRules.For(_rig.Definition, 1)));
            Assert.Equal((UpdateEnd.Refused, FotaError.ReportLogAbsent), (outcome.End, outcome.Reason));
            Assert.Contains("the ECU has no report log", outcome.Text, StringComparison.Ordinal);
        });
    }

    private async Task RefusedAsync(FotaError reason, string text, RuleList list, TestKey? key = null)
    {
        _log.Entries.Clear();
        UpdateOutcome outcome = await PushAsync(TestRules.Sign(list, key));
        Assert.Equal((UpdateEnd.Refused, reason), (outcome.End, outcome.Reason));
        Assert.StartsWith("install collection rules: ", outcome.Text, StringComparison.Ordinal);
        Assert.Contains(text, outcome.Text, StringComparison.Ordinal);
        Assert.EndsWith($" ({reason})", outcome.Text, StringComparison.Ordinal);
        Assert.Single(_log.Entries, entry => entry.Message is [0x31, 0x01, 0x02, 0x15]);
    }

    private Task<UpdateOutcome> PushAsync(RulesFile file) => PushAsync(file.ToUpdate());

    // The client knows of one signal more than the ECU.
    private Task<UpdateOutcome> PushAsync(RulesUpdate update)
    {
        SignalCatalogue known = new([.. _rig.Definition.Signals.Signals, new SignalDefinition("Vehicle.Later", 0x0444, SignalType.UInt8, "", 1, 0, 0, 255)]);
        return new RulesSession(_rig.Client, update, new UpdatePolicy(), _rig, known).RunAsync();
    }

    private async Task<RulesState> StateAsync() => RulesState.Of(await new ReportChannel(_rig.Client).ReadStateAsync());

    private void Lose(bool isPowerLost)
    {
        if (isPowerLost)
        {
            _rig.Time.After(VirtualTime.NsPerMs, () => _rig.Ecu.PowerCut(CutModel.ProgramUnstable));
            _rig.Time.After(500 * VirtualTime.NsPerMs, _rig.Ecu.PowerOn);
            return;
        }

        _rig.Bus.Faults.Add(new BusFaultRule { Name = "cable", Kind = BusFaultKind.Drop, Probability = 1, FromNs = _rig.Time.NowNs, UntilNs = _rig.Time.NowNs + (8 * VirtualTime.NsPerSecond) });
    }

    private MessageLog Listen()
    {
        MessageLog log = new(_rig.Definition.Config.CanIf);
        _rig.Bus.Observe(log);
        return log;
    }

    private void Run(Func<Task> story) => _rig.Run(async () =>
    {
        await _rig.BeginAsync(TestRules.Provisioning);
        _log.Entries.Clear();
        await story();
    });
}
