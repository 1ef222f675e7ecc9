// When a full chunk is authenticated. The HMAC holds the processor up for a millisecond, and for 180 ms where it is not native; a
// CAN controller with two receive buffers loses frames that come meanwhile.
//   full → tag read from the flash → a lull, or 10 ms → HMAC, compared → a turn for what has come meanwhile → the flash
// A lull is the turn in which a flow control has left: the sender needs the time of two frames for its answer, and the buffers are empty.
// After a chunk is full the next one comes at once, with the answer to a first frame; a slow sender's frames come far enough apart.
// Must not know what is done with the chunk. Tests: tests/agent-firmware/Fota, tests/host-sim/Measure/LineBoardTests.cs.
namespace EsyncAgent;

/// <summary>The check of one chunk after the other against the signed table.</summary>
internal sealed class ChunkCheck
{
    private const uint WaitMsMax = 10;

    private readonly ChunkTags _tags;
    private uint _fullMs;
    private bool _isJudged;
    private StdReturn _result;

    /// <summary>A check against <paramref name="tags"/>.</summary>
    public ChunkCheck(ChunkTags tags)
    {
        _tags = tags;
    }

    /// <summary>True when it waits for no flash, so that <see cref="Advance"/> is to be called in each turn.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>True when a chunk failed because its bytes are wrong, as opposed to an error of the part.</summary>
    public bool IsMismatch
    {
        get { return _tags.IsMismatch; }
    }

    /// <summary>Takes the table of the slot in <paramref name="slotArea"/>.</summary>
    public void Open(FlsArea slotArea, ManifestSlot slot)
    {
        _tags.Open(slotArea, slot.Salt, slot.ChunkTableOffset);
    }

    /// <summary>A chunk is full.</summary>
    public void Begin(uint nowMs)
    {
        _fullMs = nowMs;
        _isJudged = false;
    }

    /// <summary>Goes on, and holds the processor up when <paramref name="mayHoldUp"/>; Pending until the chunk was found right (Ok) or wrong (NotOk).</summary>
    public StdReturn Advance(uint chunkIndex, byte[] chunk, uint nowMs, bool mayHoldUp)
    {
        IsWaiting = false;
        if (_isJudged)
        {
            return _result;
        }

        StdReturn ready = _tags.Fetch(chunkIndex);
        if (ready != StdReturn.Ok)
        {
            return ready;
        }

        IsWaiting = true;
        if (mayHoldUp || nowMs - _fullMs >= WaitMsMax)
        {
            _result = _tags.Check(chunkIndex, chunk);
            _isJudged = true;
        }

        return StdReturn.Pending;
    }
}
