// The requests of PROTOCOL.md that bring reports and signals up: routines 0230 to 0232, DIDs FD10 to FD12, signals by service 22,
// periodic signals by service 2A.
// Invariants: nothing here decides an order; the caller opens session and access, for which the programming session serves as well as
// the extended one. An answer that is not of its form is refused whole.
// Clauses: ISO 14229-1:2020 §11.2 (22), §11.5 (2A).
// Tests: tests/host-sim/Data/ReportChannelTests.cs.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Data;

/// <summary>What an ECU collects (DID FD10).</summary>
/// <param name="SignalTableId">Its table of signals.</param>
/// <param name="SignalCount">Signals in it.</param>
/// <param name="RulesSequence">Collection rules in force; 0 the built-in ones.</param>
/// <param name="RulesDigestPrefix">First 16 bytes of their digest; zeros for the built-in ones.</param>
/// <param name="RuleCount">Rules in force.</param>
public sealed record DataState(uint SignalTableId, int SignalCount, uint RulesSequence, byte[] RulesDigestPrefix, int RuleCount);

/// <summary>The report log (DID FD11).</summary>
/// <param name="Epoch">Life of the log; 0 when the ECU has none.</param>
/// <param name="NextSequence">Number of the next record.</param>
/// <param name="AcknowledgedUpTo">Number up to which the ECU keeps nothing any more.</param>
/// <param name="Dropped">Records dropped for want of room, by priority from low to high.</param>
/// <param name="Expired">Records whose retention had ended.</param>
public sealed record ReportLogState(uint Epoch, uint NextSequence, uint AcknowledgedUpTo, IReadOnlyList<uint> Dropped, uint Expired);

/// <summary>An ECU's time (DID FD12).</summary>
/// <param name="Boot">Number of the start.</param>
/// <param name="Ms">Milliseconds of it.</param>
/// <param name="UtcMs">UTC as the ECU has it; null when it was not told.</param>
public sealed record EcuTime(ushort Boot, uint Ms, long? UtcMs);

/// <summary>Records that were read (routine 0230).</summary>
/// <param name="Epoch">Life of the log.</param>
/// <param name="Records">The records, ascending; none when nothing is there from the wanted number on.</param>
public sealed record ReportsRead(uint Epoch, IReadOnlyList<ReportRecord> Records);

/// <summary>How often an ECU sends (transmissionMode of service 2A).</summary>
public enum PeriodicRate : byte
{
    /// <summary>The slow rate.</summary>
    Slow = 1,

    /// <summary>The medium rate.</summary>
    Medium = 2,

    /// <summary>The fast rate.</summary>
    Fast = 3,
}

/// <summary>The way of reports out of one ECU.</summary>
public sealed class ReportChannel(EcuClient client)
{
    private const byte RoutineControl = 0x31, ReadData = 0x22, ReadPeriodic = 0x2A, StopSending = 4;
    private const int StateLength = 27, LogStateLength = 28, TimeLength = 14;

    /// <summary>The conversation below.</summary>
    public EcuClient Client { get; } = client;

    /// <summary>Reads what the ECU collects (FD10).</summary>
    public async Task<DataState> ReadStateAsync()
    {
        byte[] state = await ReadExactlyAsync(0xFD10, StateLength);
        return new DataState(
            BinaryPrimitives.ReadUInt32BigEndian(state),
            BinaryPrimitives.ReadUInt16BigEndian(state.AsSpan(4)),
            BinaryPrimitives.ReadUInt32BigEndian(state.AsSpan(6)),
            state[10..26],
            state[26]);
    }

    /// <summary>Reads how the report log stands (FD11).</summary>
    public async Task<ReportLogState> ReadLogStateAsync()
    {
        byte[] state = await ReadExactlyAsync(0xFD11, LogStateLength);
        uint[] words = [.. state.Chunk(4).Select(word => BinaryPrimitives.ReadUInt32BigEndian(word))];
        return new ReportLogState(words[0], words[1], words[2], words[3..6], words[6]);
    }

    /// <summary>Reads the ECU's time (FD12).</summary>
    public async Task<EcuTime> ReadTimeAsync()
    {
        byte[] time = await ReadExactlyAsync(0xFD12, TimeLength);
        long utcMs = BinaryPrimitives.ReadInt64BigEndian(time.AsSpan(6));
        return new EcuTime(
            BinaryPrimitives.ReadUInt16BigEndian(time),
            BinaryPrimitives.ReadUInt32BigEndian(time.AsSpan(2)),
            utcMs is > 0 and <= UtcText.MsMax ? utcMs : null);
    }

    /// <summary>Tells the ECU the time (0232), in milliseconds since 1970, and returns its own at that moment.</summary>
    public async Task<EcuTime> SetTimeAsync(long utcMs)
    {
        byte[] option = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(option, utcMs);

        // A repetition would tell the time of the first attempt.
        byte[] status = await RoutineAsync(0x0232, "set time", option, lengthMin: 6, isRepeatable: false);
        return new EcuTime(BinaryPrimitives.ReadUInt16BigEndian(status), BinaryPrimitives.ReadUInt32BigEndian(status.AsSpan(2)), utcMs);
    }

    /// <summary>Reads records from a number on (0230), as many as the ECU sends at once.</summary>
    /// <exception cref="MalformedReportException">What came is no record.</exception>
    public async Task<ReportsRead> ReadReportsAsync(uint from)
    {
        byte[] status = await RoutineAsync(0x0230, "read reports", Word(from), lengthMin: 4);
        return new ReportsRead(BinaryPrimitives.ReadUInt32BigEndian(status), ReportRecord.ReadAll(status.AsSpan(4)));
    }

    /// <summary>Tells the ECU that it need not keep records up to a number any longer (0231).</summary>
    public Task AcknowledgeAsync(uint epoch, uint upTo) => RoutineAsync(0x0231, "acknowledge reports", [.. Word(epoch), .. Word(upTo)], lengthMin: 0);

    /// <summary>Reads signals by service 22, all in one request.</summary>
    public async Task<IReadOnlyList<SignalValue>> ReadSignalsAsync(IReadOnlyList<SignalDefinition> signals)
    {
        byte[] request = new byte[1 + (2 * signals.Count)];
        request[0] = ReadData;
        for (int i = 0; i < signals.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(1 + (2 * i)), signals[i].Did);
        }

        byte[] response = await Client.Tester.RequestAsync(request, "read signals");
        SignalValues read = ReportBody.ReadSignals(response.AsSpan(1), new SignalCatalogue(signals));
        bool isWhole = read.Rest.Length == 0 && read.Values.Select(value => value.Signal.Did).SequenceEqual(signals.Select(signal => signal.Did));
        return isWhole ? read.Values : throw new UnexpectedResponseException(ReadData, response);
    }

    /// <summary>Has signals sent at a rate (2A), each by the low byte of its DID F2xx; <see cref="PeriodicReceiver"/> hears them.</summary>
    public Task StartPeriodicAsync(PeriodicRate rate, params byte[] identifiers) =>
        Client.Tester.RequestAsync([ReadPeriodic, (byte)rate, .. identifiers], "start periodic data");

    /// <summary>Has these sent no longer; without any, none at all.</summary>
    public Task StopPeriodicAsync(params byte[] identifiers) =>
        Client.Tester.RequestAsync([ReadPeriodic, StopSending, .. identifiers], "stop periodic data");

    private static byte[] Word(uint value)
    {
        byte[] word = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(word, value);
        return word;
    }

    private async Task<byte[]> ReadExactlyAsync(ushort identifier, int length)
    {
        byte[] record = await Client.ReadAsync(identifier, length);
        return record.Length == length ? record : throw new UnexpectedResponseException(ReadData, record);
    }

    // The status record behind the result; these routines have no detail in FD03.
    private async Task<byte[]> RoutineAsync(ushort identifier, string what, byte[] option, int lengthMin, bool isRepeatable = true)
    {
        byte[] response = await Client.Tester.RequestAsync(
            [RoutineControl, 0x01, (byte)(identifier >> 8), (byte)identifier, .. option], what, isRepeatable, lengthMin: 6);
        FotaError result = (FotaError)BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(4));
        if (result != FotaError.None)
        {
            throw new UpdateRefusedException(what, result, 0);
        }

        return response.Length >= 6 + lengthMin ? response[6..] : throw new UnexpectedResponseException(RoutineControl, response);
    }
}
