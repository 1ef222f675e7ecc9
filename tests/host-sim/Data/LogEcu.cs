// An ECU with a report log as a script on the virtual bus: the requests of agent-firmware/PROTOCOL.md that concern reports, answered
// from a list of records in memory. What was asked for in a session or without access that does not allow it is refused.
using System.Buffers.Binary;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Vehicle;
using EsyncTests.HostSim.Client;

namespace EsyncTests.HostSim.Data;

internal sealed class LogEcu
{
    private readonly VirtualTime _time;
    private readonly List<ReportRecord> _log = [];
    private long _startNs;
    private long? _utcOffsetMs;
    private byte _session = 1;
    private bool _hasAccess;

    internal LogEcu(VirtualBus bus, string name, int index, SignalCatalogue? catalogue = null)
    {
        _time = bus.Time;
        EsyncAgent.CanIfConfig ids = new() { PhysicalRxId = 0x700 + (uint)index, FunctionalRxId = 0x7DF, TxId = 0x780 + (uint)index };
        Ecu = new FakeEcu(bus, ids) { Script = request => IsSilent ? [] : [(0, Convert.ToHexString(Answer(Convert.FromHexString(request))))] };
        UdsTester tester = new(new IsoTpLink(bus, ids, name: $"tester-{name}"), new TesterTiming());
        DeviceCredentials credentials = new(new byte[16], new byte[32]);
        Vehicle = new VehicleEcu(name, new EcuClient(tester, credentials, count => new byte[count]), new UpdatePolicy());
        Collected = new CollectedEcu(Vehicle, catalogue ?? TestSignals.Catalogue);
    }

    internal FakeEcu Ecu { get; }

    internal VehicleEcu Vehicle { get; }

    internal CollectedEcu Collected { get; }

    internal bool IsSilent { get; set; }

    internal uint Epoch { get; set; } = 0xE1;

    internal uint Next { get; private set; } = 1;

    internal uint AcknowledgedUpTo { get; private set; }

    internal uint Dropped { get; private set; }

    internal ushort Boot { get; private set; } = 1;

    internal uint TableId { get; set; } = TestSignals.Catalogue.TableId;

    /// <summary>Bytes of records that one answer has room for.</summary>
    internal int AnswerBytesMax { get; set; } = 400;

    /// <summary>How much faster its clock runs than ours, in parts of a million.</summary>
    internal int DriftPpm { get; set; }

    /// <summary>Changes an answer to 0230 before it is sent.</summary>
    internal Func<byte[], byte[]>? Tamper { get; set; }

    internal bool IsTold => _utcOffsetMs is not null;

    internal byte Session => _session;

    internal uint Ms => (uint)((_time.NowNs - _startNs) / VirtualTime.NsPerMs * (1_000_000 + DriftPpm) / 1_000_000);

    /// <summary>All records that it ever made, with UTC at that moment by the clock of the simulation.</summary>
    internal List<(ReportRecord Record, uint Epoch, long AtMs)> Made { get; } = [];

    internal IEnumerable<string> Asked(string beginning) => Ecu.Asked.Select(asked => asked.Request).Where(request => request.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Starts anew: another boot number, no time, no session; a number is left out for a record that may be torn.</summary>
    internal void Restart()
    {
        Boot++;
        Next++;
        _startNs = _time.NowNs;
        _utcOffsetMs = null;
        _session = 1;
        _hasAccess = false;
    }

    /// <summary>Formats the log: another life, numbers from 1.</summary>
    internal void Format(uint epoch)
    {
        _log.Clear();
        (Epoch, Next, AcknowledgedUpTo, Dropped) = (epoch, 1, 0, 0);
    }

    internal void AddStart() => Add(TestSignals.Start(Next, Boot, Ms, TableId));

    internal void AddSample(ushort speed) => Add(TestSignals.Sample(Next, Boot, Ms, speed));

    internal void Add(ReportRecord record)
    {
        _log.Add(record);
        Made.Add((record, Epoch, _time.NowNs / VirtualTime.NsPerMs));
        Next = record.Sequence + 1;
    }

    /// <summary>Overwrites records that are not acknowledged: they get numbers, and nobody ever sees them.</summary>
    internal void Drop(uint count)
    {
        Next += count;
        Dropped += count;
    }

    private byte[] Answer(byte[] request)
    {
        switch (request[0])
        {
            case 0x10:
                _session = request[1];
                _hasAccess = false;
                return [0x50, request[1], 0x00, 0x32, 0x01, 0xF4];
            case 0x29 when _session == 1:
                return [0x7F, 0x29, 0x7F];
            case 0x29:
                _hasAccess = request[1] == 0x06;
                return [0x69, request[1], 0x11, .. new byte[16], 0x00, 0x10, .. new byte[16], 0x00, 0x00];
            case 0x22:
                return Read((ushort)((request[1] << 8) | request[2]));
            case 0x31 when _session == 1:
                return [0x7F, 0x31, 0x7F];
            case 0x31 when !_hasAccess:
                return [0x7F, 0x31, 0x33];
            case 0x31:
                return [0x71, .. request[1..4], .. Routine(request[3], request[4..])];
            case 0x3E:
                return [0x7E, 0x00];
            default:
                return [0x7F, request[0], 0x11];
        }
    }

    private byte[] Read(ushort did) => did switch
    {
        0xFD10 => [0x62, 0xFD, 0x10, .. TestSignals.Word(TableId), 0, 7, 0, 0, 0, 3, .. new byte[16], 2],
        0xFD11 => [0x62, 0xFD, 0x11, .. TestSignals.Word(Epoch), .. TestSignals.Word(Next), .. TestSignals.Word(AcknowledgedUpTo), .. TestSignals.Word(Dropped), .. new byte[12]],
        0xFD12 => [0x62, 0xFD, 0x12, (byte)(Boot >> 8), (byte)Boot, .. TestSignals.Word(Ms), .. Utc()],
        _ => [0x7F, 0x22, 0x31],
    };

    private byte[] Routine(byte identifier, byte[] option)
    {
        switch (identifier)
        {
            case 0x30:
                uint from = BinaryPrimitives.ReadUInt32BigEndian(option);
                List<byte> records = [];
                foreach (byte[] bytes in _log.Where(record => record.Sequence >= from).Select(record => record.Bytes).TakeWhile(bytes => records.Count + bytes.Length <= AnswerBytesMax))
                {
                    records.AddRange(bytes);
                }

                byte[] answer = [0, 0, .. TestSignals.Word(Epoch), .. records];
                return Tamper?.Invoke(answer) ?? answer;
            case 0x31 when BinaryPrimitives.ReadUInt32BigEndian(option) != Epoch:
                return [0, 60];
            case 0x31:
                AcknowledgedUpTo = Math.Max(AcknowledgedUpTo, BinaryPrimitives.ReadUInt32BigEndian(option.AsSpan(4)));
                _log.RemoveAll(record => record.Sequence <= AcknowledgedUpTo);
                return [0, 0];
            default:
                long utcMs = BinaryPrimitives.ReadInt64BigEndian(option);
                _utcOffsetMs = utcMs - Ms;
                Add(TestSignals.Time(Next, Boot, Ms, utcMs));
                return [0, 0, (byte)(Boot >> 8), (byte)Boot, .. TestSignals.Word(Ms)];
        }
    }

    private byte[] Utc()
    {
        byte[] utc = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(utc, _utcOffsetMs is { } offset ? offset + Ms : 0);
        return utc;
    }
}
