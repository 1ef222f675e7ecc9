// Entropy for challenges from what a board has: every source is mixed in at every call, by SHA-256 over a pool that goes
// on from call to call. One good source is enough, a bad one takes nothing away.
// Invariants: what was given out tells neither the pool nor what comes next; two calls never give the same bytes, even
// when no source says anything new; no allocation after construction.
// It must not rely on Random or the clock alone: a board names at least two sources, its unique identifier not counted.
// Form: reseeding as in NIST SP 800-90A §10.1.1 (Hash_DRBG), with every request.
// Tests: tests/boards/drivers/EntropyTests.
namespace EsyncAgent.Drivers;

/// <summary>Mixes several sources into bytes that nobody can predict.</summary>
public sealed class Entropy
{
    private const int SampleLength = 32;
    private const byte PurposePool = 1;
    private const byte PurposeOutput = 2;

    private readonly Sha256 _sha256;
    private readonly IEntropySource[] _sources;
    private readonly byte[] _pool = new byte[Sha256.HashLength];
    private readonly byte[] _sample = new byte[SampleLength];
    private readonly byte[] _output = new byte[Sha256.HashLength];
    private readonly byte[] _head = new byte[5];
    private uint _counter;

    /// <summary>
    /// Starts from the chip's unique identifier, which makes two boards differ, and the sources, which make two starts
    /// differ. The hash is used during calls only.
    /// </summary>
    public Entropy(Sha256 sha256, byte[] uniqueId, IEntropySource[] sources)
    {
        _sha256 = sha256;
        _sources = sources;
        Begin(PurposePool);
        _sha256.Update(uniqueId, 0, uniqueId.Length);
        _sha256.Finish(_pool, 0);
    }

    /// <summary>Bytes that the sources gave to the last <see cref="Fill"/>; 0 means that it rests on the pool alone.</summary>
    public int SampledCount { get; private set; }

    /// <summary>Fills the whole array.</summary>
    public void Fill(byte[] into)
    {
        Mix();
        int position = 0;
        while (position < into.Length)
        {
            Begin(PurposeOutput);
            _sha256.Finish(_output, 0);
            int left = into.Length - position;
            int count = left < _output.Length ? left : _output.Length;
            System.Array.Copy(_output, 0, into, position, count);
            position += count;
        }

        // The pool moves on, so that a later look at it does not tell what was given out.
        Begin(PurposePool);
        _sha256.Finish(_pool, 0);
        System.Array.Clear(_output, 0, _output.Length);
    }

    private void Mix()
    {
        SampledCount = 0;
        for (int i = 0; i < _sources.Length; i++)
        {
            int count = _sources[i].Read(_sample);
            if (count > 0)
            {
                Begin(PurposePool);
                _sha256.Update(_sample, 0, count);
                _sha256.Finish(_pool, 0);
                SampledCount += count;
            }
        }

        System.Array.Clear(_sample, 0, _sample.Length);
    }

    private void Begin(byte purpose)
    {
        _head[0] = purpose;
        BigEndian.WriteU32(_head, 1, ++_counter);
        _sha256.Reset();
        _sha256.Update(_head, 0, _head.Length);
        _sha256.Update(_pool, 0, _pool.Length);
    }
}
