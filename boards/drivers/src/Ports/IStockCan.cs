// Port to nanoFramework's native CAN driver (nanoFramework.Device.Can on STM32), as small as its adapter can be.
// What the driver does behind it: a receive ring of 16 frames that overflows in silence; frames enter it only while
// somebody is subscribed; a received length is lost (always 8); sending waits up to 100 ms and tells nothing.
// Tests: through Stm32Can, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Told by the driver that frames have come.</summary>
public interface IStockCanListener
{
    /// <summary>At least one frame waits in the driver's ring. Called on the framework's event thread.</summary>
    void OnMessageReceived();
}

/// <summary>The native CAN controller.</summary>
public interface IStockCan
{
    /// <summary>Subscribes to received frames. It stops and restarts the peripheral: once, at start.</summary>
    void Subscribe(IStockCanListener listener);

    /// <summary>Takes the oldest frame out of the ring; false when it is empty. Length is always 8.</summary>
    bool TryGetMessage(CanFrame into);

    /// <summary>Hands a frame to the controller; waits up to 100 ms for a mailbox, and does not say whether it got one.</summary>
    void WriteMessage(CanFrame frame);
}
