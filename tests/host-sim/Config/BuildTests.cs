// That a wrong nf.config stops the build: the build file calls the check, and does so for every input it depends on.
using System.Xml.Linq;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class BuildTests
{
    [Fact]
    public void The_build_checks_nf_config_and_every_board_and_does_not_ignore_the_answer()
    {
        XElement project = XElement.Parse(Repository.Read("host-sim/esync.csproj"));
        string inputs = (string)project.Descendants("EcuConfiguration").Single().Attribute("Include")!;
        Assert.Equal(@"..\nf.config;..\boards\*\board.yaml", inputs);
        XElement target = project.Elements("Target").Single(t => (string?)t.Attribute("Name") == "CheckEcuConfiguration");
        Assert.Contains("@(EcuConfiguration)", (string)target.Attribute("Inputs")!);
        XElement exec = target.Element("Exec")!;
        Assert.Contains("config check --config", (string)exec.Attribute("Command")!);
        Assert.Null(exec.Attribute("ContinueOnError"));
        Assert.Null(exec.Attribute("IgnoreExitCode"));
        Assert.Null(exec.Attribute("Condition") ?? target.Attribute("Condition"));
    }
}
