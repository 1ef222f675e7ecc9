// `esync provision` and `esync update` over a real bus: a virtual ECU lies behind a socket, both worlds under one clock.
using EsyncSim;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Demo;
using EsyncSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class RealUpdateTests : IDisposable
{
    private readonly SocketEcu _socket = new();

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void An_ECU_behind_a_socket_is_provisioned_and_updated_twice()
    {
        string told = _socket.Provision();
        Assert.Contains("on socketcan:can0", told);

        Assert.Null(_socket.Update("1.0.0", 1).Error);
        using StringWriter candump = new();
        UpdateRunResult result = _socket.Update("2.0.0", 2, candump);
        Assert.Null(result.Error);
        Assert.Equal("2.0.0 Confirmed", Assert.Single(result.Report.Steps).Observed);
        TransferResult transfer = Assert.Single(result.Report.Transfers);
        Assert.InRange(transfer.KBps, 15, 32);
        Assert.InRange(transfer.PercentOfLimit, 50, 100);
        Assert.Contains(" can0 7E0#", candump.ToString());
        Assert.Contains(" can0 7E8#", candump.ToString());
        Assert.False(_socket.Kernel.IsOpen);
    }

    [Fact]
    public void An_ECU_that_does_not_answer_is_one_line_and_nothing_is_left_behind()
    {
        _socket.Ecu.PowerCut(EsyncSim.Flash.CutModel.Before);
        UserErrorException error = Assert.Throws<UserErrorException>(_socket.Provision);
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains("motor on socketcan:can0", error.Message);
        Assert.False(File.Exists(_socket.Device));

        DeviceFile.Create(new byte[16]).Save(_socket.Device);
        error = Assert.Throws<UserErrorException>(() => _socket.Update("1.0.0", 1));
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains("motor on socketcan:can0 cannot be updated", error.Message);
    }

    [Fact]
    public void A_bus_that_goes_down_in_the_middle_ends_the_update_and_the_next_one_goes_on()
    {
        _socket.Provision();
        Countdown countdown = new(5000, () => _socket.Kernel.IsUp = false);
        _socket.Kernel.Outside.Observe(countdown);
        UserErrorException error = Assert.Throws<UserErrorException>(() => _socket.Update("1.0.0", 1));
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.Contains("can0 is down", error.Message);
        Assert.False(_socket.Kernel.IsOpen);

        _socket.Kernel.IsUp = true;
        UpdateRunResult again = _socket.Update("1.0.0", 1);
        Assert.Null(again.Error);
        TransferResult rest = Assert.Single(again.Report.Transfers);
        Assert.InRange(rest.Bytes, 1, rest.ImageBytes - 4096);
    }

    [Fact]
    public void A_lost_answer_to_the_provisioning_does_not_cost_the_secret()
    {
        // The ECU takes the request; its answer is lost once, and the repetition is refused.
        bool isLost = false;
        _socket.Kernel.IsLost = frame => !isLost && (isLost = frame is { Identifier: 0x7E8, Length: 8 } && frame.Data >> 24 == 0x0671010220);
        Assert.Contains("is provisioned", _socket.Provision());
        Assert.True(isLost);
        Assert.Null(_socket.Update("1.0.0", 1).Error);
    }

    [Fact]
    public void An_ECU_that_falls_silent_while_it_is_provisioned_leaves_its_secret_with_the_user()
    {
        bool isSilent = false;
        _socket.Kernel.IsLost = frame => isSilent |= frame is { Identifier: 0x7E8, Length: 8 } && frame.Data >> 24 == 0x0671010220;
        UserErrorException error = Assert.Throws<UserErrorException>(_socket.Provision);
        Assert.Equal(ExitCode.EcuRefused, error.ExitCode);
        Assert.Contains($"keep {_socket.Device}", error.Message);
        Assert.True(File.Exists(_socket.Device));

        _socket.Kernel.IsLost = _ => false;
        Assert.Null(_socket.Update("1.0.0", 1).Error);
    }

    /// <summary>Does something at the end of so many frames.</summary>
    private sealed class Countdown(int frames, Action then) : IBusObserver
    {
        public void OnRecord(in BusRecord record)
        {
            if (--frames == 0)
            {
                then();
            }
        }
    }
}
