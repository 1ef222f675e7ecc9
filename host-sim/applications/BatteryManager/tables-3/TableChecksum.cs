// The checksum that the self-test expects over all tables of this release.
// Made by host-sim/applications/calibration; not to be edited by hand.
// Tests: tests/host-sim/Applications/CalibrationTests.
namespace EsyncApplications.BatteryManager;

/// <summary>Identity of the tables.</summary>
public static class TableChecksum
{
    /// <summary>CRC-32 over all tables.</summary>
    public const uint Value = 0x32E2A559;
}
