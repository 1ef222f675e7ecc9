// The order in which a server looks at a request, as it shows in the negative response code of a request that has two
// faults: service 11, session 7F, access 33, shortest length 13, sub-function 12 and 7E, sequence 24, length 13, values 31.
// Clause: ISO 14229-1:2020 §8.7.2 (general server response behaviour).
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using static EsyncSim.Conformance.CaseSteps;

namespace EsyncSim.Conformance;

/// <summary>Cases of the order of checks.</summary>
internal static class SessionOrderCases
{
    private const string Clause = "ISO 14229-1:2020 §8.7.2";
    private const ConformanceNeeds Bus = ConformanceNeeds.Bus;
    private const ConformanceNeeds Programs = ConformanceNeeds.Programming;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("DSL-070", "an unknown service", Clause, "A service that the ECU does not have is refused by 11, whatever follows it", Bus, UnknownServiceAsync),
        new("DSL-071", "an unknown service in another session", Clause, "A service that the ECU does not have is refused by 11 in every session", Bus, UnknownInExtendedAsync),
        new("DSL-072", "session before length", Clause, "A service of another session is refused by 7F although it is too short", Bus, scene => MissingAsync(scene, service => service.Identifier is not 0x37, service => [service.Identifier])),
        new("DSL-073", "session before sub-function", Clause, "A service of another session is refused by 7F although its sub-function is unknown", Bus, scene => MissingAsync(scene, service => service.SubFunctions.Count > 0, service => [service.Identifier, scene.UnknownSubFunction(service), 0x00, 0x00])),
        new("DSL-074", "session before access", Clause, "A service of another session is refused by 7F although access is closed", Bus, scene => MissingAsync(scene, service => service.NeedsAccess, service => scene.GoodRequest(service.Identifier))),
        new("DSL-075", "access before length", Clause, "A service that needs access is refused by 33 although it is too short", Programs, AccessBeforeLengthAsync),
        new("DSL-076", "shortest length before sub-function", Clause, "A request that is too short is refused by 13 although its sub-function is unknown", Bus, ShortBeforeSubFunctionAsync),
        new("DSL-077", "sub-function before the whole length", Clause, "An unknown sub-function is refused by 12 although the request is too long", Bus, scene => scene.ExpectNrcAsync("an unknown session, a byte too many", [0x10, scene.UnknownSubFunction(scene.Profile.Service(0x10)), 0x00], 0x12)),
        new("DSL-078", "session of the sub-function before the whole length", Clause, "A sub-function of another session is refused by 7E although the request is too long", Bus, scene => scene.ExpectNrcAsync("a session that cannot be entered from here, a byte too many", [0x10, scene.BarredSession(), 0x00], 0x7E)),
        new("DSL-079", "length before values: 28", Clause, "A request that is too long is refused by 13 although its value is out of range", Bus, LengthBeforeValueAsync),
        new("DSL-080", "length before values: 14", Clause, "A clear that is too long is refused by 13 although its group is unknown", Bus, LengthBeforeGroupAsync),
        new("DSL-081", "sub-function before sequence: 27", Clause, "An unknown sub-function is refused by 12 although no seed was asked for", Bus, SubFunctionBeforeSequenceAsync),
        new("DSL-082", "sequence before the whole length: 27", Clause, "A key without a seed is refused by 24 although it is too short", Bus, SequenceBeforeLengthAsync),
        new("DSL-083", "routine before access", "ISO 14229-1:2020 §14.2", "A routine that the ECU does not have is refused by 31 although access is closed", Bus, RoutineBeforeAccessAsync),
        new("DSL-084", "access before the routine's length", "ISO 14229-1:2020 §14.2", "A routine that needs access is refused by 33 although its option record is too long", Bus, RoutineAccessAsync),
        new("DSL-085", "an unknown sub-function of a routine before the routine", "ISO 14229-1:2020 §14.2", "An unknown sub-function of 31 is refused by 12 although the routine is unknown too", Bus, RoutineSubFunctionAsync),
    ];

    private static async Task UnknownServiceAsync(ConformanceScene scene)
    {
        byte sid = scene.UnknownService();
        await scene.ExpectNrcAsync("alone", [sid], 0x11);
        await scene.ExpectNrcAsync("with a byte", [sid, 0x01], 0x11);
        await scene.ExpectNrcAsync("with seven bytes", [sid, 1, 2, 3, 4, 5, 6, 7], 0x11);
    }

    private static async Task UnknownInExtendedAsync(ConformanceScene scene)
    {
        await scene.GoAsync(Extended);
        await scene.ExpectNrcAsync("in the extended session", [scene.UnknownService(), 0x01], 0x11);
    }

    private static Task MissingAsync(ConformanceScene scene, Func<ServiceProfile, bool> isWanted, Func<ServiceProfile, byte[]> request)
    {
        ServiceProfile missing = scene.ServiceMissingIn(Default, isWanted);
        return scene.ExpectNrcAsync($"service {missing.Identifier:X2} in the default session", request(missing), 0x7F);
    }

    private static async Task AccessBeforeLengthAsync(ConformanceScene scene)
    {
        ServiceProfile guarded = scene.Profile.Services.Values.OrderBy(service => service.Identifier).FirstOrDefault(service => service.NeedsAccess && service.Identifier != 0x37)
            ?? throw new NotApplicableException("the profile names no service that needs access");
        await scene.GoForAsync(guarded.Identifier, isOpened: false);
        await scene.ExpectNrcAsync("without access, too short", [guarded.Identifier], 0x33);
    }

    private static async Task ShortBeforeSubFunctionAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x28);
        await scene.ExpectNrcAsync("28 with an unknown sub-function and nothing behind it", [0x28, scene.UnknownSubFunction(service)], 0x13);
    }

    private static async Task LengthBeforeValueAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x28);
        await scene.ExpectNrcAsync("28 with an unknown communication type, a byte too many", [0x28, 0x00, 0x00, 0x00], 0x13);
    }

    private static async Task LengthBeforeGroupAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x14);
        await scene.ExpectNrcAsync("an unknown group and two bytes too many", [0x14, 0x00, 0x00, 0x01, 0x00, 0x00], 0x13);
    }

    private static async Task SubFunctionBeforeSequenceAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x27);
        await scene.ExpectNrcAsync("an unknown level", [0x27, scene.UnknownSubFunction(service), 0x00], 0x12);
    }

    private static async Task SequenceBeforeLengthAsync(ConformanceScene scene)
    {
        byte level = scene.SecurityAccess().Level;
        await scene.GoForAsync(0x27);
        Exchange key = await scene.ExchangeAsync([0x27, (byte)(level + 1), 0x00]);
        if (key.Nrc is 0x36 or 0x37)
        {
            scene.Inconclusive("a delay after wrong keys runs, of before this run or of its cases without a key program: restart the ECU, wait for it, and try this case alone");
        }

        scene.Expect(key.Nrc == 0x24, $"a key of one byte without a seed: {Answer.Hex(key.Request)} → {Answer.Nrc(0x24)}", key.Text);
    }

    private static async Task RoutineBeforeAccessAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("an unknown routine without access", [0x31, 0x01, .. Two(scene.UnknownRoutine())], 0x31);
    }

    private static async Task RoutineAccessAsync(ConformanceScene scene)
    {
        await scene.GoForAsync(0x31, isOpened: false);
        byte session = scene.SessionOf(scene.Profile.Service(0x31));
        RoutineProfile routine = scene.Profile.Routines.FirstOrDefault(one => one.NeedsAccess && one.Sessions.Contains(session))
            ?? throw new NotApplicableException($"the profile names no routine that needs access in session {session}");
        await scene.ExpectNrcAsync("a byte too many, without access", [0x31, 0x01, .. Two(routine.Identifier), 0x00, 0x00, 0x00], 0x33);
    }

    private static async Task RoutineSubFunctionAsync(ConformanceScene scene)
    {
        ServiceProfile service = await scene.GoForAsync(0x31);
        await scene.ExpectNrcAsync("unknown in both", [0x31, scene.UnknownSubFunction(service), .. Two(scene.UnknownRoutine())], 0x12);
    }

    /// <summary>A routine that the profile does not name.</summary>
    public static ushort UnknownRoutine(this ConformanceScene scene)
    {
        if (scene.Profile.Routines.Count == 0)
        {
            scene.NotApplicable("the profile names no routines");
        }

        return new ushort[] { 0x0F0E, 0x0001, 0xEFFE }.First(one => scene.Profile.Routines.All(routine => routine.Identifier != one));
    }
}
