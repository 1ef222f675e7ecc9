// Service 19, ReadDTCInformation (ISO 14229-1:2020 §12.3): 01 number and 02 list of DTCs by status mask, 04 snapshots,
// 06 extended data, 0A supported DTCs, 14 fault detection counters, 15 permanent DTCs.
// A DTC or record number that is not there is 31; a record that is there but holds nothing now is left out of the response.
// Snapshot records: 01 the first, 02 the latest. Extended data records, one byte each: 01 occurrences, 02 ageing counter,
// 03 failed cycles, 04 fault detection counter. FF asks for all records.
// Must not know how a status comes about: Dem does.
// Tests: tests/agent-firmware/Dcm/Sid19ReadDtcInformationTests.cs.
namespace EsyncAgent;

/// <summary>Reads DTCs, their status, snapshots and counters.</summary>
public sealed class Sid19ReadDtcInformation : DspService
{
    private const byte NumberByStatusMask = 0x01;
    private const byte ByStatusMask = 0x02;
    private const byte SnapshotByDtc = 0x04;
    private const byte ExtendedDataByDtc = 0x06;
    private const byte Supported = 0x0A;
    private const byte FaultDetectionCounters = 0x14;
    private const byte Permanent = 0x15;

    // ISO 14229-1 DTC format.
    private const byte FormatIdentifier = 0x01;
    private const byte AllRecords = 0xFF;
    private const byte SnapshotRecords = 2;
    private const byte ExtendedDataRecords = 4;
    private const int LengthWithMask = 3;
    private const int LengthWithRecord = 6;
    private const int LengthOfRest = 2;

    // A DTC with its status or counter.
    private const int DtcLength = 4;

    private readonly Dem _dem;

    /// <summary>Makes the service.</summary>
    public Sid19ReadDtcInformation(DcmParts parts)
    {
        _dem = parts.Dem;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (message.RequestLength != LengthOf(message.SubFunction))
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        switch (message.SubFunction)
        {
            case NumberByStatusMask:
                AppendNumber(message);
                return StdReturn.Ok;
            case SnapshotByDtc:
            case ExtendedDataByDtc:
                return AppendRecords(message);
            default:
                return AppendList(message);
        }
    }

    private static int LengthOf(byte subFunction)
    {
        if (subFunction == NumberByStatusMask || subFunction == ByStatusMask)
        {
            return LengthWithMask;
        }

        return subFunction == SnapshotByDtc || subFunction == ExtendedDataByDtc ? LengthWithRecord : LengthOfRest;
    }

    private void AppendNumber(DcmMessage message)
    {
        ushort count = 0;
        for (int i = 0; i < _dem.Count; i++)
        {
            count += (ushort)(IsListed(message, ByStatusMask, i) ? 1 : 0);
        }

        message.Append(DemStatus.AvailabilityMask);
        message.Append(FormatIdentifier);
        message.AppendU16(count);
    }

    private StdReturn AppendList(DcmMessage message)
    {
        byte subFunction = message.SubFunction;
        if (subFunction != FaultDetectionCounters)
        {
            message.Append(DemStatus.AvailabilityMask);
        }

        for (int i = 0; i < _dem.Count; i++)
        {
            if (!IsListed(message, subFunction, i))
            {
                continue;
            }

            if (message.ResponseLength + DtcLength > message.ResponseLengthMax)
            {
                return message.Refuse(Nrc.ResponseTooLong);
            }

            AppendDtc(message, i, subFunction == FaultDetectionCounters ? (byte)_dem.FaultDetectionCounterAt(i) : _dem.StatusAt(i));
        }

        return StdReturn.Ok;
    }

    private bool IsListed(DcmMessage message, byte subFunction, int index)
    {
        switch (subFunction)
        {
            case ByStatusMask:
                return (_dem.StatusAt(index) & DemStatus.AvailabilityMask & message.Request[2]) != 0;
            case FaultDetectionCounters:
                // Tests that are on their way to failed: neither those that have not begun nor those that have arrived.
                int counter = _dem.FaultDetectionCounterAt(index);
                return counter > 0 && counter < sbyte.MaxValue;
            case Permanent:
                return _dem.IsPermanentAt(index);
            default:
                return true;
        }
    }

    private StdReturn AppendRecords(DcmMessage message)
    {
        bool isSnapshot = message.SubFunction == SnapshotByDtc;
        byte count = isSnapshot ? SnapshotRecords : ExtendedDataRecords;
        byte number = message.Request[5];
        int index = _dem.IndexOfDtc(BigEndian.ReadU24(message.Request, 2));
        if (index < 0 || number == 0 || (number > count && number != AllRecords))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        AppendDtc(message, index, _dem.StatusAt(index));
        byte last = number == AllRecords ? count : number;
        for (byte record = number == AllRecords ? (byte)1 : number; record <= last; record++)
        {
            if (isSnapshot)
            {
                AppendSnapshot(message, index, record);
            }
            else
            {
                message.Append(record);
                message.Append(ExtendedData(index, record));
            }
        }

        return message.ResponseLength > message.ResponseLengthMax ? message.Refuse(Nrc.ResponseTooLong) : StdReturn.Ok;
    }

    private void AppendSnapshot(DcmMessage message, int index, byte record)
    {
        int length = _dem.CopySnapshot(index, record == 1, message.Response, message.ResponseLength + 1);
        if (length != 0)
        {
            message.Append(record);
            message.ResponseLength += length;
        }
    }

    private byte ExtendedData(int index, byte record)
    {
        switch (record)
        {
            case 1:
                return _dem.OccurrencesAt(index);
            case 2:
                return _dem.AgeingAt(index);
            case 3:
                return _dem.FailedCyclesAt(index);
            default:
                return (byte)_dem.FaultDetectionCounterAt(index);
        }
    }

    private void AppendDtc(DcmMessage message, int index, byte last)
    {
        BigEndian.WriteU24(message.Response, message.ResponseLength, _dem.DtcOf(index));
        message.ResponseLength += DtcLength - 1;
        message.Append(last);
    }
}
