// Configuration of CanTp (ISO 15765-2:2016): flow control parameters and timeouts. Built from nf.config.
// Plain data: that the board can stand block size and STmin is checked before it gets here.
// Tests: tests/agent-firmware/CanTp.
namespace EsyncAgent;

/// <summary>Transport parameters of one connection; times in milliseconds.</summary>
public sealed class CanTpConfig
{
    /// <summary>Block size that we announce (§9.6.5.3); 0 is no limit.</summary>
    public byte BlockSize;

    /// <summary>STmin code that we announce (§9.6.5.4): 00 to 7F milliseconds, F1 to F9 hundreds of microseconds.</summary>
    public byte SeparationTimeMin;

    /// <summary>N_As and N_Ar: time for a frame to leave (§9.8).</summary>
    public ushort NAsMs = 1000;

    /// <summary>N_Bs: the sender's wait for a flow control (§9.8).</summary>
    public ushort NBsMs = 1000;

    /// <summary>N_Cr: the receiver's wait for a consecutive frame (§9.8).</summary>
    public ushort NCrMs = 1000;

    /// <summary>WFTmax: flow controls with WAIT that our sender accepts in a row (§9.7).</summary>
    public byte WaitFrameMax = 8;

    /// <summary>
    /// Longest time of one frame on the bus, in microseconds: STmin counts from a frame's end (§9.6.5.4), a driver tells
    /// only when it took the frame. The default is a stuffed 29-bit frame at 500 kbit/s.
    /// </summary>
    public ushort FrameTimeUs = 320;

    /// <summary>Byte that fills frames up to 8.</summary>
    public byte Padding = 0xCC;
}
