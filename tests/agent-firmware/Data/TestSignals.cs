// Signals that tests of data gathering share: some of each type, in the order of their identifiers.
using EsyncAgent;

namespace EsyncTests.AgentFirmware.Data;

public static class TestSignals
{
    public const ushort Switch = 0x0200;
    public const ushort Level = 0x0201;
    public const ushort Trim = 0x0202;
    public const ushort Speed = 0x0203;
    public const ushort Temperature = 0x0204;
    public const ushort Odometer = 0x0205;
    public const ushort Torque = 0x0206;
    public const ushort PeriodicLevel = 0xF210;
    public const ushort PeriodicCount = 0xF211;
    public const ushort Lamp = 0x1000;
    public const ushort Fan = 0x1001;

    /// <summary>One signal of each type; speed is limited to 3000, temperature to −400 … 2150.</summary>
    public static DataConfig Config() => new()
    {
        SignalTableId = 0x5E5A17E5,
        SignalDids = [Switch, Level, Trim, Speed, Temperature, Odometer, Torque],
        SignalTypes = [SignalType.Boolean, SignalType.UInt8, SignalType.Int8, SignalType.UInt16, SignalType.Int16, SignalType.UInt32, SignalType.Int32],
        SignalMin = [0, 0, sbyte.MinValue, 0, -400, 0, int.MinValue],
        SignalMax = [1, byte.MaxValue, sbyte.MaxValue, 3000, 2150, unchecked((int)4_000_000_000), int.MaxValue],
        OutputDids = [Lamp, Fan],
        OutputTypes = [SignalType.UInt8, SignalType.Int16],
        OutputMin = [0, -100],
        OutputMax = [100, 100],
        OutputDefaults = [5, -10],
    };

    /// <summary>Adds two signals that can be sent periodically: F210, one byte, and F211, four.</summary>
    public static void AddPeriodic(DataConfig config)
    {
        config.SignalDids = [.. config.SignalDids, PeriodicLevel, PeriodicCount];
        config.SignalTypes = [.. config.SignalTypes, SignalType.UInt8, SignalType.Int32];
        config.SignalMin = [.. config.SignalMin, 0, int.MinValue];
        config.SignalMax = [.. config.SignalMax, byte.MaxValue, int.MaxValue];
    }
}
