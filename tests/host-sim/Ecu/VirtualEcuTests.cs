// The processor of a virtual ECU: what work costs in virtual time, skipping of idle turns, power, reset.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Logs;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class VirtualEcuTests
{
    private const long Ms = VirtualTime.NsPerMs;

    [Fact]
    public void The_first_turn_comes_after_the_reboot_time_and_CAN_is_silent_until_then()
    {
        long first = -1;
        EcuBench bench = new((_, _) => { });
        bench.Ecu.TurnEnded = _ => first = first < 0 ? bench.Time.NowNs : first;
        bench.Time.RunUntil(3 * Ms);
        bench.Ecu.PowerOn();
        Assert.False(bench.Ecu.Can.IsOnline);
        bench.Time.RunFor(20 * Ms);
        Assert.Equal(13 * Ms, first);
        Assert.True(bench.Ecu.Can.IsOnline);
        Assert.Equal(McuResetCause.PowerOn, bench.Ecu.Mcu.ResetCause);
    }

    [Fact]
    public void A_response_leaves_when_the_processor_has_come_so_far()
    {
        IlCosts costs = EcuBench.Costs;
        EcuBench bench = new(EcuBench.Echo());
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(20 * Ms);
        bench.Bus.Send(bench.Tester, EcuBench.RequestId, 0x03, 0x22, 0xF1, 0x90);
        bench.Time.RunFor(5 * Ms);
        long turnaround = bench.Bus.Records[1].StartNs - bench.Bus.Records[0].EndNs;
        long work = costs.IlToNs(costs[IlOperation.Loop] + costs[IlOperation.ReceiveSingle] + costs[IlOperation.SendSingle]);
        Assert.InRange(turnaround, work, work + costs.IlToNs(costs[IlOperation.Loop])); // up to one turn until it is seen
    }

    [Fact]
    public void Skipping_idle_turns_changes_nothing_on_the_bus()
    {
        string skipping = Conversation(isAlwaysTurning: false, out long skippingTurns);
        string turning = Conversation(isAlwaysTurning: true, out long turningTurns);
        Assert.Equal(turning, skipping);
        Assert.True(skippingTurns * 3 < turningTurns, $"{skippingTurns} turns instead of {turningTurns}");
    }

    [Fact]
    public void Native_cryptography_takes_its_time_by_bytes()
    {
        IlCosts costs = EcuBench.Costs;
        EcuBench bench = new((ports, _) => ports.Crypto.HmacSha256(new byte[32], new byte[4096], new byte[32]));
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(10 * Ms);
        long before = bench.Ecu.TurnCount;
        bench.Time.RunFor(1000 * Ms);
        long turn = costs.IlToNs(costs[IlOperation.Loop] + costs[IlOperation.Hmac]) + costs.HmacCallNs + (4096 * costs.HmacByteNs);
        Assert.InRange(bench.Ecu.TurnCount - before, (1000 * Ms / turn) - 1, (1000 * Ms / turn) + 1);
        Assert.Equal(bench.Ecu.TurnCount, bench.Ecu.Meter.CountOf(IlOperation.Hmac));
    }

    [Fact]
    public void A_flash_read_is_done_within_the_turn_that_starts_it_and_an_erase_takes_its_milliseconds()
    {
        List<(long Ns, FlsStatus Status)> polls = [];
        bool isStarted = false;
        bool isRead = false;
        EcuBench bench = new((_, _) => { });
        bench = new EcuBench((ports, _) =>
        {
            if (!isStarted)
            {
                isStarted = true;
                byte[] into = new byte[64];
                Assert.True(ports.Flash.StartRead(0, into, 0, 64));
                isRead = ports.Flash.Poll() == FlsStatus.Ok;
                Assert.True(ports.Flash.StartErase(4096));
            }
            else
            {
                polls.Add((bench.Time.NowNs, ports.Flash.Poll()));
            }
        });
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(100 * Ms);
        Assert.True(isRead);
        long done = polls.First(poll => poll.Status == FlsStatus.Ok).Ns - (10 * Ms);
        Assert.InRange(done, 45 * Ms, (45 * Ms) + 600_000); // it began some way into a turn, and the end is noticed before the next millisecond
    }

    [Fact]
    public void RAM_is_lost_with_the_power_and_flash_is_not()
    {
        EcuBench bench = new((ports, _) =>
        {
            if (ports.Flash.Poll() == FlsStatus.Idle)
            {
                byte[] data = [0x5A];
                ports.Flash.StartProgram(0, data, 0, 1);
            }
        });
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(30 * Ms);
        IAgent first = bench.Ecu.Agent!;
        bench.Ecu.PowerCut(CutModel.Before);
        Assert.Null(bench.Ecu.Agent);
        long turns = bench.Ecu.TurnCount;
        bench.Time.RunFor(30 * Ms);
        Assert.Equal(turns, bench.Ecu.TurnCount);
        byte[] content = new byte[1];
        bench.Ecu.Flash.Memory.Read(0, content);
        Assert.Equal(0x5A, content[0]);
        Assert.Equal(1, bench.Ecu.StartCount);
        first.MainFunction(0); // the program of before runs on nothing: its ports are not the ECU's any more
        Assert.Equal(turns, bench.Ecu.TurnCount);
    }

    [Fact]
    public void A_cut_at_a_flash_operation_stops_the_ECU_in_the_middle_of_a_turn()
    {
        int turnsAfterOperation = 0;
        EcuBench bench = new((ports, _) =>
        {
            ports.Flash.StartErase(0);
            turnsAfterOperation++;
        });
        int lost = 0;
        bench.Ecu.PowerLost = () => lost++;
        bench.Ecu.PowerOn();
        bench.Ecu.Flash.CutAfter(0, CutModel.EraseAllFf);
        bench.Time.RunUntil(100 * Ms);
        Assert.Equal((1, 0), (lost, turnsAfterOperation));
        Assert.False(bench.Ecu.IsPowered);
        bench.Ecu.PowerOn();
        bench.Time.RunFor(100 * Ms);
        Assert.True(turnsAfterOperation > 0);
        Assert.Equal(2, bench.Ecu.StartCount);
    }

    [Fact]
    public void A_reset_that_the_program_asks_for_starts_a_new_one_after_the_reboot_time()
    {
        bool isFirst = true;
        EcuBench bench = new((ports, nowMs) =>
        {
            if (isFirst && nowMs > 20)
            {
                isFirst = false;
                ports.Mcu.Reset();
            }
        });
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(25 * Ms);
        Assert.Null(bench.Ecu.Agent);
        bench.Time.RunUntil(40 * Ms);
        Assert.NotNull(bench.Ecu.Agent);
        Assert.Equal(McuResetCause.Software, bench.Ecu.Mcu.ResetCause);
        Assert.Equal(2, bench.Ecu.StartCount);
    }

    [Fact]
    public void A_power_cut_tears_the_frame_that_is_being_sent()
    {
        EcuBench bench = new(EcuBench.Echo());
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(20 * Ms);
        bench.Bus.Send(bench.Tester, EcuBench.RequestId, 1, 2, 3, 4, 5, 6, 7, 8);
        while (!bench.Ecu.Can.HasOffer)
        {
            bench.Time.RunFor(1000);
        }

        bench.Time.RunFor(50_000);
        bench.Ecu.PowerCut(CutModel.Before);
        bench.Time.RunFor(Ms);
        Assert.Equal(BusFate.Torn, bench.Bus.Records[1].Fate);
    }

    [Fact]
    public void Entropy_repeats_under_its_seed_and_never_across_resets()
    {
        List<string> Draw(ulong seed)
        {
            List<string> drawn = [];
            EcuBench bench = new(
                (ports, _) =>
                {
                    byte[] bytes = new byte[8];
                    ports.Mcu.ReadEntropy(bytes);
                    drawn.Add(Convert.ToHexString(bytes));
                },
                options => options with { Seed = seed });
            bench.Ecu.PowerOn();
            bench.Time.RunUntil(12 * Ms);
            bench.Ecu.Reset(McuResetCause.Watchdog);
            bench.Time.RunFor(12 * Ms);
            Assert.Equal(McuResetCause.Watchdog, bench.Ecu.Mcu.ResetCause);
            return drawn;
        }

        List<string> one = Draw(1);
        Assert.Equal(one, Draw(1));
        Assert.Equal(one.Count, one.Distinct().Count());
        Assert.Empty(one.Intersect(Draw(2)));
    }

    [Fact]
    public void The_clock_may_begin_just_before_its_wrap()
    {
        uint last = 0;
        EcuBench bench = new((_, nowMs) => last = nowMs, options => options with { ClockOffsetMs = uint.MaxValue - 14 });
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(20 * Ms);
        Assert.InRange(last, 4u, 5u);
    }

    [Fact]
    public void A_processor_that_sleeps_longer_turns_less_and_answers_as_soon()
    {
        long[] turns = new long[2];
        string[] answers = new string[2];
        for (int i = 0; i < 2; i++)
        {
            EcuBench bench = new(EcuBench.Echo(), options => options with { IdleMsMax = i == 0 ? 1 : 5 });
            bench.Ecu.PowerOn();
            bench.Time.RunUntil(500 * Ms);
            turns[i] = bench.Ecu.TurnCount;
            bench.Bus.Send(bench.Tester, EcuBench.RequestId, 1);
            bench.Time.RunFor(1 * Ms);
            answers[i] = string.Join(' ', bench.Bus.Records.Select(record => record.Frame));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(2, answers[1].Split(' ').Length);
        Assert.InRange(turns[1], turns[0] / 6, turns[0] / 4);
    }

    private static string Conversation(bool isAlwaysTurning, out long turns)
    {
        EcuBench bench = new(EcuBench.Echo(), options => options with { IsAlwaysTurning = isAlwaysTurning });
        StringWriter log = new();
        bench.Bus.Bus.Observe(new CandumpLog(log));
        bench.Ecu.PowerOn();
        bench.Time.RunUntil(20 * Ms);
        SeededRandom random = new(9);
        for (int i = 0; i < 200; i++)
        {
            bench.Bus.Send(bench.Tester, EcuBench.RequestId, (byte)i);
            bench.Time.RunFor(random.Next(10_000_000));
        }

        turns = bench.Ecu.TurnCount;
        return log.ToString() + string.Join(' ', bench.Bus.Records.Select(record => record.StartNs));
    }
}
