// What is the same for every service: too short, too long, an unknown sub-function, the suppress bit, another session, no
// access. One case for each service and rule, so that a verdict names the service.
// Invariant: the number of a case is the rule's first number and the service's place in the table, which never changes.
// Clause: ISO 14229-1:2020 §8.7.2, §8.2.2 and the clause of each service.
// Tests: tests/host-sim/Conformance.
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases that every service has.</summary>
internal static class ServiceFormCases
{
    private const int TooShort = 100;
    private const int TooLong = 120;
    private const int UnknownSubFunctions = 140;
    private const int Suppressed = 160;
    private const int OtherSession = 180;
    private const int WithoutAccess = 200;

    private static readonly (byte Sid, string Name, string Clause)[] Table =
    [
        (0x10, "DiagnosticSessionControl", "§10.2"),
        (0x11, "ECUReset", "§10.3"),
        (0x14, "ClearDiagnosticInformation", "§12.2"),
        (0x19, "ReadDTCInformation", "§12.3"),
        (0x22, "ReadDataByIdentifier", "§11.2"),
        (0x27, "SecurityAccess", "§10.4"),
        (0x28, "CommunicationControl", "§10.5"),
        (0x29, "Authentication", "§10.6"),
        (0x2A, "ReadDataByPeriodicIdentifier", "§11.5"),
        (0x2C, "DynamicallyDefineDataIdentifier", "§11.6"),
        (0x2E, "WriteDataByIdentifier", "§11.7"),
        (0x2F, "InputOutputControlByIdentifier", "§13.2"),
        (0x31, "RoutineControl", "§14.2"),
        (0x34, "RequestDownload", "§15.2"),
        (0x36, "TransferData", "§15.4"),
        (0x37, "RequestTransferExit", "§15.5"),
        (0x3E, "TesterPresent", "§10.7"),
        (0x85, "ControlDTCSetting", "§10.8"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        .. Rows(sid => sid is not 0x37, TooShort, "too short", "A request of {0} that lacks bytes, at any length, is refused by 13", ShortAsync),
        .. Rows(sid => sid is not (0x2A or 0x36), TooLong, "too long", "A request of {0} with bytes too many is refused by 13", LongAsync),
        .. Rows(sid => sid is 0x10 or 0x11 or 0x19 or 0x27 or 0x28 or 0x29 or 0x2C or 0x31 or 0x3E or 0x85, UnknownSubFunctions, "unknown sub-function", "A sub-function that {0} does not have is refused by 12", UnknownAsync),
        .. Rows(sid => sid is 0x19 or 0x28 or 0x29 or 0x2C or 0x31 or 0x3E or 0x85, Suppressed, "positive answer suppressed", "A request of {0} with the suppress bit is done and not answered", SuppressedAsync),
        .. Rows(sid => sid is not (0x10 or 0x3E), OtherSession, "in another session", "In a session in which {0} is not offered it is refused by 7F", OtherSessionAsync),
        .. Rows(sid => sid is 0x2E or 0x2F or 0x34 or 0x36 or 0x37, WithoutAccess, "without access", "Where {0} needs access it is refused by 33 without it", WithoutAccessAsync),
    ];

    private static IEnumerable<ConformanceCase> Rows(Func<byte, bool> isIn, int first, string name, string requirement, Func<ConformanceScene, byte, Task> run) =>
        Table.Select((row, index) => (row, index)).Where(entry => isIn(entry.row.Sid)).Select(entry => new ConformanceCase(
            FormattableString.Invariant($"SVC-{first + entry.index:000}"),
            $"{entry.row.Sid:X2} {entry.row.Name}: {name}",
            $"ISO 14229-1:2020 §8.7.2, {entry.row.Clause}",
            requirement.Replace("{0}", $"service {entry.row.Sid:X2}", StringComparison.Ordinal),
            NeedsOf(entry.row.Sid, first),
            scene => run(scene, entry.row.Sid)));

    // What a faulty ECU would take for good.
    private static ConformanceNeeds NeedsOf(byte sid, int first) => sid switch
    {
        0x11 => ConformanceNeeds.Reset,
        0x2E or 0x2F or 0x34 or 0x37 when first is TooLong or WithoutAccess => ConformanceNeeds.Destructive,
        _ => ConformanceNeeds.Bus,
    };

    private static async Task ShortAsync(ConformanceScene scene, byte sid)
    {
        await scene.GoForAsync(sid);
        byte[] good = scene.GoodRequest(sid);
        int least = sid switch
        {
            0x22 or 0x28 => 3,
            0x14 or 0x2E or 0x2F or 0x31 => 4,
            0x34 => good.Length,
            _ => 2,
        };
        for (int length = 1; length < least; length++)
        {
            await scene.ExpectNrcAsync($"{length} of {good.Length} bytes", good[..length], 0x13);
        }

        if (sid == 0x19)
        {
            await scene.ExpectNrcAsync("19 02 without a mask", [0x19, 0x02], 0x13);
        }
        else if (sid == 0x2A)
        {
            await scene.ExpectNrcAsync("2A 01 without an identifier", [0x2A, 0x01], 0x13);
        }
    }

    private static async Task LongAsync(ConformanceScene scene, byte sid)
    {
        await scene.GoForAsync(sid);
        byte[] good = scene.GoodRequest(sid);

        // 14 may have one byte more, memorySelection.
        byte[] more = sid == 0x14 ? [0x00, 0x00] : [0x00];
        if (sid == 0x37)
        {
            await StartTransferAsync(scene);
        }

        await scene.ExpectNrcAsync($"{more.Length} more", [.. good, .. more], 0x13);
    }

    // With all bytes sent, 37 may come: then its length alone is wrong.
    private static async Task StartTransferAsync(ConformanceScene scene)
    {
        const int Size = 16;
        await scene.RequireAsync(scene.DownloadRequest(Size));
        await scene.RequireAsync([0x36, 0x01, .. new byte[Size]]);
    }

    private static async Task UnknownAsync(ConformanceScene scene, byte sid)
    {
        ServiceProfile service = await scene.GoForAsync(sid);
        byte[] good = scene.GoodRequest(sid);
        good[1] = scene.UnknownSubFunction(service);
        await scene.ExpectNrcAsync("an unknown sub-function", good, 0x12);
    }

    private static async Task SuppressedAsync(ConformanceScene scene, byte sid)
    {
        await scene.GoForAsync(sid);
        byte[] good = scene.GoodRequest(sid);
        await scene.RequireAsync(good);
        good[1] |= Suppress;
        await scene.ExpectSilenceAsync("with the suppress bit", good);
        await scene.ExpectExactlyAsync("the next request", [0x3E, 0x00], 0x7E, 0x00);
    }

    private static async Task OtherSessionAsync(ConformanceScene scene, byte sid)
    {
        ServiceProfile service = scene.Profile.Service(sid);
        byte session = scene.SessionWithout(service);
        await scene.GoAsync(session);
        await scene.ExpectNrcAsync($"in session {session:X2}", scene.GoodRequest(sid), 0x7F);
    }

    private static async Task WithoutAccessAsync(ConformanceScene scene, byte sid)
    {
        ServiceProfile service = scene.Profile.Service(sid);
        if (!service.NeedsAccess)
        {
            scene.NotApplicable($"service {sid:X2} needs no access");
        }

        await scene.GoForAsync(sid, isOpened: false);
        await scene.ExpectNrcAsync("without access", scene.GoodRequest(sid), 0x33);
    }
}
