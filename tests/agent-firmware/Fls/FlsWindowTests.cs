// The read window: what it covers, what it refuses, what it forgets.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.FlsTests;

public sealed class FlsWindowTests
{
    private const uint Address = 0x2000;
    private readonly FlashModel _flash = new(FlashGeometries.W25Q32);
    private readonly Fls _fls;
    private readonly FlsWindow _window;

    public FlsWindowTests()
    {
        byte[] all = new byte[_flash.Size];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = (byte)((i * 7) + (i >> 8));
        }

        _flash.Memory.Load(all);
        _fls = new Fls(new FlsConfig(), _flash);
        _window = new FlsWindow(_fls, FlsPriority.Fota, 64);
        _window.Open(Address, 200);
    }

    [Fact]
    public void Bytes_arrive_after_a_read_and_neighbours_without_another()
    {
        Assert.Equal(StdReturn.Pending, _window.Ensure(10, 4));
        Assert.Equal(StdReturn.Pending, _window.Ensure(10, 4));
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.Ok, _window.Ensure(10, 4));
        Assert.Equal(Expected(10, 4), _window.Buffer[_window.IndexOf(10)..(_window.IndexOf(10) + 4)]);
        Assert.Equal(StdReturn.Ok, _window.Ensure(73, 1));
        Assert.Equal(Expected(73, 1)[0], _window.Buffer[_window.IndexOf(73)]);
        Assert.Equal(StdReturn.Pending, _window.Ensure(74, 1));
        Assert.Equal(2, _flash.Statistics.Reads + (_fls.IsIdle ? 0 : 1));
    }

    [Fact]
    public void A_step_back_reads_again()
    {
        Await(100, 10);
        Assert.Equal(StdReturn.Pending, _window.Ensure(99, 1));
        Await(99, 1);
        Assert.Equal(Expected(99, 1)[0], _window.Buffer[_window.IndexOf(99)]);
    }

    [Fact]
    public void The_end_of_the_range_is_the_end()
    {
        Await(150, 50);
        Await(199, 1);
        Assert.Equal(StdReturn.Ok, _window.Ensure(199, 1));
        Assert.Equal(StdReturn.NotOk, _window.Ensure(199, 2));
        Assert.Equal(StdReturn.NotOk, _window.Ensure(201, 0));
        Assert.Equal(StdReturn.NotOk, _window.Ensure(uint.MaxValue, 2));
        Assert.Equal(StdReturn.NotOk, _window.Ensure(0, 65));
        Assert.Equal(StdReturn.NotOk, _window.Ensure(0, -1));
    }

    [Fact]
    public void A_read_under_way_for_another_range_is_not_taken_for_this_one()
    {
        _window.Ensure(0, 4);
        _window.Open(Address + 0x100, 50);
        _fls.MainFunction(0);
        Await(0, 4);
        Assert.Equal(Expected(0x100, 4), _window.Buffer[_window.IndexOf(0)..(_window.IndexOf(0) + 4)]);
        Assert.Equal(StdReturn.NotOk, _window.Ensure(48, 4));
    }

    [Fact]
    public void Opening_anew_forgets_what_was_read()
    {
        Await(0, 4);
        _window.Open(Address, 200);
        Assert.Equal(StdReturn.Pending, _window.Ensure(0, 4));
    }

    [Fact]
    public void A_failed_read_is_said_once_and_tried_again_when_asked_again()
    {
        _window.Ensure(0, 4);
        _flash.CutNow(CutModel.Before);
        _fls.MainFunction(0);
        Assert.Equal(StdReturn.NotOk, _window.Ensure(0, 4));
        _flash.PowerOn();
        Await(0, 4);
        Assert.Equal(Expected(0, 4), _window.Buffer[.._window.IndexOf(4)]);
    }

    private static byte[] Expected(int position, int count)
        => [.. Enumerable.Range((int)Address + position, count).Select(i => (byte)((i * 7) + (i >> 8)))];

    private void Await(uint position, int count)
    {
        StdReturn result = StdReturn.Pending;
        for (int i = 0; i < 5 && result == StdReturn.Pending; i++)
        {
            result = _window.Ensure(position, count);
            _fls.MainFunction(0);
        }

        Assert.Equal(StdReturn.Ok, result);
    }
}
