// Service 29, Authentication (ISO 14229-1:2020 §10.6), by challenge and response with a symmetric key (ACR),
// unidirectional: 05 requestChallengeForAuthentication, 06 verifyProofOfOwnershipUnidirectional, 00 deAuthenticate,
// 08 authenticationConfiguration. Layouts: PROTOCOL.md, "Access".
// A wrong proof is 58, whatever was wrong with it; without a challenge 06 is 24; while a delay runs 05 is 37.
// Tests: tests/agent-firmware/Dcm/Sid29AuthenticationTests.cs, AccessDelayTests.cs.
namespace EsyncAgent;

/// <summary>Authentication by challenge and response.</summary>
public sealed class Sid29Authentication : DspService
{
    private const byte DeAuthenticate = 0x00;
    private const byte RequestChallenge = 0x05;
    private const byte VerifyProof = 0x06;

    // authenticationReturnParameter of ISO 14229-1:2020 §10.6.
    private const byte RequestAccepted = 0x00;
    private const byte ConfigurationAcrSymmetric = 0x04;
    private const byte DeAuthenticationSuccessful = 0x10;
    private const byte OwnershipVerified = 0x12;

    private const int ShortRequestLength = 2;
    private const int AlgorithmLength = 16;
    private const int ChallengeRequestLength = 3 + AlgorithmLength;
    private const int ProofLength = 32;
    private const int ProofOffset = 2 + AlgorithmLength + 2;
    private const int ChallengeOffset = ProofOffset + ProofLength + 2;
    private const int AdditionalOffset = ChallengeOffset + AccessControl.ChallengeLength;
    private const int ProofRequestLength = AdditionalOffset + 2;

    // HMAC-SHA256, 1.2.840.113549.2.9, as a BER object identifier padded to 16 bytes.
    private static readonly byte[] HmacSha256 = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09, 0, 0, 0, 0, 0, 0 };

    private readonly AccessControl _access;

    /// <summary>Makes the service.</summary>
    public Sid29Authentication(DcmParts parts)
    {
        _access = parts.Access;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        switch (message.SubFunction)
        {
            case RequestChallenge:
                return SendChallenge(message);
            case VerifyProof:
                return TakeProof(message);
            default:
                return AnswerShort(message);
        }
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        return _access.ContinueFailure(message, Nrc.OwnershipVerificationFailed);
    }

    private StdReturn AnswerShort(DcmMessage message)
    {
        if (message.RequestLength != ShortRequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (message.SubFunction == DeAuthenticate)
        {
            _access.Drop();
            message.Append(DeAuthenticationSuccessful);
        }
        else
        {
            message.Append(ConfigurationAcrSymmetric);
        }

        return StdReturn.Ok;
    }

    private StdReturn SendChallenge(DcmMessage message)
    {
        if (message.RequestLength != ChallengeRequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        // communicationConfiguration 00: no session key, messages stay as they are.
        if (message.Request[2] != 0 || !IsOurAlgorithm(message.Request, 3))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        message.Append(RequestAccepted);
        message.Append(HmacSha256, 0, AlgorithmLength);
        message.AppendU16(AccessControl.ChallengeLength);
        if (_access.Issue(_access.Authentication, message) != StdReturn.Ok)
        {
            return StdReturn.NotOk;
        }

        message.AppendU16(0);
        return StdReturn.Ok;
    }

    private StdReturn TakeProof(DcmMessage message)
    {
        if (!_access.IsExpected(_access.Authentication, message))
        {
            return message.Refuse(Nrc.RequestSequenceError);
        }

        if (message.RequestLength != ProofRequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        byte[] request = message.Request;
        bool isWellFormed = IsOurAlgorithm(request, 2)
            && BigEndian.ReadU16(request, ProofOffset - 2) == ProofLength
            && BigEndian.ReadU16(request, ChallengeOffset - 2) == AccessControl.ChallengeLength
            && BigEndian.ReadU16(request, AdditionalOffset) == 0;
        if (!isWellFormed)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (_access.Verify(message, ChallengeOffset, ProofOffset, ProofLength) == StdReturn.Pending)
        {
            return Continue(message);
        }

        message.Append(OwnershipVerified);
        message.Append(HmacSha256, 0, AlgorithmLength);
        message.AppendU16(0);
        return StdReturn.Ok;
    }

    private static bool IsOurAlgorithm(byte[] request, int offset)
    {
        return Bytes.AreEqual(request, offset, HmacSha256, 0, AlgorithmLength);
    }
}
