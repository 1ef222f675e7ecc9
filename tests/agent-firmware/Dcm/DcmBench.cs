// A diagnostic server on a wire, and a tester at the other end: whole requests in, whole responses out, in virtual
// time. Both ends are the agent's own CanIf and CanTp with identifiers exchanged, so that what the server meets is what
// a real transport does.
using System.Security.Cryptography;
using System.Text;
using EsyncAgent;
using EsyncSim.Crypto;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

/// <summary>A response and the moment at which its last frame arrived.</summary>
internal sealed record Heard(uint AtMs, string Pdu);

internal sealed class DcmBench : ICanTpUpper, ICanIfSignals
{
    public const string Algorithm = "06 08 2A 86 48 86 F7 0D 02 09 00 00 00 00 00 00";
    public const uint PhysicalId = 0x7E0;
    public const uint FunctionalId = 0x7DF;
    public const uint ResponseId = 0x7E8;
    public const uint PeriodicId = 0x6E8;

    private readonly byte[] receiveBuffer = new byte[8192];
    private readonly WireEnd ecuEnd = new();
    private readonly WireEnd testerEnd = new();
    private readonly EsyncAgent.CanIf ecuCanIf;
    private readonly EsyncAgent.CanTp ecuCanTp;
    private readonly EsyncAgent.CanIf testerCanIf;
    private readonly EsyncAgent.CanTp testerCanTp;
    private readonly EsyncAgent.Fls fls;

    /// <summary>An ECU at its start, with what the flash holds; provisioned unless told otherwise.</summary>
    public DcmBench(Action<DcmConfig>? configure = null, ScriptedFlash? flash = null, bool isProvisioned = true, uint startMs = 1000, Action<DataConfig>? configureData = null, bool isPeriodic = true, bool hasLog = false, DemConfig? dem = null)
    {
        NowMs = startMs;
        Flash = flash ?? new ScriptedFlash();
        configure?.Invoke(Config);
        configureData?.Invoke(DataConfig);
        ecuEnd.Other = testerEnd;
        testerEnd.Other = ecuEnd;
        ecuCanIf = new EsyncAgent.CanIf(new CanIfConfig { PhysicalRxId = PhysicalId, FunctionalRxId = FunctionalId, TxId = ResponseId, PeriodicTxId = isPeriodic ? PeriodicId : CanIfConfig.NoIdentifier }, ecuEnd);
        testerCanIf = new EsyncAgent.CanIf(new CanIfConfig { PhysicalRxId = ResponseId, FunctionalRxId = 0xFFFFFFFF, TxId = PhysicalId, SignalRxIds = [PeriodicId] }, testerEnd);
        testerCanIf.AttachSignals(this);
        ecuCanTp = new EsyncAgent.CanTp(new CanTpConfig(), ecuCanIf);
        testerCanTp = new EsyncAgent.CanTp(new CanTpConfig(), testerCanIf);
        testerCanTp.Attach(this);
        EsyncAgent.Csm csm = new(new HostCrypto());
        fls = new EsyncAgent.Fls(Map(hasLog), Flash);
        NvM = new EsyncAgent.NvM(new NvMConfig(), fls);
        Keys = new KeyStore(csm, NvM);
        Dem = new EsyncAgent.Dem(dem ?? new DemConfig { Events = [4, 16], Dtcs = [0x5A0400, 0x5A1000] }, NvM);
        IdsM = new EsyncAgent.IdsM(NvM, 260);
        Data = new EsyncAgent.Data(DataConfig, 0, ecuCanIf, fls, NvM, Dem, Mcu, Application);
        Dcm = new EsyncAgent.Dcm(Config, ecuCanIf, ecuCanTp, csm, NvM, Keys, Dem, IdsM, Data, Target, Mcu, Application, Modes);
        Run(20);
        if (isProvisioned && !Keys.IsProvisioned)
        {
            Assert.Equal(FotaError.None, Keys.Provision(ProvisioningRecord(), 0, ProvisioningRecord().Length));
            RunUntil(() => NvM.IsIdle);
        }
    }

    public static byte[] DeviceId { get; } = [.. Enumerable.Range(0x40, 16).Select(i => (byte)i)];

    public static byte[] Secret { get; } = [.. Enumerable.Range(0x80, 32).Select(i => (byte)i)];

    public DcmConfig Config { get; } = new();

    /// <summary>Signals and outputs of the ECU.</summary>
    public DataConfig DataConfig { get; } = AgentFirmware.Data.TestSignals.Config();

    public EsyncAgent.Data Data { get; }

    public ScriptedFlash Flash { get; }

    public ScriptedTarget Target { get; } = new();

    public ScriptedModes Modes { get; } = new();

    public ScriptedMcu Mcu { get; } = new();

    public ScriptedApplication Application { get; } = new();

    public EsyncAgent.NvM NvM { get; }

    public KeyStore Keys { get; }

    public EsyncAgent.Dem Dem { get; }

    public EsyncAgent.IdsM IdsM { get; }

    public EsyncAgent.Dcm Dcm { get; }

    /// <summary>The server's transport.</summary>
    public EsyncAgent.CanTp CanTp => ecuCanTp;

    public uint NowMs { get; private set; }

    /// <summary>Everything that the ECU has said, in order.</summary>
    public List<Heard> Said { get; } = [];

    /// <summary>Every frame of periodic data, in order.</summary>
    public List<Heard> Periodic { get; } = [];

    /// <summary>How the transport ended the last physical request.</summary>
    public CanTpResult LastSendResult { get; private set; }

    /// <summary>True: the ECU's frames do not leave.</summary>
    public bool IsEcuMute
    {
        get => ecuEnd.IsBlocked;
        set => ecuEnd.IsBlocked = value;
    }

    /// <summary>A provisioning record (PROTOCOL.md, "Provisioning") with one anchor.</summary>
    public static byte[] ProvisioningRecord()
    {
        byte[] key = [0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 3, .. Enumerable.Range(1, 48).Select(i => (byte)i)];
        return [.. DeviceId, .. Secret, 1, TrustRole.Author, .. key];
    }

    /// <summary>The key of one purpose, as a tester derives it (PROTOCOL.md, "Access").</summary>
    public static byte[] KeyOf(string label) => Mac(Secret, [.. Encoding.ASCII.GetBytes(label), .. DeviceId]);

    public static byte[] Mac(byte[] key, byte[] data) => HMACSHA256.HashData(key, data);

    public static string Hex(IEnumerable<byte> bytes) => string.Join(' ', bytes.Select(b => b.ToString("X2")));

    public static byte[] Unhex(string text) => Convert.FromHexString(text.Replace(" ", string.Empty));

    /// <summary>The same ECU after a reset: what is in flash stays, nothing else.</summary>
    public DcmBench AfterReset(DemConfig? dem = null) => new(
        c =>
        {
            c.AccessDelayMs = Config.AccessDelayMs;
            c.AccessDelayMsMax = Config.AccessDelayMsMax;
        },
        Flash,
        hasLog: Data.Reports.IsPresent,
        dem: dem);

    /// <summary>Sends a physical request and gives the final response; empty when there is none within P2.</summary>
    public string Ask(string request)
    {
        int before = Said.Count;
        Send(request);
        return FinalSince(before);
    }

    /// <summary>Sends a functional request and gives the final response; empty when there is none within P2.</summary>
    public string AskAll(string request)
    {
        int before = Said.Count;
        SendFunctional(request);
        return FinalSince(before);
    }

    public void Expect(string request, string response) => Assert.Equal(response, Ask(request));

    /// <summary>Sends a physical request and returns when its last frame has left.</summary>
    public void Send(string request)
    {
        byte[] pdu = Unhex(request);
        RunUntil(() => !testerCanTp.IsTransmitting);
        Assert.Equal(StdReturn.Ok, testerCanTp.Transmit(pdu, 0, (uint)pdu.Length));
        RunUntil(() => !testerCanTp.IsTransmitting);
    }

    /// <summary>Puts a functional request on the wire.</summary>
    public void SendFunctional(string request)
    {
        byte[] pdu = Unhex(request);
        byte[] frame = new byte[8];
        Array.Fill(frame, (byte)0xCC);
        frame[0] = (byte)pdu.Length;
        pdu.CopyTo(frame, 1);
        ecuEnd.Arrive(FunctionalId, frame);
    }

    /// <summary>Puts one raw frame on the physical address.</summary>
    public void SendFrame(string frame) => ecuEnd.Arrive(PhysicalId, Unhex(frame));

    public void Run(uint ms)
    {
        for (uint i = 0; i < ms; i++)
        {
            Step();
        }
    }

    public void RunUntil(Func<bool> isReached)
    {
        for (int i = 0; !isReached(); i++)
        {
            Assert.True(i < 100000, "never happened");
            Step();
        }
    }

    /// <summary>Enters a session by the way that is allowed.</summary>
    public void Enter(byte session)
    {
        Assert.Equal("50 03 00 32 01 F4", Ask("10 03"));
        if (session != DcmSession.Extended)
        {
            Assert.Equal($"50 {session:X2} 00 32 01 F4", Ask($"10 {session:X2}"));
        }
    }

    /// <summary>Gets access by service 29.</summary>
    public void OpenAccess()
    {
        byte[] challenge = Challenge29();
        Assert.Equal($"69 06 12 {Algorithm} 00 00", Ask(Proof29(challenge)));
    }

    /// <summary>Asks for a challenge of service 29.</summary>
    public byte[] Challenge29()
    {
        string response = Ask($"29 05 00 {Algorithm}");
        Assert.StartsWith($"69 05 00 {Algorithm} 00 10 ", response);
        Assert.EndsWith(" 00 00", response);
        return Unhex(response)[21..37];
    }

    /// <summary>The request 29 06 that proves a challenge.</summary>
    public static string Proof29(byte[] challenge)
    {
        byte[] client = [.. Enumerable.Range(0xC0, 16).Select(i => (byte)i)];
        byte[] proof = Mac(KeyOf("esync/v1/key-29"), [.. "esync/v1/proof-29"u8, .. DeviceId, 1, .. challenge, .. client]);
        return $"29 06 {Algorithm} 00 20 {Hex(proof)} 00 10 {Hex(client)} 00 00";
    }

    /// <summary>Programming session, with access.</summary>
    public void Unlock()
    {
        Enter(DcmSession.Programming);
        OpenAccess();
    }

    public byte[] StartOfReception(bool isFunctional, uint length) => receiveBuffer;

    public void RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        Assert.Equal(CanTpResult.Ok, result);
        Said.Add(new Heard(NowMs, Hex(receiveBuffer.Take((int)length))));
    }

    public void TxConfirmation(CanTpResult result) => LastSendResult = result;

    public void SignalIndication(int index, byte[] data, int length)
    {
        Assert.Equal(0, index);
        Periodic.Add(new Heard(NowMs, Hex(data.Take(length))));
    }

    /// <summary>One millisecond of everything, the ECU in EcuM's order.</summary>
    public void Step()
    {
        NowMs++;
        ecuCanIf.MainFunction(NowMs);
        ecuCanTp.MainFunction(NowMs);
        Data.MainFunction(NowMs);
        Dcm.MainFunction(NowMs);
        Dcm.TimeFunction(NowMs);
        NvM.MainFunction(NowMs);
        Dem.MainFunction(NowMs);
        IdsM.MainFunction(NowMs);
        Data.MemoryMainFunction(NowMs);
        fls.MainFunction(NowMs);
        testerCanIf.MainFunction(NowMs);
        testerCanTp.MainFunction(NowMs);
    }

    private string FinalSince(int before)
    {
        uint waitMs = Config.P2ServerMsMax + 20u;
        uint since = NowMs;
        int at = before;
        while (NowMs - since < waitMs)
        {
            Step();
            for (; at < Said.Count; at++)
            {
                string pdu = Said[at].Pdu;
                if (!pdu.StartsWith("7F", StringComparison.Ordinal) || !pdu.EndsWith("78", StringComparison.Ordinal))
                {
                    return pdu;
                }

                since = NowMs;
                waitMs = Config.P2StarServerMsMax + 20u;
            }
        }

        return string.Empty;
    }

    /// <summary>A flash map with the NvM areas in the first two sectors, and a report log where it is wanted.</summary>
    public static FlsConfig Map(bool hasLog = false)
    {
        static FlsArea Sectors(uint first, uint count) => new() { Start = first * 4096, Length = count * 4096 };

        return new FlsConfig
        {
            NvM0 = Sectors(0, 1),
            NvM1 = Sectors(1, 1),
            BootRecord0 = Sectors(2, 1),
            BootRecord1 = Sectors(3, 1),
            BootRecord2 = Sectors(4, 1),
            Checkpoint0 = Sectors(5, 1),
            Checkpoint1 = Sectors(6, 1),
            ManifestA = Sectors(7, 1),
            ManifestB = Sectors(8, 1),
            Staging = Sectors(9, 1),
            BankA = Sectors(10, 2),
            BankB = Sectors(12, 2),
            ReportLog = Sectors(14, hasLog ? 8u : 0u),
        };
    }
}
