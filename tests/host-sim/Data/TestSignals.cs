// Signals of a stand-in ECU, one of each type, and records of them.
using EsyncSim.Data;

namespace EsyncTests.HostSim.Data;

internal static class TestSignals
{
    internal static readonly SignalDefinition Speed = new("Vehicle.Speed", 0x0200, SignalType.UInt16, "km/h", 0.01, 0, 0, 250);
    internal static readonly SignalDefinition Temperature = new("Vehicle.Powertrain.ElectricMotor.Temperature", 0x0201, SignalType.Int8, "celsius", 1, 0, -40, 120);
    internal static readonly SignalDefinition IsRunning = new("Vehicle.Powertrain.IsRunning", 0x0202, SignalType.Boolean, "", 1, 0, 0, 1);
    internal static readonly SignalDefinition Odometer = new("Vehicle.TraveledDistance", 0x0203, SignalType.UInt32, "km", 0.1, 0, 0, 1e6);
    internal static readonly SignalDefinition Torque = new("Vehicle.Powertrain.ElectricMotor.Torque", 0xF201, SignalType.Int16, "Nm", 0.5, 0, -500, 500);
    internal static readonly SignalDefinition Power = new("Vehicle.Powertrain.ElectricMotor.Power", 0xF202, SignalType.Int32, "W", 1, 0, -1e6, 1e6);
    internal static readonly SignalDefinition Level = new("Vehicle.Level", 0xF203, SignalType.UInt8, "percent", 0.5, 0, 0, 100);

    internal static readonly SignalCatalogue Catalogue = new([Speed, Temperature, IsRunning, Odometer, Torque, Power, Level]);

    internal static ReportRecord Sample(uint sequence, ushort boot, uint ms, ushort speed, ReportPriority priority = ReportPriority.Normal) =>
        ReportRecord.Make(ReportKind.Sample, priority, sequence, boot, ms, 24, [7, 0, 0, 1, 0x02, 0x00, 0, (byte)(speed >> 8), (byte)speed]);

    internal static ReportRecord Start(uint sequence, ushort boot, uint ms = 10, uint? table = null) =>
        ReportRecord.Make(ReportKind.Start, ReportPriority.High, sequence, boot, ms, 0, [.. Word(table ?? Catalogue.TableId), 0, 0, 0, 3, 1]);

    internal static ReportRecord Time(uint sequence, ushort boot, uint ms, long utcMs) =>
        ReportRecord.Make(ReportKind.Time, ReportPriority.High, sequence, boot, ms, 0, [.. Word((uint)(utcMs >> 32)), .. Word((uint)utcMs)]);

    internal static byte[] Word(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
