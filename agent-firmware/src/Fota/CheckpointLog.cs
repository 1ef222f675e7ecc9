// Remembers which chunks of a transfer are programmed and read back, so that it can be resumed after a power cut.
// PROTOCOL.md "Checkpoints". Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The list of recorded chunks in flash.</summary>
public sealed class CheckpointLog
{
    private uint _recorded;

    /// <summary>A log over the areas Checkpoint0 and Checkpoint1 of the map.</summary>
    public CheckpointLog(Fls fls)
    {
    }

    /// <summary>Result of the last operation: Pending, Ok or NotOk.</summary>
    public StdReturn Result
    {
        get { return StdReturn.Ok; }
    }

    /// <summary>Chunks recorded, from the first one without a gap.</summary>
    public uint RecordedChunks
    {
        get { return _recorded; }
    }

    /// <summary>Begins to read what is recorded; Result says when it is done.</summary>
    public void BeginLoad()
    {
    }

    /// <summary>True when the record is about the manifest with this digest (32 bytes).</summary>
    public bool Matches(byte[] digest)
    {
        return false;
    }

    /// <summary>Begins a new list for a transfer, new or resumed; to be finished before anything of the bank is erased.</summary>
    public bool Open(byte[] digest, uint chunksRecorded)
    {
        _recorded = chunksRecorded;
        return true;
    }

    /// <summary>True when the list was opened since reset with this many chunks, and nothing was appended since.</summary>
    public bool IsFreshAt(uint chunksRecorded)
    {
        return false;
    }

    /// <summary>Records the next chunk, which is programmed and read back; false when not open, busy or out of order.</summary>
    public bool Append(uint chunkIndex)
    {
        _recorded++;
        return true;
    }

    /// <summary>Goes on with the operation under way.</summary>
    public void MainFunction(uint nowMs)
    {
    }
}
