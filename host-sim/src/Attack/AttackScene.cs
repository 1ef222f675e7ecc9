// The stage of one attack: an attacker's transport and controller on the ECU's bus, the owner's client over the same
// transport, and the steps that attacks share.
// To an ECU owner and attacker are one: CAN tells no sender, so both speak over one link here.
// Invariant: a step that is an expectation writes to the log; a step that only prepares throws when it fails.
// Clause: PROTOCOL.md, "Access", "Transfer".
// Tests: tests/host-sim/Attack.
using System.Diagnostics.CodeAnalysis;
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;

namespace EsyncSim.Attack;

/// <summary>One attack's place.</summary>
internal sealed class AttackScene
{
    /// <summary>Address of the staging slot in RequestDownload.</summary>
    public const uint Staging = 0x10000000;

    /// <summary>Address of the bank that does not run.</summary>
    public const uint Bank = 0x20000000;

    private const int DeltaP2Ms = 100;
    private const int P2StarMs = 5500;
    private static readonly byte[] HmacSha256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0];

    /// <summary>Takes an ECU that has been started.</summary>
    public AttackScene(IEcuAccess access, AttackMeans means, AttackLog log)
    {
        Access = access;
        Means = means;
        Log = log;
        Raw = new RawCan(Time, access.CreateCan("attacker-raw"), access.Definition.Config.CanIf);
        Reconnect();
    }

    /// <summary>The way to the ECU.</summary>
    public IEcuAccess Access { get; }

    /// <summary>What the attacker holds.</summary>
    public AttackMeans Means { get; }

    /// <summary>Where expectations go.</summary>
    public AttackLog Log { get; }

    /// <summary>Transport, the attacker's and the owner's.</summary>
    public IsoTpLink Link { get; private set; }

    /// <summary>The attacker's controller.</summary>
    public RawCan Raw { get; }

    /// <summary>The owner's client.</summary>
    public EcuClient Client { get; private set; }

    /// <summary>The clock.</summary>
    public VirtualTime Time => Access.Bus.Time;

    /// <summary>The ECU's configuration.</summary>
    public EcuConfig Config => Access.Definition.Config;

    /// <summary>The ECU that can be looked into; only for attacks that need it.</summary>
    public ModelEcu Model => (ModelEcu)Access;

    /// <summary>The keys; only for attacks that need them.</summary>
    public AttackKeys Keys => Means.Keys!;

    /// <summary>Identity and secret; only for attacks that need them.</summary>
    public DeviceCredentials Secret => Means.Secret!;

    /// <summary>Makes transport and client anew, after an attack that had to close them.</summary>
    [MemberNotNull(nameof(Link), nameof(Client))]
    public void Reconnect()
    {
        Link = new IsoTpLink(Time, Access.CreateCan("attacker"), Config.CanIf);
        Client = new EcuClient(new UdsTester(Link, new TesterTiming()), Means.Secret, Means.Entropy);
    }

    /// <summary>Leaves the bus.</summary>
    public void Close()
    {
        Link.Close();
        Raw.Close();
    }

    /// <summary>Sends a request and takes what answers it, response pendings aside. Null: none. Empty: it could not be sent.</summary>
    public async Task<byte[]?> AskAsync(byte[] request, bool isFunctional = false)
    {
        Link.Discard();
        bool isSent = isFunctional ? await Link.SendFunctionalAsync(request) : await Link.SendAsync(request);
        if (!isSent)
        {
            return [];
        }

        int waitMs = Config.Dcm.P2ServerMsMax + DeltaP2Ms;
        while (await Link.ReceiveAsync(waitMs * VirtualTime.NsPerMs) is { } response)
        {
            bool isNegative = response.Length == 3 && response[0] == 0x7F && response[1] == request[0];
            if (isNegative && response[2] == 0x78)
            {
                waitMs = P2StarMs;
            }
            else if (isNegative || (response.Length > 0 && response[0] == request[0] + 0x40))
            {
                return response;
            }
        }

        return null;
    }

    /// <summary>Sends a request and logs whether the expected came; gives the answer's words.</summary>
    public async Task<string> ExpectAsync(string what, byte[] request, string expected, bool isFunctional = false)
    {
        byte[]? response = await AskAsync(request, isFunctional);
        string came = response is { Length: 0 } ? Answer.NotTaken : Answer.Of(request, response);
        Log.Add($"{what}: {(isFunctional ? "functional " : string.Empty)}{Answer.Hex(request)}", expected, came);
        return came;
    }

    /// <summary>Enters a session, the programming session by way of the extended one.</summary>
    public async Task EnterAsync(byte session)
    {
        if (session == DcmSession.Programming)
        {
            await Client.SessionAsync(DcmSession.Extended);
        }

        await Client.SessionAsync(session);
    }

    /// <summary>Enters the programming session with access.</summary>
    public async Task OpenAsync()
    {
        await EnterAsync(DcmSession.Programming);
        await Client.AuthenticateAsync();
    }

    /// <summary>Asks for a challenge of service 29; null when none was given.</summary>
    public async Task<byte[]?> ChallengeAsync()
    {
        byte[]? response = await AskAsync([0x29, 0x05, 0x00, .. HmacSha256]);
        return response is { Length: 39 } ? response[21..37] : null;
    }

    /// <summary>Asks for a seed of service 27; null when none was given.</summary>
    public async Task<byte[]?> SeedAsync(bool isFunctional = false)
    {
        byte[]? response = await AskAsync([0x27, 0x01], isFunctional);
        return response is { Length: 18 } ? response[2..] : null;
    }

    /// <summary>29 06 with a proof.</summary>
    public byte[] ProofRequest(byte[] proof, byte[] challengeClient) =>
        [0x29, 0x06, .. HmacSha256, 0x00, 0x20, .. proof, 0x00, 0x10, .. challengeClient, 0x00, 0x00];

    /// <summary>29 06 with the right proof for a challenge.</summary>
    public byte[] GoodProof(byte[] challenge)
    {
        byte[] challengeClient = Means.Entropy(16);
        return ProofRequest(Secret.AuthenticationProof(challenge, challengeClient), challengeClient);
    }

    /// <summary>34 for an area.</summary>
    public static byte[] Download(uint address, uint size, byte encoding = 0) =>
    [
        0x34, encoding, 0x44,
        (byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address,
        (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size,
    ];

    /// <summary>31 01 with a routine and its option record.</summary>
    public static byte[] Routine(ushort identifier, params byte[] option) => [0x31, 0x01, (byte)(identifier >> 8), (byte)identifier, .. option];

    /// <summary>Brings an envelope to the staging slot; access is open.</summary>
    public async Task StageAsync(byte[] envelope)
    {
        int longest = await Client.RequestDownloadAsync(0, Staging, (uint)envelope.Length);
        await Client.TransferAsync(envelope, longest);
    }

    /// <summary>Stages an envelope and has it authenticated; gives the verdict.</summary>
    public async Task<string> AuthenticateAsync(byte[] envelope, ushort routine = 0x0210)
    {
        await StageAsync(envelope);
        byte[] request = Routine(routine);
        return Answer.Of(request, await AskAsync(request));
    }

    /// <summary>Opens access, binds a manifest that must be good, and makes the bank ready.</summary>
    public async Task BindAsync(byte[] envelope)
    {
        await OpenAsync();
        await StageAsync(envelope);
        await Client.RoutineAsync(0x0210, "authenticate manifest");
        await Client.RoutineAsync(0xFF00, "erase memory");
    }

    /// <summary>Sends an image to the bank in blocks until one is refused, then the exit; gives the words of the last answer.</summary>
    public async Task<string> TransferAsync(byte[] image)
    {
        int longest = await Client.RequestDownloadAsync(0, Bank, (uint)image.Length);
        byte counter = 1;
        for (int at = 0; at < image.Length; counter++)
        {
            int count = Math.Min(image.Length - at, longest - 2);
            byte[] block = [0x36, counter, .. image.AsSpan(at, count)];
            string came = Answer.Of(block, await AskAsync(block));
            if (came != Answer.Positive)
            {
                return came;
            }

            at += count;
        }

        return Answer.Of([0x37], await AskAsync([0x37]));
    }

    /// <summary>The last security event of the version report.</summary>
    public async Task<string> SecurityEventAsync() => (await Client.ReadVersionReportAsync()).SecurityEvent.ToString();

    /// <summary>Milliseconds until the ECU answers tester present; up to twice the bound.</summary>
    public Task<double> PresenceMsAsync(int boundMs) => AnsweredMsAsync([0x3E, 0x00], boundMs);

    /// <summary>Waits until nothing comes any more: late answers to what was asked several times.</summary>
    public async Task AwaitQuietAsync()
    {
        while (await Link.ReceiveAsync((Config.Dcm.P2ServerMsMax + DeltaP2Ms) * VirtualTime.NsPerMs) is not null)
        {
        }
    }

    /// <summary>Milliseconds until the ECU answers a request positively; up to twice the bound.</summary>
    public async Task<double> AnsweredMsAsync(byte[] request, int boundMs)
    {
        long startNs = Time.NowNs;
        do
        {
            if (await AskAsync(request) is { Length: > 0 } response && Answer.Of(request, response) == Answer.Positive)
            {
                break;
            }
        }
        while (Time.NowNs - startNs < 2L * boundMs * VirtualTime.NsPerMs);
        return (Time.NowNs - startNs) / (double)VirtualTime.NsPerMs;
    }
}
