// Names between DBC and VSS.
using EsyncSim.Signals;
using Xunit;

namespace EsyncTests.HostSim.Signals;

public sealed class DbcNamesTests
{
    [Theory]
    [InlineData("EngineSpeed", "EngineSpeed")]
    [InlineData("ENGINE_speed_1", "EngineSpeed1")]
    [InlineData("engSpeedMax", "EngSpeedMax")]
    [InlineData("_T", "T")]
    [InlineData("3rd_gear", "N3rdGear")]
    [InlineData("Größe", "GrE")]
    [InlineData("___", "Signal")]
    public void A_name_becomes_one_of_VSS(string name, string vss)
    {
        Assert.Equal(vss, DbcNames.ToVss(name, "Signal"));
    }

    [Fact]
    public void A_path_becomes_the_shortest_name_that_is_free_and_short_enough()
    {
        HashSet<string> taken = [];
        string[] paths = ["Vehicle.A.Speed", "Vehicle.B.Speed", "Vehicle.B.Speed", "Vehicle.B.Speed", "Vehicle." + new string('A', 40), "Vehicle." + new string('A', 41)];
        Assert.Equal(["Speed", "B_Speed", "Vehicle_B_Speed", "Speed_2", new string('A', 32), new string('A', 30) + "_2"], paths.Select(path => DbcNames.ToDbc(path, taken)));
        Assert.Equal(["X", "X_2", "X_3"], new[] { "X", "X", "X" }.Select(name => DbcNames.Numbered(name, taken)));
    }
}
