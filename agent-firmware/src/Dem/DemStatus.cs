// The bits of a DTC status byte and how an outcome and a new operation cycle change them (ISO 14229-1:2020 Annex D.2).
// An operation cycle is the time from one reset to the next. testFailed starts each cycle at 0, since nothing has been
// tested in it; testFailedSinceLastClear ends with a clear only; warningIndicatorRequested is not supported.
// When confirmedDTC is set and when it ages away is not seen in the byte alone: DemEvents counts cycles.
// Tests: tests/agent-firmware/Dem/DemStatusTests.cs.
namespace EsyncAgent;

/// <summary>Status byte of a DTC.</summary>
public static class DemStatus
{
    /// <summary>Bit 0, testFailed.</summary>
    public const byte TestFailed = 0x01;

    /// <summary>Bit 1, testFailedThisOperationCycle.</summary>
    public const byte TestFailedThisOperationCycle = 0x02;

    /// <summary>Bit 2, pendingDTC.</summary>
    public const byte Pending = 0x04;

    /// <summary>Bit 3, confirmedDTC.</summary>
    public const byte Confirmed = 0x08;

    /// <summary>Bit 4, testNotCompletedSinceLastClear.</summary>
    public const byte TestNotCompletedSinceLastClear = 0x10;

    /// <summary>Bit 5, testFailedSinceLastClear.</summary>
    public const byte TestFailedSinceLastClear = 0x20;

    /// <summary>Bit 6, testNotCompletedThisOperationCycle.</summary>
    public const byte TestNotCompletedThisOperationCycle = 0x40;

    /// <summary>DTCStatusAvailabilityMask: every bit but warningIndicatorRequested.</summary>
    public const byte AvailabilityMask = 0x7F;

    /// <summary>Status of an event that was never tested: bits 4 and 6.</summary>
    public const byte Initial = TestNotCompletedSinceLastClear | TestNotCompletedThisOperationCycle;

    private const byte NotCompleted = TestNotCompletedSinceLastClear | TestNotCompletedThisOperationCycle;

    private const byte SetByFailure = TestFailed | TestFailedThisOperationCycle | Pending | TestFailedSinceLastClear;

    /// <summary>Status after a test that failed; <paramref name="isConfirmed"/>: it has failed in enough cycles.</summary>
    public static byte AfterFailure(byte status, bool isConfirmed)
    {
        return (byte)((status & ~NotCompleted) | SetByFailure | (isConfirmed ? Confirmed : 0));
    }

    /// <summary>Status after a test that passed. pendingDTC stays until a whole cycle has passed without failure.</summary>
    public static byte AfterPass(byte status)
    {
        return (byte)(status & ~(NotCompleted | TestFailed));
    }

    /// <summary>True when the cycle that ends with this status was tested and had no failure.</summary>
    public static bool IsPassedCycle(byte status)
    {
        return (status & (TestFailedThisOperationCycle | TestNotCompletedThisOperationCycle)) == 0;
    }

    /// <summary>Status at the start of an operation cycle, from the last one of the cycle before.</summary>
    public static byte AtCycleStart(byte status)
    {
        int next = IsPassedCycle(status) ? status & ~Pending : status;
        return (byte)((next & ~(TestFailed | TestFailedThisOperationCycle)) | TestNotCompletedThisOperationCycle);
    }
}
