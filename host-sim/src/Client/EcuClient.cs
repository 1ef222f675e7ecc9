// The requests of PROTOCOL.md as methods, one ECU: identification, access, routines, transfer.
// Invariant: nothing here decides an order; UpdateSession does.
// Tests: tests/host-sim/Client.
using System.Buffers.Binary;
using System.Text;
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Resume point of an ECU (DID FD02).</summary>
/// <param name="NextByte">First byte of the transfer that the ECU needs.</param>
/// <param name="TransferSize">Bytes of the whole transfer.</param>
/// <param name="DigestPrefix">First 16 bytes of the digest of the manifest that is bound.</param>
/// <param name="ChunkCount">Chunks of the image that are in the bank; 0: FF00 comes first.</param>
public sealed record ResumePoint(uint NextByte, uint TransferSize, byte[] DigestPrefix, uint ChunkCount)
{
    /// <summary>True when it is a point of this form's payload: its manifest is bound, and its transfer is as long.</summary>
    public bool IsOf(UpdateImage image) =>
        TransferSize == image.Payload.Length && image.ManifestDigest.AsSpan().StartsWith(DigestPrefix) && NextByte <= TransferSize;
}

/// <summary>Update state of an ECU (DIDs FD01 and FD03).</summary>
public sealed record UpdateState(EsyncState State, int ProgressPercent, FotaError LastError, uint Detail, int Rollbacks);

/// <summary>A client of one ECU.</summary>
public sealed class EcuClient(UdsTester tester, DeviceCredentials? credentials, Func<int, byte[]> entropy)
{
    private const byte RequestOutOfRange = 0x31;

    // DID FD09: sequence number and count, then role and key identifier of each key.
    private const int TrustHeaderLength = 5;
    private const int TrustedKeyLength = 17;

    // Service, counter and one byte of data: with less a transfer gets nowhere.
    private const int BlockLengthMin = 3;

    private static readonly byte[] HmacSha256Identifier =
        [0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0];

    /// <summary>Awaited between two TransferData requests, when others may use the connection in the session that is open; null for nobody.</summary>
    public Func<Task>? BetweenBlocks { get; set; }

    /// <summary>The tester below.</summary>
    public UdsTester Tester { get; } = tester;

    /// <summary>Clock of the conversation.</summary>
    public VirtualTime Time => Tester.Time;

    /// <summary>Changes the session (service 10).</summary>
    public Task SessionAsync(byte session) => Tester.RequestAsync([0x10, session], $"session {session:X2}");

    /// <summary>Reads one data identifier (service 22), a record of <paramref name="lengthMin"/> bytes at the least.</summary>
    public async Task<byte[]> ReadAsync(ushort identifier, int lengthMin = 0)
    {
        byte[] response = await Tester.RequestAsync([0x22, (byte)(identifier >> 8), (byte)identifier], $"read {identifier:X4}", lengthMin: 3 + lengthMin);
        return response[3..];
    }

    /// <summary>Reads a data identifier as text, without padding.</summary>
    public async Task<string> ReadTextAsync(ushort identifier) => Encoding.ASCII.GetString(await ReadAsync(identifier)).Trim('\0', ' ');

    /// <summary>Reads the identification of the ECU: the records of PROTOCOL.md that it has.</summary>
    public async Task<EcuInventory> ReadInventoryAsync()
    {
        Dictionary<ushort, byte[]> records = [];
        foreach (ushort identifier in EcuInventory.Identifiers)
        {
            try
            {
                records.Add(identifier, await ReadAsync(identifier));
            }
            catch (NegativeResponseException refusal) when (refusal.Code == RequestOutOfRange)
            {
                // This ECU has no such record.
            }
        }

        return new EcuInventory(records);
    }

    /// <summary>Reads what the update target can take (FD00, FD05).</summary>
    public async Task<UpdateLimits> ReadLimitsAsync()
    {
        byte[] agent = await ReadAsync(0xFD00, 1);
        byte[] limits = await ReadAsync(0xFD05, UpdateLimits.RecordLength);
        if (limits.Length != UpdateLimits.RecordLength)
        {
            throw new UnexpectedResponseException(0x22, limits);
        }

        return UpdateLimits.Of(agent[0], limits);
    }

    /// <summary>Reads what is known of the update (FD01, FD03).</summary>
    public async Task<UpdateState> ReadUpdateStateAsync()
    {
        byte[] state = await ReadAsync(0xFD01, 2);
        byte[] result = await ReadAsync(0xFD03, 8);
        return new UpdateState(
            (EsyncState)state[0],
            state[1],
            (FotaError)BinaryPrimitives.ReadUInt16BigEndian(result),
            BinaryPrimitives.ReadUInt32BigEndian(result.AsSpan(2)),
            BinaryPrimitives.ReadUInt16BigEndian(result.AsSpan(6)));
    }

    /// <summary>Reads the resume point (FD02).</summary>
    public async Task<ResumePoint> ReadResumePointAsync()
    {
        byte[] point = await ReadAsync(0xFD02, 28);
        return new ResumePoint(
            BinaryPrimitives.ReadUInt32BigEndian(point),
            BinaryPrimitives.ReadUInt32BigEndian(point.AsSpan(4)),
            point[8..24],
            BinaryPrimitives.ReadUInt32BigEndian(point.AsSpan(24)));
    }

    /// <summary>Reads which keys the ECU trusts (FD09).</summary>
    public async Task<TrustState> ReadTrustStateAsync()
    {
        byte[] state = await ReadAsync(0xFD09, TrustHeaderLength);
        if (state.Length != TrustHeaderLength + (state[TrustHeaderLength - 1] * TrustedKeyLength))
        {
            throw new UnexpectedResponseException(0x22, state);
        }

        TrustedKey[] keys = [.. state.AsSpan(TrustHeaderLength).ToArray().Chunk(TrustedKeyLength).Select(key => new TrustedKey(key[0], key[1..]))];
        return new TrustState(BinaryPrimitives.ReadUInt32BigEndian(state), keys);
    }

    /// <summary>Reads the version report (31 01 0204) and checks it.</summary>
    public async Task<VersionReport> ReadVersionReportAsync()
    {
        byte[] nonce = entropy(16);
        byte[] response = await Tester.RequestAsync([0x31, 0x01, 0x02, 0x04, .. nonce], "version report", lengthMin: 4);
        return VersionReport.Parse(response.AsSpan(4), nonce, credentials);
    }

    /// <summary>Reads the security events (FD0A), without proof: the version report has the newest with it.</summary>
    public async Task<SecurityEventLog> ReadSecurityEventsAsync() => SecurityEventLog.Parse(await ReadAsync(0xFD0A));

    /// <summary>Opens access by service 29; credentials are needed.</summary>
    public async Task AuthenticateAsync()
    {
        if (credentials == null)
        {
            throw new InvalidOperationException("access needs the ECU's credentials");
        }

        byte[] response = await Tester.RequestAsync([0x29, 0x05, 0x00, .. HmacSha256Identifier], "request challenge", lengthMin: 37);
        byte[] challengeServer = response[21..37];
        byte[] challengeClient = entropy(16);
        byte[] proof = credentials.AuthenticationProof(challengeServer, challengeClient);
        await Tester.RequestAsync(
            [0x29, 0x06, .. HmacSha256Identifier, 0x00, 0x20, .. proof, 0x00, 0x10, .. challengeClient, 0x00, 0x00],
            "verify proof of ownership",
            isRepeatable: false);
    }

    /// <summary>Asks whether an update may begin (31 01 0203): consent (1 given, 2 postponed, 3 denied) and reasons.</summary>
    public async Task<(int Consent, int Reasons)> CheckPreconditionsAsync()
    {
        byte[] response = await Tester.RequestAsync([0x31, 0x01, 0x02, 0x03], "check programming preconditions", lengthMin: 6);
        return (response[4], response[5]);
    }

    /// <summary>Runs a routine of the update target; throws <see cref="UpdateRefusedException"/> when its result is an error.</summary>
    public async Task RoutineAsync(ushort identifier, string what, params byte[] option)
    {
        byte[] response = await Tester.RequestAsync([0x31, 0x01, (byte)(identifier >> 8), (byte)identifier, .. option], what, lengthMin: 6);
        FotaError result = (FotaError)BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(4));
        if (result != FotaError.None)
        {
            byte[] last = await ReadAsync(0xFD03, 6);
            throw new UpdateRefusedException(what, result, BinaryPrimitives.ReadUInt32BigEndian(last.AsSpan(2)));
        }
    }

    /// <summary>Begins a download (service 34) and returns the longest TransferData message.</summary>
    public async Task<int> RequestDownloadAsync(byte encoding, uint address, uint size)
    {
        byte[] request = [0x34, encoding, 0x44, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(3), address);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(7), size);
        byte[] response = await Tester.RequestAsync(request, "request download", lengthMin: 4);
        int longest = BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(2));
        return longest >= BlockLengthMin ? longest : throw new UnexpectedResponseException(0x34, response);
    }

    /// <summary>
    /// Transfers bytes in blocks (service 36) and ends the transfer (37). <paramref name="lengths"/> chooses how long requests are, up to
    /// what the ECU takes; without it each is as long as that.
    /// </summary>
    public async Task TransferAsync(ReadOnlyMemory<byte> data, int messageLengthMax, Action<int>? progress = null, BlockLengthChooser? lengths = null)
    {
        lengths?.Begin(messageLengthMax);
        byte counter = 1;
        int position = 0;
        byte[] message = [];
        while (position < data.Length)
        {
            int count = Math.Min(data.Length - position, (lengths?.Length ?? messageLengthMax) - 2);
            if (message.Length != count + 2)
            {
                message = new byte[count + 2];
            }

            message[0] = 0x36;
            message[1] = counter;
            data.Slice(position, count).CopyTo(message.AsMemory(2));
            await TransferBlockAsync(message, lengths);
            counter++;
            position += count;
            progress?.Invoke(position);
            if (BetweenBlocks is { } others && position < data.Length)
            {
                await others();
            }
        }

        await Tester.RequestAsync([0x37], "request transfer exit");
    }

    private async Task TransferBlockAsync(byte[] message, BlockLengthChooser? lengths)
    {
        long startNs = Time.NowNs;
        int unanswered = Tester.UnansweredCount, unbegun = Tester.UnbegunCount;
        bool isAnswered = false;
        try
        {
            await Tester.RequestAsync(message, "transfer data");
            isAnswered = true;
        }
        finally
        {
            lengths?.Take(message.Length, Tester.UnansweredCount - unanswered, isAnswered, Time.NowNs - startNs, Tester.UnbegunCount - unbegun);
        }
    }

    /// <summary>
    /// Resets the ECU (11 01) and waits until it answers again; throws <see cref="NoResponseException"/> when it does not.
    /// The request is not repeated: a trial has only so many starts. Without a response the state tells what happened.
    /// </summary>
    public async Task ResetAsync(int waitMsMax = 10_000)
    {
        try
        {
            await Tester.RequestAsync([0x11, 0x01], "ECU reset", isRepeatable: false);
        }
        catch (NoResponseException)
        {
            // The response may have been lost together with the ECU's node.
        }

        await AwaitPresenceAsync(waitMsMax);
    }

    /// <summary>Orders the way back (31 01 0213) and starts it: out of a trial, or to the previous image.</summary>
    public async Task RollBackAsync(int waitMsMax = 10_000)
    {
        await SessionAsync(0x03);
        await AuthenticateAsync();
        await RoutineAsync(0x0213, "roll back");
        await ResetAsync(waitMsMax);
    }

    /// <summary>Waits until the ECU answers tester present.</summary>
    public async Task AwaitPresenceAsync(int waitMsMax = 10_000)
    {
        long endNs = Time.NowNs + (waitMsMax * VirtualTime.NsPerMs);

        // A request in the last moments before the reset would be answered by the old run.
        await Time.DelayMs(20);
        while (!await Tester.TryAsync([0x3E, 0x00]))
        {
            if (Time.NowNs >= endNs)
            {
                throw new NoResponseException(0x3E, "waiting for the ECU to come back");
            }
        }
    }
}
