// What we ask of a sender: block size and separation time, and how they get stricter when frames are lost.
// Invariants: never looser than nf.config and never looser than what the driver can stand. A step for an overrun that the driver counts
// holds until Restore. A loss that nobody counted (wrong sequence number, late consecutive frame: CanTpReceiver says so) may be the wire's,
// which smaller blocks do not mend: it is a step only where the driver names a limit of frames in a row, so that it may have lost them
// without a word, from the second such message in a row on, and each whole message takes one such step back. A loss that both the driver
// and the frames tell of is one step, in whichever order they do.
// ISO 15765-2:2016 §9.6.5.3 (BS), §9.6.5.4 (STmin).
// Tests: tests/agent-firmware/CanTp, tests/boards/drivers/FlowControlOnBusTests.cs.
namespace EsyncAgent;

/// <summary>Block size and STmin that our receiver announces.</summary>
internal sealed class CanTpFlowControl
{
    private const byte BlockSizeFirst = 8;
    private const byte BlockSizeLeast = 2;
    private const uint SeparationTimeMostUs = 2000;

    // What the frames have told since the last flow control, before the driver did.
    private const int Nothing = 0;
    private const int CountedLoss = 1;
    private const int InferredStep = 2;

    private readonly CanIf _canIf;
    private readonly byte _blockSizeStart;
    private readonly byte _separationTimeStart;
    private int _lastingSteps;
    private int _inferredSteps;
    private uint _overrunCountSeen;
    private int _known;
    private bool _isLossBefore;

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
        _lastingSteps = 0;
        _inferredSteps = 0;
        Apply();
        _overrunCountSeen = _canIf.OverrunCount;
        _known = Nothing;
        _isLossBefore = false;
    }

    /// <summary>Before each flow control: one step stricter when the driver has lost frames that nothing is known of yet.</summary>
    public void LookAtOverruns()
    {
        uint count = _canIf.OverrunCount;
        if (count != _overrunCountSeen)
        {
            _overrunCountSeen = count;
            if (_known == InferredStep)
            {
                _inferredSteps--;
                _lastingSteps++;
            }
            else if (_known == Nothing)
            {
                Tighten();
            }
        }

        _known = Nothing;
    }

    /// <summary>
    /// Frames of a message are missing. What the driver has counted by now is a step, and what it has to say of it before the next flow
    /// control is known with that.
    /// </summary>
    public void TakeLoss()
    {
        bool isSecond = _isLossBefore;
        _isLossBefore = true;
        uint count = _canIf.OverrunCount;
        if (count != _overrunCountSeen)
        {
            _overrunCountSeen = count;
            _known = CountedLoss;
            Tighten();
        }
        else if (isSecond && _canIf.BlockSizeMax != 0 && Step())
        {
            _known = InferredStep;
            _inferredSteps++;
        }
    }

    /// <summary>A message of several frames has arrived whole: one step back, if a loss that nobody counted was the reason for one.</summary>
    public void TakeWhole()
    {
        _isLossBefore = false;
        if (_inferredSteps != 0)
        {
            _inferredSteps--;
            Apply();
        }
    }

    /// <summary>One step stricter until <see cref="Restore"/>: BS none → 8 → 4 → 2; then STmin 300 µs → 600 µs → 1 ms → 2 ms as well.</summary>
    public void Tighten()
    {
        if (Step())
        {
            _lastingSteps++;
        }
    }

    private void Apply()
    {
        BlockSize = _blockSizeStart;
        SeparationTimeMin = _separationTimeStart;
        for (int left = _lastingSteps + _inferredSteps; left > 0; left--)
        {
            Step();
        }
    }

    // False when it cannot get stricter.
    private bool Step()
    {
        if (BlockSize == 0)
        {
            BlockSize = BlockSizeFirst;
            return true;
        }

        if (BlockSize > BlockSizeLeast)
        {
            BlockSize = (byte)(BlockSize >> 1);
            return true;
        }

        uint us = SeparationTimeUs(SeparationTimeMin);
        if (us >= SeparationTimeMostUs)
        {
            return false;
        }

        SeparationTimeMin = us < 300 ? (byte)0xF3 : us < 600 ? (byte)0xF6 : us < 1000 ? (byte)1 : (byte)2;
        return true;
    }
}
