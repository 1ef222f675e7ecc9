// The whole agent over a flash in RAM and a ring of frames, with a tester that follows the transport: for requests and for raw
// frames. A run begins from one of some states of the flash, which were made once.
// Invariants: nothing of the last run is left; what the bench does itself while memory is counted allocates nothing.
// Tests: tests/Fuzz/Checks.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Measure;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>One agent and its tester.</summary>
internal sealed class AgentBench : IMcu
{
    public const uint PhysicalId = 0x7E0;
    public const uint FunctionalId = 0x7DF;

    private const int SectorCount = 21;
    private static readonly byte[] FlowControl = [0x30, 0, 0, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC];

    private static readonly byte[] Algorithm = Convert.FromHexString("06082A864886F70D0209000000000000");

    private readonly RamPart _part = new(SectorCount);
    private readonly HostCrypto _crypto = new();
    private readonly byte[] _reception = new byte[4096];
    private byte _entropy;
    private int _receptionLength;
    private int _receptionLeft;

    public AgentBench() => Ring.Sent = Hear;

    /// <summary>The areas, one after the other.</summary>
    public static FlsConfig Map { get; } = new()
    {
        NvM0 = Area(0, 1),
        NvM1 = Area(1, 1),
        BootRecord0 = Area(2, 1),
        BootRecord1 = Area(3, 1),
        BootRecord2 = Area(4, 1),
        Checkpoint0 = Area(5, 1),
        Checkpoint1 = Area(6, 1),
        ManifestA = Area(7, 2),
        ManifestB = Area(9, 2),
        Staging = Area(11, 2),
        BankA = Area(13, 4),
        BankB = Area(17, 4),
    };

    public FrameRing Ring { get; } = new();

    public EcuM Agent { get; private set; } = null!;

    public uint NowMs { get; set; }

    public McuResetCause ResetCause => McuResetCause.Unknown;

    public bool IsResetRequested { get; private set; }

    /// <summary>The last whole response, and its length; −1 when none came since <see cref="Forget"/>.</summary>
    public byte[] Response { get; } = new byte[4096];

    public int ResponseLength { get; private set; } = -1;

    /// <summary>Final responses since <see cref="Forget"/>.</summary>
    public int ResponseCount { get; private set; }

    /// <summary>True when the server has asked for patience since <see cref="Forget"/>.</summary>
    public bool IsPendingHeard { get; private set; }

    public RamPart Part => _part;

    /// <summary>Starts an agent on a flash of this content.</summary>
    public void Start(byte[] content)
    {
        _part.Restore(content);
        StartAgain();
        _part.Settle();
    }

    /// <summary>Starts an agent on the flash as it is.</summary>
    public void StartAgain()
    {
        Ring.Clear();
        Forget();
        _entropy = 0;
        IsResetRequested = false;
        NowMs = 0xFFFFE000;
        EcuConfig config = new()
        {
            Name = "fuzz",
            Board = "virtual",
            CanIf = new CanIfConfig { PhysicalRxId = PhysicalId, FunctionalRxId = FunctionalId, TxId = 0x7E8 },
            CanTp = new CanTpConfig(),
            Fls = Map,
            NvM = new NvMConfig(),
            Dem = new DemConfig(),
            Fota = new FotaConfig { VendorId = Samples.VendorId, ClassId = Samples.ClassId, RequiredRoles = [TrustRole.Author, TrustRole.Oem] },
            Dcm = new DcmConfig { MessageLengthMax = 1024, ResponseLengthMax = 1024, ConstantIds = [0xF187, 0xF18C, 0xF190], ConstantRecords = [new byte[11], new byte[8], new byte[17]] },
        };
        Agent = new EcuM(config, Ring, _part, _crypto, this, new LivingApplication());
        for (int i = 0; i < 4000 && !(Agent.IsRunning && Agent.Fota.IsReady) && !IsResetRequested; i++)
        {
            Turn();
        }
    }

    public void Forget()
    {
        ResponseLength = -1;
        ResponseCount = 0;
        IsPendingHeard = false;
        _receptionLeft = 0;
    }

    public void Turn()
    {
        NowMs++;
        Agent.MainFunction(NowMs);
    }

    /// <summary>Hands a physical request to the server as the transport does; false when it has no buffer for it.</summary>
    public bool Hand(ReadOnlySpan<byte> request, bool isFunctional)
    {
        byte[]? buffer = Agent.Dcm.StartOfReception(isFunctional, (uint)request.Length);
        if (buffer is null || buffer.Length < request.Length)
        {
            return false;
        }

        request.CopyTo(buffer);
        Agent.Dcm.RxIndication(isFunctional, (uint)request.Length, CanTpResult.Ok);
        return true;
    }

    /// <summary>Sends a request and runs until its final response, a reset, or the end of patience.</summary>
    public bool Ask(ReadOnlySpan<byte> request, int turnsMax = 4000)
    {
        Forget();
        return Hand(request, false) && RunUntilResponse(turnsMax);
    }

    public bool RunUntilResponse(int turnsMax)
    {
        for (int i = 0; i < turnsMax && ResponseLength < 0 && !IsResetRequested; i++)
        {
            Turn();
        }

        return ResponseLength >= 0;
    }

    /// <summary>Gets access by service 29.</summary>
    public void OpenAccess()
    {
        Ask([0x29, 5, 0, .. Algorithm]);
        Ask(Proof29());
    }

    /// <summary>The request that proves the challenge in the last response, as PROTOCOL.md says ("Access").</summary>
    public byte[] Proof29()
    {
        byte[] client = new byte[16];
        byte[] proof = Mac("esync/v1/key-29"u8, [.. "esync/v1/proof-29"u8, .. Samples.DeviceId, 1, .. Response.AsSpan(21, 16), .. client]);
        return [0x29, 6, .. Algorithm, 0, 0x20, .. proof, 0, 0x10, .. client, 0, 0];
    }

    /// <summary>The request with the key for the seed in the last response.</summary>
    public byte[] Key27() => [0x27, 2, .. Mac("esync/v1/key-27"u8, [.. "esync/v1/proof-27"u8, .. Samples.DeviceId, 1, .. Response.AsSpan(2, 16)]).AsSpan(0, 16)];

    /// <summary>Transfers bytes to an address, in a session that may.</summary>
    public void Download(uint address, byte[] data)
    {
        Ask([0x34, 0, 0x44, .. Word(address), .. Word((uint)data.Length)]);
        byte counter = 1;
        foreach (byte[] block in data.Chunk(1000))
        {
            Ask([0x36, counter++, .. block]);
        }

        Ask([0x37]);
    }

    public byte[] Content() => _part.Memory.ToArray();

    int IMcu.ReadUniqueId(byte[] into) => 0;

    void IMcu.ReadEntropy(byte[] into) => Array.Fill(into, ++_entropy);

    void IMcu.Reset() => IsResetRequested = true;

    public static byte[] Word(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Mac(ReadOnlySpan<byte> label, byte[] data) =>
        HMACSHA256.HashData(HMACSHA256.HashData(Samples.DeviceSecret, (byte[])[.. label, .. Samples.DeviceId]), data);

    private static FlsArea Area(uint first, uint count) => new() { Start = first * RamPart.SectorLength, Length = count * RamPart.SectorLength };

    // What the transport of the agent sends, put together again; a first frame is answered with clear to send.
    private void Hear(CanFrame frame)
    {
        byte[] data = frame.Data;
        switch (data[0] >> 4)
        {
            case 0:
                data.AsSpan(1, data[0] & 15).CopyTo(_reception);
                Finish(data[0] & 15);
                break;
            case 1:
                _receptionLength = ((data[0] & 15) << 8) | data[1];
                data.AsSpan(2, 6).CopyTo(_reception);
                _receptionLeft = _receptionLength - 6;
                Ring.Arrive(PhysicalId, false, FlowControl);
                break;
            case 2 when _receptionLeft > 0:
                int count = Math.Min(7, _receptionLeft);
                data.AsSpan(1, count).CopyTo(_reception.AsSpan(_receptionLength - _receptionLeft));
                _receptionLeft -= count;
                if (_receptionLeft == 0)
                {
                    Finish(_receptionLength);
                }

                break;
        }
    }

    private void Finish(int length)
    {
        bool isPending = length == 3 && _reception[0] == 0x7F && _reception[2] == 0x78;
        IsPendingHeard |= isPending;
        if (!isPending)
        {
            _reception.AsSpan(0, length).CopyTo(Response);
            ResponseLength = length;
            ResponseCount++;
        }
    }

    /// <summary>Starts whatever comes, stays alive, and answers.</summary>
    private sealed class LivingApplication : SilentApplication
    {
        private int _asked;

        // 0101 has four bytes, 0102 too many, 0103 takes twenty cycles.
        public override int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => dataIdentifier switch
        {
            0x0101 => 4,
            0x0102 => 999,
            0x0103 => ++_asked % 20 == 0 ? 2 : ApplicationAnswer.NotYet,
            _ => ApplicationAnswer.Unknown,
        };
    }
}
