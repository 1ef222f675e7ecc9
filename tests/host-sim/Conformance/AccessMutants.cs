// Faults in services 27 and 29.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class AccessMutants
{
    private const string Sid27 = "Dcm/Sid27SecurityAccess.cs";
    private const string Sid29 = "Dcm/Sid29Authentication.cs";
    private const string Control = "Dcm/AccessControl.cs";
    private const string Delay = "Dcm/AccessDelay.cs";
    private const string Never = "if (false)";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        Row("seeds and challenges repeat", Control, "_mcu.ReadEntropy(_challenge);", "Bytes.Fill(_challenge, 0, ChallengeLength, 0x5A);", "ACC-002", "ACC-032"),
        Row("seeds and challenges lack a byte", Control, "message.Append(_challenge, 0, ChallengeLength);", "message.Append(_challenge, 0, ChallengeLength - 1);", "ACC-001"),
        Row("a challenge serves twice", Control, "AccessProof purpose = _outstanding;\n        _outstanding = null;", "AccessProof purpose = _outstanding;", "ACC-036", "ACC-006"),
        Row("any key opens", Control, "if (purpose.IsGood(_challenge, message.Request, challengeClientOffset, proofOffset, proofLength))", "if (true)", "ACC-005", "ACC-034"),
        Row("the right key does not open", Control, "            IsOpen = true;\n", "", "ACC-003", "ACC-033"),
        Row("the seed is not zero when access is open", Sid27, "if (!_access.IsOpen)", "if (true)", "ACC-004"),
        Row("a wrong key gets 33", Sid27, "_access.ContinueFailure(message, Nrc.InvalidKey)", "_access.ContinueFailure(message, Nrc.SecurityAccessDenied)", "ACC-005"),
        Row("a key without a seed gets 35", Sid27, "_access.IsDelayed ? Nrc.ExceedNumberOfAttempts : Nrc.RequestSequenceError", "Nrc.InvalidKey", "ACC-007"),
        Row("a key while the delay runs gets 24", Sid27, "_access.IsDelayed ? Nrc.ExceedNumberOfAttempts : Nrc.RequestSequenceError", "Nrc.RequestSequenceError", "ACC-012"),
        Row("a longer request for a seed is taken", Sid27, "if (message.RequestLength != SeedRequestLength)", Never, "SVC-125"),
        Row("a key of another length is judged", Sid27, "if (message.RequestLength != KeyOffset + KeyLength)", Never, "ACC-013"),
        Row("no delay follows a wrong key", Control, "if (_delay.IsRunning)", Never, "ACC-008"),
        Row("the delay does not grow", Delay, "_lengthMs = GrowingDelay.Length(_firstMs, _longestMs, _failureCount);", "_lengthMs = GrowingDelay.Length(_firstMs, _longestMs, _failureCount == 0 ? (byte)0 : (byte)1);", "ACC-010"),
        Row("the delay is forgotten by a reset", Delay, "_failureCount = _nvm.Length(NvMBlock.SecurityAccess) == 0 ? (byte)0 : _nvm.Data(NvMBlock.SecurityAccess)[0];", "_failureCount = 0;", "ACC-011"),
        Row("the delay does not end", Delay, "if (nowMs - _startMs >= _lengthMs)", Never, "ACC-009"),
        Row("deauthentication keeps access", Sid29, "            _access.Drop();\n", "", "ACC-037"),
        Row("a wrong proof gets 35", Sid29, "Nrc.OwnershipVerificationFailed", "Nrc.InvalidKey", "ACC-034"),
        Row("a proof without a challenge gets 22", Sid29, "return message.Refuse(Nrc.RequestSequenceError);", "return message.Refuse(Nrc.ConditionsNotCorrect);", "ACC-035"),
        Row("the authentication configuration is that of certificates", Sid29, "message.Append(ConfigurationAcrSymmetric);", "message.Append(0x02);", "ACC-030"),
        Row("any algorithm gets a challenge", Sid29, "if (message.Request[2] != 0 || !IsOurAlgorithm(message.Request, 3))", Never, "ACC-038"),
        Row("a longer request for a challenge is taken", Sid29, "if (message.RequestLength != ChallengeRequestLength)", "if (message.RequestLength < ChallengeRequestLength)", "ACC-039"),
    ];
}
