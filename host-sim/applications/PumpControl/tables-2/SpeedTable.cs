// Speed of the pump in rpm: 16 rows of temperature (0, 10, … °C), 6 columns of supply voltage (10, 11, … V), for release 2, which cools earlier.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>See the head of the file.</summary>
public static class SpeedTable
{
    /// <summary>Checksum that the self-test expects.</summary>
    public const uint Checksum = 0x389F0934;

    /// <summary>The values, row by row.</summary>
    public static readonly short[] Values =
    {
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        800, 800, 800, 800, 800, 800,
        1340, 1340, 1340, 1340, 1340, 1340,
        1880, 1880, 1880, 1880, 1880, 1880,
        2420, 2420, 2420, 2420, 2420, 2420,
        2960, 2960, 2960, 2960, 2960, 2960,
        3500, 3500, 3500, 3500, 3500, 3500,
        4040, 4040, 4040, 4040, 4040, 4040,
        4285, 4580, 4580, 4580, 4580, 4580,
        4285, 4714, 5120, 5120, 5120, 5120,
        4285, 4714, 5142, 5571, 5660, 5660,
        4285, 4714, 5142, 5571, 6000, 6000,
        4285, 4714, 5142, 5571, 6000, 6000,
        4285, 4714, 5142, 5571, 6000, 6000,
    };
}
