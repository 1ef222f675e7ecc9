// Async scripts in virtual time: delays, signals, work outside that takes no virtual time.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class ScriptTests
{
    private const long Ms = VirtualTime.NsPerMs;

    [Fact]
    public void Two_scripts_interleave_by_virtual_time()
    {
        VirtualTime time = new();
        List<string> log = [];
        async Task Script(string name, int periodMs)
        {
            for (int i = 0; i < 3; i++)
            {
                await time.DelayMs(periodMs);
                log.Add($"{name}{time.NowMs}");
            }
        }

        time.Run(() => Task.WhenAll(Script("a", 2), Script("b", 3)));
        Assert.Equal(["a2", "b3", "a4", "b6", "a6", "b9"], log);
        Assert.Equal(9 * Ms, time.NowNs);
    }

    [Fact]
    public void A_signal_wakes_the_waiter_after_the_setter_has_finished()
    {
        VirtualTime time = new();
        SimSignal signal = new(time);
        List<string> log = [];
        time.After(5, () =>
        {
            signal.Set();
            log.Add("setter");
        });
        time.Run(async () =>
        {
            Assert.True(await signal.Wait(10));
            log.Add("waiter");
        });
        Assert.Equal(["setter", "waiter"], log);
        Assert.Equal(5, time.NowNs);
    }

    [Fact]
    public void A_signal_that_nobody_waits_for_is_remembered_once()
    {
        VirtualTime time = new();
        SimSignal signal = new(time);
        signal.Set();
        signal.Set();
        time.Run(async () =>
        {
            Assert.True(await signal.Wait(10));
            Assert.Equal(0, time.NowNs);
            Assert.False(await signal.Wait(10));
            Assert.Equal(10, time.NowNs);
        });
    }

    [Fact]
    public void When_timeout_and_signal_meet_the_one_scheduled_first_counts()
    {
        VirtualTime time = new();
        SimSignal signal = new(time);
        bool first = true;
        time.After(10, signal.Set);
        time.Run(async () => first = await signal.Wait(10));
        Assert.True(first);
        Assert.False(signal.IsSet);
    }

    [Fact]
    public void Work_outside_takes_no_virtual_time_and_returns_to_the_same_thread()
    {
        VirtualTime time = new();
        int thread = Environment.CurrentManagedThreadId;
        int events = 0;
        SimEvent tick = null!;
        tick = time.CreateEvent(() =>
        {
            events++;
            tick.After(1);
        });
        tick.At(0);
        async Task<int> Outside()
        {
            await Task.Yield(); // comes back through the pump's context
            int sum = await Task.Run(() => 41).ConfigureAwait(true);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            return sum + 1;
        }

        int result = time.Run(async () =>
        {
            await time.Delay(100);
            int before = events;
            int answer = time.Hold(Outside());
            Assert.Equal(before, events);
            Assert.Equal(100, time.NowNs);
            return answer;
        });
        Assert.Equal(42, result);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void An_exception_of_a_script_comes_out_of_the_run_as_it_is()
    {
        VirtualTime time = new();
        Assert.Throws<FormatException>(() => time.Run(async () =>
        {
            await time.Delay(1);
            throw new FormatException();
        }));
    }

    [Fact]
    public void A_script_that_nothing_can_wake_is_reported_and_so_is_one_that_exceeds_its_limit()
    {
        VirtualTime time = new();
        SimSignal never = new(time);
        Assert.Throws<InvalidOperationException>(() => time.Run(async () => await never));
        Assert.Throws<TimeoutException>(() => time.Run(async () => await time.Delay(100), limitNs: 50));
    }

    [Fact]
    public void Who_posts_without_end_does_not_hold_up_time()
    {
        VirtualTime time = new();
        void Again() => time.Post(Again);
        time.Post(Again);
        time.Run(async () => await time.Delay(100));
        Assert.Equal(100, time.NowNs);
    }

    [Fact]
    public void The_run_ends_with_its_script_although_others_go_on()
    {
        VirtualTime time = new();
        SimEvent tick = null!;
        tick = time.CreateEvent(() =>
        {
            while (time.TryAdvanceTo(time.NowNs + 1))
            {
            }

            tick.After(1);
        });
        tick.At(0);
        time.Run(async () => await time.Delay(1000));
        Assert.Equal(1000, time.NowNs);
    }
}
