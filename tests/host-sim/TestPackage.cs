// Packages of the built-in applications, signed with the tests' keys.
using EsyncSim.Applications;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;

namespace EsyncTests.HostSim;

/// <summary>Makes packages for tests.</summary>
internal static class TestPackage
{
    /// <summary>The motor's application in one version.</summary>
    public static Package OfMotor(EsyncAgent.FotaConfig fota, string version, uint sequence)
    {
        PackageRequest request = new()
        {
            Name = "motor",
            Hardware = "motor",
            Image = BuiltInApplications.Image(BuiltInApplications.MotorControl, version),
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = fota.VendorId,
            ClassId = fota.ClassId,
        };
        return PackageBuilder.Build(request, [new MemorySigner(TestKeys.Author()), new MemorySigner(TestKeys.Oem())]);
    }
}
