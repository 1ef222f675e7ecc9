// A report of what the basic operations cost on this board, in microseconds: for whoever compares boards.
// The only tests with a real clock; their bounds are those below which a board is of no use, not its figures.
using EsyncAgent.Drivers;
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Timing report.</summary>
[TestClass]
public class TimingTests
{
    [Setup]
    public static void Announce()
    {
        OutputHelper.WriteLine("timing: microseconds for one operation, on this board");
    }

    [TestMethod]
    public static void One_compression_of_SHA_256()
    {
        const int Count = 50;
        uint[] state = new uint[8];
        uint[] words = new uint[16];
        Sha256Compression compression = new Sha256Compression();
        Sha256Compression.Initialize(state);
        uint startedUs = Machine.NowUs;
        for (int i = 0; i < Count; i++)
        {
            compression.Compress(state, words);
        }

        Report("SHA-256 compression", startedUs, Count, 50000);
        Assert.AreEqual((uint)Count, compression.Count);
    }

    [TestMethod]
    public static void HMAC_of_a_chunk()
    {
        byte[] key = new byte[32];
        byte[] chunk = new byte[BankWriter.ChunkLength];
        byte[] mac = new byte[32];
        ManagedCrypto crypto = new ManagedCrypto();
        uint startedUs = Machine.NowUs;
        crypto.HmacSha256(key, chunk, mac);
        Report("HMAC-SHA256 of 4 KiB, managed", startedUs, 1, 5000000);
        Assert.AreEqual("f3e74324523de4d0669cef130e16a2cd6055c3048fd924ee29cd2039b353f305", Hex.Text(mac));
    }

    [TestMethod]
    public static void One_LMS_signature()
    {
        byte[] key = Rfc8554Case2.CreatePublicKey();
        byte[] message = Rfc8554Case2.CreateMessage();
        byte[] signature = Rfc8554Case2.CreateSignature();
        uint startedUs = Machine.NowUs;
        uint compressions = LmsTests.Verify(key, message, signature, (uint)signature.Length, StdReturn.Ok);
        Report("LMS H10/W4 verification, " + compressions.ToString() + " compressions", startedUs, 1, 30000000);
        Assert.IsTrue(compressions > 0);
    }

    [TestMethod]
    public static void One_CAN_frame_through_both_ends_of_ISO_TP()
    {
        const int Length = 1000;
        const int Frames = 143;
        CanTpPair pair = new CanTpPair(Length);
        pair.Send(Length);
        uint startedUs = Machine.NowUs;
        pair.Send(Length);
        Report("ISO-TP frame, sent and received", startedUs, Frames, 20000);
        Assert.IsTrue(pair.IsReceivedWhole(Length));
    }

    [TestMethod]
    public static void One_idle_turn_of_the_agent()
    {
        const int Count = 200;
        EmulatorMcu mcu = new EmulatorMcu();
        EmulatedEcu ecu = new EmulatedEcu(EmulatorConfig.Create(), World.NewFlash(), LoopbackCan.Create(), mcu);
        ecu.PowerOn();
        Turn(ecu, mcu, Count);
        uint startedUs = Machine.NowUs;
        Turn(ecu, mcu, Count);
        Report("idle turn of the agent", startedUs, Count, 20000);
        Assert.AreEqual(1, ecu.StartCount);
    }

    private static void Turn(EmulatedEcu ecu, EmulatorMcu mcu, int count)
    {
        for (int i = 0; i < count; i++)
        {
            mcu.Tick();
            ecu.Turn();
        }
    }

    private static void Report(string what, uint startedUs, int count, int microsecondsMax)
    {
        int each = (int)((Machine.NowUs - startedUs) / (uint)count);
        OutputHelper.WriteLine("timing: " + what + ": " + each.ToString() + " us");
        Assert.IsTrue(each <= microsecondsMax, what + " took " + each.ToString() + " us");
    }
}
