// Hears what an ECU sends by itself (service 2A): one frame for each signal, on a CAN identifier of their own, without a transport
// protocol: periodic identifier | signal record, padded.
// Invariant: a frame that is none of a known signal is counted and nothing else.
// Clause: ISO 14229-1:2020 §11.5, response message type #2.
// Tests: tests/host-sim/Data/ReportChannelTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Data;

/// <summary>Receiver of periodic signals of one ECU.</summary>
public sealed class PeriodicReceiver
{
    private const ushort PeriodicDids = 0xF200;
    private readonly ITesterCan _can;
    private readonly SignalCatalogue _catalogue;
    private readonly CanFrame _frame = new();
    private readonly uint _identifier;

    /// <summary>Listens on a controller of its own.</summary>
    /// <param name="can">The controller, switched off.</param>
    /// <param name="identifier">CAN identifier of the ECU's periodic frames.</param>
    /// <param name="isExtended">True when it has 29 bits.</param>
    /// <param name="catalogue">The ECU's signals.</param>
    public PeriodicReceiver(ITesterCan can, uint identifier, bool isExtended, SignalCatalogue catalogue)
    {
        _can = can;
        _identifier = identifier;
        _catalogue = catalogue;
        can.SetFilter((identifier, isExtended));
        can.FrameArrived = TakeAll;
        can.PowerOn();
    }

    /// <summary>Called with each signal that came.</summary>
    public Action<SignalValue>? Received { get; set; }

    /// <summary>Frames that were none of a known signal.</summary>
    public int StrangeCount { get; private set; }

    /// <summary>Leaves the bus.</summary>
    public void Close() => _can.PowerOff();

    private void TakeAll()
    {
        while (_can.TryReceive(_frame))
        {
            if (_frame.Identifier != _identifier)
            {
                continue;
            }

            SignalDefinition? signal = _frame.Length == 0 ? null : _catalogue.Find((ushort)(PeriodicDids | _frame.Data[0]));
            if (signal is not null && ReportBody.TryReadValue(_frame.Data.AsSpan(1, _frame.Length - 1), signal) is { } value)
            {
                Received?.Invoke(value);
            }
            else
            {
                StrangeCount++;
            }
        }
    }
}
