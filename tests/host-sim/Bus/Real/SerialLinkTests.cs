// A serial line at a pseudo-terminal: raw in both directions, an adapter of slcan at its other end, and every way in which it cannot be used.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;
using EsyncTests.HostSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class SerialLinkTests
{
    [Fact]
    public void Bytes_pass_as_they_are_in_both_directions()
    {
        using PseudoTerminal terminal = new();
        using IByteLink link = SerialLink.Open("slcan:x", terminal.Path);
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.Equal(0, link.Read(new byte[8]));
        Assert.Equal(256, link.Write(all));
        Assert.Equal(all, Read(256, into => Libc.Instance.Read(terminal.Master, into), () => Libc.Instance.PollIn(terminal.Master, VirtualTime.NsPerSecond)));
        Assert.Equal(256, Libc.Instance.Write(terminal.Master, all));
        Assert.Equal(all, Read(256, link.Read, () => link.Wait(VirtualTime.NsPerSecond)));
    }

    [Fact]
    public async Task An_adapter_at_a_serial_line_is_opened_and_carries_frames()
    {
        using PseudoTerminal terminal = new();
        TestSide side = new();
        using CancellationTokenSource stop = new();
        Task adapter = Task.Run(() => Adapt(terminal, side, stop.Token), TestContext.Current.CancellationToken);
        using (IFrameChannel channel = BusAddress.Parse($"slcan:{terminal.Path}?bitrate=500000").Open())
        {
            channel.SetFilter([(0x7E8, false)]);
            Assert.True(channel.TryWrite(new BusFrame(0x7E0, false, [0x02, 0x3E, 0x00])));
            BusFrame frame;
            for (int i = 0; !channel.TryRead(out frame); i++)
            {
                Assert.True(i < 100, "no frame came");
                channel.Wait(VirtualTime.NsPerSecond);
            }

            Assert.Equal("7E8#023E00", frame.ToString());
        }

        await stop.CancelAsync();
        await adapter;
        Assert.Equal(["7E0#023E00"], side.Sent);
    }

    [Fact]
    public void An_adapter_that_is_pulled_out_is_one_line()
    {
        PseudoTerminal terminal = new();
        using IByteLink link = SerialLink.Open($"slcan:{terminal.Path}", terminal.Path);
        terminal.Dispose();
        AssertUnusable(Assert.Throws<UserErrorException>(() => link.Read(new byte[8])), $"slcan:{terminal.Path}: the adapter at {terminal.Path} is gone");
    }

    [Theory]
    [InlineData("/dev/esync-absent", "there is no /dev/esync-absent; is the adapter plugged in?")]
    [InlineData("/dev/null", "/dev/null is no serial line")]
    public void What_cannot_be_opened_is_one_line(string device, string text) =>
        AssertUnusable(Assert.Throws<UserErrorException>(() => BusAddress.Parse("slcan:" + device).Open()), text);

    [Theory]
    [InlineData(Errno.AccessDenied, "the group dialout may")]
    [InlineData(Errno.Busy, "another program has /dev/x")]
    [InlineData(24, "error 24")]
    public void What_the_system_refuses_is_one_line(int number, string text) =>
        AssertUnusable(Assert.Throws<UserErrorException>(() => new SerialLink(new FakeKernel(), -number, "slcan:/dev/x", "/dev/x")), text);

    [Fact]
    public void A_full_line_is_not_now_and_an_end_is_an_error()
    {
        FakeKernel kernel = new();
        using SerialLink link = new(kernel, 7, "slcan:/dev/x", "/dev/x");
        kernel.Failures["write"] = Errno.TryAgain;
        Assert.Equal(0, link.Write("C\r"u8));
        kernel.Received.Enqueue([]);
        AssertUnusable(Assert.Throws<UserErrorException>(() => link.Read(new byte[8])), "is gone");
    }

    // The adapter's side: our own server's words, and an answer to each frame.
    private static void Adapt(PseudoTerminal terminal, TestSide side, CancellationToken stop)
    {
        SlcanConversation adapter = new(side, 500_000);
        byte[] buffer = new byte[64];
        int said = 0, heard = 0;
        while (!stop.IsCancellationRequested)
        {
            _ = Libc.Instance.PollIn(terminal.Master, 20 * VirtualTime.NsPerMs);
            int count = Libc.Instance.Read(terminal.Master, buffer);
            if (count > 0)
            {
                adapter.Take(buffer.AsSpan(0, count));
            }

            for (; heard < side.Sent.Count; heard++)
            {
                adapter.Hear(new BusFrame(0x7E8, false, [0x02, 0x3E, 0x00]));
            }

            for (; said < side.Said.Count; said++)
            {
                Libc.Instance.Write(terminal.Master, System.Text.Encoding.ASCII.GetBytes(side.Said[said]));
            }
        }
    }

    private static byte[] Read(int count, Reader read, Action wait)
    {
        byte[] all = new byte[count];
        int length = 0;
        for (int i = 0; length < count && i < 1000; i++)
        {
            wait();
            length += Math.Max(read(all.AsSpan(length)), 0);
        }

        Assert.Equal(count, length);
        return all;
    }

    private static void AssertUnusable(UserErrorException error, string text)
    {
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.Contains(text, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private delegate int Reader(Span<byte> into);
}
