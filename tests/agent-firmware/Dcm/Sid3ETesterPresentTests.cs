// Service 3E on the wire.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid3ETesterPresentTests
{
    [Theory]
    [InlineData("3E 00", "7E 00")]
    [InlineData("3E 80", "")]
    [InlineData("3E", "7F 3E 13")]
    [InlineData("3E 01", "7F 3E 12")]
    [InlineData("3E 81", "7F 3E 12")]
    [InlineData("3E 00 00", "7F 3E 13")]
    [InlineData("3E 80 00", "7F 3E 13")]
    public void In_any_session_it_answers_alike(string request, string response)
    {
        DcmBench bench = new();
        bench.Expect(request, response);
        bench.Enter(DcmSession.Extended);
        bench.Expect(request, response);
        bench.Enter(DcmSession.Programming);
        bench.Expect(request, response);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_two_seconds_it_keeps_session_and_access(bool isFunctional)
    {
        DcmBench bench = new();
        bench.Unlock();
        for (int i = 0; i < 10; i++)
        {
            bench.Run(2000);
            Assert.Equal(string.Empty, isFunctional ? bench.AskAll("3E 80") : bench.Ask("3E 80"));
        }

        bench.Expect("22 F1 86", "62 F1 86 02");
        bench.Expect("31 01 02 12", "71 01 02 12 00 00");
    }
}
