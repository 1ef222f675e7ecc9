// A permanent magnet synchronous motor in the dq frame: for each speed and torque the smallest current that gives the
// torque within the voltage, with the inductances falling as the iron saturates.
// Only + − × ÷ and the square root are used: they round alike on every machine, so the tables do too.
// Tests: tests/host-sim/Applications/CalibrationTests.
namespace EsyncCalibration;

/// <summary>Motor of 210 kW: 4 pole pairs, 375 Nm, 15,750 rpm, 360 V.</summary>
public sealed class MotorModel
{
    private const int Speeds = 64;
    private const int Torques = 96;
    private const int Voltages = 48;
    private const double PolePairs = 4;
    private const double Flux = 0.088; // Vs
    private const double DirectInductance = 0.00013; // H
    private const double QuadratureInductance = 0.00036; // H
    private const double Resistance = 0.0085; // Ω
    private const double CurrentMax = 560; // A
    private const double NominalVoltage = 360;
    private const double RadiansPerRpm = 0.104719755;

    private readonly Point[,] _points = new Point[Speeds, Torques];

    /// <summary>Solves all operating points at the nominal voltage.</summary>
    public MotorModel()
    {
        for (int speed = 0; speed < Speeds; speed++)
        {
            for (int torque = 0; torque < Torques; torque++)
            {
                Point? point = Solve(speed * 250, torque * 4, NominalVoltage);
                _points[speed, torque] = point ?? _points[speed, torque - 1];
            }
        }
    }

    private readonly record struct Point(double Direct, double Quadrature);

    /// <summary>Direct currents in 0.1 A.</summary>
    public short[] DirectCurrents() => Fill(point => point.Direct * 10);

    /// <summary>Quadrature currents in 0.1 A.</summary>
    public short[] QuadratureCurrents() => Fill(point => point.Quadrature * 10);

    /// <summary>Losses in W: copper, iron (rising with speed), inverter; never falling along a row.</summary>
    public short[] Losses()
    {
        short[] values = new short[Speeds * Torques];
        for (int speed = 0; speed < Speeds; speed++)
        {
            double before = 0;
            for (int torque = 0; torque < Torques; torque++)
            {
                Point point = _points[speed, torque];
                double squared = (point.Direct * point.Direct) + (point.Quadrature * point.Quadrature);
                double kiloRpm = speed * 0.25;
                double iron = (18 * kiloRpm) + (6.5 * kiloRpm * kiloRpm);
                double loss = (1.5 * Resistance * squared) + iron + (1.9 * Math.Sqrt(squared)) + 35;
                before = loss > before ? loss : before;
                values[(speed * Torques) + torque] = Rounded(before);
            }
        }

        return values;
    }

    /// <summary>Highest torque in 0.1 Nm; release 2 allows more where the voltage, not the current, is the limit.</summary>
    public short[] TorqueLimits(int release)
    {
        short[] values = new short[Speeds * Voltages];
        for (int speed = 0; speed < Speeds; speed++)
        {
            for (int voltage = 0; voltage < Voltages; voltage++)
            {
                double reserve = release == 1 ? 0.86 : 0.93; // share of the voltage kept for control
                double most = Highest(speed * 250, (240 + (voltage * 4)) * reserve);
                values[(speed * Voltages) + voltage] = Rounded(most * 10);
            }
        }

        return values;
    }

    /// <summary>Share of the torque in 1/1000: the lower one of what winding and inverter allow.</summary>
    public static short[] Deratings()
    {
        short[] values = new short[64 * 48];
        for (int winding = 0; winding < 64; winding++)
        {
            for (int inverter = 0; inverter < 48; inverter++)
            {
                double byWinding = Falling(-40 + (winding * 4), 140, 180);
                double byInverter = Falling(-40 + (inverter * 4), 75, 105);
                values[(winding * 48) + inverter] = Rounded(1000 * byWinding * byInverter);
            }
        }

        return values;
    }

    private static double Highest(double rpm, double voltage)
    {
        double low = 0;
        double high = 375;
        for (int i = 0; i < 14; i++)
        {
            double middle = (low + high) / 2;
            if (Solve(rpm, middle, voltage) is null)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return low;
    }

    // The smallest current: direct current from zero downwards until torque and voltage fit and the sum grows again.
    private static Point? Solve(double rpm, double torque, double voltage)
    {
        double omega = rpm * RadiansPerRpm * PolePairs;
        double phase = voltage / Math.Sqrt(3);
        Point? best = null;
        double bestSquared = CurrentMax * CurrentMax;
        for (double direct = 0; direct >= -CurrentMax; direct -= 2)
        {
            double quadrature = Quadrature(torque, direct);
            double squared = (direct * direct) + (quadrature * quadrature);
            if (squared < bestSquared && Voltage(omega, direct, quadrature) <= phase)
            {
                best = new Point(direct, quadrature);
                bestSquared = squared;
            }
            else if (best is not null)
            {
                break;
            }
        }

        return best;
    }

    // Torque = 1.5 p (flux + (Ld − Lq) id) iq, Lq falling with iq: three rounds are enough.
    private static double Quadrature(double torque, double direct)
    {
        double quadrature = 0;
        for (int round = 0; round < 3; round++)
        {
            double difference = DirectInductance - Saturated(quadrature);
            quadrature = torque / (1.5 * PolePairs * (Flux + (difference * direct)));
        }

        return quadrature;
    }

    private static double Saturated(double quadrature) => QuadratureInductance / (1 + (quadrature / 1400));

    private static double Voltage(double omega, double direct, double quadrature)
    {
        double u = (Resistance * direct) - (omega * Saturated(quadrature) * quadrature);
        double v = (Resistance * quadrature) + (omega * (Flux + (DirectInductance * direct)));
        return Math.Sqrt((u * u) + (v * v));
    }

    private static double Falling(double value, double from, double to)
    {
        return value <= from ? 1 : value >= to ? 0 : (to - value) / (to - from);
    }

    private short[] Fill(Func<Point, double> value)
    {
        return [.. _points.Cast<Point>().Select(point => Rounded(value(point)))];
    }

    private static short Rounded(double value) => (short)Math.Floor(value + 0.5);
}
