// How crowded a patch is with numbers. While it decodes, an agent saves its state at each 4 KiB of the new image; of the patch
// stream it then has to keep the last window, for the matches that point back into it, and of that the numbers between the
// segments only, since the rest can be made again from both images. It has room for so many of them; where there are more, no
// state is saved, and a power cut there costs what came since the one before.
// Tests: tests/host-sim/Delta/PatchDensityTests.cs.
namespace EsyncSim.Delta;

/// <summary>Counts the numbers of patches.</summary>
public static class PatchDensity
{
    /// <summary>Bytes of numbers that an agent keeps with a checkpoint.</summary>
    public const int NumberBytesMax = 256;

    /// <summary>Bytes of the new image between two checkpoints.</summary>
    public const int BoundaryLength = 4096;

    /// <summary>At how many of its boundaries a patch has too many numbers within its own window; its last byte is none.</summary>
    /// <exception cref="UserErrorException">It is no patch of this form.</exception>
    public static int CrowdedBoundaries(ReadOnlySpan<byte> patch)
    {
        byte[] body = SequentialPatch.Unwrap(patch, out int imageLength, out HeatshrinkParameters parameters);
        return imageLength == 0 ? 0 : Count(body, imageLength, parameters.Window);
    }

    private static int Count(ReadOnlySpan<byte> body, int imageLength, int window)
    {
        Queue<int> numbers = [];
        int crowded = 0;
        int at = 0;
        int to = 0;
        Number(body, ref at, numbers);
        while (to < imageLength)
        {
            for (int run = 0; run < 2; run++)
            {
                int start = at;
                int length = SequentialPatch.ReadLength(body, ref at, imageLength - to);
                Note(numbers, start, at);
                crowded += Pass(ref at, ref to, length, imageLength, numbers, window);
            }

            Number(body, ref at, numbers);
        }

        return crowded;
    }

    // Passes over bytes of the image's own or differences.
    private static int Pass(ref int at, ref int to, int length, int imageLength, Queue<int> numbers, int window)
    {
        int crowded = 0;
        int end = to + length;
        while (to < end)
        {
            int step = Math.Min(BoundaryLength - (to % BoundaryLength), end - to);
            to += step;
            at += step;
            if (to % BoundaryLength != 0 || to == imageLength)
            {
                continue;
            }

            while (numbers.TryPeek(out int oldest) && oldest < at - window)
            {
                numbers.Dequeue();
            }

            crowded += numbers.Count > NumberBytesMax ? 1 : 0;
        }

        return crowded;
    }

    private static void Number(ReadOnlySpan<byte> body, ref int at, Queue<int> numbers)
    {
        int start = at;
        SequentialPatch.ReadNumber(body, ref at);
        Note(numbers, start, at);
    }

    private static void Note(Queue<int> numbers, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            numbers.Enqueue(i);
        }
    }
}
