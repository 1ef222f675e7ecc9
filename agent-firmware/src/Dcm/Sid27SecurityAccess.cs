// Service 27, SecurityAccess (ISO 14229-1:2020 §10.4), for testers that do not know service 29.
// `27 01` → `67 01 seed(16)`, zeros when access is open already; `27 02 key(16)` → `67 02`. A wrong key is 35; a key
// that comes while the delay runs is 36, a seed asked for then is 37.
// Tests: tests/agent-firmware/Dcm/Sid27SecurityAccessTests.cs, AccessDelayTests.cs.
namespace EsyncAgent;

/// <summary>Seed and key.</summary>
public sealed class Sid27SecurityAccess : DspService
{
    private const byte RequestSeed = 0x01;
    private const int SeedRequestLength = 2;
    private const int KeyOffset = 2;
    private const int KeyLength = 16;

    private readonly AccessControl _access;

    /// <summary>Makes the service.</summary>
    public Sid27SecurityAccess(DcmParts parts)
    {
        _access = parts.Access;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        return message.SubFunction == RequestSeed ? SendSeed(message) : TakeKey(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        return _access.ContinueFailure(message, Nrc.InvalidKey);
    }

    private StdReturn SendSeed(DcmMessage message)
    {
        if (message.RequestLength != SeedRequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (!_access.IsOpen)
        {
            return _access.Issue(_access.SecurityAccess, message);
        }

        Bytes.Fill(message.Response, message.ResponseLength, AccessControl.ChallengeLength, 0);
        message.ResponseLength += AccessControl.ChallengeLength;
        return StdReturn.Ok;
    }

    private StdReturn TakeKey(DcmMessage message)
    {
        if (!_access.IsExpected(_access.SecurityAccess, message))
        {
            return message.Refuse(_access.IsDelayed ? Nrc.ExceedNumberOfAttempts : Nrc.RequestSequenceError);
        }

        if (message.RequestLength != KeyOffset + KeyLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        StdReturn result = _access.Verify(message, 0, KeyOffset, KeyLength);
        return result == StdReturn.Pending ? Continue(message) : result;
    }
}
