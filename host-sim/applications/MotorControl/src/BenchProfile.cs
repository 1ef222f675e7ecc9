// What the driver does: five minutes parked, then half a minute of driving, over and over. Parked comes first, so that
// a freshly started ECU can be updated.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>Demand over time.</summary>
public static class BenchProfile
{
    private const uint PeriodMs = 330000;
    private const uint ParkedMs = 300000;
    private const uint AcceleratingMs = 312000;
    private const uint CruisingMs = 320000;

    /// <summary>Torque demand in 0.1 Nm, <paramref name="elapsedMs"/> after the start.</summary>
    public static int Demand(uint elapsedMs)
    {
        uint time = elapsedMs % PeriodMs;
        return time < ParkedMs ? 0 : time < AcceleratingMs ? 2800 : time < CruisingMs ? 350 : 0;
    }

    /// <summary>True while the driver brakes.</summary>
    public static bool IsBraking(uint elapsedMs)
    {
        return elapsedMs % PeriodMs >= CruisingMs;
    }
}
