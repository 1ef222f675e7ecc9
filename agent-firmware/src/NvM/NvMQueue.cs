// Which blocks wait to be written: those whose turn comes next, and sparing ones, which wait until they are not held back.
// Invariants: a block waits once, however often it was written; what waits sparingly becomes due all at once, and counts as one.
// Must not know values, nor how they are written.
// Tests: tests/agent-firmware/NvM/NvMTests.cs, NvMSparingTests.cs.
namespace EsyncAgent;

/// <summary>Blocks that wait, by bits (1 &lt;&lt; block).</summary>
internal sealed class NvMQueue
{
    /// <summary>In place of a block: none is due.</summary>
    internal const int None = -1;

    private readonly NvMSparing _sparing;
    private int _dueMask;
    private int _sparingMask;

    internal NvMQueue(NvMSparing sparing)
    {
        _sparing = sparing;
    }

    /// <summary>True when nothing waits but what is held back.</summary>
    internal bool IsIdle
    {
        get { return _dueMask == 0 && (_sparingMask == 0 || _sparing.IsHeld); }
    }

    /// <summary>True while the block waits.</summary>
    internal bool Has(byte block)
    {
        return ((_dueMask | _sparingMask) & (1 << block)) != 0;
    }

    /// <summary>Puts a block in; 0 is none.</summary>
    internal void Put(int bit)
    {
        _dueMask |= bit;
        _sparingMask &= ~bit;
    }

    /// <summary>Puts a block in that waits sparingly, unless it is due anyway; 0 is none.</summary>
    internal void PutSparingly(int bit)
    {
        _sparingMask |= bit & ~_dueMask;
    }

    /// <summary>Takes the lowest block that is due, or <see cref="None"/>.</summary>
    internal int TakeNext()
    {
        if (_sparingMask != 0 && !_sparing.IsHeld)
        {
            _sparing.Count();
            _dueMask |= _sparingMask;
            _sparingMask = 0;
        }

        if (_dueMask == 0)
        {
            return None;
        }

        int block = 0;
        while ((_dueMask & (1 << block)) == 0)
        {
            block++;
        }

        _dueMask &= ~(1 << block);
        return block;
    }
}
