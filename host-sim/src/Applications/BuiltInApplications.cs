// The applications that were built together with this program and lie beside it, in applications/.
// Tests: tests/host-sim/Applications.
using EsyncSim.Packages;

namespace EsyncSim.Applications;

/// <summary>Finds built-in applications and makes bundles of them.</summary>
public static class BuiltInApplications
{
    /// <summary>The motor control.</summary>
    public const string MotorControl = "MotorControl";

    /// <summary>The battery manager.</summary>
    public const string BatteryManager = "BatteryManager";

    /// <summary>The pump control.</summary>
    public const string PumpControl = "PumpControl";

    /// <summary>The installed image of one release of an application.</summary>
    /// <exception cref="UserErrorException">The program's folder is not complete.</exception>
    public static byte[] Image(string application, string release)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "applications", $"{application}-{release}.dll");
        if (!File.Exists(path))
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} is missing; build the solution again");
        }

        ApplicationBundle bundle = new()
        {
            Runtime = BundleRuntime.Net10,
            ContractVersion = HostApplicationLoader.ResidentContractVersion,
            Version = release,
            EntryClass = $"EsyncApplications.{application}.Application",
            Assemblies = [File.ReadAllBytes(path)],
        };
        return bundle.Build();
    }
}
