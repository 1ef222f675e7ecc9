// The numbers of SUIT and COSE that our manifests use.
// Clause: draft-ietf-suit-manifest-37 §11 (IANA tables), RFC 9052 §3.1, RFC 8778; the private parameters: PROTOCOL.md, "Manifest".
// Tests: tests/host-sim/Packages.
namespace EsyncSim.Packages;

/// <summary>Integer keys and commands.</summary>
internal static class SuitKeys
{
    public const ulong Sign1Tag = 18;
    public const ulong EncryptTag = 96;

    public const int Authentication = 2;
    public const int Manifest = 3;

    public const int ManifestVersion = 1;
    public const int SequenceNumber = 2;
    public const int Common = 3;
    public const int Validate = 7;
    public const int Invoke = 9;
    public const int Install = 20;

    public const int Components = 2;
    public const int SharedSequence = 4;

    public const int ConditionVendor = 1;
    public const int ConditionClass = 2;
    public const int ConditionImageMatch = 3;
    public const int ConditionComponentSlot = 5;
    public const int ConditionDevice = 24;
    public const int DirectiveTryEach = 15;
    public const int DirectiveOverride = 20;
    public const int DirectiveFetch = 21;
    public const int DirectiveInvoke = 23;

    public const int ParameterVendor = 1;
    public const int ParameterClass = 2;
    public const int ParameterImageDigest = 3;
    public const int ParameterComponentSlot = 5;
    public const int ParameterImageSize = 14;
    public const int ParameterEncryption = 19;
    public const int ParameterUri = 21;
    public const int ParameterDevice = 24;

    public const int ParameterSalt = -257;
    public const int ParameterChunkTable = -258;
    public const int ParameterSecurityVersion = -259;
    public const int ParameterVersion = -260;
    public const int ParameterRuntime = -261;
    public const int ParameterContract = -262;
    public const int ParameterEncoding = -263;
    public const int ParameterTransferLength = -264;
    public const int ParameterTransferTable = -265;
    public const int ParameterBaseDigest = -266;

    /// <summary>Reporting policy of conditions: record everything.</summary>
    public const int ReportAll = 15;

    /// <summary>Reporting policy of directives: record a failure.</summary>
    public const int ReportFailure = 2;

    /// <summary>COSE algorithm SHA-256.</summary>
    public const int Sha256 = -16;

    /// <summary>COSE algorithm A256KW: AES key wrap (RFC 3394) with a key of 256 bits.</summary>
    public const int Aes256KeyWrap = -5;

    /// <summary>COSE algorithm A256CTR: AES-256 in counter mode.</summary>
    public const int Aes256Ctr = -65532;

    /// <summary>COSE header parameter alg.</summary>
    public const int Algorithm = 1;

    /// <summary>COSE header parameter kid.</summary>
    public const int KeyIdentifier = 4;

    /// <summary>COSE header parameter IV.</summary>
    public const int Iv = 5;

    /// <summary>The one component, ["app"].</summary>
    public static readonly byte[] Component = "app"u8.ToArray();

    /// <summary>Protected header {1: −46}: HSS/LMS.</summary>
    public static readonly byte[] HssProtectedHeader = [0xA1, 0x01, 0x38, 0x2D];
}
