// Results of a transmission or a reception, as ISO 15765-2:2016 §8.3.7 names them.
// Invariant: values are never reordered.
// Tests: tests/agent-firmware/CanTp.
namespace EsyncAgent;

/// <summary>N_Result (ISO 15765-2:2016 §8.3.7).</summary>
public enum CanTpResult : byte
{
    /// <summary>N_OK: done.</summary>
    Ok = 0,

    /// <summary>N_TIMEOUT_A: a frame did not reach the controller within N_As or N_Ar.</summary>
    TimeoutA = 1,

    /// <summary>N_TIMEOUT_Bs: no flow control within N_Bs.</summary>
    TimeoutBs = 2,

    /// <summary>N_TIMEOUT_Cr: no consecutive frame within N_Cr.</summary>
    TimeoutCr = 3,

    /// <summary>N_WRONG_SN: a consecutive frame with an unexpected sequence number.</summary>
    WrongSn = 4,

    /// <summary>N_INVALID_FS: a flow control with a reserved flow status.</summary>
    InvalidFs = 5,

    /// <summary>N_UNEXP_PDU: a new message of the peer ended the reception of the one before.</summary>
    UnexpectedPdu = 6,

    /// <summary>N_WFT_OVRN: more flow controls with WAIT in a row than WFTmax.</summary>
    WftOverrun = 7,

    /// <summary>N_BUFFER_OVFLW: the receiver has no room for the message.</summary>
    BufferOverflow = 8,

    /// <summary>N_ERROR: given up by our own side.</summary>
    Error = 9,
}
