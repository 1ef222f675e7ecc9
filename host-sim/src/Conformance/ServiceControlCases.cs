// Services that write, control and send on their own: 11, 28, 85, 2A, 2C, 2E, 2F and 31.
// Clauses: ISO 14229-1:2020 §10.3 (11), §10.5 (28), §10.8 (85), §11.5 (2A), §11.6 (2C), §11.7 (2E), §13.2 (2F), §14.2 (31).
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using EsyncSim.Bus;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of control.</summary>
internal static class ServiceControlCases
{
    private const string Reset = "ISO 14229-1:2020 §10.3";
    private const string Communication = "ISO 14229-1:2020 §10.5";
    private const string Setting = "ISO 14229-1:2020 §10.8";
    private const string Write = "ISO 14229-1:2020 §11.7";
    private const string Control = "ISO 14229-1:2020 §13.2";
    private const string Routine = "ISO 14229-1:2020 §14.2";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const ConformanceNeeds Access = ConformanceNeeds.Access | ConformanceNeeds.Destructive;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("SVC-040", "11: the answer comes before the reset", Reset, "11 01 is answered by 51 01, and only then the ECU resets", ConformanceNeeds.Reset, scene => ResetAsync(scene, 0x01)),
        new("SVC-041", "11: soft reset", Reset, "11 03 is answered by 51 03, and only then the ECU resets", ConformanceNeeds.Reset, scene => ResetAsync(scene, 0x03)),
        new("SVC-042", "11: back in time", Reset, "After a reset the ECU answers again within the time that the profile tells", ConformanceNeeds.Reset, BackInTimeAsync),
        new("SVC-043", "11: reset without an answer", Reset, "With the suppress bit the ECU resets and sends no answer", ConformanceNeeds.Reset, ResetSuppressedAsync),
        new("SVC-050", "28: communication control", Communication, "Each type of control of the profile is answered by its number", Bus, CommunicationAsync),
        new("SVC-051", "28: unknown communication type", Communication, "A communication type without any kind of message is refused by 31", Bus, UnknownCommunicationAsync),
        new("SVC-052", "28: diagnostics go on", Communication, "With normal messages off requests are still answered", Bus, DiagnosticsGoOnAsync),
        new("SVC-053", "85: off and on", Setting, "85 02 and 85 01 are answered by their numbers, and may be repeated", Bus, SettingAsync),
        new("SVC-054", "85: reading goes on", Setting, "With DTC setting off DTCs can still be read", Bus, SettingReadAsync),
        new("SVC-070", "2E: what is written is read", Write, "A record that was written is read back alike", Access, WriteAsync),
        new("SVC-071", "2E: an identifier that cannot be written", Write, "An identifier that cannot be written is refused by 31", Access, NotWritableAsync),
        new("SVC-072", "2E: a record of another length", Write, "A record that is too short or too long is refused by 13, and nothing is written", Access, WrongLengthAsync),
        new("SVC-080", "2F: take over and give back", Control, "shortTermAdjustment answers the value that was set, returnControlToECU is taken", Access, AdjustAsync),
        new("SVC-081", "2F: the output has the value", Control, "An adjusted output is read as it was set", Access, AdjustedAsync),
        new("SVC-082", "2F: a value out of range", Control, "A value that the output cannot have is refused by 31", Access, OutOfRangeAsync),
        new("SVC-083", "2F: an unknown output", Control, "An identifier that cannot be controlled is refused by 31", Access, UnknownOutputAsync),
        new("SVC-084", "2F: an unknown control parameter", Control, "A reserved inputOutputControlParameter is refused by 31; it has no suppress bit", Access, UnknownParameterAsync),
        new("SVC-085", "2F: a value of another length", Control, "A value that is too long is refused by 13", Access, ValueLengthAsync),
        new("SVC-086", "2F: a change of session gives outputs back", Control, "After a change of session the output is not as it was adjusted", Access | ConformanceNeeds.Model, GivenBackAsync),
        new("SVC-090", "31: a routine is started", Routine, "71 01 and the identifier of the routine", Bus, StartAsync),
        new("SVC-091", "31: unknown routine", Routine, "A routine that the ECU does not have is refused by 31", Bus, UnknownRoutineAsync),
        new("SVC-092", "31: a routine that needs access", Routine, "A routine that needs access is refused by 33 without it", Bus, GuardedAsync),
        new("SVC-093", "31: option record too short", Routine, "An option record that lacks a byte is refused by 13", Bus, OptionAsync),
        new("SVC-094", "31: results before a start", Routine, "Asking for the results of a routine that was not started is refused by 24, or by 12 where there are none", Bus, ResultsAsync),
        new("SVC-095", "31: stop before a start", Routine, "Stopping a routine that was not started is refused by 24, or by 12 where it cannot be stopped", Bus, StopAsync),
    ];

    private static async Task ResetAsync(ConformanceScene scene, byte kind)
    {
        ServiceProfile service = await scene.GoForAsync(0x11);
        if (!service.SubFunctions.ContainsKey(kind))
        {
            scene.NotApplicable($"the profile names no reset {kind:X2}");
        }

        await scene.GoAsync(Extended);
        await scene.ExpectExactlyAsync("the answer", [0x11, kind], 0x51, kind);
        await scene.AwaitPresenceAsync();
        await scene.ExpectSessionAsync(Default, "after the reset");
    }

    private static async Task BackInTimeAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x11);
        await scene.RequireAsync(0x11, 0x01);
        scene.ExpectMs("from the answer to 11 to the first answer", 0, scene.Profile.Timing.ResetMs, await scene.AwaitPresenceAsync());
        await scene.ExpectSessionAsync(Default, "then");
    }

    private static async Task ResetSuppressedAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x11);
        await scene.GoAsync(Extended);
        await scene.ExpectSilenceAsync("with the suppress bit", [0x11, 0x01 | Suppress]);
        await scene.AwaitPresenceAsync();
        await scene.ExpectSessionAsync(Default, "after the reset");
    }

    private static async Task CommunicationAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x28);
        foreach (byte type in service.SubFunctions.Keys.Where(type => type <= 3).OrderDescending())
        {
            await scene.ExpectExactlyAsync("normal messages", [0x28, type, 0x01], 0x68, type);
        }
    }

    private static async Task UnknownCommunicationAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x28);
        await scene.ExpectNrcAsync("no kind of message", [0x28, 0x00, 0x00], 0x31);
    }

    private static async Task DiagnosticsGoOnAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x28);
        if (!service.SubFunctions.ContainsKey(3))
        {
            scene.NotApplicable("the profile names no control type 03 of service 28");
        }

        await scene.ExpectExactlyAsync("normal messages off", [0x28, 0x03, 0x01], 0x68, 0x03);
        await scene.ExpectExactlyAsync("the next request", [0x3E, 0x00], 0x7E, 0x00);
        await scene.ExpectExactlyAsync("normal messages on", [0x28, 0x00, 0x01], 0x68, 0x00);
    }

    private static async Task SettingAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x85);
        foreach (byte setting in new byte[] { 2, 2, 1, 1 })
        {
            await scene.ExpectExactlyAsync(setting == 1 ? "on" : "off", [0x85, setting], 0xC5, setting);
        }
    }

    private static async Task SettingReadAsync(ConformanceScene scene)
    {
        scene.Profile.Service(0x19);
        await scene.GoForAsync(0x85);
        await scene.ExpectExactlyAsync("off", [0x85, 0x02], 0xC5, 0x02);
        await scene.ExpectPositiveAsync("reading", [0x19, 0x02, 0xFF], 0x02);
        await scene.RequireAsync(0x85, 0x01);
    }

    // A date of the year 26 in BCD is good for records that are looked into as well, and read back it shows any shift.
    private static byte[] Record(int length) => [.. new byte[] { 0x26, 0x01, 0x02, 0x31, 0x42, 0x53, 0x64, 0x75, 0x86 }.Concat(Enumerable.Range(1, 255).Select(i => (byte)i)).Take(length)];

    private static async Task WriteAsync(ConformanceScene scene)
    {
        DidProfile did = scene.Writable();
        await scene.GoForAsync(0x2E);
        byte[] record = Record(did.Length!.Value);
        await scene.ExpectExactlyAsync("writing", [0x2E, .. Two(did.Identifier), .. record], [0x6E, .. Two(did.Identifier)]);
        await scene.ExpectExactlyAsync("reading", [0x22, .. Two(did.Identifier)], [0x62, .. Two(did.Identifier), .. record]);
    }

    private static async Task NotWritableAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x2E);
        await scene.ExpectNrcAsync("an unknown identifier", [0x2E, .. Two(scene.UnknownIdentifier()), 0x00], 0x31);
    }

    private static async Task WrongLengthAsync(ConformanceScene scene)
    {
        DidProfile did = scene.Writable();
        await scene.GoForAsync(0x2E);
        byte[] before = await scene.RequireAsync([0x22, .. Two(did.Identifier)]);
        await scene.ExpectNrcAsync("a byte too many", [0x2E, .. Two(did.Identifier), .. Record(did.Length!.Value + 1)], 0x13);
        if (did.Length > 1)
        {
            await scene.ExpectNrcAsync("a byte too few", [0x2E, .. Two(did.Identifier), .. Record(did.Length.Value - 1)], 0x13);
        }

        await scene.ExpectExactlyAsync("the record is as before", [0x22, .. Two(did.Identifier)], before);
    }

    private static async Task<OutputProfile> GoForOutputAsync(ConformanceScene scene)
    {
        OutputProfile output = scene.Output();
        await scene.GoForAsync(0x2F);
        return output;
    }

    private static async Task AdjustAsync(ConformanceScene scene)
    {
        OutputProfile output = await GoForOutputAsync(scene);
        byte[] identifier = Two(output.Identifier);
        await scene.ExpectExactlyAsync("shortTermAdjustment", [0x2F, .. identifier, 0x03, .. output.Inside], [0x6F, .. identifier, 0x03, .. output.Inside]);
        await scene.ExpectPositiveAsync("freezeCurrentState", [0x2F, .. identifier, 0x02], [.. identifier, 0x02, .. output.Inside]);
        await scene.ExpectPositiveAsync("returnControlToECU", [0x2F, .. identifier, 0x00], [.. identifier, 0x00]);
    }

    private static async Task AdjustedAsync(ConformanceScene scene)
    {
        OutputProfile output = await GoForOutputAsync(scene);
        byte[] identifier = Two(output.Identifier);
        await scene.RequireAsync([0x2F, .. identifier, 0x03, .. output.Inside]);
        await scene.ExpectExactlyAsync("reading the output", [0x22, .. identifier], [0x62, .. identifier, .. output.Inside]);
        await scene.RequireAsync([0x2F, .. identifier, 0x00]);
    }

    private static async Task OutOfRangeAsync(ConformanceScene scene)
    {
        OutputProfile output = await GoForOutputAsync(scene);
        byte[] outside = output.Outside ?? throw new NotApplicableException("the profile names no value that the output cannot have");
        await scene.ExpectNrcAsync("out of range", [0x2F, .. Two(output.Identifier), 0x03, .. outside], 0x31);
    }

    private static async Task UnknownOutputAsync(ConformanceScene scene)
    {
        await GoForOutputAsync(scene);
        await scene.ExpectNrcAsync("an unknown output", [0x2F, .. Two(scene.UnknownIdentifier()), 0x00], 0x31);
    }

    private static async Task UnknownParameterAsync(ConformanceScene scene)
    {
        OutputProfile output = await GoForOutputAsync(scene);
        await scene.ExpectNrcAsync("a reserved parameter", [0x2F, .. Two(output.Identifier), 0x04], 0x31);
        await scene.ExpectNrcAsync("returnControlToECU with its highest bit", [0x2F, .. Two(output.Identifier), 0x80], 0x31);
    }

    private static async Task ValueLengthAsync(ConformanceScene scene)
    {
        OutputProfile output = await GoForOutputAsync(scene);
        await scene.ExpectNrcAsync("a byte too many", [0x2F, .. Two(output.Identifier), 0x03, .. output.Inside, 0x00], 0x13);
    }

    private static async Task GivenBackAsync(ConformanceScene scene)
    {
        const int SettleMs = 200;
        OutputProfile output = await GoForOutputAsync(scene);
        byte[] identifier = Two(output.Identifier);
        byte[] before = await scene.RequireAsync([0x22, .. identifier]);
        byte[] value = before.AsSpan(3).SequenceEqual(output.Inside) ? new byte[output.Inside.Length] : output.Inside;
        await scene.RequireAsync([0x2F, .. identifier, 0x03, .. value]);
        await scene.GoAsync(Extended);
        await scene.Time.Delay(SettleMs * VirtualTime.NsPerMs);
        Exchange after = await scene.ExchangeAsync([0x22, .. identifier]);
        scene.Expect(after.IsPositive && !after.Response.AsSpan(3).SequenceEqual(value), $"another value than {Answer.Hex(value)}", after.Text);
    }

    private static async Task StartAsync(ConformanceScene scene)
    {
        RoutineProfile routine = scene.HarmlessRoutine();
        await scene.GoForAsync(0x31);
        await scene.ExpectPositiveAsync("start", scene.GoodRequest(0x31), [0x01, .. Two(routine.Identifier)]);
    }

    private static async Task UnknownRoutineAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("unknown", [0x31, 0x01, .. Two(scene.UnknownRoutine())], 0x31);
    }

    private static async Task GuardedAsync(ConformanceScene scene)
    {
        RoutineProfile routine = scene.Profile.Routines.FirstOrDefault(one => one.NeedsAccess && one.Sessions.Contains(Extended))
            ?? throw new NotApplicableException("the profile names no routine of the extended session that needs access");
        await scene.GoAsync(Extended);
        await scene.ExpectNrcAsync("without access", [0x31, 0x01, .. Two(routine.Identifier), .. routine.HarmlessOption ?? []], 0x33);
    }

    private static async Task OptionAsync(ConformanceScene scene)
    {
        RoutineProfile routine = scene.Profile.Routines.FirstOrDefault(one => one.HarmlessOption is { Length: > 0 } && !one.NeedsAccess)
            ?? throw new NotApplicableException("the profile names no routine with a harmlessOption of at least one byte");
        await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("a byte too few", [0x31, 0x01, .. Two(routine.Identifier), .. routine.HarmlessOption![1..]], 0x13);
    }

    private static async Task ResultsAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("requestRoutineResults", [0x31, 0x03, .. Two(scene.HarmlessRoutine().Identifier)], 0x24, 0x12);
    }

    private static async Task StopAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("stopRoutine", [0x31, 0x02, .. Two(scene.HarmlessRoutine().Identifier)], 0x24, 0x12);
    }
}
