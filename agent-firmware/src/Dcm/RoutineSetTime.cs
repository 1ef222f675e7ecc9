// Routine 0232, set time: `31 01 0232 UTC(8)` → `71 01 0232 0000 boot number(2) milliseconds of this start(4)`, both of the moment for which
// the time is taken. UTC in milliseconds since 1970; what 32 bits of seconds do not hold, and 0, is 31.
// What is done with the time is DataClock's matter. Without a report log the boot number is 0.
// Tests: tests/agent-firmware/Dcm/RoutineSetTimeTests.cs.
namespace EsyncAgent;

/// <summary>Takes the time from the client.</summary>
public sealed class RoutineSetTime : DspService
{
    /// <summary>Identifier of the routine.</summary>
    public const ushort Identifier = 0x0232;

    /// <summary>Length of its option record.</summary>
    public const byte OptionLength = 8;

    private const int OptionOffset = 4;

    private readonly ReportLog _log;
    private readonly DataClock _clock;

    /// <summary>Makes it over the clock.</summary>
    public RoutineSetTime(Data data)
    {
        _log = data.Reports;
        _clock = data.Clock;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        long utcMs = BigEndian.ReadI64(message.Request, OptionOffset);
        return DataClock.IsPossible(utcMs) ? Continue(message) : message.Refuse(Nrc.RequestOutOfRange);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        // The boot number is in the log, which is still being looked for right after a start.
        if (_log.IsPresent && !_log.IsReady)
        {
            return StdReturn.Pending;
        }

        _clock.Set(BigEndian.ReadI64(message.Request, OptionOffset));
        message.AppendU16((ushort)FotaError.None);
        message.AppendU16(_log.BootNumber);
        BigEndian.WriteU32(message.Response, message.ResponseLength, _clock.NowMs);
        message.ResponseLength += 4;
        return StdReturn.Ok;
    }
}
