// Requests that nobody would send: the server answers each of them once and serves the next as if nothing had been.
// Seeded, so that a failure can be repeated by its seed.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using EsyncTests.Fuzzing.Targets;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class RobustnessTests
{
    private const byte EcuReset = 0x11;

    private static readonly byte[] Sids = [0x10, 0x22, 0x27, 0x28, 0x29, 0x2A, 0x2C, 0x2E, 0x2F, 0x31, 0x34, 0x36, 0x37, 0x3E, 0x85];

    private static byte[] RandomRequest(Random random)
    {
        byte[] request = new byte[random.Next(1, 80)];
        random.NextBytes(request);
        if (random.Next(8) != 0)
        {
            request[0] = Sids[random.Next(Sids.Length)];
        }

        if (request.Length > 2 && request[0] is 0x2A or 0x2C or 0x2F && random.Next(2) == 0)
        {
            return Near(random, request);
        }

        // Small numbers find sub-functions and routines more often than chance would.
        for (int i = 1; i < request.Length && i < 4; i++)
        {
            request[i] = random.Next(3) == 0 ? request[i] : (byte)random.Next(8);
        }

        return request[0] == EcuReset ? [0x3E] : request;
    }

    // A request for live data that is good, or nearly so.
    private static byte[] Near(Random random, byte[] request) => request[0] switch
    {
        0x2A => [0x2A, (byte)random.Next(1, 5), (byte)random.Next(0x0F, 0x13), (byte)random.Next(3)],
        0x2C => [0x2C, 1, (byte)random.Next(0xF2, 0xF4), (byte)random.Next(3), 2, (byte)random.Next(8), (byte)random.Next(5), (byte)random.Next(5)],
        _ => [0x2F, 0x10, (byte)random.Next(3), (byte)random.Next(5), (byte)random.Next(110)],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_request_gets_one_answer_of_its_own_service(int seed)
    {
        Random random = new(seed);
        DcmBench bench = new(c => (c.MessageLengthMax, c.ResponseLengthMax) = (256, 256), configureData: TestSignals.AddPeriodic, hasLog: true);
        for (int i = 0; i < 800; i++)
        {
            if (i % 50 == 0)
            {
                bench.Run(70000);
                bench.Enter(i % 100 == 0 ? DcmSession.Programming : DcmSession.Extended);
                bench.OpenAccess();
            }

            byte[] request = RandomRequest(random);
            int before = bench.Said.Count;
            string response = bench.Ask(DcmBench.Hex(request));
            bool mayBeSilent = RequestTarget.IsSuppressed(request);
            bool isOfThisService = response.StartsWith($"{(byte)(request[0] + 0x40):X2}", StringComparison.Ordinal)
                || response.StartsWith($"7F {request[0]:X2} ", StringComparison.Ordinal);
            Assert.True(isOfThisService || (response.Length == 0 && mayBeSilent), $"{DcmBench.Hex(request)} → {response}");
            Assert.True(bench.Said.Count - before <= 1);
            bench.Expect("3E 00", "7E 00");
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Whatever_a_tester_repeats_or_skips_every_byte_arrives_exactly_once(int seed)
    {
        Random random = new(seed);
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 20 00 00 00 00 10 00 00", "74 20 0F FF");
        List<byte> sent = [];
        byte last = 0;
        bool hasLast = false;
        for (int i = 0; i < 1500; i++)
        {
            byte counter = random.Next(4) switch
            {
                0 => last,
                1 => (byte)random.Next(256),
                _ => (byte)(last + 1),
            };
            byte[] data = new byte[random.Next(1, 12)];
            random.NextBytes(data);
            string response = bench.Ask($"36 {counter:X2} {DcmBench.Hex(data)}");
            if (counter == (byte)(last + 1))
            {
                Assert.Equal($"76 {counter:X2}", response);
                sent.AddRange(data);
                last = counter;
                hasLast = true;
            }
            else
            {
                Assert.Equal(counter == last && hasLast ? $"76 {counter:X2}" : "7F 36 73", response);
            }
        }

        Assert.Equal(sent, bench.Target.Received);
    }

    [Fact]
    public void A_request_longer_than_a_message_is_refused_by_the_transport()
    {
        DcmBench bench = new(c => c.MessageLengthMax = 64);
        bench.Send("22" + string.Concat(Enumerable.Repeat(" F1 86", 32)));
        Assert.Equal(CanTpResult.BufferOverflow, bench.LastSendResult);
        bench.Expect("3E 00", "7E 00");
    }

    [Fact]
    public void A_single_frame_in_the_middle_of_a_long_request_takes_its_place()
    {
        DcmBench bench = new();
        bench.SendFrame("10 0B 22 F1 86 F1 86 F1");
        bench.Run(2);
        bench.SendFrame("02 3E 00 CC CC CC CC CC");
        bench.Run(5);
        Assert.Equal(["7E 00"], bench.Said.Select(h => h.Pdu));
        bench.Expect("22 F1 86 F1 86 F1 86 F1 86", "62 F1 86 01 F1 86 01 F1 86 01 F1 86 01");
    }

    [Fact]
    public void A_long_request_that_breaks_off_leaves_the_server_free()
    {
        DcmBench bench = new();
        bench.SendFrame("10 0B 22 F1 86 F1 86 F1");
        bench.Run(1100);
        Assert.Empty(bench.Said);
        bench.Expect("22 F1 86 F1 86 F1 86 F1 86", "62 F1 86 01 F1 86 01 F1 86 01 F1 86 01");
    }
}
