// Timing of the diagnostic server and the identification that it reports. Built from nf.config.
// Invariant: ConstantIds and ConstantRecords are equally long, identifiers ascending; nf.config sees to it.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>Configuration of the ISO 14229 server; times in milliseconds.</summary>
public sealed class DcmConfig
{
    /// <summary>P2server_max: a response or a response pending within this (ISO 14229-2:2013 §7.2).</summary>
    public ushort P2ServerMsMax = 50;

    /// <summary>P2*server_max: between response pending and the next answer; a multiple of 10.</summary>
    public ushort P2StarServerMsMax = 5000;

    /// <summary>Longest turn of the agent: what a driver that blocks may take. Response pendings leave so much earlier.</summary>
    public ushort TurnMsMax = 5;

    /// <summary>S3server: a session other than the default one ends after this without a request.</summary>
    public ushort S3ServerMs = 5000;

    /// <summary>Longest request, 64 to 4095 bytes; maxNumberOfBlockLength of RequestDownload.</summary>
    public ushort MessageLengthMax = 4095;

    /// <summary>Longest response, 64 to 4095 bytes: what would be longer is refused (NRC 14).</summary>
    public ushort ResponseLengthMax = 4095;

    /// <summary>Delay after the first failed access; doubles with each further one.</summary>
    public uint AccessDelayMs = 1000;

    /// <summary>Largest delay after failed accesses.</summary>
    public uint AccessDelayMsMax = 60000;

    /// <summary>Period of sendAtSlowRate (ISO 14229-1:2020 §11.5), a multiple of 10.</summary>
    public ushort PeriodicSlowMs = 1000;

    /// <summary>Period of sendAtMediumRate.</summary>
    public ushort PeriodicMediumMs = 200;

    /// <summary>Period of sendAtFastRate.</summary>
    public ushort PeriodicFastMs = 50;

    /// <summary>Most periodic identifiers that are sent at a time.</summary>
    public byte PeriodicCountMax = 8;

    /// <summary>Most dynamically defined identifiers at a time.</summary>
    public byte DynamicCountMax = 8;

    /// <summary>Most parts of all dynamically defined identifiers together.</summary>
    public byte DynamicPartsMax = 32;

    /// <summary>Identifiers of constant records (F18x, F19x, F1EF), ascending, each once.</summary>
    public ushort[] ConstantIds = new ushort[0];

    /// <summary>The constant records, in the order of <see cref="ConstantIds"/>.</summary>
    public byte[][] ConstantRecords = new byte[0][];
}
