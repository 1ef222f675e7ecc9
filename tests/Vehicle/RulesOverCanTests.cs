// Routine 0215 as a conversation on the bus, with the whole agent: who may ask for it, what it refuses and what it says then, and what is in
// force afterwards; and what services 28 and 85 mean to the rules in force.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;
using DataState = EsyncSim.Data.DataState;
using ReportKind = EsyncSim.Data.ReportKind;

namespace EsyncTests.Vehicle;

public sealed class RulesOverCanTests
{
    private const string Install = "31010215";
    private const uint Staging = 0x10000000;
    private const ushort Speed = 0x0210;
    private const uint Frame = 0x120;
    private const byte SpeedRule = 40;
    private static readonly TestKey Key = new(SigningRole.Rules, "rules over CAN");

    private readonly VehicleRig _rig = new();
    private readonly ReportChannel _channel;

    public RulesOverCanTests() => _channel = new ReportChannel(_rig.Client);

    [Fact]
    public void It_has_its_session_and_its_access_and_wants_something_staged() => Run(async () =>
    {
        Assert.Equal("7F317F", await AskAsync(Install));
        await _rig.Client.SessionAsync(0x03);
        await _rig.Client.AuthenticateAsync();
        Assert.Equal("7F3131", await AskAsync(Install));
        await _rig.Client.SessionAsync(0x02);
        Assert.Equal("7F3133", await AskAsync(Install));
        await _rig.Client.AuthenticateAsync();
        Assert.Equal("7F3122", await AskAsync(Install));
        Assert.Equal(FotaError.NoManifest, (await _rig.Client.ReadUpdateStateAsync()).LastError);
        Assert.Equal("7F3113", await AskAsync(Install + "00"));
        Assert.Equal("7F3112", await AskAsync("31030215"));
    });

    [Fact]
    public void A_set_is_in_force_at_once_and_stays_over_a_reset_and_an_older_one_is_refused() => Run(async () =>
    {
        await StageAsync(Signed(Set(7), Key));
        Assert.Equal("710102150000", await AskAsync(Install));
        await RequireInForceAsync(7);
        Assert.Equal("710102150000", await AskAsync(Install));
        await _rig.Time.DelayMs(200);
        Assert.Equal(7u, Assert.Single(await RecordsAsync(ReportKind.Rules)).Body[3]);

        await StageAsync(Signed(Set(6), Key));
        await RequireRefusalAsync(FotaError.SequenceTooLow, 7);
        await StageAsync(Signed(Set(7) with { Rules = [] }, Key));
        await RequireRefusalAsync(FotaError.SequenceTooLow, 7);
        await _rig.Client.ResetAsync();
        await _rig.Client.AwaitPresenceAsync();
        await _rig.Time.DelayMs(500);
        await RequireInForceAsync(7);
    });

    [Fact]
    public void A_set_without_its_role_or_beyond_the_ECU_is_refused_with_the_reason_and_changes_nothing() => Run(async () =>
    {
        CollectionRule rule = Set(1).Rules[0];
        DataState before = await _channel.ReadStateAsync();
        await StageAsync(Signed(Set(1), TestTrust.Author, TestTrust.Oem));
        await RequireRefusalAsync(FotaError.RoleMissing, 0);
        await StageAsync(Signed(Set(1) with { TableId = 1 }, Key));
        await RequireRefusalAsync(FotaError.SignalTableMismatch, 0);
        await StageAsync(Signed(Set(1) with { Rules = [rule with { Signals = [0x0999] }] }, Key));
        await RequireRefusalAsync(FotaError.SignalUnknown, 0x0999);
        await StageAsync(Signed(Set(1) with { Rules = [rule with { Window = new RuleWindow(10, 86_400_000, 0) }] }, Key));
        await RequireRefusalAsync(FotaError.RulesExceedLimits, ((uint)RuleBound.History << 24) | (SpeedRule << 16));
        await StageAsync(Signed(Set(1) with { Rules = [rule with { Trigger = new PeriodTrigger(9) }] }, Key));
        await RequireRefusalAsync(FotaError.RulesExceedLimits, ((uint)RuleBound.Period << 24) | (SpeedRule << 16));
        DataState after = await _channel.ReadStateAsync();
        Assert.Equal((before.RulesSequence, before.RuleCount), (after.RulesSequence, after.RuleCount));
    });

    [Theory]
    [InlineData("280303", false)]
    [InlineData("280203", false)]
    [InlineData("280101", true)]
    [InlineData("8502", true)]
    public void Sampling_and_reading_go_on_under_28_and_85_and_only_frames_that_are_not_received_age(string request, bool isFresh) => Run(async () =>
    {
        await StageAsync(Signed(Set(1), Key));
        Assert.Equal("710102150000", await AskAsync(Install));
        await DriveAsync(200);
        await _rig.Client.SessionAsync(0x03);
        await _rig.Client.AuthenticateAsync();
        _rig.Tester.StartKeepAlive();
        Assert.StartsWith(request.StartsWith("28", StringComparison.Ordinal) ? "68" : "C5", await AskAsync(request));
        await DriveAsync(1500);

        ReportRecord[] samples = await SamplesAsync();
        Assert.InRange(samples.Length, 12, 20);
        Assert.Equal(isFresh ? 0 : 3, samples[^1].Body[6]);
        Assert.All(samples.Zip(samples.Skip(1)), pair => Assert.InRange(pair.Second.Ms - pair.First.Ms, 80u, 120u));

        // What the session has switched ends with it.
        _rig.Tester.StopKeepAlive();
        await _rig.Client.SessionAsync(0x01);
        await DriveAsync(500);
        await _rig.Client.SessionAsync(0x03);
        await _rig.Client.AuthenticateAsync();
        Assert.Equal(0, (await SamplesAsync())[^1].Body[6]);
    });

    private static byte[] Signed(RuleList list, params TestKey[] signers) =>
        SuitEnvelope.Sign(list.Encode(), [.. signers.Select(key => key.Signer)], SignedDocument.CollectionRules).Encode();

    private void Run(Func<Task> story) => _rig.Run(async () =>
    {
        await _rig.BeginAsync(ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [TestTrust.Author.Anchor, TestTrust.Oem.Anchor, Key.Anchor]));
        await story();
    });

    private RuleList Set(uint sequence) => new()
    {
        Sequence = sequence,
        VendorId = _rig.Definition.Config.Fota.VendorId,
        ClassId = _rig.Definition.Config.Fota.ClassId,
        TableId = _rig.Definition.Config.Data.SignalTableId,
        Rules = [new CollectionRule { Id = SpeedRule, Signals = [Speed], Trigger = new PeriodTrigger(100) }],
    };

    private async Task<string> AskAsync(string request)
    {
        try
        {
            return Convert.ToHexString(await _rig.Tester.RequestAsync(Convert.FromHexString(request), request));
        }
        catch (NegativeResponseException refusal)
        {
            return $"7F{request[..2]}{refusal.Code:X2}";
        }
    }

    private async Task StageAsync(byte[] document)
    {
        await _rig.Client.SessionAsync(0x03);
        await _rig.Client.SessionAsync(0x02);
        await _rig.Client.AuthenticateAsync();
        int longest = await _rig.Client.RequestDownloadAsync(0, Staging, (uint)document.Length);
        await _rig.Client.TransferAsync(document, longest);
    }

    private async Task RequireRefusalAsync(FotaError reason, uint detail)
    {
        Assert.Equal($"71010215{(int)reason:X4}", await AskAsync(Install));
        UpdateState state = await _rig.Client.ReadUpdateStateAsync();
        Assert.Equal((reason, detail), (state.LastError, state.Detail));
    }

    private async Task RequireInForceAsync(uint sequence)
    {
        DataState state = await _channel.ReadStateAsync();
        Assert.Equal((sequence, 1), (state.RulesSequence, state.RuleCount));
    }

    private async Task<ReportRecord[]> RecordsAsync(ReportKind kind)
    {
        List<ReportRecord> all = [];
        for (ReportsRead read = await _channel.ReadReportsAsync(1); read.Records.Count > 0; read = await _channel.ReadReportsAsync(all[^1].Sequence + 1))
        {
            all.AddRange(read.Records);
        }

        return [.. all.Where(record => record.Kind == kind)];
    }

    // Those of the last 1.5 s and no others, and all of the rule that was installed.
    private async Task<ReportRecord[]> SamplesAsync()
    {
        uint nowMs = (await _channel.ReadTimeAsync()).Ms;
        return [.. (await RecordsAsync(ReportKind.Sample)).Where(record => record.Body[0] == SpeedRule && nowMs - record.Ms <= 1500)];
    }

    // Another ECU that sends the speed every 50 ms.
    private async Task DriveAsync(int ms)
    {
        VirtualCan source = new(_rig.Bus, "another ECU");
        source.PowerOn();
        CanFrame frame = new() { Identifier = Frame, Length = 8 };
        BinaryPrimitives.WriteUInt16LittleEndian(frame.Data, 5000);
        for (int sent = 0; sent < ms / 50; sent++)
        {
            Assert.True(source.TrySend(frame));
            await _rig.Time.DelayMs(50);
        }
    }
}
