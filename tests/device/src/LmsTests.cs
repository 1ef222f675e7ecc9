// LMS signatures as the agent verifies them: from flash, in slices. The vector is the upper level of RFC 8554 Appendix F, test
// case 2: an LMS_SHA256_M32_H10 tree with LMOTS_SHA256_N32_W4 that signs the public key of the lower tree. Taken by itself
// it is an HSS signature of one level, and costs some 560 compressions.
using EsyncAgent.Drivers;
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>HSS/LMS verification.</summary>
[TestClass]
public class LmsTests
{
    private const int SectorLength = 2048;
    private const int PageSize = 256;
    private const int CompressionsPerStep = 8;
    private const int StepsMax = 2000;

    [TestMethod]
    public static void The_upper_level_of_RFC_8554_test_case_2_verifies()
    {
        byte[] signature = Rfc8554Case2.CreateSignature();
        uint compressions = Verify(Rfc8554Case2.CreatePublicKey(), Rfc8554Case2.CreateMessage(), signature, (uint)signature.Length, StdReturn.Ok);
        Assert.IsTrue(compressions > 400 && compressions < 1100, compressions.ToString() + " compressions");
    }

    [TestMethod]
    public static void Another_message_does_not()
    {
        byte[] message = Rfc8554Case2.CreateMessage();
        message[20] ^= 0x04;
        byte[] signature = Rfc8554Case2.CreateSignature();
        Verify(Rfc8554Case2.CreatePublicKey(), message, signature, (uint)signature.Length, StdReturn.NotOk);
    }

    // A chain, the path, the randomizer.
    [DataRow(300)]
    [DataRow(2400)]
    [DataRow(20)]
    public static void A_flipped_bit_of_the_signature_does_not(int offset)
    {
        byte[] signature = Rfc8554Case2.CreateSignature();
        signature[offset] ^= 0x80;
        Verify(Rfc8554Case2.CreatePublicKey(), Rfc8554Case2.CreateMessage(), signature, (uint)signature.Length, StdReturn.NotOk);
    }

    [TestMethod]
    public static void A_wrong_length_or_an_unknown_type_is_refused_before_anything_is_hashed()
    {
        byte[] key = Rfc8554Case2.CreatePublicKey();
        byte[] message = Rfc8554Case2.CreateMessage();
        byte[] signature = Rfc8554Case2.CreateSignature();
        Assert.AreEqual(0u, Verify(key, message, signature, (uint)signature.Length - 1, StdReturn.NotOk));
        key[7] = 99;
        Assert.AreEqual(0u, Verify(key, message, signature, (uint)signature.Length, StdReturn.NotOk));
    }

    /// <summary>Verifies from a flash in RAM, as the agent does, and returns the compressions that it took.</summary>
    internal static uint Verify(byte[] key, byte[] message, byte[] signature, uint length, StdReturn expected)
    {
        RamFls flash = new RamFls(2, SectorLength, PageSize, 1);
        for (int position = 0; position < signature.Length; position += PageSize)
        {
            int rest = signature.Length - position;
            Assert.IsTrue(flash.StartProgram((uint)position, signature, position, rest < PageSize ? rest : PageSize));
            flash.Poll();
        }

        Csm csm = new Csm(new ManagedCrypto());
        Fls fls = new Fls(new FlsConfig(), flash);
        FlsWindow window = new FlsWindow(fls, FlsPriority.Fota, HssVerifier.WindowLengthMin);
        window.Open(0, (uint)signature.Length);
        HssVerifier verifier = new HssVerifier(csm);
        verifier.Begin(key, 0, window, 0, length, message, message.Length);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; i < StepsMax && result == StdReturn.Pending; i++)
        {
            result = verifier.Step(CompressionsPerStep);
            fls.MainFunction(0);
        }

        Assert.AreEqual((int)expected, (int)result);
        return csm.CompressionCount;
    }
}
