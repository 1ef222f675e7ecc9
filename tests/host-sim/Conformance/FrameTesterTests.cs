// The tester's own transport against an agent's: messages of the lengths at which frames begin and end, with the tester's block
// size and STmin, and single frames of which nothing is lost.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class FrameTesterTests
{
    private static readonly EsyncAgent.CanIfConfig Ecu = new() { PhysicalRxId = 0x712, FunctionalRxId = EsyncAgent.CanIfConfig.NoIdentifier, TxId = 0x71A };
    private static readonly EsyncAgent.CanIfConfig Tester = new() { PhysicalRxId = 0x71A, FunctionalRxId = EsyncAgent.CanIfConfig.NoIdentifier, TxId = 0x712 };
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly FrameTester _tester;
    private readonly IsoTpLink _other;

    public FrameTesterTests()
    {
        _bus = new VirtualBus(_time, 500_000, "can0", 1);
        _tester = new FrameTester(_time, new VirtualCan(_bus, "tester"), new AddressingProfile { Request = Ecu.PhysicalRxId, Response = Ecu.TxId });
        _other = new IsoTpLink(_bus, Tester, name: "other");
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(7, 0, 0)]
    [InlineData(8, 0, 0)]
    [InlineData(13, 1, 0)]
    [InlineData(14, 2, 5)]
    [InlineData(200, 8, 0xF3)]
    [InlineData(4095, 0, 0)]
    [InlineData(4096, 0, 0)]
    public void A_message_goes_there_and_comes_back(int length, byte blockSize, byte separationTimeMin)
    {
        byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        _tester.BlockSize = blockSize;
        _tester.SeparationTimeMin = separationTimeMin;

        _time.Run(async () =>
        {
            Assert.True(await _tester.SendAsync(message));
            Assert.Equal(message, await _other.ReceiveAsync(VirtualTime.NsPerSecond));
            Task<bool> sent = _other.SendAsync(message);
            Assert.Equal(message, await _tester.ReceiveAsync(VirtualTime.NsPerSecond));
            Assert.True(await sent);
        });
    }

    [Fact]
    public void What_a_message_does_not_need_waits_for_whoever_asks()
    {
        _time.Run(async () =>
        {
            await _other.SendAsync(new byte[] { 1 });
            await _other.SendAsync(new byte[] { 2 });

            Assert.Null(await _tester.NextFrameAsync(3, 5));
            Assert.Equal([1], await _tester.ReceiveAsync(VirtualTime.NsPerMs));
            Assert.Equal("01 02", (await _tester.NextFrameAsync(1))!.Hex[..5]);
            Assert.Null(await _tester.NextFrameAsync(1));
        });
    }

    [Fact]
    public void A_request_to_all_needs_an_identifier_that_the_profile_names() =>
        _time.Run(async () => await Assert.ThrowsAsync<NotApplicableException>(() => _tester.SendFunctionalAsync(new byte[] { 0x3E, 0x80 })));
}
