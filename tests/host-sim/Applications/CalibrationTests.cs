// The tables that are committed are those that the models give.
using EsyncCalibration;
using Xunit;

namespace EsyncTests.HostSim.Applications;

public class CalibrationTests
{
    [Fact]
    public void Tables_are_current()
    {
        foreach ((string path, string text) in Calibration.Files())
        {
            Assert.True(
                text == Repository.Read($"host-sim/applications/{path}"),
                $"{path} is not what the model gives; run: dotnet run --project host-sim/applications/calibration");
        }
    }
}
