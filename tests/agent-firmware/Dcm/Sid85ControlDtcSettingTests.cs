// Service 85 on the wire, and what it means for DTC status bytes.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid85ControlDtcSettingTests
{
    private const byte Event = 16;

    private static DcmBench InExtended()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    [Theory]
    [InlineData("85 02", "C5 02")]
    [InlineData("85 82", "")]
    public void While_off_no_status_changes_and_while_on_it_does(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        bench.Dem.SetEvent(Event, true);
        bench.Run(5);
        Assert.Equal(DemStatus.Initial, bench.Dem.StatusOf(Event));
        bench.Expect("85 01", "C5 01");
        bench.Run(5);
        Assert.Equal(DemStatus.Initial, bench.Dem.StatusOf(Event));
        bench.Dem.SetEvent(Event, true);
        bench.Run(5);
        Assert.Equal(0x2F, bench.Dem.StatusOf(Event));
    }

    [Fact]
    public void The_end_by_S3_switches_on()
    {
        DcmBench bench = InExtended();
        bench.Expect("85 02", "C5 02");
        bench.Run(5100);
        Assert.True(bench.Dem.IsStorageEnabled);
    }

    [Theory]
    [InlineData("85", "7F 85 13")]
    [InlineData("85 00", "7F 85 12")]
    [InlineData("85 03", "7F 85 12")]
    [InlineData("85 02 FF FF FF", "7F 85 13")]
    public void Checks_come_in_order(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        Assert.True(bench.Dem.IsStorageEnabled);
    }

    [Fact]
    public void When_default_Then_7F() => new DcmBench().Expect("85 02", "7F 85 7F");
}
