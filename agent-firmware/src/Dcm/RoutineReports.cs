// Routines 0230, read reports, and 0231, acknowledge reports: the way of the report log to the vehicle's client.
// `31 01 0230 from(4)` → `71 01 0230 0000 logEpoch(4) records`, as they stand in flash, as many as the response holds, none when there are
// none from that number on. `31 01 0231 logEpoch(4) upTo(4)` → `71 01 0231 result`. A result other than 0000 ends the response.
// Invariants: neither touches a transfer, nor anything of an update; a read that is under way belongs to the one request that is served.
// While the log is still being looked for after a start both wait for it.
// Tests: tests/agent-firmware/Dcm/RoutineReportsTests.cs.
namespace EsyncAgent;

/// <summary>Reads or acknowledges reports.</summary>
public sealed class RoutineReports : DspService
{
    /// <summary>Identifier of read reports.</summary>
    public const ushort ReadIdentifier = 0x0230;

    /// <summary>Identifier of acknowledge reports.</summary>
    public const ushort AcknowledgeIdentifier = 0x0231;

    /// <summary>Length of the option record of <see cref="ReadIdentifier"/>.</summary>
    public const byte ReadOptionLength = 4;

    /// <summary>Length of the option record of <see cref="AcknowledgeIdentifier"/>.</summary>
    public const byte AcknowledgeOptionLength = 8;

    private const int OptionOffset = 4;
    private const int ResultLength = 2;
    private const int EpochLength = 4;

    private readonly ReportLog _log;
    private readonly DataClock _clock;
    private bool _isReading;

    /// <summary>Makes it over the log.</summary>
    public RoutineReports(Data data)
    {
        _log = data.Reports;
        _clock = data.Clock;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        _isReading = false;
        return Continue(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        if (!_log.IsPresent)
        {
            return End(message, FotaError.ReportLogAbsent);
        }

        return BigEndian.ReadU16(message.Request, 2) == ReadIdentifier ? Read(message) : Acknowledge(message);
    }

    private StdReturn Read(DcmMessage message)
    {
        int at = message.ResponseLength + ResultLength + EpochLength;
        if (!_isReading)
        {
            uint from = BigEndian.ReadU32(message.Request, OptionOffset);
            _isReading = _log.BeginRead(from, message.Response, at, message.ResponseLengthMax - at);
            return StdReturn.Pending;
        }

        StdReturn result = _log.AdvanceRead(_clock.NowMs);
        if (result != StdReturn.Ok)
        {
            return result == StdReturn.Pending ? result : End(message, FotaError.FlashFailed);
        }

        message.AppendU16((ushort)FotaError.None);
        BigEndian.WriteU32(message.Response, message.ResponseLength, _log.Epoch);
        message.ResponseLength += EpochLength + _log.ReadLength;
        return StdReturn.Ok;
    }

    private StdReturn Acknowledge(DcmMessage message)
    {
        byte[] request = message.Request;
        StdReturn result = _log.Acknowledge(BigEndian.ReadU32(request, OptionOffset), BigEndian.ReadU32(request, OptionOffset + EpochLength));
        return result == StdReturn.Pending ? result : End(message, result == StdReturn.Ok ? FotaError.None : FotaError.LogEpochMismatch);
    }

    private static StdReturn End(DcmMessage message, FotaError result)
    {
        message.AppendU16((ushort)result);
        return StdReturn.Ok;
    }
}
