// The CAN port of a tester: one frame at a time, and "sent" means that it has left the bus, not the processor.
// A host driver confirms each frame (SocketCAN's own echo does); so STmin counts from the true end of a frame, whatever
// else is on the bus.
// Invariants: TrySend says true exactly once for a frame, after its end; while it says false the frame is offered
// again. It knows identifiers and bytes, nothing of what they mean.
// Tests: tests/host-sim/Client/IsoTpLinkTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Port of the transport layer over the controller of a tester.</summary>
internal sealed class LinkCan : ICan
{
    private const int PciConsecutive = 2;
    private readonly ITesterCan _driver;
    private BusFrame? _sending;
    private BusFrame? _sent;

    /// <summary>Makes the port; <paramref name="pump"/> is called whenever a frame came or left.</summary>
    public LinkCan(ITesterCan driver, Action pump)
    {
        _driver = driver;
        driver.FrameArrived = pump;
        driver.FrameSent = () =>
        {
            _sent = _sending;
            _sending = null;
            pump();
            _sent = null; // who does not fetch the confirmation now has given the frame up
        };
    }

    /// <summary>Consecutive frames that the controller has taken; wraps.</summary>
    public uint ConsecutiveCount { get; private set; }

    /// <inheritdoc/>
    public byte BlockSizeMax => _driver.BlockSizeMax;

    /// <inheritdoc/>
    public byte SeparationTimeMin => _driver.SeparationTimeMin;

    /// <inheritdoc/>
    public uint OverrunCount => _driver.OverrunCount;

    /// <inheritdoc/>
    public uint BusOffCount => _driver.BusOffCount;

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into) => _driver.TryReceive(into);

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        BusFrame wanted = BusFrame.From(frame);
        if (_sent == wanted)
        {
            _sent = null;
            return true;
        }

        if (_sending == null && _driver.TrySend(frame))
        {
            _sending = wanted;
            ConsecutiveCount += frame.Data[0] >> 4 == PciConsecutive ? 1u : 0;
        }

        return false;
    }
}
