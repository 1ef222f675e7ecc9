// A CAN controller of an ECU or a tester, as the board around it sees it: it has power or not, tells that a frame came or
// left, and counts what its receive side lost.
// Invariants: nothing is received or sent while it has no power; a power cut empties it.
// How a processor reaches it (calls, SPI, registers) is the business of its kinds.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
namespace EsyncSim.Bus;

/// <summary>A node of the bus that belongs to a processor.</summary>
public abstract class CanControllerModel : BusNode
{
    /// <summary>Makes the controller and attaches it to the bus, without power.</summary>
    protected CanControllerModel(VirtualBus bus, string name)
        : base(name) => bus.Attach(this);

    /// <summary>Called when a frame has entered the receive side (or was lost there).</summary>
    public Action? FrameArrived { get; set; }

    /// <summary>Called when a frame has been sent and its buffer is free.</summary>
    public Action? FrameSent { get; set; }

    /// <summary>
    /// How far into its present step the processor is that uses the controller, in nanoseconds: what it asks for happens
    /// that much later than the moment at which the step began. Null: at once.
    /// </summary>
    public Func<long>? ElapsedNs { get; set; }

    /// <summary>Frames that the receive side lost since power-on, whether or not the hardware tells.</summary>
    public uint LostCount { get; protected set; }

    /// <summary>The moment at which the processor is, its step included.</summary>
    protected long ProcessorNs => Bus.Time.NowNs + (ElapsedNs?.Invoke() ?? 0);

    /// <summary>Switches the power on; the controller is empty.</summary>
    public void PowerOn()
    {
        Clear();
        OnPowerOn();
    }

    /// <summary>Switches the power off; what it was sending is torn.</summary>
    public void PowerOff()
    {
        SetOnline(false);
        Clear();
    }

    /// <summary>What the kind does when the power has come: take part in the bus, or wait for its driver.</summary>
    protected abstract void OnPowerOn();

    /// <summary>Empties buffers and registers.</summary>
    protected abstract void OnCleared();

    private void Clear()
    {
        LostCount = 0;
        BusOffCount = 0;
        OnCleared();
    }
}
