// Who has an ECU's connection: one at a time, in order, guests only when they are let in.
using EsyncSim.Bus;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class EcuGateTests
{
    private readonly VirtualTime _time = new();
    private readonly EcuGate _gate;
    private readonly List<string> _story = [];
    private int _inside;

    public EcuGateTests() => _gate = new EcuGate(_time);

    [Fact]
    public void One_after_the_other_in_the_order_of_asking()
    {
        _time.Run(() => Task.WhenAll(VisitAsync("a", 30), VisitAsync("b", 10), VisitAsync("c", 10)));

        Assert.Equal(["a in", "a out", "b in", "b out", "c in", "c out"], _story);
        Assert.Equal(50u, _time.NowMs);
    }

    [Fact]
    public void A_guest_goes_in_between_two_requests_when_it_is_let_in_and_has_left_before_the_holder_goes_on()
    {
        _time.Run(() => Task.WhenAll(HoldAsync(), VisitAsync("other", 5), VisitAsync("guest", 10, canBeGuest: true)));

        Assert.Equal(["hold", "guest in", "guest out", "on", "leave", "other in", "other out"], _story);
    }

    [Fact]
    public void A_guest_that_is_not_let_in_gets_the_connection_for_itself_afterwards()
    {
        bool isGuest = true;
        _time.Run(async () =>
        {
            EcuTurn holder = await _gate.EnterAsync();
            Task<EcuTurn> guest = _gate.EnterAsync(canBeGuest: true);
            Assert.True(_gate.HasGuests);
            holder.Dispose();
            using EcuTurn turn = await guest;
            isGuest = turn.IsGuest;
        });

        Assert.False(isGuest);
        Assert.False(_gate.HasGuests);
    }

    [Fact]
    public void To_leave_twice_is_to_leave_once()
    {
        _time.Run(async () =>
        {
            EcuTurn first = await _gate.EnterAsync();
            first.Dispose();
            using EcuTurn second = await _gate.EnterAsync();
            first.Dispose();
            Task<EcuTurn> third = _gate.EnterAsync();
            await _time.DelayMs(1);
            Assert.False(third.IsCompleted);
        });
    }

    private async Task HoldAsync()
    {
        using EcuTurn turn = await _gate.EnterAsync();
        _story.Add("hold");
        await _time.DelayMs(10);
        await _gate.HostAsync();
        _story.Add("on");
        await _time.DelayMs(10);
        await _gate.HostAsync();
        _story.Add("leave");
    }

    private async Task VisitAsync(string name, int stayMs, bool canBeGuest = false)
    {
        using EcuTurn turn = await _gate.EnterAsync(canBeGuest);
        Assert.Equal(canBeGuest, turn.IsGuest);
        _story.Add($"{name} in");
        Assert.Equal(1, ++_inside);
        await _time.DelayMs(stayMs);
        _inside--;
        _story.Add($"{name} out");
    }
}
