// Runs an HssVerifier over a signature in flash, the way the agent does: small window, small slices, and counts.
using EsyncAgent;
using EsyncSim.Crypto;
using Xunit;

namespace EsyncTests.AgentFirmware.Csm;

public sealed class HssBench
{
    private const uint Address = 0x123;
    private const int Slice = 4;

    private readonly FlashShelf _shelf = new();
    private readonly EsyncAgent.Csm _csm = new(new HostCrypto());
    private readonly FlsWindow _window;
    private readonly HssVerifier _verifier;

    public HssBench(int windowLength = HssVerifier.WindowLengthMin)
    {
        _window = new FlsWindow(_shelf.Fls, FlsPriority.Fota, windowLength);
        _verifier = new HssVerifier(_csm);
    }

    /// <summary>Compressions of the last verification.</summary>
    public uint Compressions { get; private set; }

    public bool Verify(byte[] key, byte[] message, byte[] signature, int before = 7)
    {
        // Bytes in front and behind, so that a position that is off by one reads something else.
        byte[] flash = [.. new byte[before], .. signature, 1, 2, 3];
        _shelf.Put(Address, flash);
        _window.Open(Address, (uint)(before + signature.Length));
        uint start = _csm.CompressionCount;
        byte[] keyInside = [9, .. key];
        _verifier.Begin(keyInside, 1, _window, (uint)before, (uint)signature.Length, message, message.Length);
        keyInside.AsSpan().Clear();
        StdReturn result = StdReturn.Pending;
        for (int step = 0; result == StdReturn.Pending; step++)
        {
            Assert.True(step < 40_000, "no end");
            uint startOfStep = _csm.CompressionCount;
            result = _verifier.Step(Slice);
            Assert.True(_csm.CompressionCount - startOfStep <= Slice + 3, "a step did too much");
            _shelf.Fls.MainFunction(0);
        }

        Assert.Equal(result, _verifier.Step(Slice));
        Compressions = _csm.CompressionCount - start;
        return result == StdReturn.Ok;
    }
}
