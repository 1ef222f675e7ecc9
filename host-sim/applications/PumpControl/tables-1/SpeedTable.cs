// Speed of the pump in rpm: 16 rows of temperature (0, 10, … °C), 6 columns of supply voltage (10, 11, … V), for release 1.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>See the head of the file.</summary>
public static class SpeedTable
{
    /// <summary>Checksum that the self-test expects.</summary>
    public const uint Checksum = 0x21FDF7BC;

    /// <summary>The values, row by row.</summary>
    public static readonly short[] Values =
    {
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        1200, 1200, 1200, 1200, 1200, 1200,
        1600, 1600, 1600, 1600, 1600, 1600,
        2000, 2000, 2000, 2000, 2000, 2000,
        2400, 2400, 2400, 2400, 2400, 2400,
        2800, 2800, 2800, 2800, 2800, 2800,
        3200, 3200, 3200, 3200, 3200, 3200,
        3600, 3600, 3600, 3600, 3600, 3600,
        4000, 4000, 4000, 4000, 4000, 4000,
        4285, 4400, 4400, 4400, 4400, 4400,
        4285, 4714, 4800, 4800, 4800, 4800,
        4285, 4714, 5142, 5200, 5200, 5200,
        4285, 4714, 5142, 5571, 5600, 5600,
    };
}
