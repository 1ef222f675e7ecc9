// A change of keys over the virtual bus: the client against the agent's own sources, and what gets in its way.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.Vehicle;
using Xunit;
using static EsyncTests.AgentFirmware.EcuM.TestTrust;

namespace EsyncTests.HostSim.Client;

public sealed class TrustSessionTests
{
    private const int Length = 12_000;
    private readonly VehicleRig _rig = new();
    private readonly MessageLog _log;

    public TrustSessionTests()
    {
        _log = new MessageLog(_rig.Definition.Config.CanIf);
        _rig.Bus.Observe(_log);
    }

    private TrustList Fleet => List(1, NewAuthor, NewOem) with { VendorId = _rig.Definition.Config.Fota.VendorId, ClassId = _rig.Definition.Config.Fota.ClassId };

    [Fact]
    public void The_requests_come_in_their_order()
    {
        Run(async () =>
        {
            UpdateOutcome outcome = await ChangeAsync(Fleet, Author, Oem);
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
            Assert.StartsWith("the ECU trusts by trust manifest 1: author ", outcome.Text);
        });
        Assert.Equal(
            [
                "→ 3E 00", "→ 10 03", "→ 31 01 02 04", "→ 22 FD 09", "→ 22 FD 00", "→ 22 FD 05", "→ 31 01 02 03", "⇒ 85 82", "⇒ 28 81 01", "→ 10 02",
                "→ 29 05", "→ 29 06", "→ 34 00 44", "→ 36 01", "→ 36 02", "→ 37", "→ 31 01 02 14", "→ 31 01 02 04", "→ 22 FD 09",
                "⇒ 28 80 01", "⇒ 85 81", "→ 10 01",
            ],
            MessageLog.Beginnings(_log.Entries));
    }

    [Fact]
    public void The_whole_way_then_the_new_keys_sign_and_the_old_ones_do_not()
    {
        Run(async () =>
        {
            Assert.Equal(UpdateEnd.Confirmed, (await ChangeAsync(Fleet, Author, Oem)).End);
            UpdateOutcome old = await _rig.UpdateAsync(SignedBy(_rig.Image("2.0.0", 2, Length), Author, Oem));
            Assert.Equal((UpdateEnd.Refused, FotaError.RoleMissing), (old.End, old.Reason));
            UpdateOutcome current = await _rig.UpdateAsync(SignedBy(_rig.Image("2.0.0", 2, Length), NewAuthor, NewOem));
            Assert.True(current.End == UpdateEnd.Confirmed, current.Text);
            VersionReport report = await ReportAsync();
            Assert.Equal((1u, "2.0.0", true), (report.TrustSequence, report.ApplicationVersion, report.IsAuthentic));

            TrustList back = Fleet with { Sequence = 2, Anchors = [Author.Anchor, Oem.Anchor] };
            Assert.Equal(FotaError.RoleMissing, (await ChangeAsync(back, Author, Oem)).Reason);
            Assert.Equal(UpdateEnd.Confirmed, (await ChangeAsync(back, NewAuthor, NewOem)).End);
        });
    }

    [Fact]
    public void What_is_in_force_is_not_sent_again()
    {
        Run(async () =>
        {
            await ChangeAsync(Fleet, Author, Oem);
            _log.Entries.Clear();
            UpdateOutcome outcome = await ChangeAsync(Fleet, Author, Oem);
            Assert.Equal(UpdateEnd.Confirmed, outcome.End);
        });
        Assert.DoesNotContain(_log.Entries, entry => entry.Message is [0x34, ..]);
    }

    [Fact]
    public void A_refusal_is_told_with_the_ECUs_reason_and_not_tried_again()
    {
        Run(async () =>
        {
            UpdateOutcome outcome = await ChangeAsync(Fleet, Author);
            Assert.Equal((UpdateEnd.Refused, FotaError.RoleMissing, "install trust manifest: a required role has not signed (RoleMissing)"), (outcome.End, outcome.Reason, outcome.Text));
            VersionReport report = await ReportAsync();
            Assert.Equal((IdsMEvent.TrustRefused, FotaError.RoleMissing), (report.SecurityEvents[0].Event, report.SecurityEvents[0].Reason));
        });
        Assert.Single(_log.Entries, entry => entry.Message is [0x31, 0x01, 0x02, 0x14]);
    }

    [Fact]
    public void A_lost_response_of_the_routine_is_asked_for_again()
    {
        _log.Heard = (from, message) =>
        {
            if (from == '→' && message is [0x31, 0x01, 0x02, 0x14])
            {
                _log.Heard = null;
                _rig.Bus.Faults.Add(new BusFaultRule { Name = "once", Kind = BusFaultKind.Drop, Identifier = 0x7E8, Probability = 1, CountMax = 1 });
            }
        };
        Run(async () => Assert.Equal(UpdateEnd.Confirmed, (await ChangeAsync(Fleet, Author, Oem)).End));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(700)]
    [InlineData(1500)]
    [InlineData(2300)]
    [InlineData(2500)]
    [InlineData(2700)]
    [InlineData(2800)]
    [InlineData(2900)]
    public void The_power_may_fail_while_it_verifies_and_while_it_writes(int afterMs)
    {
        _log.Heard = (from, message) =>
        {
            if (from == '→' && message is [0x31, 0x01, 0x02, 0x14])
            {
                _log.Heard = null;
                _rig.Time.After(afterMs * VirtualTime.NsPerMs, () => _rig.Ecu.PowerCut(CutModel.ProgramUnstable));
                _rig.Time.After((afterMs + 500) * VirtualTime.NsPerMs, _rig.Ecu.PowerOn);
            }
        };
        Run(async () =>
        {
            UpdateOutcome outcome = await ChangeAsync(Fleet, Author, Oem);
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
            Assert.Equal(UpdateEnd.Lost, _rig.Attempts[^2].End);
            Assert.Equal("1.0.0", (await ReportAsync()).ApplicationVersion);
        });
    }

    [Fact]
    public void An_ECU_that_does_not_consent_postpones_it()
    {
        Run(async () =>
        {
            _rig.Loader!.IsUpdateAllowed = false;
            Assert.Equal(UpdateEnd.Postponed, (await ChangeAsync(Fleet, Author, Oem)).End);
        });
        Assert.DoesNotContain(_log.Entries, entry => entry.Message is [0x34, ..]);
    }

    [Fact]
    public void Without_access_or_in_another_session_nobody_gets_to_the_routine()
    {
        Run(async () =>
        {
            foreach ((byte session, byte code) in new[] { ((byte)0x03, (byte)0x31), ((byte)0x02, (byte)0x33) })
            {
                await _rig.Client.SessionAsync(session);
                NegativeResponseException refusal = await Assert.ThrowsAsync<NegativeResponseException>(() => _rig.Client.RoutineAsync(0x0214, "install trust manifest"));
                Assert.Equal(code, refusal.Code);
            }

            await _rig.Client.AuthenticateAsync();
            NegativeResponseException empty = await Assert.ThrowsAsync<NegativeResponseException>(() => _rig.Client.RoutineAsync(0x0214, "install trust manifest"));
            Assert.Equal((0x22, FotaError.NoManifest), (empty.Code, (await _rig.Client.ReadUpdateStateAsync()).LastError));
        });
    }

    private Task<UpdateOutcome> ChangeAsync(TrustList list, params TestKey[] signers)
    {
        byte[] document = TestTrust.Document(list, signers);
        return new TrustSession(_rig.Client, TrustFile.Decode(document, "test").ToUpdate(), new UpdatePolicy(), _rig).RunAsync();
    }

    private async Task<VersionReport> ReportAsync()
    {
        await _rig.Client.SessionAsync(0x03);
        return await _rig.Client.ReadVersionReportAsync();
    }

    // Provisions the ECU with the first keys, brings an image, forgets what was heard, and runs the story.
    private void Run(Func<Task> story)
    {
        Action<char, byte[]>? heard = _log.Heard;
        _log.Heard = null;
        _rig.Run(async () =>
        {
            await _rig.BeginAsync(Provisioning);
            Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(SignedBy(_rig.Image("1.0.0", 1, Length), Author, Oem))).End);
            _log.Entries.Clear();
            _log.Heard = heard;
            await story();
        });
    }
}
