// ISO 15765-2 conversations, frame by frame, and a long message from one end to the other. Time is virtual.
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Transport layer.</summary>
[TestClass]
public class CanTpTests
{
    private const string FlowControl = "30 02 00 CC CC CC CC CC/";

    [TestMethod]
    public static void A_single_frame_is_a_message_and_an_answer_is_padded()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Hear("02 3E 00");
        Assert.AreEqual("3E 00", bench.Message);
        bench.Transmit("7E 00");
        bench.Expect("02 7E 00 CC CC CC CC CC/");
        bench.After(1);
        Assert.AreEqual("0", bench.Confirmation);
    }

    [TestMethod]
    public static void A_message_of_20_bytes_comes_in_blocks_of_two()
    {
        CanTpBench bench = new CanTpBench(2, 0);
        bench.Hear("10 14 00 01 02 03 04 05");
        bench.Expect(FlowControl);
        bench.Hear("21 06 07 08 09 0A 0B 0C");
        bench.Hear("22 0D 0E 0F 10 11 12 13");
        Assert.AreEqual("00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13", bench.Message);
        bench.Expect("");
    }

    [TestMethod]
    public static void After_a_block_the_next_flow_control_comes()
    {
        CanTpBench bench = new CanTpBench(2, 0);
        bench.Hear("10 1B 00 01 02 03 04 05");
        bench.Expect(FlowControl);
        bench.Hear("21 06 07 08 09 0A 0B 0C");
        bench.Expect("");
        bench.Hear("22 0D 0E 0F 10 11 12 13");
        bench.Expect(FlowControl);
        bench.Hear("23 14 15 16 17 18 19 1A");
        Assert.AreEqual((27 * 3) - 1, bench.Message.Length);
    }

    [TestMethod]
    public static void A_wrong_sequence_number_ends_the_message()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Hear("10 14 00 01 02 03 04 05");
        bench.Hear("22 06 07 08 09 0A 0B 0C");
        Assert.AreEqual((int)CanTpResult.WrongSn, (int)bench.Result);
        Assert.IsFalse(bench.CanTp.IsReceiving);
    }

    [TestMethod]
    public static void A_consecutive_frame_that_does_not_come_ends_the_message_after_N_Cr()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Hear("10 14 00 01 02 03 04 05");
        bench.After(990);
        Assert.IsTrue(bench.CanTp.IsReceiving);
        bench.After(20);
        Assert.AreEqual((int)CanTpResult.TimeoutCr, (int)bench.Result);
    }

    [TestMethod]
    public static void A_message_that_is_too_long_gets_an_overflow()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Hear("10 41 00 01 02 03 04 05");
        bench.Expect("32 00 00 CC CC CC CC CC/");
        Assert.IsFalse(bench.CanTp.IsReceiving);
    }

    [TestMethod]
    public static void The_sender_keeps_the_peers_block_size_and_separation_time()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Transmit("00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13");
        bench.Expect("10 14 00 01 02 03 04 05/");
        bench.Hear("31 00 00"); // wait
        bench.After(500);
        bench.Expect("");
        bench.Hear("30 01 05"); // one frame, 5 ms apart
        bench.After(1);
        bench.Expect("21 06 07 08 09 0A 0B 0C/");
        bench.After(50);
        bench.Expect("");
        bench.Hear("30 00 05");
        bench.After(6);
        bench.Expect("22 0D 0E 0F 10 11 12 13/");
        bench.After(1);
        Assert.AreEqual("0", bench.Confirmation);
    }

    [TestMethod]
    public static void A_flow_control_that_does_not_come_ends_the_transmission_after_N_Bs()
    {
        CanTpBench bench = new CanTpBench(0, 0);
        bench.Transmit("00 01 02 03 04 05 06 07");
        bench.After(1010);
        Assert.AreEqual(((int)CanTpResult.TimeoutBs).ToString(), bench.Confirmation);
    }

    [TestMethod]
    public static void A_message_of_1000_bytes_reaches_the_other_end_whole()
    {
        CanTpPair pair = new CanTpPair(1000);
        int turns = pair.Send(1000);
        Assert.IsTrue(pair.IsReceivedWhole(1000), "the message was changed on its way");
        OutputHelper.WriteLine("turns: " + turns.ToString());
    }
}
