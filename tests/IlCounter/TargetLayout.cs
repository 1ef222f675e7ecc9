// How many bytes objects, statics and stack frames take on nanoFramework's interpreter, on a target of 32 bits (nf-interpreter,
// CLR_RT_HeapBlock and what derives from it): all of it is made of blocks of 12 bytes. An object is one block and one for
// each field, whatever its type; an array is 20 bytes and its elements, numbers and booleans packed, references in blocks
// of their own; a string is one block, its bytes and a zero; a delegate is 36 bytes; a static field is one block,
// also one that the compiler adds to keep an array's contents in.
// Invariant: a type that this page does not know throws; nothing is estimated.
// Tests: tests/host-sim/Measure/TargetLayoutTests.cs, with sizes that the interpreter itself has measured.
using System.Reflection;

namespace EsyncTests.IlCounting;

/// <summary>Sizes on the target, in bytes.</summary>
public static class TargetLayout
{
    /// <summary>A block of the heap.</summary>
    public const int Block = 12;

    private const int ArrayHead = 20;
    private const int DelegateLength = 36;

    // CLR_RT_StackFrame up to its blocks, with the debugger's depth as in released firmware; evaluation stacks have three spare places and ten in all.
    private const int FrameHead = 80;
    private const int SpareBlocks = 3;
    private const int BlocksMin = 10;

    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>One object, without those that it refers to.</summary>
    public static int SizeOf(object item) => Whole(item switch
    {
        string text => Block + text.Length + 1,
        Array array => ArrayHead + (array.Length * LengthOfElement(array.GetType().GetElementType()!)),
        Delegate => DelegateLength,
        ValueType => 2 * Block,
        _ => Block + FieldsOf(item.GetType()).Sum(field => LengthOfField(field.FieldType)),
    });

    /// <summary>Objects that one refers to, by fields (".name", a property's by the property's) or elements ("[index]").</summary>
    public static IEnumerable<(string Name, object Item)> ReferredBy(object item) => (item switch
    {
        string or Delegate => [],
        Array array => array.GetType().GetElementType()!.IsValueType ? [] : array.Cast<object?>().Select((element, index) => ($"[{index}]", element)),
        _ => FieldsOf(item.GetType()).Where(field => !field.FieldType.IsValueType).Select(field => ($".{field.Name.Split('<', '>')[field.Name[0] == '<' ? 1 : 0]}", field.GetValue(item))),
    }).Where(referred => referred.Item2 != null).Select(referred => (referred.Item1, referred.Item2!));

    /// <summary>A frame of the stack, for a method with so many locals and so deep an evaluation stack.</summary>
    public static int FrameLength(int locals, int evaluationDepth) =>
        Whole(FrameHead) + (Math.Max(BlocksMin, locals + evaluationDepth + SpareBlocks) * Block);

    private static int Whole(int bytes) => (bytes + Block - 1) / Block * Block;

    private static int LengthOfElement(Type type) => type switch
    {
        { IsEnum: true } => LengthOfElement(Enum.GetUnderlyingType(type)),
        { IsPrimitive: true } => LengthOfNumber(type),
        { IsValueType: true } => throw new NotSupportedException($"Arrays of {type} are not known to this count."),
        _ => Block,
    };

    private static int LengthOfNumber(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => 1,
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
        TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
        TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double => 8,
        _ => throw new NotSupportedException($"Arrays of {type} are not known to this count."),
    };

    private static int LengthOfField(Type type) =>
        type is { IsValueType: true, IsPrimitive: false, IsEnum: false } ? throw new NotSupportedException($"Fields of {type} are not known to this count.") : Block;

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
}
