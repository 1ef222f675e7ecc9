// An attacker's own controller: frames as he likes them on the ECU's identifiers, and everything that the ECU says.
// Invariant: a frame counts as sent when it has left the bus; one that does not leave in time is given up.
// It must not know ISO-TP: that is what it breaks.
// Tests: tests/host-sim/Attack.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Attack;

/// <summary>Raw access to the bus.</summary>
internal sealed class RawCan
{
    private const int SendMsMax = 200;
    private readonly ITesterCan _can;
    private readonly CanIfConfig _ecu;
    private readonly SimSignal _sent;
    private readonly SimSignal _arrived;
    private readonly CanFrame _frame = new();

    /// <summary>Takes a controller that nobody else uses.</summary>
    public RawCan(VirtualTime time, ITesterCan can, CanIfConfig ecu)
    {
        _can = can;
        _ecu = ecu;
        _sent = new SimSignal(time);
        _arrived = new SimSignal(time);
        can.SetFilter((ecu.TxId, ecu.IsExtended));
        can.FrameArrived = _arrived.Set;
        can.FrameSent = _sent.Set;
        can.PowerOn();
    }

    /// <summary>Frames that were sent.</summary>
    public int SentCount { get; private set; }

    /// <summary>Sends eight bytes to the ECU's physical address; shorter ones are padded with CC.</summary>
    public Task SendAsync(params byte[] bytes) => SendAsync(_ecu.PhysicalRxId, bytes);

    /// <summary>Sends eight bytes to the functional address.</summary>
    public Task SendFunctionalAsync(params byte[] bytes) => SendAsync(_ecu.FunctionalRxId, bytes);

    /// <summary>The next frame from the ECU; null when none came in time.</summary>
    public async Task<byte[]?> ReceiveAsync(int waitMs)
    {
        CanFrame into = new();
        if (!_can.TryReceive(into))
        {
            _arrived.Reset();
            await _arrived.Wait(waitMs * VirtualTime.NsPerMs);
            if (!_can.TryReceive(into))
            {
                return null;
            }
        }

        return [.. into.Data];
    }

    /// <summary>Forgets what has arrived.</summary>
    public void Discard()
    {
        CanFrame into = new();
        while (_can.TryReceive(into))
        {
        }
    }

    /// <summary>Leaves the bus.</summary>
    public void Close() => _can.PowerOff();

    private async Task SendAsync(uint identifier, byte[] bytes)
    {
        _frame.Identifier = identifier;
        _frame.IsExtended = _ecu.IsExtended;
        _frame.Length = 8;
        Array.Fill<byte>(_frame.Data, 0xCC);
        bytes.CopyTo(_frame.Data, 0);
        _sent.Reset();
        if (_can.TrySend(_frame))
        {
            SentCount += await _sent.Wait(SendMsMax * VirtualTime.NsPerMs) ? 1 : 0;
        }
    }
}
