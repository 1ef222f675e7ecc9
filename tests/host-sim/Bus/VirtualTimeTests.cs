// The event queue and the clock: order, moving, cancelling, horizons.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class VirtualTimeTests
{
    [Fact]
    public void Events_happen_by_time_and_then_in_the_order_of_scheduling()
    {
        VirtualTime time = new();
        List<string> happened = [];
        time.After(20, () => happened.Add("c"));
        time.After(10, () => happened.Add("a"));
        time.After(10, () => happened.Add("b"));
        time.RunUntil(30);
        Assert.Equal(["a", "b", "c"], happened);
        Assert.Equal(30, time.NowNs);
    }

    [Fact]
    public void An_event_that_is_scheduled_again_moves_and_stands_behind_others_of_the_same_time()
    {
        VirtualTime time = new();
        List<string> happened = [];
        SimEvent moved = time.CreateEvent(() => happened.Add("moved"));
        moved.At(5);
        time.After(10, () => happened.Add("first"));
        moved.At(10);
        time.RunUntil(20);
        Assert.Equal(["first", "moved"], happened);
    }

    [Fact]
    public void A_cancelled_event_does_not_happen_and_can_be_used_again()
    {
        VirtualTime time = new();
        int count = 0;
        SimEvent item = time.CreateEvent(() => count++);
        item.At(5);
        item.Cancel();
        time.RunUntil(10);
        Assert.Equal(0, count);
        item.At(3); // in the past: now
        time.RunUntil(10);
        Assert.Equal(1, count);
        Assert.Equal(10, item.TimeNs);
    }

    [Fact]
    public void Ten_thousand_events_with_moves_and_cancels_come_out_as_a_sorted_list_says()
    {
        VirtualTime time = new();
        SeededRandom random = new(7);
        List<(long Time, long Order, int Id)> expected = [];
        List<int> happened = [];
        SimEvent[] events = new SimEvent[1000];
        Dictionary<int, (long Time, long Order)> latest = [];
        for (int i = 0; i < events.Length; i++)
        {
            int id = i;
            events[i] = time.CreateEvent(() => happened.Add(id));
        }

        for (long order = 0; order < 10_000; order++)
        {
            int id = random.Next(events.Length);
            if (random.Chance(0.2))
            {
                events[id].Cancel();
                latest.Remove(id);
            }
            else
            {
                long at = random.Next(500);
                events[id].At(at);
                latest[id] = (at, order);
            }
        }

        expected.AddRange(latest.Select(entry => (entry.Value.Time, entry.Value.Order, entry.Key)));
        expected.Sort();
        time.RunUntil(1000);
        Assert.Equal(expected.Select(entry => entry.Id), happened);
    }

    [Fact]
    public void Nothing_beyond_the_horizon_happens()
    {
        VirtualTime time = new();
        int count = 0;
        time.After(10, () => count++);
        time.After(11, () => count++);
        time.RunUntil(10);
        Assert.Equal(1, count);
        Assert.Equal(11, time.NextNs);
    }

    [Fact]
    public void The_clock_advances_without_an_event_only_up_to_the_next_one_and_within_the_run()
    {
        VirtualTime time = new();
        Assert.False(time.TryAdvanceTo(1)); // no run: nothing would end it
        List<bool> answers = [];
        time.After(10, () =>
        {
            answers.Add(time.TryAdvanceTo(15));
            answers.Add(time.TryAdvanceTo(20)); // an event is due
            answers.Add(time.NowNs == 15);
        });
        time.After(20, () => answers.Add(time.TryAdvanceTo(31))); // beyond the run
        time.RunUntil(30);
        Assert.Equal([true, false, true, false], answers);
    }

    [Fact]
    public void Milliseconds_wrap_as_a_32_bit_counter()
    {
        VirtualTime time = new();
        time.RunUntil((1L + uint.MaxValue) * VirtualTime.NsPerMs);
        Assert.Equal(0u, time.NowMs);
    }
}
