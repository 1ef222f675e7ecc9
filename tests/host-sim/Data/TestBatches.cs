// Batches as a vehicle sends them, for who stores, exports or watches them.
using EsyncSim.Data;

namespace EsyncTests.HostSim.Data;

internal static class TestBatches
{
    internal const long Noon = 1_767_268_800_000;

    /// <summary>Two samples, one of them with values that are not good, a DTC and a start, of the motor.</summary>
    internal static DataBatch Motor => new()
    {
        Type = DataBatch.TypeName,
        Ecu = "motor",
        Epoch = "000000e1",
        After = 0,
        Dropped = new DataDropped(1, 0, 0, 0),
        Units = new Dictionary<string, string> { ["Vehicle.Speed"] = "km/h", ["Vehicle.Powertrain.Temperature"] = "celsius" },
        Records =
        [
            Event(1, 10, "start", "EVENT", "the ECU has started (power on, rules 0)"),
            Sample(2, 1000, Value("Vehicle.Speed", 1000, 48.25), Value("Vehicle.Powertrain.Temperature", 1000, -7)),
            Sample(4, 2000, Value("Vehicle.Speed", 2000, 0.1, "timed-out"), new VssValue { Path = "Vehicle.IsOn", Ts = UtcText.Of(Noon + 2000), Value = new VssScalar(1, true) },
                new VssValue { Path = "Vehicle.Never", Ts = UtcText.Of(Noon + 2000), Value = null, Quality = "never-set" }),
            Event(5, 2500, "dtc", "WARN", "DTC 0A1B2C fails (status 50, now 2F)") with { Values = [Value("Vehicle.Powertrain.Temperature", 2500, 131)], IsEstimated = true },
        ],
    };

    /// <summary>A sample of the battery, between those of the motor.</summary>
    internal static DataBatch Battery => new()
    {
        Type = DataBatch.TypeName,
        Ecu = "battery",
        Epoch = "000000e2",
        After = 0,
        Records = [Sample(1, 1500, Value("Vehicle.\"odd\", path", 1500, 3.7))],
    };

    internal static VssValue Value(string path, long ms, double value, string? quality = null) =>
        new() { Path = path, Ts = UtcText.Of(Noon + ms), Value = new VssScalar(value, false), Quality = quality };

    internal static DataRecord Sample(uint sequence, uint ms, params VssValue[] values) => new()
    {
        Sequence = sequence, Kind = "sample", Priority = "normal", Boot = 3, Ms = ms, Ts = UtcText.Of(Noon + ms), Rule = 7, Cause = "period", Trigger = 1, Values = values,
    };

    private static DataRecord Event(uint sequence, uint ms, string kind, string level, string message) => new()
    {
        Sequence = sequence,
        Kind = kind,
        Priority = "high",
        Boot = 3,
        Ms = ms,
        Ts = UtcText.Of(Noon + ms),
        Event = new LogReport(LogReport.TypeName, new LogReportBody { Type = "/ECU/motor", Level = level, Timestamp = UtcText.Of(Noon + ms), Message = message }),
    };
}
