// What SHA-256 and the verification of LMS signatures cost, by themselves.
// The signatures are those of one key H10/W4 over different messages: how many compressions one takes depends on both.
// Runs inside a CountingContext. Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncAgent;
using EsyncSim.Crypto;
using EsyncSim.Flash;
using EsyncSim.Signing;

namespace EsyncTests.IlCounting;

/// <summary>Figures of signatures.</summary>
internal static class SignatureMeasurement
{
    /// <summary>Signatures that the mean is taken of.</summary>
    internal const int Count = 20;

    private const int SliceOfTurn = 4;

    /// <summary>Instructions that another block of a message costs.</summary>
    internal static long Block(IlMeter meter)
    {
        Csm csm = new(new HostCrypto());
        byte[] data = new byte[128];
        csm.Sha256.Reset();
        csm.Sha256.Update(data, 0, 64);
        return meter.Of(() => csm.Sha256.Update(data, 0, 128)) - meter.Of(() => csm.Sha256.Update(data, 0, 64));
    }

    /// <summary>Instructions of the verifications, and compressions in them.</summary>
    internal static (long[] Il, long Compressions) Verify(IlMeter meter)
    {
        SigningKey key = SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 10, 4), "counter signatures");
        FlashModel flash = new(FlashGeometries.W25Q32);
        Fls fls = new(new FlsConfig(), flash);
        FlsWindow window = new(fls, FlsPriority.Fota, HssVerifier.WindowLengthMin);
        Csm csm = new(new HostCrypto());
        HssVerifier verifier = new(csm);
        long[] il = new long[Count];
        for (int i = 0; i < Count; i++)
        {
            byte[] message = [(byte)i, .. "a message of 32 bytes, or about"u8];
            byte[] signature = new MemorySigner(key).Sign(message);
            flash.Memory.Commit(0, [.. signature, .. new byte[flash.Geometry.LengthOf(0) - signature.Length]]);
            window.Open(0, (uint)signature.Length);
            StdReturn result = StdReturn.Pending;
            il[i] = meter.Of(() =>
            {
                verifier.Begin(key.PublicKey, 0, window, 0, (uint)signature.Length, message, message.Length);
                while (result == StdReturn.Pending)
                {
                    result = verifier.Step(SliceOfTurn);
                    fls.MainFunction(0);
                }
            });
            if (result != StdReturn.Ok)
            {
                throw new InvalidOperationException($"Signature {i} was not verified.");
            }
        }

        return (il, csm.CompressionCount);
    }
}
