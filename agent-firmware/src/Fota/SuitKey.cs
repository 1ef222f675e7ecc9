// The numbers of draft-ietf-suit-manifest-37, of COSE (RFC 9052, RFC 8778) and of our private parameters that the ECU
// reads (PROTOCOL.md, "Manifest").
// Invariant: on the wire; never changed.
// Tests: tests/agent-firmware/Fota/ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Map keys, commands and parameters.</summary>
internal static class SuitKey
{
    internal const uint EnvelopeTag = 107;

    // "ESTM", not registered: a trust manifest is no SUIT envelope.
    internal const uint TrustTag = 0x4553544D;

    // "ESRU".
    internal const uint RulesTag = 0x45535255;
    internal const uint Sign1Tag = 18;
    internal const uint EncryptTag = 96;

    internal const int Algorithm = 1;
    internal const int KeyIdentifier = 4;
    internal const int Iv = 5;
    internal const int Sha256 = -16;
    internal const int Aes256KeyWrap = -5;
    internal const int Aes256Ctr = -65532;

    internal const int Authentication = 2;
    internal const int Manifest = 3;

    internal const int Version = 1;
    internal const int SequenceNumber = 2;
    internal const int Common = 3;
    internal const int Validate = 7;
    internal const int Invoke = 9;
    internal const int Install = 20;

    internal const int Components = 2;
    internal const int SharedSequence = 4;

    internal const int ConditionVendor = 1;
    internal const int ConditionClass = 2;
    internal const int ConditionImageMatch = 3;
    internal const int ConditionComponentSlot = 5;
    internal const int DirectiveTryEach = 15;
    internal const int DirectiveOverride = 20;
    internal const int DirectiveFetch = 21;
    internal const int DirectiveInvoke = 23;
    internal const int ConditionDevice = 24;

    internal const int ParameterVendor = 1;
    internal const int ParameterClass = 2;
    internal const int ParameterImageDigest = 3;
    internal const int ParameterComponentSlot = 5;
    internal const int ParameterImageSize = 14;
    internal const int ParameterEncryption = 19;
    internal const int ParameterUri = 21;
    internal const int ParameterDevice = 24;

    internal const int ParameterSalt = -257;
    internal const int ParameterChunkTable = -258;
    internal const int ParameterSecurityVersion = -259;
    internal const int ParameterVersion = -260;
    internal const int ParameterRuntime = -261;
    internal const int ParameterContract = -262;
    internal const int ParameterEncoding = -263;
    internal const int ParameterTransferSize = -264;
    internal const int ParameterTransferTable = -265;
    internal const int ParameterBaseDigest = -266;
}
