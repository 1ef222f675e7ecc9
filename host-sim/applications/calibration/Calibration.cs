// The list of all tables: which model gives which file, and the checksum that each release expects.
// Tests: tests/host-sim/Applications/CalibrationTests.
namespace EsyncCalibration;

/// <summary>All table files of all applications.</summary>
public static class Calibration
{
    /// <summary>The files, paths from host-sim/applications, in a fixed order.</summary>
    public static IEnumerable<(string Path, string Text)> Files()
    {
        return Motor().Concat(Battery());
    }

    private static IEnumerable<(string Path, string Text)> Motor()
    {
        const string Application = "MotorControl";
        MotorModel model = new();
        Table id = new("DirectCurrentTable", "Direct current in 0.1 A: 64 rows of speed (0, 250, … rpm), 96 columns of torque (0, 4, … Nm).", 96, model.DirectCurrents());
        Table iq = new("QuadratureCurrentTable", "Quadrature current in 0.1 A: 64 rows of speed (0, 250, … rpm), 96 columns of torque (0, 4, … Nm).", 96, model.QuadratureCurrents());
        Table loss = new("LossTable", "Losses in W: 64 rows of speed (0, 250, … rpm), 96 columns of torque (0, 4, … Nm).", 96, model.Losses());
        Table derating = new("DeratingTable", "Share of the torque in 1/1000: 64 rows of winding (−40, −36, … °C), 48 columns of inverter temperature (−40, −36, … °C).", 48, MotorModel.Deratings());
        foreach (Table table in new[] { id, iq, loss, derating })
        {
            yield return ($"{Application}/tables/{table.Name}.cs", table.ToSource(Application));
        }

        for (int release = 1; release <= 2; release++)
        {
            Table limit = new("TorqueLimitTable", "Highest torque in 0.1 Nm: 64 rows of speed (0, 250, … rpm), 48 columns of battery voltage (240, 244, … V).", 48, model.TorqueLimits(release));
            yield return ($"{Application}/tables-{release}/{limit.Name}.cs", limit.ToSource(Application));
            yield return ($"{Application}/tables-{release}/TableChecksum.cs", Table.ChecksumSource(Application, id, iq, loss, limit, derating));
        }
    }

    private static IEnumerable<(string Path, string Text)> Battery()
    {
        const string Application = "BatteryManager";
        const string Coarse = "32 rows of temperature (−30, −27, … °C), 126 columns of charge (0, 8, … 1/1000).";
        const string Fine = "48 rows of temperature (−30, −28, … °C), 126 columns of charge (0, 8, … 1/1000).";
        Table discharge = new("DischargeLimitTable", $"Highest discharging current in 0.1 A: {Fine}", 126, BatteryModel.DischargeLimits());
        yield return ($"{Application}/tables/{discharge.Name}.cs", discharge.ToSource(Application));
        for (int release = 1; release <= 3; release++)
        {
            Table up = new("RestAfterChargeTable", $"Voltage at rest after charging in mV: {Coarse}", 126, BatteryModel.RestVoltages(release, isAfterCharge: true));
            Table down = new("RestAfterDischargeTable", $"Voltage at rest after discharging in mV: {Coarse}", 126, BatteryModel.RestVoltages(release, isAfterCharge: false));
            Table resistance = new("ResistanceTable", $"Resistance of a cell in 0.01 mΩ: {Fine}", 126, BatteryModel.Resistances(release));
            foreach (Table cell in new[] { up, down, resistance })
            {
                // Releases 1 and 2 are for the same cell.
                if (release != 2)
                {
                    yield return ($"{Application}/{(release == 1 ? "tables" : "tables-3")}/{cell.Name}.cs", cell.ToSource(Application));
                }
            }

            Table charge = new("ChargeLimitTable", $"Highest charging current in 0.1 A: {Fine}", 126, BatteryModel.ChargeLimits(release));
            yield return ($"{Application}/tables-{release}/{charge.Name}.cs", charge.ToSource(Application));
            yield return ($"{Application}/tables-{release}/TableChecksum.cs", Table.ChecksumSource(Application, up, down, resistance, charge, discharge));
        }
    }
}
