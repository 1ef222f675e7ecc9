// The wheels of the watched vehicle: a node beside the ECUs that sends the frames from which they read how fast it moves.
// Invariants: which frames these are and where the values stand in them is nf.config's; what is not read from a frame is not sent. The
// wheels turn with the motor, through a gear.
// Tests: tests/host-sim/Demo/WatchDemoTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;

namespace EsyncSim.Demo;

/// <summary>Sends the vehicle's speed.</summary>
internal sealed class WheelNode
{
    private const int PeriodMs = 100;

    // A turn of the wheel in metres, and turns of the motor for it.
    private const double Circumference = 1.95, Gear = 9.1;
    private const double KmhOfRpm = Circumference / Gear * 60 / 1000;
    private const double MovingKmh = 0.5;

    private readonly VirtualCan _can;
    private readonly Func<double> _rpm;
    private readonly IGrouping<(uint Identifier, bool IsExtended), ConfiguredSignal>[] _frames;
    private readonly CanFrame _frame = new() { Length = 8 };
    private readonly SimEvent _next;
    private double _speed;

    /// <summary>Puts the node on a bus; it sends from now on.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="ecus">Who reads the frames.</param>
    /// <param name="rpm">Turns of the motor in a minute.</param>
    public WheelNode(VirtualBus bus, IEnumerable<EcuDefinition> ecus, Func<double> rpm)
    {
        _rpm = rpm;
        _can = new VirtualCan(bus, "wheels");
        _can.SetFilter();
        _can.PowerOn();
        _frames =
        [
            .. ecus.SelectMany(ecu => ecu.SignalEntries)
                .Where(signal => signal.Can is { Multiplexor: null } && signal.Definition.Path is "Vehicle.Speed" or "Vehicle.IsMoving" or "Vehicle.Acceleration.Longitudinal")
                .DistinctBy(signal => (signal.Can!.Identifier, signal.Can.Bits))
                .GroupBy(signal => (signal.Can!.Identifier, signal.Can.IsExtended)),
        ];
        _next = bus.Time.CreateEvent(Send);
        _next.After(PeriodMs * VirtualTime.NsPerMs);
    }

    private void Send()
    {
        _next.After(PeriodMs * VirtualTime.NsPerMs);
        double speed = Math.Abs(_rpm()) * KmhOfRpm, acceleration = (speed - _speed) / 3.6 * 1000 / PeriodMs;
        _speed = speed;
        foreach (IGrouping<(uint Identifier, bool IsExtended), ConfiguredSignal> frame in _frames)
        {
            (_frame.Identifier, _frame.IsExtended) = frame.Key;
            Array.Clear(_frame.Data);
            foreach (ConfiguredSignal signal in frame)
            {
                Put(signal, signal.Definition.Path switch
                {
                    "Vehicle.Speed" => speed,
                    "Vehicle.IsMoving" => speed > MovingKmh ? 1 : 0,
                    _ => acceleration,
                });
            }

            _can.TrySend(_frame);
        }
    }

    private void Put(ConfiguredSignal signal, double physical)
    {
        double exact = Math.Round((physical - signal.Definition.Offset) / signal.Definition.Factor);
        long raw = (long)Math.Clamp(exact, signal.RawMin, signal.RawMax);
        CanBits bits = signal.Can!.Bits;
        int at = bits.StartBit;
        for (int i = 0; i < bits.Length; i++)
        {
            int bit = (int)(raw >> (bits.IsBigEndian ? bits.Length - 1 - i : i)) & 1;
            _frame.Data[at / 8] |= (byte)(bit << (at % 8));
            at = !bits.IsBigEndian ? at + 1 : at % 8 == 0 ? at + 15 : at - 1;
        }
    }
}
