// Which blocks NvM keeps and how long each may be. The numbers are part of the flash format: never reorder.
// What a block holds is its owner's affair; here are only lengths.
// Tests: tests/agent-firmware/NvM.
namespace EsyncAgent;

/// <summary>Numbers of the NvM blocks (PROTOCOL.md, "NvM").</summary>
public static class NvMBlock
{
    /// <summary>Device identifier, device secret and trust anchors; written by provisioning, anchors again by trust manifests.</summary>
    public const byte Provisioning = 0;

    /// <summary>Fingerprint F15A of the last programming.</summary>
    public const byte Fingerprint = 1;

    /// <summary>Failed accesses, for the delay that outlives a reset.</summary>
    public const byte SecurityAccess = 2;

    /// <summary>DTC status, counters and snapshots.</summary>
    public const byte Dem = 3;

    /// <summary>Security events.</summary>
    public const byte SecurityEvents = 4;

    /// <summary>Collection rules that were installed.</summary>
    public const byte Rules = 5;

    /// <summary>Number of blocks.</summary>
    public const int Count = 6;
}

/// <summary>Sizes of the blocks, and how sparing some of them are written.</summary>
public sealed class NvMConfig
{
    /// <summary>Largest length of each block in bytes, by block number; 0 where the ECU has no such block.</summary>
    public ushort[] LengthMax = { 560, 16, 16, 256, 260, 0 };

    /// <summary>Delay after the first sparing write, in milliseconds; doubles with each further one.</summary>
    public uint SparingDelayMs = 60000;

    /// <summary>Longest delay between two sparing writes, in milliseconds.</summary>
    public uint SparingDelayMsMax = 7200000;

    /// <summary>Shortest area that these blocks can live in, in bytes: every block once, and the longest once more.</summary>
    public int AreaLengthMin()
    {
        int sum = NvMRecord.PaddedLengthMax(this);
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            sum += LengthMax[block] == 0 ? 0 : NvMRecord.PaddedLength(LengthMax[block]);
        }

        return sum;
    }
}
