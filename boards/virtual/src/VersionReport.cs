// The fields of a version report that the stories look at.
// Clause: agent-firmware/PROTOCOL.md, "Routines" (version report).
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>A version report of the ECU.</summary>
public sealed class VersionReport
{
    /// <summary>Bytes of a report.</summary>
    public const int Length = 239;

    /// <summary>Offset of the nonce, 16 bytes.</summary>
    public const int NonceOffset = 191;

    /// <summary>Offset of the MAC, 32 bytes over everything before it.</summary>
    public const int MacOffset = 207;

    private const byte NoBank = 0xFF;

    /// <summary>The report.</summary>
    public byte[] Data { get; } = new byte[Length];

    /// <summary>Version of the agent.</summary>
    public string AgentVersion
    {
        get { return Data[17].ToString() + "." + Data[18].ToString() + "." + Data[19].ToString(); }
    }

    /// <summary>True when an application runs.</summary>
    public bool IsRunning
    {
        get { return Data[21] != NoBank; }
    }

    /// <summary>Letter of the bank that runs.</summary>
    public string RunningBank
    {
        get { return Data[21] == 0 ? "A" : "B"; }
    }

    /// <summary>State of the bank that runs; EMPTY when none does.</summary>
    public BankState RunningState
    {
        get { return IsRunning ? (BankState)Data[22 + Data[21]] : BankState.Empty; }
    }

    /// <summary>State of the bank that an update goes to: the one that is not active.</summary>
    public BankState SecondaryState
    {
        get { return (BankState)Data[Data[20] == 0 ? 23 : 22]; }
    }

    /// <summary>Trial attempts left.</summary>
    public int AttemptsLeft
    {
        get { return Data[24]; }
    }

    /// <summary>Version of the application that runs; empty when none does.</summary>
    public string Version
    {
        get { return Text.Field(Data, 97, 24); }
    }

    /// <summary>Why the last update failed or went back.</summary>
    public FotaError LastError
    {
        get { return (FotaError)BigEndian.ReadU16(Data, 121); }
    }

    /// <summary>Number of the newest security event; 0 when there was none.</summary>
    public uint SecurityEventNumber
    {
        get { return BigEndian.ReadU32(Data, 127); }
    }

    /// <summary>Reason of the newest security event.</summary>
    public FotaError SecurityEvent
    {
        get { return (FotaError)BigEndian.ReadU16(Data, 133); }
    }

    /// <summary>Takes a report from a response.</summary>
    public void Take(byte[] response, int offset)
    {
        System.Array.Copy(response, offset, Data, 0, Length);
    }
}
