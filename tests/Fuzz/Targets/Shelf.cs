// What a reader of the agent needs around it: a small flash with an envelope at one address, and NvM.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Crypto;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Eight sectors: six for an envelope, two for NvM.</summary>
internal sealed class Shelf
{
    public const uint Address = 0x103;
    public const int LengthMax = (6 * RamPart.SectorLength) - (int)Address;

    private const uint NvMStart = 6 * RamPart.SectorLength;
    private int _dirty;

    public Shelf()
    {
        Fls = new Fls(
            new FlsConfig
            {
                NvM0 = new FlsArea { Start = NvMStart, Length = RamPart.SectorLength },
                NvM1 = new FlsArea { Start = NvMStart + RamPart.SectorLength, Length = RamPart.SectorLength },
            },
            Part);
        NvM = new NvM(new NvMConfig(), Fls);
        for (int i = 0; i < 2000 && !NvM.IsReady; i++)
        {
            Turn();
        }
    }

    public RamPart Part { get; } = new(8);

    public Fls Fls { get; }

    public NvM NvM { get; }

    public Csm Csm { get; } = new(new HostCrypto());

    /// <summary>Lays bytes at <see cref="Address"/>, FF behind them.</summary>
    public void Put(byte[] bytes)
    {
        Span<byte> place = Part.Memory.Slice((int)Address, LengthMax);
        bytes.CopyTo(place);
        place[bytes.Length..Math.Max(bytes.Length, _dirty)].Fill(0xFF);
        _dirty = bytes.Length;
    }

    /// <summary>One turn of the memory's modules.</summary>
    public void Turn()
    {
        NvM.MainFunction(0);
        Fls.MainFunction(0);
    }
}
