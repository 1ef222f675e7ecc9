// Who makes the values of a bus full of signals: each ECU's application, and the nodes that send the frames which other ECUs read.
// Invariants: every value follows from its signal and its moment; a frame's bits are laid out here bit by bit as DBC files define them,
// and count from the moment at which the frame has ended on the bus.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;

namespace EsyncTests.Vehicle;

/// <summary>Runs what the scripted loader runs, and publishes signals and events beside it.</summary>
public sealed class PublishingLoader : IApplicationLoader
{
    private readonly FakeApplicationLoader _loader = new();
    private readonly Queue<int> _events = new();

    /// <summary>Takes what the application publishes.</summary>
    public IApplicationData? Data { get; private set; }

    public byte Runtime => _loader.Runtime;

    public ushort ContractVersion => _loader.ContractVersion;

    public ApplicationState State => _loader.State;

    public uint AliveCounter => _loader.AliveCounter;

    public bool IsUpdateAllowed => _loader.IsUpdateAllowed;

    public void Report(byte number, bool isFailed) => _events.Enqueue((number << 1) | (isFailed ? 1 : 0));

    public void Attach(IApplicationData data) => Data = data;

    public StdReturn Begin(uint imageLength) => _loader.Begin(imageLength);

    public StdReturn Append(byte[] data, int offset, int count) => _loader.Append(data, offset, count);

    public StdReturn Start() => _loader.Start();

    public void MainFunction(uint nowMs) => _loader.MainFunction(nowMs);

    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset) => _loader.ReadDataByIdentifier(dataIdentifier, into, offset);

    public int TakeEvent() => _events.TryDequeue(out int reported) ? reported : -1;
}

/// <summary>Values without memory: the same for the same signal and step.</summary>
internal static class ManyValues
{
    internal static long Of(ConfiguredSignal signal, ulong salt, ulong step)
    {
        ulong range = (ulong)(signal.RawMax - signal.RawMin + 1);
        ulong mixed = unchecked((salt + 1) * 0x9E3779B97F4A7C15 ^ (step + 1) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 29)) * 0x94D049BB133111EB);
        return signal.RawMin + (long)((mixed ^ (mixed >> 32)) % range);
    }
}

/// <summary>A frame with signals: who reads which of its bits.</summary>
public sealed class ManyFrame(uint identifier)
{
    private readonly List<(ManyEcu Ecu, ConfiguredSignal Signal)> _readers = [];
    private ulong _step;

    /// <summary>Its identifier.</summary>
    public uint Identifier { get; } = identifier;

    /// <summary>An ECU reads a signal out of it.</summary>
    public void Add(ManyEcu ecu, ConfiguredSignal signal) => _readers.Add((ecu, signal));

    /// <summary>Puts the values of the next step into a frame; the multiplexor, where there is one, changes with each.</summary>
    public void Fill(CanFrame frame)
    {
        _step++;
        frame.Identifier = Identifier;
        frame.Length = 8;
        Array.Clear(frame.Data);
        foreach (ConfiguredSignal signal in Present())
        {
            Put(frame.Data, signal.Can!.Bits, ValueOf(signal));
            if (signal.Can.Multiplexor is { } multiplexor)
            {
                Put(frame.Data, multiplexor.Bits, multiplexor.Value);
            }
        }
    }

    /// <summary>The frame that was filled last has ended on the bus.</summary>
    public void Ended(long atNs)
    {
        foreach ((ManyEcu ecu, ConfiguredSignal signal) in _readers.Where(reader => IsPresent(reader.Signal)))
        {
            ecu.Heard(signal.Definition.Path, atNs, ValueOf(signal));
        }
    }

    private IEnumerable<ConfiguredSignal> Present() => _readers.Select(reader => reader.Signal).Where(IsPresent).DistinctBy(signal => signal.Can!.Bits);

    private bool IsPresent(ConfiguredSignal signal) => signal.Can!.Multiplexor is null || signal.Can.Multiplexor.Value == _step % 2;

    private long ValueOf(ConfiguredSignal signal) => ManyValues.Of(signal, (Identifier << 6) + signal.Can!.Bits.StartBit, _step);

    private static void Put(byte[] data, CanBits bits, long value)
    {
        int at = bits.StartBit;
        for (int i = 0; i < bits.Length; i++)
        {
            int bit = (int)(value >> (bits.IsBigEndian ? bits.Length - 1 - i : i)) & 1;
            data[at / 8] |= (byte)(bit << (at % 8));
            at = !bits.IsBigEndian ? at + 1 : at % 8 == 0 ? at + 15 : at - 1;
        }
    }
}

/// <summary>A node that sends frames, each with its period, all at other moments.</summary>
public sealed class ManySender : IBusObserver
{
    private readonly VirtualTime _time;
    private readonly VirtualCan _can;
    private readonly CanFrame _frame = new();
    private readonly Dictionary<uint, ManyFrame> _frames;

    public ManySender(VirtualBus bus, string name, IEnumerable<ManyFrame> frames, int periodMs)
    {
        _time = bus.Time;
        _can = new VirtualCan(bus, name);
        _can.SetFilter();
        _can.PowerOn();
        _frames = frames.ToDictionary(frame => frame.Identifier);
        bus.Observe(this);
        int index = 0;
        foreach (ManyFrame frame in _frames.Values)
        {
            SimEvent next = null!;
            next = _time.CreateEvent(() =>
            {
                Send(frame);
                next.After(periodMs * VirtualTime.NsPerMs);
            });
            next.After(((index++ * periodMs / _frames.Count) + ((frame.Identifier >> 4) % 16)) * VirtualTime.NsPerMs);
        }
    }

    /// <summary>Frames that the bus had no room for.</summary>
    public int RefusedCount { get; private set; }

    public void OnRecord(in BusRecord record)
    {
        if (record.Sender == _can && record.Fate == BusFate.Delivered && _frames.TryGetValue(record.Frame.Identifier, out ManyFrame? frame))
        {
            frame.Ended(record.EndNs);
        }
    }

    private void Send(ManyFrame frame)
    {
        frame.Fill(_frame);
        RefusedCount += _can.TrySend(_frame) ? 0 : 1;
    }
}
