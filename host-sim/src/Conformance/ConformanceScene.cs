// The stage of one case: the profile, raw frames with their times, the tester's conversation, expectations.
// Invariants: a step that is an expectation goes to Expect; a step that only prepares ends the case as inconclusive when it
// fails, and as not applicable when the profile does not name what it needs.
// Clauses: ISO 14229-1:2020 §8.7, ISO 14229-2:2013 §7.2.
// Tests: tests/host-sim/Conformance.
using EsyncSim.Attack;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Packages;

namespace EsyncSim.Conformance;

/// <summary>A request and what answered it.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsSent">False: the ECU's flow control stopped it, or did not come.</param>
/// <param name="Response">The final response; null: none came.</param>
/// <param name="Pendings">Times in milliseconds from the end of the request, or of the response pending before it, to each response pending.</param>
/// <param name="Ms">Milliseconds from the end of the request, or of the last response pending, to the first frame of the final response; NaN without one.</param>
internal sealed record Exchange(byte[] Request, bool IsSent, byte[]? Response, IReadOnlyList<double> Pendings, double Ms)
{
    /// <summary>True for a positive response.</summary>
    public bool IsPositive => Response is { Length: > 0 } && Response[0] == Request[0] + 0x40;

    /// <summary>The negative response code; null when there is none.</summary>
    public byte? Nrc => Response is { Length: 3 } && Response[0] == 0x7F ? Response[2] : null;

    /// <summary>What came, in words.</summary>
    public string Text => !IsSent ? Answer.NotTaken
        : Response is null ? Answer.None
        : Nrc is { } code ? Answer.Nrc(code)
        : $"positive, {Answer.Hex(Response)}";
}

/// <summary>One case's place.</summary>
internal sealed class ConformanceScene(ConformanceBench bench, ConformanceMeans means, ConformanceProfile profile)
{
    private const int ExchangesMax = 200;
    private readonly List<ConformanceStep> _steps = [];

    /// <summary>What the ECU is.</summary>
    public ConformanceProfile Profile => profile;

    /// <summary>Frames and messages of the tester.</summary>
    public FrameTester Tester => bench.Tester;

    /// <summary>The clock.</summary>
    public VirtualTime Time => bench.Tester.Time;

    /// <summary>True on a real bus, where times have the host's own jitter in them.</summary>
    public bool IsRealTime => bench.Model is null;

    /// <summary>Expectations so far.</summary>
    public IReadOnlyList<ConformanceStep> Steps => _steps;

    /// <summary>The virtual ECU; only for cases that need <see cref="ConformanceNeeds.Model"/>.</summary>
    public ModelEcu Model => bench.Model!;

    /// <summary>The signing keys; only for cases that need <see cref="ConformanceNeeds.Keys"/>.</summary>
    public AttackKeys Keys => means.Keys!;

    /// <summary>A package that the ECU would install; only for cases that need <see cref="ConformanceNeeds.Package"/>.</summary>
    public Package Package => means.Packages.Value[0];

    /// <summary>All packages that are at hand, each newer than the one before.</summary>
    public IReadOnlyList<Package> Packages => means.Packages.Value;

    /// <summary>Keys and proofs; only for cases that need <see cref="ConformanceNeeds.Access"/>.</summary>
    public ConformanceAccess Access => means.Access!;

    /// <summary>Random bytes.</summary>
    public byte[] Random(int count) => means.Entropy(count);

    /// <summary>The client that vehicles use, over this tester: for whole updates.</summary>
    public EcuClient Client => field ??= new EcuClient(new UdsTester(Tester, new TesterTiming()), means.Secret, means.Entropy);

    /// <summary>Notes whether what had to come came.</summary>
    public void Expect(bool isMet, string expected, string came) => _steps.Add(new ConformanceStep(expected, came, isMet));

    /// <summary>Notes whether a time lies within bounds, in milliseconds.</summary>
    public void ExpectMs(string what, double leastMs, double mostMs, double cameMs) => Expect(
        cameMs >= leastMs && cameMs <= mostMs,
        leastMs > 0 ? FormattableString.Invariant($"{what}: {leastMs:0.##} to {mostMs:0.##} ms") : FormattableString.Invariant($"{what}: within {mostMs:0.##} ms"),
        double.IsNaN(cameMs) ? "nothing" : FormattableString.Invariant($"{cameMs:0.###} ms"));

    /// <summary>Ends the case: it cannot be judged here.</summary>
    public void Inconclusive(string why) => throw new InconclusiveException(why);

    /// <summary>Ends the case: the profile does not name what it is about.</summary>
    public void NotApplicable(string why) => throw new NotApplicableException(why);

    /// <summary>Sends eight bytes on the identifier of physical requests; shorter ones are padded.</summary>
    public Task<SceneFrame> SendFrame(params byte[] bytes) => Tester.SendFrameAsync(bytes);

    /// <summary>The next frame of the ECU; null when none came in so many milliseconds.</summary>
    public Task<SceneFrame?> NextFrame(double waitMs) => Tester.NextFrameAsync(waitMs);

    /// <summary>Frames of any identifier that were on the bus, of a case with many the first and the last; times are the bus's clock.</summary>
    public IEnumerable<EvidenceFrame> FramesOf(uint identifier, long fromNs, long toNs) => bench.Evidence.Between(identifier, fromNs, toNs);

    /// <summary>Sends a request and takes the final response that answers it; null: none. What it stopped is an empty response.</summary>
    public async Task<byte[]?> AskAsync(byte[] request, bool isFunctional = false)
    {
        Exchange exchange = await ExchangeAsync(request, isFunctional);
        return exchange.IsSent ? exchange.Response : [];
    }

    /// <summary>Sends a request and takes what answers it, with times. A late response is awaited twice as long as it may take.</summary>
    public async Task<Exchange> ExchangeAsync(byte[] request, bool isFunctional = false)
    {
        Tester.Discard();
        if (!(isFunctional ? await Tester.SendFunctionalAsync(request) : await Tester.SendAsync(request)))
        {
            return new Exchange(request, false, null, [], double.NaN);
        }

        List<double> pendings = [];
        long sinceNs = Tester.LastSentNs;
        double waitMs = 2 * profile.Timing.Late(profile.Timing.P2Ms);
        for (int i = 0; i < ExchangesMax && await Tester.ReceiveAsync((long)(waitMs * VirtualTime.NsPerMs)) is { } response; i++)
        {
            double ms = (Tester.FirstReceivedNs - sinceNs) / (double)VirtualTime.NsPerMs;
            bool isNegative = response.Length == 3 && response[0] == 0x7F && response[1] == request[0];
            if (isNegative && response[2] == 0x78)
            {
                pendings.Add(ms);
                sinceNs = Tester.FirstReceivedNs;
                waitMs = 1.2 * profile.Timing.Late(profile.Timing.P2StarMs);
            }
            else if (isNegative || (response.Length > 0 && response[0] == request[0] + 0x40))
            {
                return new Exchange(request, true, response, pendings, ms);
            }
        }

        return new Exchange(request, true, null, pendings, double.NaN);
    }

    /// <summary>Sends a request and expects a positive response that begins with these bytes; gives the response, null when it was another.</summary>
    public async Task<byte[]?> ExpectPositiveAsync(string what, byte[] request, params byte[] begins)
    {
        Exchange exchange = await ExchangeAsync(request);
        byte[] head = [(byte)(request[0] + 0x40), .. begins];
        bool isMet = exchange.IsPositive && exchange.Response.AsSpan().StartsWith(head);
        Expect(isMet, $"{what}: {Answer.Hex(request)} → {Answer.Hex(head)} …", exchange.Text);
        return isMet ? exchange.Response : null;
    }

    /// <summary>Sends a request and expects one of these negative response codes.</summary>
    public async Task ExpectNrcAsync(string what, byte[] request, params byte[] codes)
    {
        Exchange exchange = await ExchangeAsync(request);
        Expect(exchange.Nrc is { } code && codes.Contains(code), $"{what}: {Answer.Hex(request)} → {string.Join(" or ", codes.Select(Answer.Nrc))}", exchange.Text);
    }

    /// <summary>Sends a request and expects silence for twice P2.</summary>
    public async Task ExpectSilenceAsync(string what, byte[] request, bool isFunctional = false)
    {
        Exchange exchange = await ExchangeAsync(request, isFunctional);
        Expect(exchange.IsSent && exchange.Response is null && exchange.Pendings.Count == 0, $"{what}: {Answer.Hex(request)} → {Answer.None}", exchange.Text);
    }

    /// <summary>Sends a request that only prepares; the case is inconclusive when it is not answered positively.</summary>
    public async Task<byte[]> RequireAsync(params byte[] request)
    {
        Exchange exchange = await ExchangeAsync(request);
        return exchange.IsPositive ? exchange.Response! : throw new InconclusiveException($"{Answer.Hex(request)} prepares the case and was answered: {exchange.Text}");
    }

    /// <summary>Enters a session, the programming session by way of the extended one; the case is inconclusive when that fails.</summary>
    public async Task EnterAsync(byte session)
    {
        const byte Programming = 2;
        const byte Extended = 3;
        if (session == Programming)
        {
            await RequireAsync(0x10, Extended);
        }

        await RequireAsync(0x10, session);
    }

    /// <summary>Opens access in the session that is active; the case is inconclusive when that fails. Needs <see cref="ConformanceNeeds.Access"/>.</summary>
    public async Task OpenAccessAsync()
    {
        string? refusal = await Access.OpenAsync(this);
        if (refusal is not null)
        {
            Inconclusive($"access could not be opened: {refusal}");
        }
    }

    /// <summary>Resets the ECU, a virtual one by its power, and waits until it answers; the case is inconclusive when it does not. Needs <see cref="ConformanceNeeds.Reset"/>.</summary>
    public async Task RebootAsync()
    {
        if (bench.Model is { } model)
        {
            model.Ecu.Reset(EsyncAgent.McuResetCause.PowerOn);
        }
        else
        {
            await EnterAsync(3);
            await RequireAsync(0x11, 0x01);
        }

        await AwaitPresenceAsync();
    }

    /// <summary>Waits until the ECU answers tester present; gives the milliseconds. The case is inconclusive when it does not within the profile's reset time.</summary>
    public async Task<double> AwaitPresenceAsync()
    {
        long startNs = Time.NowNs;
        while (!(await ExchangeAsync([0x3E, 0x00])).IsPositive)
        {
            if (Time.NowNs - startNs > (profile.Timing.ResetMs + 1000) * VirtualTime.NsPerMs)
            {
                throw new InconclusiveException("the ECU did not come back: 3E 00 is not answered");
            }
        }

        return (Time.NowNs - startNs) / (double)VirtualTime.NsPerMs;
    }

    /// <summary>Waits until the ECU has sent nothing for so long.</summary>
    public async Task AwaitQuietAsync(double quietMs)
    {
        while (await NextFrame(quietMs) is not null)
        {
        }
    }
}
