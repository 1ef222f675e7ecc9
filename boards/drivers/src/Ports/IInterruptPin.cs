// Port to an input pin that a device pulls low when it wants attention.
// Asked, not subscribed: an event of the GPIO driver would come on another thread, and later.
// Tests: through the drivers that use it, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>A level-active interrupt pin.</summary>
public interface IInterruptPin
{
    /// <summary>True while the device asks for attention (the pin is low).</summary>
    bool IsActive { get; }
}
