// Routine 0220, provision: device identifier, device secret and trust anchors, once in the ECU's life
// (PROTOCOL.md, "Provisioning"). The response waits for both copies of the NvM block; a record whose length does not
// fit its count is 13, any other fault in it 31, a second provisioning 22.
// Tests: tests/agent-firmware/Dcm/RoutineProvisionTests.cs.
namespace EsyncAgent;

/// <summary>Hands a provisioning record to the key store and waits until it is kept.</summary>
public sealed class RoutineProvision : DspService
{
    private const int RecordOffset = 4;
    private const int CountOffset = RecordOffset + 16 + 32;
    private const int AnchorLength = 61;

    private readonly KeyStore _keys;
    private readonly NvM _nvm;
    private readonly IdsM _idsM;
    private readonly IUpdateTarget _target;

    /// <summary>Makes it.</summary>
    public RoutineProvision(DcmParts parts)
    {
        _keys = parts.Keys;
        _nvm = parts.NvM;
        _idsM = parts.IdsM;
        _target = parts.Target;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        byte[] request = message.Request;
        bool isComplete = message.RequestLength > CountOffset
            && message.RequestLength == CountOffset + 1 + (request[CountOffset] * AnchorLength);
        if (!isComplete)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        FotaError error = _keys.Provision(request, RecordOffset, message.RequestLength - RecordOffset);
        if (error == FotaError.None)
        {
            return Continue(message);
        }

        _idsM.Report(IdsMEvent.ProvisioningRefused, (ushort)error);
        _target.NoteRefusal(error);
        return message.Refuse(error == FotaError.ProvisioningMalformed ? Nrc.RequestOutOfRange : Nrc.ConditionsNotCorrect);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        StdReturn result = _nvm.WriteResult(NvMBlock.Provisioning);
        if (result == StdReturn.Pending)
        {
            return StdReturn.Pending;
        }

        message.AppendU16(result == StdReturn.Ok ? (ushort)FotaError.None : (ushort)FotaError.NvMFailed);
        return StdReturn.Ok;
    }
}
