// The signals, outputs and bounds of data gathering of one ECU. Built from nf.config.
// Signals as parallel arrays, for an object costs the runtime twelve bytes for each of its fields.
// Invariants, which nf.config sees to: identifiers ascend and stand once; parallel arrays are equally long; each CAN signal's
// identifier is among the signals, and it lies inside eight bytes.
// Tests: tests/agent-firmware/Data, tests/host-sim/Config.
namespace EsyncAgent;

/// <summary>Configuration of data gathering.</summary>
public sealed class DataConfig
{
    // What an ECU does not have costs one empty array of each type, not one for each list.
    private static readonly byte[] NoBytes = new byte[0];
    private static readonly ushort[] NoUShorts = new ushort[0];
    private static readonly int[] NoInts = new int[0];

    /// <summary>CRC-32 over what the values of the signals mean (PROTOCOL.md, "Signals"): rules and records are good for one table only.</summary>
    public uint SignalTableId;

    /// <summary>Data identifiers of the signals, ascending.</summary>
    public ushort[] SignalDids = NoUShorts;

    /// <summary>Type of each signal, a value of <see cref="SignalType"/>.</summary>
    public byte[] SignalTypes = NoBytes;

    /// <summary>Smallest valid raw value of each signal; a uint32 by its bits.</summary>
    public int[] SignalMin = NoInts;

    /// <summary>Largest valid raw value of each signal; a uint32 by its bits.</summary>
    public int[] SignalMax = NoInts;

    /// <summary>For each frame of <see cref="CanIfConfig.SignalRxIds"/> the time without it after which its signals are timed out, in milliseconds; 0 is never.</summary>
    public ushort[] FrameTimeoutMs = NoUShorts;

    /// <summary>For each frame the index of its first CAN signal; they end where the next frame's begin.</summary>
    public ushort[] FrameFirst = NoUShorts;

    /// <summary>Data identifier of the signal that a CAN signal goes to, frame by frame.</summary>
    public ushort[] CanDids = NoUShorts;

    /// <summary>Start bit of each CAN signal as a DBC file counts: bit n is bit n mod 8 (0 the lowest) of byte n / 8; the lowest bit of a little-endian signal, the highest of a big-endian one.</summary>
    public byte[] CanStartBits = NoBytes;

    /// <summary>Length of each CAN signal in bits, 1 to 32. One of a signed type has its sign in its highest bit.</summary>
    public byte[] CanLengths = NoBytes;

    /// <summary>1 for a big-endian (Motorola) CAN signal, 0 for a little-endian (Intel) one.</summary>
    public byte[] CanIsBigEndian = NoBytes;

    /// <summary>Start bit of the multiplexor that decides whether a CAN signal is in a frame.</summary>
    public byte[] MultiplexorStartBits = NoBytes;

    /// <summary>Length of that multiplexor in bits; 0 for a signal that is in every frame.</summary>
    public byte[] MultiplexorLengths = NoBytes;

    /// <summary>1 for a big-endian multiplexor.</summary>
    public byte[] MultiplexorIsBigEndian = NoBytes;

    /// <summary>Value of the multiplexor with which the signal is in the frame.</summary>
    public uint[] MultiplexorValues = new uint[0];

    /// <summary>Data identifiers of the outputs that service 2F controls, ascending.</summary>
    public ushort[] OutputDids = NoUShorts;

    /// <summary>Type of each output.</summary>
    public byte[] OutputTypes = NoBytes;

    /// <summary>Smallest raw value that a tester may set.</summary>
    public int[] OutputMin = NoInts;

    /// <summary>Largest raw value that a tester may set.</summary>
    public int[] OutputMax = NoInts;

    /// <summary>What resetToDefault sets.</summary>
    public int[] OutputDefaults = NoInts;

    /// <summary>Longest payload of a rule set in bytes.</summary>
    public ushort RulesLengthMax = 1024;

    /// <summary>Most rules of a set.</summary>
    public byte RuleCountMax = 16;

    /// <summary>Most signals that all rules of a set name together.</summary>
    public byte RuleSignalsMax = 64;

    /// <summary>Most comparisons of all conditions of a set.</summary>
    public byte RuleTermsMax = 32;

    /// <summary>Bytes of memory for samples before a trigger, shared by the rules that want them.</summary>
    public ushort HistoryLength = 2048;

    /// <summary>Bytes of memory for records that wait for the flash.</summary>
    public ushort QueueLength = 2048;

    /// <summary>IL instructions that one evaluation of the rules may cost at most.</summary>
    public ushort IlPerTurnMax = 6000;

    /// <summary>The rules in force as long as none were installed: payload as in PROTOCOL.md, "Collection rules"; empty for none.</summary>
    public byte[] BuiltInRules = NoBytes;
}
