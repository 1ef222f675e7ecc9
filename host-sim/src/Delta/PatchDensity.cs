// How crowded a patch is with numbers. While it decodes, an agent saves its state at each 4 KiB chunk of the new image; for the
// matches that point back it then has to know the last window of the patch's stream. What stands there of differences and of
// the image's own bytes it finds in both images again, so that it keeps the numbers of those segments only that reach into the
// window, and has room for so many bytes of them. Where there are more, no state is saved, and a power cut there costs what
// came since the one before.
// Clause: PROTOCOL.md, "Checkpoints of decoders". Tests: tests/host-sim/Delta/PatchDensityTests.cs.
namespace EsyncSim.Delta;

/// <summary>Counts the numbers of patches.</summary>
public static class PatchDensity
{
    /// <summary>Bytes of numbers that an agent keeps with a checkpoint.</summary>
    public const int NumberBytesMax = 192;

    /// <summary>Bytes of the new image between two checkpoints.</summary>
    public const int ChunkLength = 4096;

    /// <summary>At the ends of how many of its chunks a patch has too many numbers within its own window; the end of the image is none.</summary>
    /// <exception cref="UserErrorException">It is no patch of this form.</exception>
    public static int CrowdedChunks(ReadOnlySpan<byte> patch)
    {
        byte[] body = SequentialPatch.Unwrap(patch, out int imageLength, out HeatshrinkParameters parameters);
        return imageLength == 0 ? 0 : new Walk(body, imageLength, parameters.Window).CountCrowded();
    }

    // One way through the body, segment by segment.
    private ref struct Walk(ReadOnlySpan<byte> body, int imageLength, int window)
    {
        private readonly ReadOnlySpan<byte> _body = body;
        private readonly Queue<(int End, int Numbers)> _segments = [];
        private int _at;
        private int _made;
        private int _numbers;
        private int _numbersOfSegment;
        private int _crowded;

        public int CountCrowded()
        {
            // The length of data for data formats stands before all segments and is known.
            SequentialPatch.ReadNumber(_body, ref _at);
            while (_made < imageLength)
            {
                _numbersOfSegment = 0;
                PassRun();
                PassRun();
                int start = _at;
                SequentialPatch.ReadNumber(_body, ref _at);
                _numbersOfSegment += _at - start;
                _numbers += _numbersOfSegment;
                _segments.Enqueue((_at, _numbersOfSegment));
            }

            return _crowded;
        }

        private void PassRun()
        {
            int start = _at;
            int left = SequentialPatch.ReadLength(_body, ref _at, imageLength - _made);
            _numbersOfSegment += _at - start;
            while (left > 0)
            {
                int step = Math.Min(ChunkLength - (_made % ChunkLength), left);
                left -= step;
                _made += step;
                _at += step;
                if (_made % ChunkLength == 0 && _made < imageLength)
                {
                    _crowded += IsCrowded() ? 1 : 0;
                }
            }
        }

        // Also here: what was dropped once reaches into no later window.
        private bool IsCrowded()
        {
            while (_segments.TryPeek(out (int End, int Numbers) oldest) && oldest.End <= _at - window)
            {
                _numbers -= _segments.Dequeue().Numbers;
            }

            return _numbers + _numbersOfSegment > NumberBytesMax;
        }
    }
}
