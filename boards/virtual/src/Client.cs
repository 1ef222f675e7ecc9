// The requests of PROTOCOL.md as methods: session, access, identification, routines, transfer, version report.
// Invariants: nothing here decides an order, the stories do; what is read is checked (echoes, lengths, the report's MAC);
// whatever is not as it must be is an EmulatorException.
// Clause: agent-firmware/PROTOCOL.md.
// Tests: tests/boards/virtual/EmulatorTests.cs.
using System;

namespace EsyncAgent.Emulator;

/// <summary>A client of the emulated ECU, and its owner: it knows the device secret.</summary>
public sealed class Client
{
    /// <summary>Address of the staging slot.</summary>
    public const uint StagingAddress = 0x10000000;

    /// <summary>Address of the secondary bank.</summary>
    public const uint BankAddress = 0x20000000;

    private const int PresenceTriesMax = 40;

    private static readonly byte[] HmacSha256Identifier =
        { 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0 };

    private readonly World _world;
    private readonly Tester _tester;
    private readonly PseudoRandom _random = new PseudoRandom(0x9E3779B9);
    private readonly byte[] _deviceId = new byte[16];
    private readonly byte[] _secret = new byte[32];
    private readonly byte[] _challengeServer = new byte[16];
    private readonly byte[] _challengeClient = new byte[16];
    private readonly byte[] _mac = new byte[TesterProofs.MacLength];
    private readonly TesterProofs _proofs;

    /// <summary>A client over <paramref name="tester"/>.</summary>
    public Client(World world, Tester tester)
    {
        _world = world;
        _tester = tester;
        _random.Fill(_deviceId, 0, _deviceId.Length);
        _random.Fill(_secret, 0, _secret.Length);
        _proofs = new TesterProofs(_deviceId, _secret);
    }

    /// <summary>The version report that was read last.</summary>
    public VersionReport Report { get; } = new VersionReport();

    /// <summary>
    /// Gives the ECU its identifier, its secret and two trust anchors (31 01 0220). Returns the negative response code, 0
    /// when it was done.
    /// </summary>
    public byte Provision()
    {
        byte[] request = _tester.Request;
        _tester.Put(0x31, 0x01, 0x02, 0x20);
        Array.Copy(_deviceId, 0, request, 4, 16);
        Array.Copy(_secret, 0, request, 20, 32);
        request[52] = 2;
        int end = PutAnchor(53, TrustRole.Author, Anchors.CreateAuthor());
        end = PutAnchor(end, TrustRole.Oem, Anchors.CreateOem());
        byte code = _tester.Send(end);
        if (code == 0)
        {
            RequireNone(FotaErrorAt(4), "provision");
        }

        return code;
    }

    /// <summary>Changes the session (10).</summary>
    public void Session(byte session)
    {
        _tester.Require(_tester.Put(0x10, session), 6);
    }

    /// <summary>Opens access by service 29.</summary>
    public void Authenticate()
    {
        _tester.Require(PutProof(), 21);
    }

    /// <summary>Sends a wrong proof by service 29 and returns the negative response code.</summary>
    public byte AuthenticateWrongly()
    {
        int length = PutProof();
        _tester.Request[20] ^= 1;
        return _tester.Send(length);
    }

    /// <summary>Asks whether an update may begin (31 01 0203): 1 consent, 2 postponed, 3 denied.</summary>
    public byte Consent()
    {
        _tester.Require(_tester.Put(0x31, 0x01, 0x02, 0x03), 6);
        return _tester.Response[4];
    }

    /// <summary>Writes the fingerprint of this programming (2E F15A).</summary>
    public void WriteFingerprint()
    {
        _tester.Require(_tester.Put(0x2E, 0xF1, 0x5A, 0x26, 0x07, 0x01, 0x45, 0x4D, 0x55, 0x4C, 0x54, 0x31), 3);
    }

    /// <summary>Reads a data identifier (22); its bytes begin at 3 of the response, the result is their number.</summary>
    public int Read(ushort identifier)
    {
        _tester.Require(_tester.Put(0x22, (byte)(identifier >> 8), (byte)identifier), 4);
        if (BigEndian.ReadU16(_tester.Response, 1) != identifier)
        {
            throw new EmulatorException("asked for another data identifier than answered");
        }

        return _tester.ResponseLength - 3;
    }

    /// <summary>Reads a data identifier as text.</summary>
    public string ReadText(ushort identifier)
    {
        int length = Read(identifier);
        return Text.Field(_tester.Response, 3, length);
    }

    /// <summary>Reads a data identifier's first four bytes as a number.</summary>
    public uint ReadNumber(ushort identifier)
    {
        if (Read(identifier) < 4)
        {
            throw new EmulatorException("a data identifier is too short");
        }

        return BigEndian.ReadU32(_tester.Response, 3);
    }

    /// <summary>Runs a routine (31 01) and returns its result.</summary>
    public FotaError Routine(ushort identifier)
    {
        _tester.Require(_tester.Put(0x31, 0x01, (byte)(identifier >> 8), (byte)identifier), 6);
        return FotaErrorAt(4);
    }

    /// <summary>Runs a routine that must not run and returns the negative response code; 0 when it ran.</summary>
    public byte Refusal(ushort identifier)
    {
        return _tester.Send(_tester.Put(0x31, 0x01, (byte)(identifier >> 8), (byte)identifier));
    }

    /// <summary>Runs a routine and wants it done.</summary>
    public void RequireRoutine(ushort identifier, string what)
    {
        RequireNone(Routine(identifier), what);
    }

    /// <summary>Reads the version report over a nonce (31 01 0204) and checks its MAC.</summary>
    public void ReadReport()
    {
        _tester.Put(0x31, 0x01, 0x02, 0x04);
        _random.Fill(_tester.Request, 4, 16);
        _tester.Require(20, 4 + VersionReport.Length);
        Report.Take(_tester.Response, 4);
        _proofs.VersionReport(Report.Data, VersionReport.MacOffset, _mac);
        if (!Bytes.AreEqual(_mac, 0, Report.Data, VersionReport.MacOffset, _mac.Length)
            || !Bytes.AreEqual(_tester.Request, 4, Report.Data, VersionReport.NonceOffset, 16))
        {
            throw new EmulatorException("the version report is not authentic");
        }
    }

    /// <summary>Begins a download (34) and returns the number of data bytes that a block may carry.</summary>
    public int RequestDownload(uint address, int size)
    {
        return RequestDownload(0x00, address, size);
    }

    /// <summary>The same for what is encoded; <paramref name="encoding"/> is the dataFormatIdentifier.</summary>
    public int RequestDownload(byte encoding, uint address, int size)
    {
        _tester.Put(0x34, encoding, 0x44);
        BigEndian.WriteU32(_tester.Request, 3, address);
        BigEndian.WriteU32(_tester.Request, 7, (uint)size);
        _tester.Require(11, 4);
        return BigEndian.ReadU16(_tester.Response, 2) - 2;
    }

    /// <summary>
    /// Transfers a block (36) whose data stand from byte 2 of the request on; false when the ECU has fallen silent.
    /// </summary>
    public bool TryTransfer(byte counter, int count)
    {
        _tester.Request[0] = 0x36;
        _tester.Request[1] = counter;
        if (!_tester.TrySend(count + 2))
        {
            return false;
        }

        if (_tester.Response[0] != 0x76 || _tester.Response[1] != counter)
        {
            throw new EmulatorException("block " + counter.ToString() + " was refused: " + Text.Hex(_tester.Response, 0, 3) + ", " + LastError());
        }

        return true;
    }

    /// <summary>Ends a transfer (37): everything is programmed, read back and recorded.</summary>
    public void ExitTransfer()
    {
        Expect(TryExitTransfer(), "no answer to the transfer's end");
    }

    /// <summary>The same; false when the ECU has fallen silent.</summary>
    public bool TryExitTransfer()
    {
        if (!_tester.TrySend(_tester.Put(0x37)))
        {
            return false;
        }

        if (_tester.Response[0] != 0x77)
        {
            throw new EmulatorException("the transfer was refused at its end: " + LastError());
        }

        return true;
    }

    /// <summary>Transfers an array as a whole and returns the number of blocks.</summary>
    public int Download(uint address, byte[] data)
    {
        int blockLength = RequestDownload(address, data.Length);
        int position = 0;
        int blocks = 0;
        while (position < data.Length)
        {
            int count = data.Length - position < blockLength ? data.Length - position : blockLength;
            Array.Copy(data, position, _tester.Request, 2, count);
            blocks++;
            if (!TryTransfer((byte)blocks, count))
            {
                throw new EmulatorException("no answer to block " + blocks.ToString());
            }

            position += count;
        }

        ExitTransfer();
        return blocks;
    }

    /// <summary>Resets the ECU (11 01) and waits until it answers again.</summary>
    public void Reset()
    {
        _tester.Require(_tester.Put(0x11, 0x01), 2);
        _world.Wait(20); // the reset comes 10 ms behind the response
        AwaitPresence();
    }

    /// <summary>Waits until the ECU answers tester present.</summary>
    public void AwaitPresence()
    {
        for (int i = 0; i < PresenceTriesMax; i++)
        {
            if (_tester.TrySend(_tester.Put(0x3E, 0x00)))
            {
                return;
            }
        }

        throw new EmulatorException("the ECU does not come back");
    }

    /// <summary>Ends the step unless <paramref name="isTrue"/>.</summary>
    public static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw new EmulatorException(otherwise);
        }
    }

    private static void RequireNone(FotaError result, string what)
    {
        Expect(result == FotaError.None, what + " ended with " + Text.Of(result));
    }

    private FotaError FotaErrorAt(int offset)
    {
        return (FotaError)BigEndian.ReadU16(_tester.Response, offset);
    }

    private string LastError()
    {
        Read(0xFD03);
        return Text.Of(FotaErrorAt(3));
    }

    // The challenge is fetched, the proof over it put into the request; its length.
    private int PutProof()
    {
        byte[] request = _tester.Request;
        _tester.Put(0x29, 0x05, 0x00);
        Array.Copy(HmacSha256Identifier, 0, request, 3, 16);
        _tester.Require(19, 39);
        Array.Copy(_tester.Response, 21, _challengeServer, 0, 16);
        _random.Fill(_challengeClient, 0, 16);
        _proofs.Authentication(_challengeServer, _challengeClient, _mac);

        _tester.Put(0x29, 0x06);
        Array.Copy(HmacSha256Identifier, 0, request, 2, 16);
        BigEndian.WriteU16(request, 18, 32);
        Array.Copy(_mac, 0, request, 20, 32);
        BigEndian.WriteU16(request, 52, 16);
        Array.Copy(_challengeClient, 0, request, 54, 16);
        BigEndian.WriteU16(request, 70, 0);
        return 72;
    }

    private int PutAnchor(int offset, byte role, byte[] publicKey)
    {
        _tester.Request[offset] = role;
        Array.Copy(publicKey, 0, _tester.Request, offset + 1, publicKey.Length);
        return offset + 1 + publicKey.Length;
    }
}
