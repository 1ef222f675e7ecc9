// What a signal is on the host: name, unit and scaling beside what the ECU knows of it. ECUs keep raw 32-bit numbers only.
// Must not know where definitions come from, nor how values travel.
// Tests: tests/host-sim/Data/SignalCatalogueTests.cs.
namespace EsyncSim.Data;

/// <summary>Type of a signal's raw value; the numbers are those of the signal table's CRC.</summary>
public enum SignalType : byte
{
    /// <summary>0 or 1, one byte.</summary>
    Boolean,

    /// <summary>Unsigned, one byte.</summary>
    UInt8,

    /// <summary>Signed, one byte.</summary>
    Int8,

    /// <summary>Unsigned, two bytes.</summary>
    UInt16,

    /// <summary>Signed, two bytes.</summary>
    Int16,

    /// <summary>Unsigned, four bytes; kept as an int by its bits.</summary>
    UInt32,

    /// <summary>Signed, four bytes.</summary>
    Int32,
}

/// <summary>What stands beside a value (first byte of a signal record).</summary>
public enum SignalQuality : byte
{
    /// <summary>The value is what the source says.</summary>
    Valid,

    /// <summary>There was no value since the start.</summary>
    NeverSet,

    /// <summary>The source gave something out of the range; the value is the last valid one.</summary>
    OutOfRange,

    /// <summary>The source is silent; the value is the last valid one.</summary>
    TimedOut,
}

/// <summary>A signal. Physical value = raw · factor + offset.</summary>
/// <param name="Path">VSS path, ASCII: <c>Vehicle.Powertrain.ElectricMotor.Temperature</c>.</param>
/// <param name="Did">Data identifier, 0200 to 0FFF or F200 to F2FF.</param>
/// <param name="Type">Type of the raw value.</param>
/// <param name="Unit">Unit as VSS names it; empty for none.</param>
/// <param name="Factor">Physical units of one raw step.</param>
/// <param name="Offset">Physical value of raw 0.</param>
/// <param name="Min">Lowest physical value that makes sense.</param>
/// <param name="Max">Highest physical value that makes sense.</param>
public sealed record SignalDefinition(string Path, ushort Did, SignalType Type, string Unit, double Factor, double Offset, double Min, double Max)
{
    /// <summary>Bytes of the raw value in a signal record: 1, 2 or 4.</summary>
    public int ValueLength => Type switch
    {
        SignalType.UInt16 or SignalType.Int16 => 2,
        SignalType.UInt32 or SignalType.Int32 => 4,
        _ => 1,
    };

    /// <summary>The physical value of a raw one.</summary>
    public double Physical(int raw) => ((Type == SignalType.UInt32 ? (uint)raw : raw) * Factor) + Offset;
}
