// What scripts of ISO 14229 cases share: the session in which a service is there, a request of each service that any ECU
// would take, which session is active, one of several answers.
// Invariant: a step that only prepares ends the case as inconclusive or not applicable, as the scene's own do.
// Clauses: ISO 14229-1:2020 §8.7, §10.2.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;

namespace EsyncSim.Conformance;

/// <summary>Steps of ISO 14229 cases.</summary>
internal static class CaseSteps
{
    /// <summary>defaultSession.</summary>
    public const byte Default = 1;

    /// <summary>programmingSession.</summary>
    public const byte Programming = 2;

    /// <summary>extendedDiagnosticSession.</summary>
    public const byte Extended = 3;

    /// <summary>suppressPosRspMsgIndicationBit.</summary>
    public const byte Suppress = 0x80;

    /// <summary>activeDiagnosticSessionDataIdentifier.</summary>
    public const ushort ActiveSession = 0xF186;

    private static readonly byte[] Preferred = [Default, Extended, Programming];

    /// <summary>Two bytes of an identifier, the high one first.</summary>
    public static byte[] Two(ushort value) => [(byte)(value >> 8), (byte)value];

    /// <summary>Enters a session that the profile allows, the default one included.</summary>
    public static async Task GoAsync(this ConformanceScene scene, byte session)
    {
        if (session == Programming && !scene.Profile.Allowed.Programming)
        {
            scene.NotApplicable("the profile does not allow the programming session (allowed.programming)");
        }

        await scene.EnterAsync(session);
    }

    /// <summary>Enters a session in which the service is there, and opens access where it is asked for.</summary>
    public static async Task<ServiceProfile> GoForAsync(this ConformanceScene scene, byte sid, bool isOpened = true)
    {
        ServiceProfile service = scene.Profile.Service(sid);
        await scene.GoAsync(scene.SessionOf(service));
        if (service.NeedsAccess && isOpened)
        {
            await scene.OpenAsync();
        }

        return service;
    }

    /// <summary>Opens access; the case is not applicable when that is not known.</summary>
    public static async Task OpenAsync(this ConformanceScene scene)
    {
        if (scene.Access is not { IsPossible: true })
        {
            scene.NotApplicable("needs access that can be opened (securityAccess or authentication in the profile, with --device or a key program)");
        }

        await scene.OpenAccessAsync();
    }

    /// <summary>A session in which the service is there.</summary>
    public static byte SessionOf(this ConformanceScene scene, ServiceProfile service)
    {
        byte session = Preferred.FirstOrDefault(service.IsIn);
        if (session == 0)
        {
            scene.NotApplicable($"the profile names none of the sessions 1 to 3 for service {service.Identifier:X2}");
        }

        return session;
    }

    /// <summary>A session that can be entered and in which the service is not there; the case is not applicable when there is none.</summary>
    public static byte SessionWithout(this ConformanceScene scene, ServiceProfile service)
    {
        IReadOnlyDictionary<byte, IReadOnlyList<byte>> known = scene.Profile.Service(0x10).SubFunctions;
        byte session = Preferred.FirstOrDefault(one => !service.IsIn(one) && (known.ContainsKey(one) || one == Default) && (one != Programming || scene.Profile.Allowed.Programming));
        if (session == 0)
        {
            scene.NotApplicable($"service {service.Identifier:X2} is there in every session");
        }

        return session;
    }

    /// <summary>A service that the profile names and that is not there in a session; the case is not applicable when there is none.</summary>
    public static ServiceProfile ServiceMissingIn(this ConformanceScene scene, byte session, Func<ServiceProfile, bool> isWanted) =>
        scene.Profile.Services.Values.OrderBy(service => service.Identifier).FirstOrDefault(service => !service.IsIn(session) && isWanted(service))
        ?? throw new NotApplicableException($"the profile names no such service that is not there in session {session}");

    /// <summary>A sub-function that the service does not have; the case is not applicable when its sub-functions are not told.</summary>
    public static byte UnknownSubFunction(this ConformanceScene scene, ServiceProfile service)
    {
        if (service.SubFunctions.Count == 0)
        {
            scene.NotApplicable($"the profile names no sub-functions of service {service.Identifier:X2}");
        }

        return new byte[] { 0x7F, 0x3F, 0x5A, 0x00 }.First(one => !service.SubFunctions.ContainsKey(one));
    }

    /// <summary>A data identifier that the profile does not name, of the range for vehicle manufacturers that nobody uses up.</summary>
    public static ushort UnknownIdentifier(this ConformanceScene scene)
    {
        if (scene.Profile.Dids.Count == 0)
        {
            scene.NotApplicable("the profile names no data identifiers");
        }

        return new ushort[] { 0x00FE, 0xEFFE, 0x0001 }.First(one => scene.Profile.Dids.All(did => did.Identifier != one));
    }

    /// <summary>A data identifier that can be read in a session, and whose record is not empty.</summary>
    public static DidProfile ReadableIn(this ConformanceScene scene, byte session, int skip = 0) =>
        scene.Profile.Dids.Where(did => did.ReadSessions.Contains(session) && did.Identifier != ActiveSession && did.Length is null or > 0).Skip(skip).FirstOrDefault()
        ?? throw new NotApplicableException($"the profile names no further data identifier that can be read in session {session}");

    /// <summary>A data identifier that can be written, with a record of a known length.</summary>
    public static DidProfile Writable(this ConformanceScene scene) =>
        scene.Profile.Dids.FirstOrDefault(did => did.WriteSessions.Count > 0 && did.Length is > 0)
        ?? throw new NotApplicableException("the profile names no data identifier that can be written, with the length of its record");

    /// <summary>A routine that may be started without changing anything.</summary>
    public static RoutineProfile HarmlessRoutine(this ConformanceScene scene) =>
        scene.Profile.Routines.FirstOrDefault(routine => routine.HarmlessOption is not null && !routine.NeedsAccess)
        ?? throw new NotApplicableException("the profile names no routine with a harmlessOption that needs no access");

    /// <summary>A request of the service that changes nothing or can be undone.</summary>
    public static byte[] GoodRequest(this ConformanceScene scene, byte sid)
    {
        switch (sid)
        {
            case 0x10:
                return [0x10, scene.Profile.Service(sid).SubFunctions.ContainsKey(Extended) ? Extended : Default];
            case 0x11:
                return [0x11, 0x01];
            case 0x14:
                return [0x14, 0xFF, 0xFF, 0xFF];
            case 0x19:
                return [0x19, 0x02, 0xFF];
            case 0x22:
                return [0x22, .. Two(scene.ReadableIn(scene.SessionOf(scene.Profile.Service(sid))).Identifier)];
            case 0x27:
                return [0x27, scene.SecurityAccess().Level];
            case 0x28:
                return [0x28, 0x00, 0x01];
            case 0x29:
                return [0x29, 0x08];
            case 0x2A:
                return [0x2A, 0x04];
            case 0x2C:
                return [0x2C, 0x03];
            case 0x2E:
                DidProfile did = scene.Writable();
                return [0x2E, .. Two(did.Identifier), .. new byte[did.Length!.Value]];
            case 0x2F:
                return [0x2F, .. Two(scene.Output().Identifier), 0x00];
            case 0x31:
                RoutineProfile routine = scene.HarmlessRoutine();
                return [0x31, 0x01, .. Two(routine.Identifier), .. routine.HarmlessOption!];
            case 0x34:
                return scene.DownloadRequest(0x100);
            case 0x36:
                return [0x36, 0x01, 0x00];
            case 0x85:
                return [0x85, 0x01];
            default:
                return sid == 0x3E ? [0x3E, 0x00] : [sid];
        }
    }

    /// <summary>34 for the area that manifests go to, else that of images, in the profile's format.</summary>
    public static byte[] DownloadRequest(this ConformanceScene scene, uint size, uint? address = null)
    {
        DownloadProfile download = scene.Profile.Download ?? throw new NotApplicableException("the profile names no download");
        uint at = address ?? download.ManifestAddress ?? download.ImageAddress ?? throw new NotApplicableException("the profile names no address of a download");
        return [0x34, 0x00, download.Format, .. Number(at, download.Format & 0x0F), .. Number(size, download.Format >> 4)];
    }

    /// <summary>Service 27 of the profile.</summary>
    public static SecurityAccessProfile SecurityAccess(this ConformanceScene scene) =>
        scene.Profile.SecurityAccess ?? throw new NotApplicableException("the profile names no service 27");

    /// <summary>The first output of the profile.</summary>
    public static OutputProfile Output(this ConformanceScene scene) =>
        scene.Profile.Outputs.Count > 0 ? scene.Profile.Outputs[0] : throw new NotApplicableException("the profile names no outputs");

    /// <summary>Expects that a session is the active one: by data identifier F186, else by a service that is there in one of two sessions.</summary>
    public static async Task ExpectSessionAsync(this ConformanceScene scene, byte session, string when)
    {
        if (scene.Profile.Dids.Any(did => did.Identifier == ActiveSession))
        {
            Exchange read = await scene.ExchangeAsync([0x22, .. Two(ActiveSession)]);
            scene.Expect(read.Response is [0x62, 0xF1, 0x86, var active] && active == session, $"{when}: F186 tells session {session:X2}", read.Text);
            return;
        }

        ServiceProfile probe = session == Default
            ? scene.ServiceMissingIn(Default, service => service.IsIn(Extended) || service.IsIn(Programming))
            : scene.ServiceMissingIn(Default, service => service.IsIn(session));
        Exchange exchange = await scene.ExchangeAsync([probe.Identifier]);
        bool isMissing = exchange.Nrc == 0x7F;
        scene.Expect(
            exchange.Response is not null && isMissing == (session == Default),
            $"{when}: service {probe.Identifier:X2} is {(session == Default ? "not " : string.Empty)}there, as in session {session:X2}",
            exchange.Text);
    }

    /// <summary>Expects that access is closed: what needs it answers 33.</summary>
    public static Task ExpectClosedAsync(this ConformanceScene scene, byte session, string when) =>
        scene.ExpectNrcAsync($"{when}: access is closed", scene.GuardedRequest(session), 0x33);

    /// <summary>Expects that access is open: what needs it answers anything but 33.</summary>
    public static async Task ExpectOpenAsync(this ConformanceScene scene, byte session)
    {
        byte[] request = scene.GuardedRequest(session);
        Exchange exchange = await scene.ExchangeAsync(request);
        scene.Expect(exchange.Response is not null && exchange.Nrc != 0x33, $"access is open: {Answer.Hex(request)} → an answer other than NRC 33", exchange.Text);
    }

    /// <summary>A session in which something needs access.</summary>
    public static byte GuardedSession(this ConformanceScene scene) =>
        new[] { Extended, Programming }.Where(session => scene.GuardedIn(session) is not null).Select(session => (byte?)session).FirstOrDefault()
        ?? throw new NotApplicableException("the profile names nothing that needs access in the extended or the programming session");

    /// <summary>Enters a session in which something needs access, opens it, and gives the session.</summary>
    public static async Task<byte> OpenSomewhereAsync(this ConformanceScene scene)
    {
        byte session = scene.GuardedSession();
        await scene.GoAsync(session);
        await scene.OpenAsync();
        return session;
    }

    /// <summary>Expects a positive response of an exchange that is over, beginning with these bytes.</summary>
    public static bool ExpectBegin(this ConformanceScene scene, string what, Exchange exchange, params byte[] begins)
    {
        bool isMet = exchange.Response is not null && exchange.Response.AsSpan().StartsWith(begins);
        scene.Expect(isMet, $"{what}: {Answer.Hex(exchange.Request)} → {Answer.Hex(begins)} …", exchange.Text);
        return isMet;
    }

    /// <summary>Expects exactly this response.</summary>
    public static async Task ExpectExactlyAsync(this ConformanceScene scene, string what, byte[] request, params byte[] response)
    {
        Exchange exchange = await scene.ExchangeAsync(request);
        scene.Expect(exchange.Response is not null && exchange.Response.AsSpan().SequenceEqual(response), $"{what}: {Answer.Hex(request)} → {Answer.Hex(response)}", exchange.Text);
    }

    /// <summary>The lowest bytes of a number, the highest first.</summary>
    public static byte[] Number(uint value, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[length - 1 - i] = i < 4 ? (byte)(value >> (8 * i)) : (byte)0;
        }

        return bytes;
    }

    /// <summary>A request that needs access and is too short to be done, so that nothing happens where it is open: access is looked at before the length.</summary>
    public static byte[] GuardedRequest(this ConformanceScene scene, byte session) =>
        scene.GuardedIn(session) ?? throw new NotApplicableException($"the profile names nothing that needs access in session {session}");

    private static byte[]? GuardedIn(this ConformanceScene scene, byte session)
    {
        ServiceProfile? service = scene.Profile.Services.Values.OrderBy(one => one.Identifier).FirstOrDefault(one => one.NeedsAccess && one.IsIn(session) && one.Identifier != 0x37);
        RoutineProfile? routine = scene.Profile.Routines.FirstOrDefault(one => one.NeedsAccess && one.Sessions.Contains(session));
        return service is not null ? [service.Identifier] : routine is not null ? [0x31, 0x01, .. Two(routine.Identifier), .. new byte[32]] : null;
    }
}
