// The socket, call by call, and every way in which the system can refuse it.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class SocketCanChannelTests
{
    private readonly FakeKernel _kernel = new();

    [Fact]
    public void Opening_binds_the_interface_and_asks_for_its_own_frames()
    {
        using SocketCanChannel channel = _kernel.Open();
        Assert.Equal(
            [
                "socket(29,80803,1)",
                "ioctl(8933,can0)",
                "ioctl(8913,can0)",
                "bind(1D00000004000000" + new string('0', 32) + ")",
                "setsockopt(101,4,01000000)",
            ],
            _kernel.Calls);
        Assert.Equal("can0", channel.Name);
    }

    [Fact]
    public void Filter_and_frame_reach_the_kernel_as_it_wants_them()
    {
        using SocketCanChannel channel = _kernel.Open();
        _kernel.Calls.Clear();
        channel.SetFilter([(0x7E8, false)]);
        Assert.True(channel.TryWrite(new BusFrame(0x7E0, false, [0x02, 0x3E, 0x00])));
        Assert.Equal(["setsockopt(101,1,E8070000FF0700C0)", "write(E007000003000000023E000000000000)"], _kernel.Calls);
    }

    [Fact]
    public void Error_frames_and_the_like_are_passed_over()
    {
        using SocketCanChannel channel = _kernel.Open();
        _kernel.Received.Enqueue(Convert.FromHexString("04000020080000000000000000000000"));
        _kernel.Received.Enqueue(Convert.FromHexString("E8070040000000000000000000000000"));
        _kernel.Received.Enqueue(new byte[72]); // struct canfd_frame
        _kernel.Received.Enqueue(Convert.FromHexString("E807000003000000027E00FFFFFFFFFF"));
        Assert.True(channel.TryRead(out BusFrame frame));
        Assert.Equal(new BusFrame(0x7E8, false, [0x02, 0x7E, 0x00]), frame);
        Assert.False(channel.TryRead(out _));
    }

    [Theory]
    [InlineData("socket", Errno.FamilyNotSupported, "can0", "modprobe can_raw")]
    [InlineData("socket", Errno.ProtocolNotSupported, "can0", "modprobe can_raw")]
    [InlineData("socket", Errno.NotPermitted, "can0", "this user")]
    [InlineData("socket", 24, "can0", "error 24")]
    [InlineData(null, 0, "can7", "no interface can7")]
    [InlineData("bind", Errno.NoSuchDevice, "eth0", "eth0 is a network interface, but not of CAN")]
    [InlineData("setsockopt", 92, "can0", "error 92")]
    public void A_bus_that_cannot_be_opened_is_one_line_and_leaves_nothing_open(string? call, int number, string name, string text)
    {
        if (call is not null)
        {
            _kernel.Failures[call] = number;
        }

        UserErrorException error = Assert.Throws<UserErrorException>(() => _kernel.Open(name));
        AssertUnusable(error, $"socketcan:{name}: ", text);
        Assert.False(_kernel.IsOpen);
    }

    [Fact]
    public void An_interface_that_is_down_is_told_with_the_command_that_starts_it()
    {
        _kernel.IsUp = false;
        AssertUnusable(Assert.Throws<UserErrorException>(() => _kernel.Open()), "can0 is down", "ip link set can0 up type can bitrate");
        Assert.False(_kernel.IsOpen);
    }

    [Theory]
    [InlineData(Errno.NoBufferSpace)]
    [InlineData(Errno.TryAgain)]
    [InlineData(Errno.Interrupted)]
    public void A_full_queue_is_not_now_and_no_error(int number)
    {
        using SocketCanChannel channel = _kernel.Open();
        BusFrame frame = new(0x7E0, false, [0x3E]);
        _kernel.Failures["write"] = number;
        Assert.False(channel.TryWrite(frame));
        Assert.True(channel.TryWrite(frame));
    }

    [Fact]
    public void An_interface_that_goes_away_ends_reading_and_writing()
    {
        using SocketCanChannel channel = _kernel.Open();
        _kernel.IsUp = false;
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "can0 is down");
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryWrite(new BusFrame(0x7E0, false, [0x3E]))), "can0 is down");
        _kernel.IsUp = true;
        _kernel.Failures["read"] = Errno.NoSuchDevice;
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "no interface can0 (any more)");
        channel.Dispose();
        channel.Dispose();
        Assert.False(_kernel.IsOpen);
    }

    [Fact]
    public void This_machine_has_the_interface_or_says_in_one_line_why_not()
    {
        try
        {
            using IFrameChannel channel = BusAddress.Parse("socketcan:esync-absent").Open();
            Assert.Fail("an interface esync-absent is there");
        }
        catch (UserErrorException error)
        {
            AssertUnusable(error, "socketcan:esync-absent: ");
        }
    }

    private static void AssertUnusable(UserErrorException error, params string[] texts)
    {
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(texts, text => Assert.Contains(text, error.Message));
    }
}
