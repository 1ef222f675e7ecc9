// Signals of all types and scalings, for what turns physical numbers into raw ones and back.
using EsyncSim.Data;
using EsyncSim.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace EsyncTests.HostSim.Rules;

internal static class ScaledSignals
{
    private static readonly double[] Factors = [1, 0.1, 0.01, 0.5, 2, 0.25, 0.001, -1, -0.5, -0.1];
    private static readonly double[] Offsets = [0, -40, 100, 0.5];

    /// <summary>One of each type, without units, so that what is shown can be read; A and B have the same scaling.</summary>
    internal static readonly SignalCatalogue Catalogue = new(
    [
        new("Vehicle.A", 0x0200, SignalType.Int16, "", 0.1, -40, -3000, 3000),
        new("Vehicle.B", 0x0201, SignalType.UInt16, "", 0.1, -40, -40, 6000),
        new("Vehicle.C.IsOn", 0x0202, SignalType.Boolean, "", 1, 0, 0, 1),
        new("Vehicle.C.Level", 0x0203, SignalType.UInt8, "", -0.5, 100, -27.5, 100),
        new("Vehicle.D", 0x0210, SignalType.Int8, "", 1, 0, -128, 127),
        new("Vehicle.E", 0xF200, SignalType.UInt32, "", 0.001, 0, 0, 4e6),
        new("Vehicle.F", 0xF2FF, SignalType.Int32, "", 2, 0.5, -4e9, 4e9),
    ]);

    /// <summary>Any type with any scaling.</summary>
    internal static readonly Gen<SignalDefinition> Any =
        from type in Gen.Elements(Enum.GetValues<SignalType>())
        from factor in Gen.Elements(Factors)
        from offset in Gen.Elements(Offsets)
        select Of(type, factor, offset);

    internal static SignalDefinition Of(SignalType type, double factor, double offset, string unit = "") => new("Vehicle.A", 0x0200, type, unit, factor, offset, -1e10, 1e10);

    /// <summary>A raw value that the signal can have, its edges more often than chance would have them.</summary>
    internal static Gen<long> RawOf(SignalDefinition signal)
    {
        (long min, long max) = RawScale.Range(signal.Type);
        return Gen.OneOf(Gen.Choose(0, int.MaxValue).Select(part => min + (long)((max - min) * (part / (double)int.MaxValue))), Gen.Elements(min, max, 0L, 1L));
    }
}
