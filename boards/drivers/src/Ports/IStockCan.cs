// Port to nanoFramework's native CAN driver (nanoFramework.Device.Can on STM32), as small as its adapter can be.
// What the driver does behind it: a receive ring of 16 frames that overflows in silence; frames enter it only while
// somebody is subscribed; a received length is lost (always 8); sending waits up to 100 ms and tells nothing.
// What an adapter adds: remote frames are passed over; one message and its array of eight bytes are made once and used
// for all that is sent, which the driver copies.
// Tests: through Stm32Can, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Told by the driver that frames have come.</summary>
public interface IStockCanListener
{
    /// <summary>A frame has entered the driver's ring, and may have been taken by now. Called on the framework's event thread, once for each frame.</summary>
    void OnMessageReceived();
}

/// <summary>The native CAN controller.</summary>
public interface IStockCan
{
    /// <summary>Subscribes to received frames. It stops and restarts the peripheral: once, at start.</summary>
    void Subscribe(IStockCanListener listener);

    /// <summary>Takes the oldest data frame out of the ring; false when there is none. Length is always 8.</summary>
    bool TryGetMessage(CanFrame into);

    /// <summary>
    /// Hands a frame of eight bytes to the controller. Stops the whole runtime for up to 100 ms when no mailbox is free,
    /// and does not say whether it got one.
    /// </summary>
    void WriteMessage(CanFrame frame);
}
