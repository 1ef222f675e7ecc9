// STmin codes (ISO 15765-2:2016 §9.6.5.4, table 20) as times.
// Codes are compared by the time that they stand for, never by their value: F1 is shorter than 01.
// Tests: tests/host-sim/Config/EcuRuleTests.cs.
namespace EsyncSim.Config;

/// <summary>The code of a separation time: 00 to 7F milliseconds, F1 to F9 hundreds of microseconds, others reserved.</summary>
internal static class SeparationTime
{
    public static bool IsCode(uint code) => code is <= 0x7F or (>= 0xF1 and <= 0xF9);

    /// <summary>Microseconds of a valid code.</summary>
    public static uint Microseconds(byte code) => code <= 0x7F ? code * 1000u : (code - 0xF0u) * 100;

    /// <summary>Reads `separationTimeMin`.</summary>
    public static byte Read(ConfigSection section, ConfigProblems problems)
    {
        uint code = section.Number("separationTimeMin", 0, 255, "one byte (ISO 15765-2:2016 §9.6.5.4)");
        if (!IsCode(code))
        {
            problems.Add(section.Place("separationTimeMin"), ConfigRule.OutOfRange, $"`separationTimeMin` 0x{code:X2} is reserved (ISO 15765-2:2016 §9.6.5.4)", "Write 0x00 to 0x7F for milliseconds, 0xF1 to 0xF9 for 100 to 900 µs");
            return 0;
        }

        return (byte)code;
    }
}
