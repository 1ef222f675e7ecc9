// An interrupt pin as an input with pull-up, read when asked.
// Allocation: the value of each reading, by the interpreter; nothing else.
// Package nanoFramework.System.Device.Gpio. Tests: tests/Surface compiles it; what stands on it is tested through
// IInterruptPin.
using System.Device.Gpio;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>A pin that a device pulls low.</summary>
public sealed class InterruptPin : IInterruptPin
{
    private readonly GpioPin _pin;

    /// <summary>Opens the pin.</summary>
    public InterruptPin(int pin)
    {
        _pin = new GpioController().OpenPin(pin, PinMode.InputPullUp);
    }

    /// <inheritdoc/>
    public bool IsActive
    {
        get { return (int)_pin.Read() == 0; }
    }
}
