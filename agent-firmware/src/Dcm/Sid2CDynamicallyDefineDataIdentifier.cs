// Service 2C, DynamicallyDefineDataIdentifier (ISO 14229-1:2020 §11.6): 01 defineByIdentifier, 03 clear.
// `2C 01 DID (source(2) position(1) size(1))…` → `6C 01 DID`; to an identifier that is defined already it appends. `2C 03 DID` →
// `6C 03 DID`, `2C 03` → `6C 03` clears all; what is sent periodically is stopped first.
// Invariant: a request is done as a whole or not at all. Whatever depends on a value is 31: an identifier outside F200 to F3FF
// or one of a signal, a source that is not there or is itself defined, a position or size outside its record, no room. One that is
// sent periodically is not changed under the tester's hands: 22. By memory address (02) is not offered: 12.
// Tests: tests/agent-firmware/Dcm/Sid2CDynamicallyDefineDataIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Defines data identifiers.</summary>
public sealed class Sid2CDynamicallyDefineDataIdentifier : DspService
{
    private const byte DefineByIdentifier = 0x01;
    private const int IdentifierOffset = 2;
    private const int FirstPartOffset = 4;
    private const int PartLength = 4;
    private const int ClearAllLength = 2;

    private readonly DspRecords _records;
    private readonly DspDynamics _dynamics;
    private readonly DspPeriodic _periodic;
    private readonly SignalTable _signals;
    private readonly int _lengthMax;

    /// <summary>Makes the service.</summary>
    public Sid2CDynamicallyDefineDataIdentifier(DcmParts parts)
    {
        _records = parts.Records;
        _dynamics = parts.Dynamics;
        _periodic = parts.Periodic;
        _signals = parts.Data.Signals;
        _lengthMax = parts.Config.ResponseLengthMax - 3;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        return message.SubFunction == DefineByIdentifier ? Define(message) : Clear(message);
    }

    private StdReturn Define(DcmMessage message)
    {
        int length = message.RequestLength - FirstPartOffset;
        if (length < PartLength || length % PartLength != 0)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        ushort identifier = BigEndian.ReadU16(message.Request, IdentifierOffset);
        if (!IsFree(identifier) || !AreGood(message, identifier))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (_periodic.IsScheduled(identifier))
        {
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        byte[] request = message.Request;
        for (int at = FirstPartOffset; at < message.RequestLength; at += PartLength)
        {
            _dynamics.Append(identifier, BigEndian.ReadU16(request, at), request[at + 2], request[at + 3]);
        }

        message.AppendU16(identifier);
        return StdReturn.Ok;
    }

    private bool AreGood(DcmMessage message, ushort identifier)
    {
        byte[] request = message.Request;
        int total = _dynamics.LengthOf(identifier);
        for (int at = FirstPartOffset; at < message.RequestLength; at += PartLength)
        {
            int position = request[at + 2];
            int size = request[at + 3];
            if (position == 0 || size == 0 || position - 1 + size > _records.LengthOf(BigEndian.ReadU16(request, at)))
            {
                return false;
            }

            total += size;
        }

        return total <= _lengthMax && _dynamics.HasRoom(identifier, (message.RequestLength - FirstPartOffset) / PartLength);
    }

    private StdReturn Clear(DcmMessage message)
    {
        if (message.RequestLength == ClearAllLength)
        {
            _periodic.StopDefined();
            _dynamics.ClearAll();
            return StdReturn.Ok;
        }

        if (message.RequestLength != FirstPartOffset)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        ushort identifier = BigEndian.ReadU16(message.Request, IdentifierOffset);
        if (!IsFree(identifier))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        _periodic.Stop(identifier);
        _dynamics.Clear(identifier);
        message.AppendU16(identifier);
        return StdReturn.Ok;
    }

    private bool IsFree(ushort identifier)
    {
        return DspDynamics.IsDefinable(identifier) && _signals.IndexOf(identifier) < 0;
    }
}
