// The operations by which a virtual ECU charges its own work: the rows of il-costs.json.
// Each can be seen from outside the agent, at its ports, or is a count that the agent keeps (SHA-256 compressions, what was
// decompressed), so that the agent needs no hook for it.
// Tests: tests/host-sim/Ecu/IlCostsTests.cs; measured by tests/IlCounter.
namespace EsyncSim.Ecu;

/// <summary>What costs IL instructions. The name in the table is given by <see cref="IlCosts.NameOf"/>.</summary>
public enum IlOperation
{
    /// <summary>One turn of the cyclic functions with nothing to do.</summary>
    Loop,

    /// <summary>What a turn costs more that is the first of a millisecond.</summary>
    Millisecond,

    /// <summary>What service 2A costs in a millisecond while it has anything to send, besides the frames.</summary>
    PeriodicMillisecond,

    /// <summary>One turn of the start-up, before requests are served.</summary>
    StartUpLoop,

    /// <summary>A single frame received, its request served included unless the request has a row of its own.</summary>
    ReceiveSingle,

    /// <summary>A first frame received.</summary>
    ReceiveFirst,

    /// <summary>A consecutive frame received, its bytes in the buffer.</summary>
    ReceiveConsecutive,

    /// <summary>A flow control received.</summary>
    ReceiveFlowControl,

    /// <summary>A frame with somebody else's identifier, dropped by CanIf.</summary>
    ReceiveForeign,

    /// <summary>A frame that signals are read from, besides the signals.</summary>
    ReceiveSignals,

    /// <summary>A single frame sent.</summary>
    SendSingle,

    /// <summary>A first frame sent.</summary>
    SendFirst,

    /// <summary>A consecutive frame sent.</summary>
    SendConsecutive,

    /// <summary>A flow control sent.</summary>
    SendFlowControl,

    /// <summary>A frame of periodic data sent.</summary>
    SendPeriodic,

    /// <summary>A request of several frames served, up to its response (TransferData for the most part).</summary>
    ServeLongRequest,

    /// <summary>One SHA-256 compression in managed code.</summary>
    ShaCompression,

    /// <summary>What surrounds a native HMAC: the chunk that it authenticates, the key that it derives.</summary>
    Hmac,

    /// <summary>A bit taken out of a compressed image.</summary>
    TakenBit,

    /// <summary>A byte that came out of it, and its way into the chunk: added to the base where it is a patch.</summary>
    MadeByte,

    /// <summary>A byte that AES-CTR decrypts, besides the native or managed block.</summary>
    CipherByte,

    /// <summary>A signal read out of a CAN frame.</summary>
    ReadSignal,

    /// <summary>A signal taken from the application.</summary>
    TakenSignal,

    /// <summary>A record appended to the report log and brought into the flash, besides its bytes and the jobs of the flash.</summary>
    AppendRecord,

    /// <summary>A byte of such a record.</summary>
    AppendByte,

    /// <summary>A sector erase, from the wish to the result.</summary>
    FlashErase,

    /// <summary>A program job, from the wish to the result.</summary>
    FlashProgram,

    /// <summary>A read job and the use of what was read.</summary>
    FlashRead,

    /// <summary>A compare job.</summary>
    FlashCompare,

    /// <summary>A question to the flash that was answered "busy".</summary>
    FlashBusy,

    /// <summary>Driver Mcp2515: a look for a frame that found none.</summary>
    Mcp2515Idle,

    /// <summary>Driver Mcp2515: a frame taken from the chip.</summary>
    Mcp2515Receive,

    /// <summary>Driver Mcp2515: a frame handed to the chip.</summary>
    Mcp2515Send,

    /// <summary>Driver Stm32Can: a look for a frame that found none.</summary>
    Stm32CanIdle,

    /// <summary>Driver Stm32Can: an event, frames apart.</summary>
    Stm32CanEvent,

    /// <summary>Driver Stm32Can: a frame taken out of the native ring, for us or not.</summary>
    Stm32CanDrain,

    /// <summary>Driver Stm32Can: a frame put into the queue and taken from it.</summary>
    Stm32CanReceive,

    /// <summary>Driver Stm32Can: a frame handed to the native driver.</summary>
    Stm32CanSend,

    /// <summary>Driver SpiNorFls: one transaction with the part, and what leads to it.</summary>
    SpiNorTransaction,

    /// <summary>Driver SpiNorFls: a question that it answers "busy" without asking the part.</summary>
    SpiNorPoll,

    /// <summary>Flash drivers: one byte compared.</summary>
    CompareByte,

    /// <summary>Driver LittleFsFls: one access to a file, and what leads to it.</summary>
    FileAccess,

    /// <summary>ManagedCrypto: an HMAC besides its compressions.</summary>
    ManagedHmac,

    /// <summary>ManagedCrypto: one AES-256 block encrypted.</summary>
    ManagedAesEncrypt,

    /// <summary>ManagedCrypto: one AES-256 block decrypted.</summary>
    ManagedAesDecrypt,
}
