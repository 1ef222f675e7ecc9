// Service 28 on the wire.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid28CommunicationControlTests
{
    private static DcmBench InExtended()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    [Theory]
    [InlineData("28 00 01", "68 00", "communication 00 01")]
    [InlineData("28 01 02", "68 01", "communication 01 02")]
    [InlineData("28 02 03", "68 02", "communication 02 03")]
    [InlineData("28 03 03", "68 03", "communication 03 03")]
    [InlineData("28 83 03", "", "communication 03 03")]
    public void Every_control_type_reaches_mode_control(string request, string response, string call)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        Assert.Equal([call], bench.Modes.Calls);
    }

    [Theory]
    [InlineData("28", "7F 28 13")]
    [InlineData("28 00", "7F 28 13")]
    [InlineData("28 04", "7F 28 13")]
    [InlineData("28 04 01", "7F 28 12")]
    [InlineData("28 05 01 00 00", "7F 28 12")]
    [InlineData("28 00 01 00", "7F 28 13")]
    [InlineData("28 00 00", "7F 28 31")]
    [InlineData("28 00 04", "7F 28 31")]
    [InlineData("28 00 11", "7F 28 31")]
    [InlineData("28 00 F1", "7F 28 31")]
    public void Checks_come_in_order_and_nothing_is_switched(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        Assert.Empty(bench.Modes.Calls);
    }

    [Fact]
    public void When_default_Then_7F() => new DcmBench().Expect("28 00 01", "7F 28 7F");

    [Fact]
    public void The_end_by_S3_restores_communication()
    {
        DcmBench bench = InExtended();
        bench.Expect("28 03 03", "68 03");
        bench.Run(5100);
        Assert.Equal("communication 00 03", bench.Modes.Calls[^1]);
    }
}
