// How many bytes an object and everything that it refers to take in the heap of nanoFramework's interpreter, counted by its
// layout on a 32-bit target (nf-interpreter, CLR_RT_HeapBlock): everything is made of blocks of 12 bytes; an object is one
// block and one for each field; an array is two blocks and its elements, references and booleans and structs in blocks of
// their own, numbers packed; a string is one block and its bytes with a zero.
using System.Reflection;
using System.Runtime.CompilerServices;

namespace EsyncTests.Boards.Virtual;

/// <summary>Counts the heap that a graph of objects would take on the target.</summary>
internal static class TargetHeap
{
    private const int Block = 12;
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Bytes of everything that can be reached from <paramref name="roots"/>; what <paramref name="isOutside"/> says is left out.</summary>
    public static int SizeOf(IEnumerable<object> roots, Func<object, bool> isOutside)
    {
        var seen = new HashSet<object>(new ByReference());
        var open = new Stack<object>(roots);
        int size = 0;
        while (open.TryPop(out object? next))
        {
            if (next is Type or Delegate || isOutside(next) || !seen.Add(next))
            {
                continue;
            }

            size += Whole(next switch
            {
                string text => Block + text.Length + 1,
                Array array => (2 * Block) + ElementsOf(array),
                _ => Block + (Block * FieldsOf(next.GetType()).Count()),
            });
            foreach (object referred in ReferredBy(next))
            {
                open.Push(referred);
            }
        }

        return size;
    }

    private static int Whole(int bytes) => (bytes + Block - 1) / Block * Block;

    private static int ElementsOf(Array array) => array.GetType().GetElementType() switch
    {
        { IsPrimitive: true } type when type != typeof(bool) => Buffer.ByteLength(array),
        _ => array.Length * Block,
    };

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
        {
            foreach (FieldInfo field in at.GetFields(Own))
            {
                yield return field;
            }
        }
    }

    private static IEnumerable<object> ReferredBy(object owner) =>
        (owner switch
        {
            string => [],
            Array array => array.GetType().GetElementType()!.IsValueType ? [] : array.Cast<object?>(),
            _ => FieldsOf(owner.GetType()).Where(f => !f.FieldType.IsValueType).Select(f => f.GetValue(owner)),
        }).OfType<object>();

    private sealed class ByReference : IEqualityComparer<object>
    {
        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y);

        public int GetHashCode(object obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
