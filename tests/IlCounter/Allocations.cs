// Which instructions of the agent take memory from the heap, and the code that shows what they took.
// newobj of a class, newarr and box always do, and so does a call to the base library that returns a reference: of the
// methods that the agent calls none returns what was there before. A literal that is loaded is a new object there: a block that
// points to the text in the assembly. What a port allocates is the board's business.
// Invariant: nothing of this is counted as an instruction of the agent.
// Tests: tests/host-sim/Measure/AllocationTests.cs.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace EsyncTests.IlCounting;

/// <summary>Finds allocations and makes them visible.</summary>
internal static class Allocations
{
    /// <summary>True when the instruction leaves a new object on the stack.</summary>
    internal static bool Allocates(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Newarr or Code.Box or Code.Ldstr => true,
        Code.Newobj => !((MethodReference)instruction.Operand).DeclaringType.IsValueType,
        Code.Call or Code.Callvirt => instruction.Operand is MethodReference method && ReturnsNew(method),
        _ => false,
    };

    /// <summary>Bytes on the target of what was shown; a literal is shown as null.</summary>
    internal static int LengthOf(object? item) => item == null ? TargetLayout.Block : TargetLayout.SizeOf(item);

    /// <summary>The method that shows an object: static void Note(object, int), for the type that holds the counters.</summary>
    internal static MethodDefinition CreateNote(ModuleDefinition module)
    {
        FieldDefinition field = new(Instrumenter.AllocatedField, FieldAttributes.Public | FieldAttributes.Static, module.ImportReference(typeof(Action<int, object>)));
        MethodDefinition note = new("Note", MethodAttributes.Public | MethodAttributes.Static, module.TypeSystem.Void);
        note.Parameters.Add(new ParameterDefinition(module.TypeSystem.Object));
        note.Parameters.Add(new ParameterDefinition(module.TypeSystem.Int32));
        ILProcessor il = note.Body.GetILProcessor();
        Instruction end = il.Create(OpCodes.Ret);
        il.Emit(OpCodes.Ldsfld, field);
        il.Emit(OpCodes.Brfalse, end);
        il.Emit(OpCodes.Ldsfld, field);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Callvirt, module.ImportReference(typeof(Action<int, object>).GetMethod(nameof(Action.Invoke))));
        il.Append(end);
        return note;
    }

    /// <summary>The field that <see cref="CreateNote"/>'s method looks at.</summary>
    internal static FieldDefinition FieldOf(MethodDefinition note) => (FieldDefinition)note.Body.Instructions[0].Operand;

    /// <summary>Shows what an instruction left on the stack.</summary>
    internal static void Show(ILProcessor il, Instruction allocation, MethodDefinition note, int index)
    {
        Instruction show = il.Create(allocation.OpCode.Code == Code.Ldstr ? OpCodes.Ldnull : OpCodes.Dup), which = il.Create(OpCodes.Ldc_I4, index);
        il.InsertAfter(allocation, show);
        il.InsertAfter(show, which);
        il.InsertAfter(which, il.Create(OpCodes.Call, note));
    }

    private static bool ReturnsNew(MethodReference method) =>
        method.DeclaringType.Scope is AssemblyNameReference library && library.Name.StartsWith("System", StringComparison.Ordinal)
        && !method.ReturnType.IsValueType && method.ReturnType.MetadataType != MetadataType.Void;
}
