// The longest response of each ECU: as long as a request where there is a report log to hand out, else what the ECU has to say.
using EsyncAgent;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class ResponseLengthTests
{
    [Fact]
    public void With_a_report_log_it_is_as_long_as_a_request() => Assert.Equal(4000, ResponseLength.LengthMax(Config(config => config.Fls.ReportLog = new FlsArea { Length = 32768 })));

    [Fact]
    public void Without_one_it_is_what_the_agent_itself_has_to_say() => Assert.Equal(ResponseLength.Common, ResponseLength.LengthMax(Config(_ => { })));

    [Theory]
    [InlineData(509, 512)]
    [InlineData(510, 513)]
    [InlineData(3000, 3003)]
    [InlineData(3998, 4000)]
    public void A_long_record_of_nf_config_has_room_up_to_the_longest_request(int record, int response) =>
        Assert.Equal(response, ResponseLength.LengthMax(Config(config => config.Dcm.ConstantRecords = [[1], new byte[record]])));

    [Theory]
    [InlineData(127, 512)]
    [InlineData(128, 515)]
    [InlineData(250, 1003)]
    public void So_has_the_list_of_all_DTCs(int count, int response) => Assert.Equal(response, ResponseLength.LengthMax(Config(config => config.Dem.Dtcs = new uint[count])));

    [Fact]
    public void The_ECUs_of_nf_config_have_what_they_need()
    {
        foreach (EcuDefinition ecu in NfConfig.Load(Repository.PathOf("nf.config")).Ecus.Values)
        {
            EcuConfig config = ecu.Config;
            Assert.Equal(config.Fls.ReportLog.Length != 0 ? config.Dcm.MessageLengthMax : ResponseLength.Common, config.Dcm.ResponseLengthMax);
        }
    }

    private static EcuConfig Config(Action<EcuConfig> configure)
    {
        EcuConfig config = new() { Fls = new FlsConfig { ReportLog = new FlsArea() }, Dem = new DemConfig(), Dcm = new DcmConfig { MessageLengthMax = 4000 } };
        configure(config);
        return config;
    }
}
