// Service 2A, ReadDataByPeriodicIdentifier (ISO 14229-1:2020 §11.5): 01 slow, 02 medium, 03 fast, 04 stop.
// `2A mode identifier…` → `6A`, and then frames from DspPeriodic; `2A 04` alone stops everything. The mode is no sub-function: no
// suppress bit. An identifier that this ECU cannot send (unknown, not defined, more than seven bytes) is left out; only when none
// is left is the request out of range (31), as it is for an unknown mode and for more identifiers than can be scheduled at a time.
// More than that in one request are 13. Nothing is changed by a request that is refused.
// Tests: tests/agent-firmware/Dcm/Sid2AReadDataByPeriodicIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Begins, changes and ends periodic sending.</summary>
public sealed class Sid2AReadDataByPeriodicIdentifier : DspService
{
    private const int ModeOffset = 1;
    private const int IdentifierOffset = 2;
    private const byte SendAtSlowRate = 0x01;
    private const byte StopSending = 0x04;

    private readonly DspPeriodic _periodic;

    /// <summary>Makes the service.</summary>
    public Sid2AReadDataByPeriodicIdentifier(DcmParts parts)
    {
        _periodic = parts.Periodic;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        byte mode = message.Request[ModeOffset];
        int count = message.RequestLength - IdentifierOffset;
        bool isStop = mode == StopSending;
        bool isMode = mode >= SendAtSlowRate && mode <= StopSending;
        if (count > _periodic.CountMax || (count == 0 && isMode && !isStop))
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (!isMode || !(isStop ? Stop(message, count) : Send(message, mode)))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        return StdReturn.Ok;
    }

    private bool Stop(DcmMessage message, int count)
    {
        if (count == 0)
        {
            _periodic.StopAll();
            return true;
        }

        bool isAnyKnown = false;
        for (int at = IdentifierOffset; at < message.RequestLength; at++)
        {
            ushort identifier = DspPeriodic.IdentifierOf(message.Request[at]);
            if (_periodic.IsSupported(identifier))
            {
                isAnyKnown = true;
                _periodic.Stop(identifier);
            }
        }

        return isAnyKnown;
    }

    private bool Send(DcmMessage message, byte rate)
    {
        bool isAnyKnown = false;
        int added = 0;
        for (int at = IdentifierOffset; at < message.RequestLength; at++)
        {
            ushort identifier = DspPeriodic.IdentifierOf(message.Request[at]);
            if (_periodic.IsSupported(identifier))
            {
                isAnyKnown = true;
                added += _periodic.IsScheduled(identifier) || IsRepeated(message.Request, at) ? 0 : 1;
            }
        }

        if (!isAnyKnown || _periodic.Count + added > _periodic.CountMax)
        {
            return false;
        }

        for (int at = IdentifierOffset; at < message.RequestLength; at++)
        {
            ushort identifier = DspPeriodic.IdentifierOf(message.Request[at]);
            if (_periodic.IsSupported(identifier))
            {
                _periodic.Schedule(identifier, rate);
            }
        }

        return true;
    }

    private static bool IsRepeated(byte[] request, int at)
    {
        for (int before = IdentifierOffset; before < at; before++)
        {
            if (request[before] == request[at])
            {
                return true;
            }
        }

        return false;
    }
}
