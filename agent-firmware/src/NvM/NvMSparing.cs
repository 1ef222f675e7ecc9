// How often NvM writes for those whom anybody on the bus may provoke: sparing writes.
// The level rises by one with each and says how long the next one is held back (GrowingDelay); it falls by one with
// each longest delay in which there was none. Every record carries it, so it outlives a reset, after which the delay
// starts anew: a reset gains nothing. A good access forgives it.
// Invariants: in a time t there are at most LevelMax + t / longest sparing writes, and LevelMax more for each good access;
// a delay is ended by MainFunction and never judged from old times, so that the wrap of the clock cannot revive it.
// PROTOCOL.md "NvM". Tests: tests/agent-firmware/NvM/NvMSparingTests.cs.
namespace EsyncAgent;

/// <summary>Level and delay of sparing writes.</summary>
internal sealed class NvMSparing
{
    private readonly uint _firstMs;
    private readonly uint _longestMs;
    private readonly int _levelMax;
    private bool _isStarting;
    private uint _startMs;

    internal NvMSparing(NvMConfig config)
    {
        _firstMs = config.SparingDelayMs;
        _longestMs = config.SparingDelayMsMax;
        _levelMax = GrowingDelay.LevelOfLongest(_firstMs, _longestMs);
    }

    /// <summary>Sparing writes that nothing has made good yet.</summary>
    internal int Level { get; private set; }

    /// <summary>True while sparing writes are held back.</summary>
    internal bool IsHeld { get; private set; }

    /// <summary>Takes over the level of the newest record, after a reset.</summary>
    internal void Begin(int level)
    {
        Level = level < _levelMax ? level : _levelMax;
        Hold();
    }

    /// <summary>A sparing write begins.</summary>
    internal void Count()
    {
        Begin(Level + 1);
    }

    /// <summary>Nothing is held back any more.</summary>
    internal void Forgive()
    {
        Begin(0);
    }

    /// <summary>Ends the delay, and lowers the level after a quiet time; needless at level 0.</summary>
    internal void MainFunction(uint nowMs)
    {
        if (_isStarting)
        {
            _isStarting = false;
            _startMs = nowMs;
            return;
        }

        uint elapsedMs = nowMs - _startMs;
        if (IsHeld)
        {
            IsHeld = elapsedMs < GrowingDelay.Length(_firstMs, _longestMs, Level);
        }
        else if (elapsedMs >= _longestMs)
        {
            Level--;
            _startMs = nowMs;
        }
    }

    private void Hold()
    {
        IsHeld = Level != 0;
        _isStarting = IsHeld;
    }
}
