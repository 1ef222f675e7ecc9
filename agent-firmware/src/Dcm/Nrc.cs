// Negative response codes that this server sends (ISO 14229-1:2020 Annex A). Only Dcm knows them: every other module
// says why in a FotaError or a StdReturn, and a service turns that into one of these.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>Negative response codes by their ISO names.</summary>
public static class Nrc
{
    /// <summary>No negative response.</summary>
    public const byte None = 0x00;

    /// <summary>generalReject.</summary>
    public const byte GeneralReject = 0x10;

    /// <summary>serviceNotSupported.</summary>
    public const byte ServiceNotSupported = 0x11;

    /// <summary>SubFunctionNotSupported.</summary>
    public const byte SubFunctionNotSupported = 0x12;

    /// <summary>incorrectMessageLengthOrInvalidFormat.</summary>
    public const byte IncorrectMessageLength = 0x13;

    /// <summary>responseTooLong.</summary>
    public const byte ResponseTooLong = 0x14;

    /// <summary>busyRepeatRequest.</summary>
    public const byte BusyRepeatRequest = 0x21;

    /// <summary>conditionsNotCorrect.</summary>
    public const byte ConditionsNotCorrect = 0x22;

    /// <summary>requestSequenceError.</summary>
    public const byte RequestSequenceError = 0x24;

    /// <summary>requestOutOfRange.</summary>
    public const byte RequestOutOfRange = 0x31;

    /// <summary>securityAccessDenied.</summary>
    public const byte SecurityAccessDenied = 0x33;

    /// <summary>invalidKey.</summary>
    public const byte InvalidKey = 0x35;

    /// <summary>exceedNumberOfAttempts.</summary>
    public const byte ExceedNumberOfAttempts = 0x36;

    /// <summary>requiredTimeDelayNotExpired.</summary>
    public const byte RequiredTimeDelayNotExpired = 0x37;

    /// <summary>Ownership verification failed (service 29).</summary>
    public const byte OwnershipVerificationFailed = 0x58;

    /// <summary>uploadDownloadNotAccepted.</summary>
    public const byte UploadDownloadNotAccepted = 0x70;

    /// <summary>transferDataSuspended.</summary>
    public const byte TransferDataSuspended = 0x71;

    /// <summary>generalProgrammingFailure.</summary>
    public const byte GeneralProgrammingFailure = 0x72;

    /// <summary>wrongBlockSequenceCounter.</summary>
    public const byte WrongBlockSequenceCounter = 0x73;

    /// <summary>requestCorrectlyReceived-ResponsePending.</summary>
    public const byte ResponsePending = 0x78;

    /// <summary>SubFunctionNotSupportedInActiveSession.</summary>
    public const byte SubFunctionNotSupportedInActiveSession = 0x7E;

    /// <summary>serviceNotSupportedInActiveSession.</summary>
    public const byte ServiceNotSupportedInActiveSession = 0x7F;
}
