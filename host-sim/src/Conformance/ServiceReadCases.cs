// Services that read: 22, 19, 14, and what 2A and 2C do.
// Clauses: ISO 14229-1:2020 §11.2 (22), §11.5 (2A), §11.6 (2C), §12.2 (14), §12.3 (19).
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of reading.</summary>
internal static class ServiceReadCases
{
    private const string Read = "ISO 14229-1:2020 §11.2";
    private const string Dtc = "ISO 14229-1:2020 §12.3";
    private const string Clear = "ISO 14229-1:2020 §12.2";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const uint NoDtc = 0x000001;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("SVC-001", "22: one identifier", Read, "The answer is 62, the identifier and its record", Bus, OneAsync),
        new("SVC-002", "22: every identifier of the profile", Read, "Each is answered with a record of the length that the profile tells", Bus, EachAsync),
        new("SVC-003", "22: two identifiers", Read, "Both records come in the order of the request, each behind its identifier", Bus, TwoAsync),
        new("SVC-004", "22: one of two is unknown", Read, "What the ECU does not have is left out, and the other record comes", Bus, OneOfTwoAsync),
        new("SVC-005", "22: unknown identifier", Read, "An identifier that the ECU does not have is refused by 31", Bus, UnknownAsync),
        new("SVC-006", "22: two unknown identifiers", Read, "A request for nothing that the ECU has is refused by 31", Bus, TwoUnknownAsync),
        new("SVC-007", "22: half an identifier", Read, "An odd number of bytes behind 22 is refused by 13", Bus, HalfAsync),
        new("SVC-008", "22: the same identifier twice", Read, "An identifier that stands twice is answered twice", Bus, TwiceAsync),
        new("SVC-009", "22: F186 tells the session", Read, "The active session is read as the session that was entered", Bus, ActiveSessionAsync),
        new("SVC-010", "22: constant records do not change", Read, "A record that identifies the ECU is read alike twice", Bus, SameAsync),
        new("SVC-020", "19 01: number of DTCs", Dtc, "59 01, the status availability mask, the format and a number of two bytes", Bus, NumberAsync),
        new("SVC-021", "19 01 and 19 02 agree", Dtc, "For one mask the number of 19 01 is that of the DTCs of 19 02", Bus, AgreeAsync),
        new("SVC-022", "19 02: mask 00", Dtc, "With a mask that no status can meet no DTC is listed", Bus, NothingAsync),
        new("SVC-023", "19 02: statuses meet the mask", Dtc, "Each DTC that is listed has a bit of the mask, and none outside of the availability mask", Bus, StatusAsync),
        new("SVC-024", "19 0A: supported DTCs", Dtc, "All DTCs of the profile are listed, each once, with their status", Bus, SupportedAsync),
        new("SVC-025", "19: one availability mask", Dtc, "The status availability mask is the same in 19 01, 19 02 and 19 0A", Bus, OneMaskAsync),
        new("SVC-026", "19 04: unknown DTC", Dtc, "The snapshot of an unknown DTC is refused by 31", Bus, scene => UnknownRecordAsync(scene, 0x04)),
        new("SVC-027", "19 06: unknown DTC", Dtc, "The extended data of an unknown DTC are refused by 31", Bus, scene => UnknownRecordAsync(scene, 0x06)),
        new("SVC-028", "19 06: extended data", Dtc, "59 06, DTC and status, then records by their number", Bus, ExtendedAsync),
        new("SVC-029", "19 14: fault detection counters", Dtc, "59 14, then four bytes for each DTC, the counter between 01 and 7E", Bus, CountersAsync),
        new("SVC-030", "14: all groups", Clear, "14 FFFFFF is answered by 54 alone", ConformanceNeeds.Destructive, ClearAllAsync),
        new("SVC-031", "14: unknown group", Clear, "A group that the ECU does not have is refused by 31", Bus, ClearUnknownAsync),
        new("SVC-032", "14: nothing is confirmed afterwards", Clear, "After 14 FFFFFF no DTC is pending or confirmed", ConformanceNeeds.Destructive, ClearedAsync),
    ];

    private static async Task OneAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        DidProfile did = scene.ReadableIn(scene.SessionOf(scene.Profile.Service(0x22)));
        Exchange exchange = await scene.ExchangeAsync([0x22, .. Two(did.Identifier)]);
        scene.ExpectBegin("reading", exchange, [0x62, .. Two(did.Identifier)]);
        scene.Expect(exchange.Response is { Length: > 3 }, "a record behind the identifier", exchange.Text);
    }

    private static async Task EachAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        byte session = scene.SessionOf(scene.Profile.Service(0x22));
        scene.ReadableIn(session);
        foreach (DidProfile did in scene.Profile.Dids.Where(did => did.ReadSessions.Contains(session)))
        {
            Exchange exchange = await scene.ExchangeAsync([0x22, .. Two(did.Identifier)]);
            bool isMet = exchange.IsPositive && exchange.Response.AsSpan(1).StartsWith(Two(did.Identifier)) && (did.Length is null || exchange.Response!.Length == 3 + did.Length);
            scene.Expect(isMet, $"22 {did.Identifier:X4} → 62 {did.Identifier:X4} and {(did.Length is { } length ? $"{length} bytes" : "a record")}", $"{exchange.Text}, {exchange.Response?.Length ?? 0} bytes");
        }
    }

    private static async Task TwoAsync(ConformanceScene scene)
    {
        (byte[] first, byte[] second) = await TwoRecordsAsync(scene);
        await scene.ExpectExactlyAsync("both", [0x22, .. first[1..3], .. second[1..3]], [0x62, .. first[1..], .. second[1..]]);
        await scene.ExpectExactlyAsync("the other way round", [0x22, .. second[1..3], .. first[1..3]], [0x62, .. second[1..], .. first[1..]]);
    }

    private static async Task OneOfTwoAsync(ConformanceScene scene)
    {
        (byte[] first, _) = await TwoRecordsAsync(scene);
        byte[] unknown = Two(scene.UnknownIdentifier());
        await scene.ExpectExactlyAsync("the unknown one behind", [0x22, .. first[1..3], .. unknown], first);
        await scene.ExpectExactlyAsync("the unknown one before", [0x22, .. unknown, .. first[1..3]], first);
    }

    private static async Task UnknownAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        await scene.ExpectNrcAsync("unknown", [0x22, .. Two(scene.UnknownIdentifier())], 0x31);
    }

    private static async Task TwoUnknownAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        byte[] unknown = Two(scene.UnknownIdentifier());
        await scene.ExpectNrcAsync("twice unknown", [0x22, .. unknown, .. unknown], 0x31);
    }

    private static async Task HalfAsync(ConformanceScene scene)
    {
        (byte[] first, byte[] second) = await TwoRecordsAsync(scene);
        await scene.ExpectNrcAsync("one and a half", [0x22, .. first[1..3], second[1]], 0x13);
    }

    private static async Task TwiceAsync(ConformanceScene scene)
    {
        (byte[] first, _) = await TwoRecordsAsync(scene);
        await scene.ExpectExactlyAsync("twice", [0x22, .. first[1..3], .. first[1..3]], [.. first, .. first[1..]]);
    }

    private static async Task ActiveSessionAsync(ConformanceScene scene)
    {
        if (scene.Profile.Dids.All(did => did.Identifier != ActiveSession))
        {
            scene.NotApplicable("the profile names no data identifier F186");
        }

        await scene.ExpectExactlyAsync("in the default session", [0x22, 0xF1, 0x86], 0x62, 0xF1, 0x86, Default);
        await scene.GoAsync(Extended);
        await scene.ExpectExactlyAsync("in the extended session", [0x22, 0xF1, 0x86], 0x62, 0xF1, 0x86, Extended);
    }

    private static async Task SameAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        ushort[] constant = [.. scene.Profile.Dids.Select(did => did.Identifier).Where(one => one is >= 0xF187 and <= 0xF19E or 0xF1EF)];
        if (constant.Length == 0)
        {
            scene.NotApplicable("the profile names no identification record (F187 to F19E)");
        }

        foreach (ushort identifier in constant)
        {
            byte[] once = await scene.RequireAsync([0x22, .. Two(identifier)]);
            await scene.ExpectExactlyAsync("once more", [0x22, .. Two(identifier)], once);
        }
    }

    private static async Task NumberAsync(ConformanceScene scene)
    {
        DtcProfile dtc = await GoForDtcAsync(scene);
        Exchange exchange = await scene.ExchangeAsync([0x19, 0x01, 0xFF]);
        bool isMet = exchange.Response is { Length: 6 } answer && answer[1] == 0x01
            && (dtc.AvailabilityMask is null || answer[2] == dtc.AvailabilityMask) && (dtc.Format is null || answer[3] == dtc.Format);
        scene.Expect(isMet, $"59 01 {dtc.AvailabilityMask:X2} {dtc.Format:X2} and two bytes", exchange.Text);
    }

    private static async Task AgreeAsync(ConformanceScene scene)
    {
        await GoForDtcAsync(scene);
        foreach (byte mask in new byte[] { 0xFF, 0x08, 0x10, 0x01 })
        {
            byte[] number = await scene.RequireAsync(0x19, 0x01, mask);
            byte[] list = await scene.RequireAsync(0x19, 0x02, mask);
            int counted = number.Length == 6 ? (number[4] << 8) | number[5] : -1;
            scene.Expect(counted == (list.Length - 3) / 4 && (list.Length - 3) % 4 == 0, $"19 01 {mask:X2} counts the DTCs of 19 02 {mask:X2}", $"{counted} counted, {(list.Length - 3) / 4.0:0.##} listed");
        }
    }

    private static async Task NothingAsync(ConformanceScene scene)
    {
        await GoForDtcAsync(scene);
        Exchange exchange = await scene.ExchangeAsync([0x19, 0x02, 0x00]);
        scene.Expect(exchange.Response is [0x59, 0x02, _], "59 02, the availability mask and no DTC", exchange.Text);
    }

    private static async Task StatusAsync(ConformanceScene scene)
    {
        await GoForDtcAsync(scene);
        foreach (byte mask in new byte[] { 0xFF, 0x50, 0x2F })
        {
            byte[] list = await scene.RequireAsync(0x19, 0x02, mask);
            byte[] statuses = Statuses(list);
            bool isMet = statuses.All(status => (status & mask) != 0 && (status & ~list[2]) == 0);
            scene.Expect(isMet && (list.Length - 3) % 4 == 0, $"19 02 {mask:X2}: each status has a bit of {mask & list[2]:X2} and none outside of {list[2]:X2}", statuses.Length == 0 ? "no DTC" : string.Join(' ', statuses.Select(status => status.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    private static async Task SupportedAsync(ConformanceScene scene)
    {
        DtcProfile dtc = await GoForDtcAsync(scene);
        byte[] list = await scene.RequireAsync(0x19, 0x0A);
        uint[] codes = Codes(list);
        scene.Expect((list.Length - 3) % 4 == 0 && codes.Distinct().Count() == codes.Length, "each DTC once, four bytes each", $"{codes.Length} DTCs, {list.Length} bytes");
        if (dtc.Codes.Count > 0)
        {
            scene.Expect(codes.Order().SequenceEqual(dtc.Codes.Order()), $"the {dtc.Codes.Count} DTCs of the profile", string.Join(' ', codes.Select(code => code.ToString("X6", System.Globalization.CultureInfo.InvariantCulture))));
        }
    }

    private static async Task OneMaskAsync(ConformanceScene scene)
    {
        await GoForDtcAsync(scene);
        byte[] number = await scene.RequireAsync(0x19, 0x01, 0xFF);
        byte[] list = await scene.RequireAsync(0x19, 0x02, 0xFF);
        byte[] supported = await scene.RequireAsync(0x19, 0x0A);
        scene.Expect(number[2] == list[2] && list[2] == supported[2], $"the mask of 19 02, {list[2]:X2}, in 19 01 and 19 0A", $"{number[2]:X2} and {supported[2]:X2}");
    }

    private static async Task UnknownRecordAsync(ConformanceScene scene, byte subFunction)
    {
        DtcProfile dtc = await GoForDtcAsync(scene);
        RequireSubFunction(scene, subFunction);
        uint code = dtc.Codes.Contains(NoDtc) ? 0xFFFFFE : NoDtc;
        await scene.ExpectNrcAsync("an unknown DTC", [0x19, subFunction, .. Number(code, 3), 0xFF], 0x31);
    }

    private static async Task ExtendedAsync(ConformanceScene scene)
    {
        DtcProfile dtc = await GoForDtcAsync(scene);
        RequireSubFunction(scene, 0x06);
        if (dtc.Codes.Count == 0)
        {
            scene.NotApplicable("the profile names no DTCs");
        }

        byte[] code = Number(dtc.Codes[0], 3);
        scene.ExpectBegin("all records", await scene.ExchangeAsync([0x19, 0x06, .. code, 0xFF]), [0x59, 0x06, .. code]);
        byte[] list = await scene.RequireAsync(0x19, 0x0A);
        byte status = list[Array.IndexOf(Codes(list), dtc.Codes[0]) * 4 + 6];
        Exchange again = await scene.ExchangeAsync([0x19, 0x06, .. code, 0xFF]);
        scene.Expect(again.Response is { Length: > 5 } answer && answer[5] == status, $"the status of 19 0A, {status:X2}", again.Text);
    }

    private static async Task CountersAsync(ConformanceScene scene)
    {
        await GoForDtcAsync(scene);
        RequireSubFunction(scene, 0x14);
        Exchange exchange = await scene.ExchangeAsync([0x19, 0x14]);
        bool isMet = exchange.Response is { } answer && answer[0] == 0x59 && answer[1] == 0x14 && (answer.Length - 2) % 4 == 0
            && Enumerable.Range(0, (answer.Length - 2) / 4).All(i => answer[(i * 4) + 5] is >= 0x01 and <= 0x7E);
        scene.Expect(isMet, "59 14 and four bytes for each DTC", exchange.Text);
    }

    private static async Task ClearAllAsync(ConformanceScene scene)
    {
        await GoForClearAsync(scene);
        await scene.ExpectExactlyAsync("all groups", [0x14, 0xFF, 0xFF, 0xFF], 0x54);
    }

    private static async Task ClearUnknownAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x14);
        uint code = scene.Profile.Dtc?.Codes.Contains(NoDtc) == true ? 0x000002u : NoDtc;
        await scene.ExpectNrcAsync("an unknown group", [0x14, .. Number(code, 3)], 0x31);
    }

    private static async Task ClearedAsync(ConformanceScene scene)
    {
        const byte PendingOrConfirmed = 0x0C;
        await GoForClearAsync(scene);
        scene.Profile.Service(0x19);
        await scene.ExpectExactlyAsync("all groups", [0x14, 0xFF, 0xFF, 0xFF], 0x54);
        byte[] list = await scene.RequireAsync(0x19, 0x02, PendingOrConfirmed);
        scene.Expect(list.Length == 3, "no DTC with pendingDTC or confirmedDTC", $"{(list.Length - 3) / 4} DTCs, {Answer.Hex(list)}");
    }

    private static async Task GoForClearAsync(ConformanceScene scene)
    {
        if (!scene.Profile.Allowed.ClearDtc)
        {
            scene.NotApplicable("the profile does not allow to clear DTCs (allowed.clearDtc)");
        }

        await scene.GoForAsync(0x14);
    }

    private static async Task<DtcProfile> GoForDtcAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x19);
        return scene.Profile.Dtc ?? new DtcProfile();
    }

    private static void RequireSubFunction(ConformanceScene scene, byte subFunction)
    {
        if (!scene.Profile.Service(0x19).SubFunctions.ContainsKey(subFunction))
        {
            scene.NotApplicable($"the profile names no sub-function {subFunction:X2} of service 19");
        }
    }

    // Two records of constant content, each with 62 and its identifier before it.
    private static async Task<(byte[] First, byte[] Second)> TwoRecordsAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x22);
        DidProfile[] constant = [.. scene.Profile.Dids.Where(did => did.Identifier is >= 0xF187 and <= 0xF19E)];
        if (constant.Length < 2)
        {
            scene.NotApplicable("the profile names no two identification records (F187 to F19E)");
        }

        return (await scene.RequireAsync([0x22, .. Two(constant[0].Identifier)]), await scene.RequireAsync([0x22, .. Two(constant[1].Identifier)]));
    }

    private static byte[] Statuses(byte[] list) => [.. Enumerable.Range(0, (list.Length - 3) / 4).Select(i => list[(i * 4) + 6])];

    private static uint[] Codes(byte[] list) =>
        [.. Enumerable.Range(0, (list.Length - 3) / 4).Select(i => (uint)((list[(i * 4) + 3] << 16) | (list[(i * 4) + 4] << 8) | list[(i * 4) + 5]))];
}
