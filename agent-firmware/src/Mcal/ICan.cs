// Port to a CAN controller and its driver.
// A driver never waits and never throws: it says false and is asked again.
// Tests: tests/agent-firmware/CanIf; drivers have tests of their own.
namespace EsyncAgent;

/// <summary>A CAN controller, as small as every board can offer it.</summary>
public interface ICan
{
    /// <summary>Block size that the driver can stand in a row (ISO 15765-2:2016 §9.6.5.3); 0 is no limit.</summary>
    byte BlockSizeMax { get; }

    /// <summary>Smallest separation time that the driver can stand, as the code of ISO 15765-2:2016 §9.6.5.4.</summary>
    byte SeparationTimeMin { get; }

    /// <summary>Frames lost by the receiver since start, as far as the hardware tells; wraps.</summary>
    uint OverrunCount { get; }

    /// <summary>Times that the controller went bus-off since start, as far as the hardware tells; wraps.</summary>
    uint BusOffCount { get; }

    /// <summary>Takes the oldest received frame into <paramref name="into"/>; false when there is none.</summary>
    bool TryReceive(CanFrame into);

    /// <summary>Hands a frame to the controller; it is copied. False when no transmit buffer is free.</summary>
    bool TrySend(CanFrame frame);
}
