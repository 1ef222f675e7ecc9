// What the server costs when it has work and when it has none: no memory, and next to nothing.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class SteadyStateTests
{
    [Fact]
    public void A_server_without_work_allocates_nothing()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint ms = 0; ms < 1000; ms++)
        {
            bench.Dcm.MainFunction(bench.NowMs + ms);
            bench.Dcm.TimeFunction(bench.NowMs + ms);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_request_and_its_response_allocate_nothing()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Ask("22 F1 86 F1 5A");
        long before = 0;
        byte[] request = [0x22, 0xF1, 0x86, 0xF1, 0x5A];
        for (int i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            byte[] buffer = bench.Dcm.StartOfReception(false, (uint)request.Length);
            Array.Copy(request, buffer, request.Length);
            bench.Dcm.RxIndication(false, (uint)request.Length, CanTpResult.Ok);
            bench.IsEcuMute = true;
            bench.Dcm.MainFunction(bench.NowMs);
            bench.Dcm.TimeFunction(bench.NowMs);
            before = GC.GetAllocatedBytesForCurrentThread() - before;
            bench.IsEcuMute = false;
            bench.Run(20);
        }

        Assert.Equal(0, before);
    }
}
