// Finds for each byte of a new image the byte of the base that it is told by, so that the patch becomes small: the
// cheapest path through (position, offset into the base), byte by byte, after Viterbi. Offsets to consider at a position
// come from the longest matches there, by a suffix array of the base; few of them live on at a time, the cheapest.
// Invariant: whatever is found describes the new image exactly; costs decide its size only.
// Tests: tests/host-sim/Delta/SequentialPatchTests.cs.
namespace EsyncSim.Delta;

/// <summary>Alignment of two images, for many costs.</summary>
public sealed class DeltaAligner
{
    private const int LivingMax = 24;
    private const int MatchMin = 5;
    private const int MatchLookMax = 4096;

    // Other places of nearly the same match, which may lie on a better offset.
    private const int NeighbourRanks = 3;
    private const int NeighbourMatchMin = 8;

    // The living ones, none, and what one position can add before the dear ones are dropped.
    private const int StatesMax = LivingMax + 1 + (2 * NeighbourRanks) + 1;

    // No offset at all: bytes of the new image's own.
    private const int None = int.MinValue;

    private readonly byte[] _base;
    private readonly byte[] _image;
    private readonly int[]?[] _candidates;

    /// <summary>Prepares the search.</summary>
    public DeltaAligner(byte[] baseImage, byte[] image)
    {
        _base = baseImage;
        _image = image;
        _candidates = FindCandidates(new SuffixArray(baseImage));
    }

    /// <summary>The segments that tell the image at the least cost.</summary>
    public IReadOnlyList<DeltaSegment> Align(AlignmentCosts costs)
    {
        AlignmentTrail trail = new(_image.Length, LivingMax + 1);
        AlignmentStates now = new(StatesMax);
        AlignmentStates next = new(StatesMax);
        now.Add(None, 0, 0);
        if (_base.Length > 0)
        {
            now.Add(0, 0, 0);
        }

        for (int i = 0; i < _image.Length; i++)
        {
            int cheapest = now.Cheapest();
            long jump = now.Cost[cheapest] + costs.Jump;
            next.Clear();
            AddOwn(now, next, cheapest, costs);
            for (int s = 1; s < now.Count; s++)
            {
                if (IsInside(i + now.Offset[s]))
                {
                    bool isStaying = now.Cost[s] <= jump;
                    next.Add(now.Offset[s], isStaying ? now.Cost[s] : jump, isStaying ? s : cheapest);
                }
            }

            foreach (int offset in _candidates[i] ?? [])
            {
                if (!next.Holds(offset))
                {
                    next.Add(offset, jump, cheapest);
                }
            }

            Charge(next, i, costs);
            next.KeepCheapest(LivingMax);
            trail.Record(i, next);
            (now, next) = (next, now);
        }

        return Segments(trail.Trace(now.Cheapest()));
    }

    private static void AddOwn(AlignmentStates now, AlignmentStates next, int cheapest, AlignmentCosts costs)
    {
        // To leave the base costs one number now; the others come with the jump back.
        long left = now.Cost[cheapest] + (costs.Jump / 4);
        bool isStaying = now.Cost[0] <= left;
        next.Add(None, (isStaying ? now.Cost[0] : left) + costs.Extra, isStaying ? 0 : cheapest);
    }

    private void Charge(AlignmentStates states, int i, AlignmentCosts costs)
    {
        for (int s = 1; s < states.Count; s++)
        {
            int at = i + states.Offset[s];
            if (_base[at] != _image[i])
            {
                bool isAgain = i > 0 && at > 0 && _base[at - 1] != _image[i - 1];
                states.Cost[s] += isAgain ? costs.Again : costs.Difference;
            }
        }
    }

    private bool IsInside(int at) => (uint)at < (uint)_base.Length;

    private int[]?[] FindCandidates(SuffixArray suffixes)
    {
        int[]?[] candidates = new int[_image.Length][];
        ReadOnlySpan<int> sorted = suffixes.Sorted;
        int coveredTo = 0;
        List<int> found = [];
        for (int i = 0; i < _image.Length; i++)
        {
            // Within a long match the next bytes have the same one; a look at every sixteenth finds what ends later.
            if (i < coveredTo && (i & 15) != 0)
            {
                continue;
            }

            (int rank, int length) = suffixes.Find(_image.AsSpan(i, Math.Min(_image.Length - i, MatchLookMax)));
            if (length < MatchMin)
            {
                continue;
            }

            coveredTo = i + length - MatchMin + 1;
            found.Clear();
            for (int r = Math.Max(0, rank - NeighbourRanks); r <= Math.Min(sorted.Length - 1, rank + NeighbourRanks); r++)
            {
                if (_base.AsSpan(sorted[r]).CommonPrefixLength(_image.AsSpan(i)) >= Math.Min(length, NeighbourMatchMin))
                {
                    found.Add(sorted[r] - i);
                }
            }

            candidates[i] = [.. found];
        }

        return candidates;
    }

    private static List<DeltaSegment> Segments(int[] offsets)
    {
        List<DeltaSegment> segments = [];
        for (int i = 0; i < offsets.Length;)
        {
            int offset = offsets[i];
            int start = i;
            while (i < offsets.Length && offset != None && offsets[i] == offset)
            {
                i++;
            }

            int ownStart = i;
            while (i < offsets.Length && offsets[i] == None)
            {
                i++;
            }

            segments.Add(new DeltaSegment(offset == None ? 0 : start + offset, ownStart - start, i - ownStart));
        }

        return segments;
    }
}
