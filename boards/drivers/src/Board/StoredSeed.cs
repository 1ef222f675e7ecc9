// Entropy carried from one start to the next: what was collected before the last reset is mixed in at this one.
// Invariants: a seed serves once; it is replaced by fresh output before anything was given out, so that two starts never
// work from the same one, not even when the power fails in between.
// Tests: tests/boards/drivers/EntropySourceTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>The seed of the last start.</summary>
public sealed class StoredSeed : IEntropySource
{
    /// <summary>Bytes of a seed.</summary>
    public const int Length = 32;

    private readonly ISeedStore _store;
    private readonly byte[] _seed = new byte[Length];
    private bool _isPending;

    /// <summary>Reads what is stored.</summary>
    public StoredSeed(ISeedStore store)
    {
        _store = store;
        _isPending = store.Read(_seed);
    }

    /// <inheritdoc/>
    public int Read(byte[] into)
    {
        if (!_isPending || into.Length < Length)
        {
            return 0;
        }

        _isPending = false;
        System.Array.Copy(_seed, 0, into, 0, Length);
        System.Array.Clear(_seed, 0, Length);
        return Length;
    }

    /// <summary>Stores the seed of the next start, made by an entropy that this one is a source of; false when the store refused.</summary>
    public bool Renew(Entropy entropy)
    {
        entropy.Fill(_seed);
        bool isStored = _store.Write(_seed);
        System.Array.Clear(_seed, 0, Length);
        return isStored;
    }
}
