// What the update target tells: data identifiers FD00 to FD0A, F181, F189, and the authenticated version report.
// Layouts: PROTOCOL.md, "Data identifiers" and "Routines".
// Must not change anything; it reads what the others hold.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Reports of the update target.</summary>
public sealed class FotaReports
{
    /// <summary>Version of this agent, major, minor, patch.</summary>
    public static readonly byte[] AgentVersion = { 0, 1, 0 };

    /// <summary>Length of the version report in bytes.</summary>
    public const int ReportLength = 239;

    private const byte ProtocolVersion = 1;
    private const byte ReportFormat = 2;
    private const int TrustSequenceOffset = 123;
    private const int EventsOffset = 127;
    private const int EventsInReport = 4;
    private const int NonceOffset = 191;
    private const int MacOffset = 207;
    private const int EventsHeaderLength = 15;

    // Bits of FotaConfig.Encodings that stand for a compression, encrypted or not.
    private const ushort AnyCompression = 0xFEFE;

    private const string ReportLabel = "esync/v1/version-report";

    private readonly Fls _fls;
    private readonly Csm _csm;
    private readonly KeyStore _keys;
    private readonly IdsM _idsM;
    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly Download _download;
    private readonly IApplicationLoader _application;
    private readonly ICan _can;
    private readonly FotaConfig _config;
    private readonly ushort _messageLengthMax;
    private readonly byte[] _macInput;
    private readonly byte[] _key = new byte[32];
    private readonly byte[] _mac = new byte[32];

    /// <summary>Makes the reports.</summary>
    public FotaReports(FotaConfig config, Fls fls, Csm csm, KeyStore keys, IdsM idsM, Banks banks, SecondarySlot slot, Download download, IApplicationLoader application, ICan can, ushort messageLengthMax)
    {
        _fls = fls;
        _csm = csm;
        _keys = keys;
        _idsM = idsM;
        _banks = banks;
        _slot = slot;
        _download = download;
        _application = application;
        _can = can;
        _config = config;
        _messageLengthMax = messageLengthMax;
        _macInput = new byte[ReportLabel.Length + 16 + 1 + MacOffset];
        for (int i = 0; i < ReportLabel.Length; i++)
        {
            _macInput[i] = (byte)ReportLabel[i];
        }
    }

    /// <summary>Reads a data identifier; returns the length, −1 for an unknown one.</summary>
    public int ReadDid(ushort dataIdentifier, byte[] into, int offset)
    {
        switch (dataIdentifier)
        {
            case 0xF181:
                into[offset] = 1;
                System.Array.Copy(_banks.RunningVersion, 0, into, offset + 1, 24);
                return 25;
            case 0xF189:
                System.Array.Copy(_banks.RunningVersion, 0, into, offset, 24);
                return 24;
            case 0xFD00:
                return ReadAgent(into, offset);
            case 0xFD01:
                into[offset] = (byte)_banks.Record.EsyncState;
                into[offset + 1] = ProgressPercent();
                return 2;
            case 0xFD02:
                BigEndian.WriteU32(into, offset, _download.ResumeOffset);
                BigEndian.WriteU32(into, offset + 4, _slot.IsTrusted ? _slot.Header.TransferLength : 0);
                System.Array.Copy(_banks.Record.Digests, BootRecord.DigestAt(_banks.Secondary), into, offset + 8, 16);
                BigEndian.WriteU32(into, offset + 24, _download.ResumeChunk);
                return 28;
            case 0xFD04:
                WriteBanks(into, offset);
                return 5;
            case 0xFD05:
                return ReadLimits(into, offset);
            case 0xFD06:
                System.Array.Copy(_banks.Record.Digests, 0, into, offset, 64);
                return 64;
            case 0xFD08:
                BigEndian.WriteU32(into, offset, _can.OverrunCount);
                BigEndian.WriteU32(into, offset + 4, _can.BusOffCount);
                return 8;
            case 0xFD09:
                return ReadTrust(into, offset);
            case 0xFD0A:
                return ReadEvents(into, offset);
            default:
                return -1;
        }
    }

    /// <summary>Writes the version report over a nonce of 16 bytes and returns its length.</summary>
    public int ReadVersionReport(byte[] nonce, int nonceOffset, FotaError lastError, byte[] into, int offset)
    {
        BootRecord record = _banks.Record;
        System.Array.Clear(into, offset, ReportLength);
        into[offset] = ReportFormat;
        System.Array.Copy(_keys.DeviceId, 0, into, offset + 1, 16);
        System.Array.Copy(AgentVersion, 0, into, offset + 17, 3);
        WriteBanks(into, offset + 20);
        BigEndian.WriteU32(into, offset + 25, record.SecurityVersionFloor);
        BigEndian.WriteU32(into, offset + 29, record.SequenceNumberMax);
        System.Array.Copy(record.Digests, 0, into, offset + 33, 64);
        System.Array.Copy(_banks.RunningVersion, 0, into, offset + 97, 24);
        BigEndian.WriteU16(into, offset + 121, (ushort)lastError);
        BigEndian.WriteU32(into, offset + TrustSequenceOffset, _keys.TrustSequence);
        _idsM.ReadNewest(EventsInReport, into, offset + EventsOffset);
        System.Array.Copy(nonce, nonceOffset, into, offset + NonceOffset, 16);

        int prefix = ReportLabel.Length;
        System.Array.Copy(_keys.DeviceId, 0, _macInput, prefix, 16);
        _macInput[prefix + 16] = 0;
        System.Array.Copy(into, offset, _macInput, prefix + 17, MacOffset);
        _keys.DeriveKey(KeyPurpose.VersionReport, _key);
        _csm.Crypto.HmacSha256(_key, _macInput, _mac);
        System.Array.Copy(_mac, 0, into, offset + MacOffset, 32);
        return ReportLength;
    }

    private int ReadEvents(byte[] into, int offset)
    {
        BigEndian.WriteU32(into, offset, _idsM.NewestNumber);
        BigEndian.WriteU32(into, offset + 4, _idsM.StoredNumber);
        BigEndian.WriteU16(into, offset + 8, _idsM.StartNumber);
        BigEndian.WriteU32(into, offset + 10, _idsM.TimeMs);
        int count = _idsM.ReadNewest(_idsM.Capacity, into, offset + EventsHeaderLength);
        into[offset + EventsHeaderLength - 1] = (byte)count;
        return EventsHeaderLength + (count * IdsM.EntryLength);
    }

    private int ReadAgent(byte[] into, int offset)
    {
        into[offset] = ProtocolVersion;
        System.Array.Copy(AgentVersion, 0, into, offset + 1, 3);
        into[offset + 4] = _application.Runtime;
        BigEndian.WriteU16(into, offset + 5, _application.ContractVersion);
        return 7;
    }

    private int ReadLimits(byte[] into, int offset)
    {
        BigEndian.WriteU16(into, offset, BankWriter.ChunkLength);
        BigEndian.WriteU16(into, offset + 2, _messageLengthMax);
        BigEndian.WriteU32(into, offset + 4, _fls.Map.ManifestA.Length - ManifestSlot.Overhead);
        BigEndian.WriteU32(into, offset + 8, _fls.Map.BankA.Length);
        BigEndian.WriteU16(into, offset + 12, _config.Encodings);
        into[offset + 14] = _config.RecipientCountMax;
        into[offset + 15] = (byte)((_config.Encodings & AnyCompression) == 0 ? 0 : _config.WindowBitsMax);
        return 16;
    }

    private int ReadTrust(byte[] into, int offset)
    {
        int count = _keys.AnchorCount;
        BigEndian.WriteU32(into, offset, _keys.TrustSequence);
        into[offset + 4] = (byte)count;
        int end = offset + 5;
        for (int i = 0; i < count; i++)
        {
            into[end] = _keys.AnchorRole(i);
            System.Array.Copy(_keys.AnchorData, _keys.AnchorIdentifierOffset(i), into, end + 1, LmsParameters.IdentifierLength);
            end += 1 + LmsParameters.IdentifierLength;
        }

        return end - offset;
    }

    private void WriteBanks(byte[] into, int offset)
    {
        BootRecord record = _banks.Record;
        into[offset] = record.ActiveBank;
        into[offset + 1] = _banks.Running;
        into[offset + 2] = (byte)record.State[0];
        into[offset + 3] = (byte)record.State[1];
        into[offset + 4] = record.AttemptsLeft;
    }

    private byte ProgressPercent()
    {
        BankState state = _banks.Record.State[_banks.Secondary];
        if (state == BankState.Receiving && _slot.IsTrusted)
        {
            return (byte)(_download.ResumeOffset / ((_slot.Header.TransferLength / 100) + 1));
        }

        return (byte)(state == BankState.Verified || state == BankState.Trial ? 100 : 0);
    }
}
