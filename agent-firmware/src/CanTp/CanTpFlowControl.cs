// What we ask of a sender: block size and separation time, and how they get stricter when frames are lost.
// Invariants: never looser than nf.config and never looser than what the driver can stand; a step only tightens;
// Restore is the one way back. Drivers lose frames without a word, so a wrong sequence number and a late consecutive
// frame count as losses too (CanTpReceiver says so). A loss that both the driver and the frames tell of is one step, in
// whichever order they do.
// ISO 15765-2:2016 §9.6.5.3 (BS), §9.6.5.4 (STmin).
// Tests: tests/agent-firmware/CanTp.
namespace EsyncAgent;

/// <summary>Block size and STmin that our receiver announces.</summary>
internal sealed class CanTpFlowControl
{
    private const byte BlockSizeFirst = 8;
    private const byte BlockSizeLeast = 2;
    private const uint SeparationTimeMostUs = 2000;

    private readonly CanIf _canIf;
    private readonly byte _blockSizeStart;
    private readonly byte _separationTimeStart;
    private uint _overrunCountSeen;
    private bool _isLossCounted;

    /// <summary>Starts with the stricter of configuration and driver, for each of the two.</summary>
    public CanTpFlowControl(CanTpConfig config, CanIf canIf)
    {
        _canIf = canIf;
        byte limit = canIf.BlockSizeMax;
        byte configured = config.BlockSize;
        _blockSizeStart = configured == 0 || (limit != 0 && limit < configured) ? limit : configured;
        byte needed = canIf.SeparationTimeMin;
        _separationTimeStart = SeparationTimeUs(needed) > SeparationTimeUs(config.SeparationTimeMin)
            ? needed : config.SeparationTimeMin;
        Restore();
    }

    /// <summary>BS of the next flow control; 0 is no limit.</summary>
    public byte BlockSize { get; private set; }

    /// <summary>STmin code of the next flow control.</summary>
    public byte SeparationTimeMin { get; private set; }

    /// <summary>Microseconds that an STmin code stands for; reserved ones are taken as 7F (§9.6.5.5).</summary>
    public static uint SeparationTimeUs(byte code)
    {
        if (code <= 0x7F)
        {
            return (uint)code * 1000;
        }

        return code >= 0xF1 && code <= 0xF9 ? (uint)(code - 0xF0) * 100 : 127000;
    }

    /// <summary>Back to the values of the start: a new transfer may try the full speed again.</summary>
    public void Restore()
    {
        BlockSize = _blockSizeStart;
        SeparationTimeMin = _separationTimeStart;
        _overrunCountSeen = _canIf.OverrunCount;
        _isLossCounted = false;
    }

    /// <summary>Before each flow control: one step stricter when the driver has lost frames that no loss was inferred from.</summary>
    public void LookAtOverruns()
    {
        uint count = _canIf.OverrunCount;
        if (count != _overrunCountSeen)
        {
            _overrunCountSeen = count;
            if (!_isLossCounted)
            {
                Tighten();
            }
        }

        _isLossCounted = false;
    }

    /// <summary>Frames are missing: one step stricter. What the driver has to say of it before the next flow control is known with that.</summary>
    public void TakeLoss()
    {
        _overrunCountSeen = _canIf.OverrunCount;
        _isLossCounted = true;
        Tighten();
    }

    /// <summary>One step stricter: BS none → 8 → 4 → 2; then STmin 300 µs → 600 µs → 1 ms → 2 ms as well.</summary>
    public void Tighten()
    {
        if (BlockSize == 0)
        {
            BlockSize = BlockSizeFirst;
            return;
        }

        if (BlockSize > BlockSizeLeast)
        {
            BlockSize = (byte)(BlockSize >> 1);
            return;
        }

        uint us = SeparationTimeUs(SeparationTimeMin);
        if (us < SeparationTimeMostUs)
        {
            SeparationTimeMin = us < 300 ? (byte)0xF3 : us < 600 ? (byte)0xF6 : us < 1000 ? (byte)1 : (byte)2;
        }
    }
}
