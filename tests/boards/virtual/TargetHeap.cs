// How many bytes an object and everything that it refers to take in the heap of nanoFramework's interpreter, by its layout on
// a 32-bit target.
using EsyncTests.IlCounting;

namespace EsyncTests.Boards.Virtual;

/// <summary>Counts the heap that a graph of objects would take on the target.</summary>
internal static class TargetHeap
{
    /// <summary>Bytes of everything that can be reached from <paramref name="roots"/>; what <paramref name="isOutside"/> says is left out.</summary>
    public static int SizeOf(IEnumerable<object> roots, Func<object, bool> isOutside)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>(roots);
        int size = 0;
        while (open.TryPop(out object? next))
        {
            if (next is Type or Delegate || isOutside(next) || !seen.Add(next))
            {
                continue;
            }

            size += TargetLayout.SizeOf(next);
            foreach ((_, object referred) in TargetLayout.ReferredBy(next))
            {
                open.Push(referred);
            }
        }

        return size;
    }
}
